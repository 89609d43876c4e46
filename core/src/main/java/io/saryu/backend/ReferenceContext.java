package io.saryu.backend;

import io.saryu.tensor.Workspace;

/** Runs everything at once on the calling thread; the thread count is only remembered. */
final class ReferenceContext implements ExecutionContext {
    private final ReferenceBackend backend;
    private final int threads;
    private final Workspace workspace;
    private boolean closed;

    ReferenceContext(ReferenceBackend backend, int threads) {
        if (threads < 1) {
            throw new IllegalArgumentException("a context needs at least one thread, not " + threads);
        }
        this.backend = backend;
        this.threads = threads;
        this.workspace = new Workspace(backend::allocate);
    }

    static void check(ExecutionContext ctx) {
        if (!(ctx instanceof ReferenceContext own)) {
            throw new IllegalArgumentException("the reference backend cannot run in "
                    + (ctx == null ? "a null context" : "a context of backend " + ctx.backend().name()));
        }
        if (own.closed) {
            throw new IllegalStateException("the execution context was used after it was closed");
        }
    }

    @Override
    public Backend backend() {
        return backend;
    }

    @Override
    public Workspace workspace() {
        return workspace;
    }

    @Override
    public int threads() {
        return threads;
    }

    @Override
    public void synchronize() {
        // Every op has taken effect when its call returns.
    }

    @Override
    public void close() {
        closed = true;
        workspace.close();
    }
}
