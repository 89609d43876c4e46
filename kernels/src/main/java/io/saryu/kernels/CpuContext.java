package io.saryu.kernels;

import io.saryu.backend.Backend;
import io.saryu.backend.ExecutionContext;
import io.saryu.bindings.NativeLibraries;
import io.saryu.bindings.cpu.SaryuCpu;
import io.saryu.tensor.Workspace;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/** A pool of native worker threads with their scratch, and a workspace. Ops have taken effect when their call returns. */
final class CpuContext implements ExecutionContext {
    private final CpuBackend backend;
    private final int threads;
    private final Workspace workspace;
    /** Shared, so that closing on another thread while an op runs is refused, and cannot free what the op works with. */
    private final Arena life = Arena.ofShared();
    private final MemorySegment pool;

    CpuContext(CpuBackend backend, int threads) {
        if (threads < 1 || threads > 1024) {
            throw new IllegalArgumentException("a context needs 1 to 1024 threads, not " + threads);
        }
        this.backend = backend;
        this.threads = threads;
        this.workspace = new Workspace(backend::allocate);
        MemorySegment created = SaryuCpu.saryu_pool_create(threads, CpuLibraries.sgemm());
        if (created.equals(MemorySegment.NULL)) {
            throw new OutOfMemoryError("the system cannot start " + threads + " worker threads; ask for fewer");
        }
        this.pool = NativeLibraries.owned(created, life, SaryuCpu::saryu_pool_destroy);
    }

    /** The native pool of a context that can be used with this backend. */
    static MemorySegment pool(ExecutionContext ctx) {
        if (!(ctx instanceof CpuContext own)) {
            throw new IllegalArgumentException("the cpu backend cannot run in "
                    + (ctx == null ? "a null context" : "a context of backend " + ctx.backend().name()));
        }
        if (!own.life.scope().isAlive()) {
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
        if (life.scope().isAlive()) {
            try {
                life.close();
            } catch (IllegalStateException e) {
                throw new IllegalStateException("the execution context still computes on another thread; wait for it before"
                        + " closing", e);
            }
            workspace.close();
        }
    }
}
