package io.saryu.kernels;

import io.saryu.backend.Backend;
import io.saryu.backend.ExecutionContext;
import io.saryu.bindings.cpu.SaryuCpu;
import io.saryu.tensor.Workspace;
import java.lang.foreign.MemorySegment;

/** A pool of native worker threads with their scratch, and a workspace. Ops have taken effect when their call returns. */
final class CpuContext implements ExecutionContext {
    private final CpuBackend backend;
    private final int threads;
    private final Workspace workspace;
    private MemorySegment pool;

    CpuContext(CpuBackend backend, int threads) {
        if (threads < 1 || threads > 1024) {
            throw new IllegalArgumentException("a context needs 1 to 1024 threads, not " + threads);
        }
        this.backend = backend;
        this.threads = threads;
        this.workspace = new Workspace(backend::allocate);
        this.pool = SaryuCpu.saryu_pool_create(threads, CpuLibraries.sgemm());
        if (pool.equals(MemorySegment.NULL)) {
            throw new OutOfMemoryError("the system cannot start " + threads + " worker threads; ask for fewer");
        }
    }

    /** The native pool of a context that can be used with this backend. */
    static MemorySegment pool(ExecutionContext ctx) {
        if (!(ctx instanceof CpuContext own)) {
            throw new IllegalArgumentException("the cpu backend cannot run in "
                    + (ctx == null ? "a null context" : "a context of backend " + ctx.backend().name()));
        }
        if (own.pool == null) {
            throw new IllegalStateException("the execution context was used after it was closed");
        }
        return own.pool;
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
        if (pool != null) {
            SaryuCpu.saryu_pool_destroy(pool);
            pool = null;
            workspace.close();
        }
    }
}
