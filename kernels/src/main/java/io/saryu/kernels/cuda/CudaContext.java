package io.saryu.kernels.cuda;

import io.saryu.backend.Backend;
import io.saryu.backend.ExecutionContext;
import io.saryu.bindings.cublaslt.CublasLt;
import io.saryu.bindings.cuda.Cuda;
import io.saryu.tensor.DType;
import io.saryu.tensor.Tensor;
import io.saryu.tensor.Workspace;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import java.util.IdentityHashMap;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Function;
import java.util.function.ToIntFunction;

/**
 * A stream of one GPU with its workspace, a second stream for copies beside it, and what ops need at hand. Ops are
 * asynchronous. One platform thread at a time may use it.
 */
public final class CudaContext implements ExecutionContext {
    private static final long CHECK_NANOS = 10_000_000;
    private static final int SPINS = 2_000;
    private static final long NAP_NANOS = 20_000;

    private final Backend backend;
    private final CudaDevice device;
    private final Workspace workspace;
    /** Shared, so that closing while another thread issues an op is refused. */
    private final Arena life = Arena.ofShared();
    private final MemorySegment stream;
    private final MemorySegment copyStream;
    private final MemorySegment done;
    private final MemorySegment prefetched;
    private final MemorySegment cublasLt;
    private final HostStaging staging;
    private final HostStaging copyStaging;
    private final KernelTable kernels;
    private final Launch launch;
    private final CudaGraphs graphs = new CudaGraphs(this);
    private final Map<Class<?>, AutoCloseable> resources = new IdentityHashMap<>();
    private Runnable waitCheck = () -> { };

    /** A context of a backend whose tensors live on this device. */
    public CudaContext(Backend backend, CudaDevice device) {
        this.backend = backend;
        this.device = device;
        this.workspace = new Workspace(this::addToWorkspace);
        device.makeCurrent();
        try {
            this.stream = newStream(life);
            this.copyStream = newStream(life);
            this.done = newEvent(life);
            this.prefetched = newEvent(life);
            this.cublasLt = newCublasLt();
            this.staging = new HostStaging(this, stream, life);
            this.copyStaging = new HostStaging(this, copyStream, life);
            this.kernels = new KernelTable(device);
            this.launch = new Launch(this, life);
        } catch (RuntimeException | Error e) {
            life.close();
            throw e;
        }
    }

    /**
     * The CUDA context behind an op's context, with its device made current on the calling thread.
     *
     * @throws IllegalArgumentException when it is of another backend
     * @throws IllegalStateException    when it was closed, or the thread is a virtual one
     */
    public static CudaContext of(ExecutionContext ctx) {
        if (!(ctx instanceof CudaContext own)) {
            throw new IllegalArgumentException("the cuda backend cannot run in "
                    + (ctx == null ? "a null context" : "a context of backend " + ctx.backend().name()));
        }
        own.use();
        return own;
    }

    private void use() {
        if (!life.scope().isAlive()) {
            throw new IllegalStateException("the execution context was used after it was closed");
        }
        device.makeCurrent();
    }

    // ---- kernels ----

    /**
     * A kernel, compiled and loaded at first use.
     *
     * @param file  .cu file in native/cuda
     * @param name  of the kernel in it
     * @param dtype what {@code SARYU_TYPE} is in the module, or null where it has none
     * @throws IllegalStateException when it would have to be compiled while a graph is recorded
     */
    public CudaKernel kernel(String file, String name, DType dtype) {
        return kernel(file, name, dtype, "");
    }

    /**
     * As {@link #kernel(String, String, DType)}, in a module with one more define.
     *
     * @param define {@code "SARYU_HEAD=64"} for example, or empty
     */
    public CudaKernel kernel(String file, String name, DType dtype, String define) {
        CudaKernel known = kernels.find(file, name, dtype, define);
        if (known != null) {
            return known;
        }
        refuseWhileCapturing("loading kernel " + name + " of " + file);
        return kernels.load(file, name, dtype, define);
    }

    /**
     * Begins a launch on this context's stream. The result is the context's only one: give it its arguments and run it before
     * the next.
     *
     * @param threads     of a block, in one dimension
     * @param sharedBytes dynamic shared memory of a block
     */
    public Launch launch(CudaKernel kernel, long gridX, long gridY, long gridZ, int threads, int sharedBytes) {
        return launch.of(kernel, gridX, gridY, gridZ, threads, sharedBytes);
    }

    // ---- copies ----

    /** Copies a host tensor of equal count to the device, converting; it may be changed when this returns. */
    public void copyFromHost(Tensor out, Tensor host) {
        if (!isCapturing()) {
            staging.upload(out, host);
        } else if (out.dtype() == host.dtype() && out.isContiguous() && host.isContiguous()
                && PinnedMemory.contains(host.segment())) {
            staging.uploadPinned(out, host);
        } else {
            refuseWhileCapturing("copying '" + host.name() + "' from the host");
        }
    }

    /** Copies a device tensor of equal count to the host, converting, and waits for it. */
    public void copyToHost(Tensor host, Tensor in) {
        refuseWhileCapturing("copying '" + in.name() + "' to the host");
        staging.download(host, in);
    }

    @Override
    public void prefetch(Tensor out, Tensor host) {
        use();
        refuseWhileCapturing("copying '" + host.name() + "' from the host");
        requirePrefetchable(out, host);
        copyStaging.upload(out, host);
        CudaErrors.check(Cuda.cuEventRecord(prefetched, copyStream), "copying to tensor ", out.name());
    }

    private void requirePrefetchable(Tensor out, Tensor host) {
        if (!out.device().equals(device.device()) || !host.device().isHost() || out.dtype() != host.dtype()
                || !Arrays.equals(out.shape(), host.shape()) || !out.isContiguous()) {
            throw new IllegalArgumentException("cannot copy " + host + " to " + out + ": copies beside other work are from"
                    + " the host to a contiguous tensor on " + device.device() + " of equal shape and type");
        }
    }

    @Override
    public void finishPrefetch() {
        use();
        // An event that was never recorded holds nothing up.
        CudaErrors.check(Cuda.cuStreamWaitEvent(stream, prefetched, 0), "ordering a copy before what follows");
    }

    // ---- waiting ----

    @Override
    public void synchronize() {
        use();
        refuseWhileCapturing("waiting for the device");
        CudaErrors.check(Cuda.cuEventRecord(done, stream), "waiting for ", device);
        await(done, "waiting for " + device);
    }

    /** Runs every few milliseconds while this context waits, and once at its end; may end the wait by throwing. */
    public void setWaitCheck(Runnable check) {
        this.waitCheck = check;
    }

    /** Returns when an event that was recorded has come; see {@link #setWaitCheck}. */
    void await(MemorySegment event, String what) {
        long lastCheck = System.nanoTime();
        for (int i = 0; ; i++) {
            int status = Cuda.cuEventQuery(event);
            if (status != Cuda.CUDA_ERROR_NOT_READY()) {
                CudaErrors.check(status, what);
                // What was given up comes to its end, too.
                waitCheck.run();
                return;
            }
            if (i < SPINS) {
                Thread.onSpinWait();
            } else {
                LockSupport.parkNanos(NAP_NANOS);
            }
            if (System.nanoTime() - lastCheck > CHECK_NANOS) {
                waitCheck.run();
                lastCheck = System.nanoTime();
            }
        }
    }

    // ---- graphs ----

    @Override
    public boolean replays() {
        return true;
    }

    @Override
    public void replay(Object key, Runnable work) {
        use();
        graphs.replay(key, work);
    }

    @Override
    public Replay nextReplay(Object key) {
        use();
        return graphs.next(key);
    }

    @Override
    public void replay(Object key, Replay least, Runnable work) {
        use();
        graphs.replay(key, least, work);
    }

    /** Destroys the graphs that were recorded; work that is replayed afterwards begins anew. */
    void forgetGraphs() {
        use();
        graphs.close();
    }

    /** Whether what is issued is recorded into a graph and does not run yet. */
    public boolean isCapturing() {
        return graphs.capturing();
    }

    void refuseWhileCapturing(String what) {
        if (isCapturing()) {
            throw new IllegalStateException(what + " cannot be part of a CUDA graph: do it before or after what is replayed");
        }
    }

    // ---- what it has ----

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
        return 1;
    }

    /** The GPU. */
    public CudaDevice device() {
        return device;
    }

    /** The {@code CUstream} that ops are issued to. */
    public MemorySegment stream() {
        return stream;
    }

    /** The {@code CUstream} of {@link #prefetch}. */
    public MemorySegment copyStream() {
        return copyStream;
    }

    /** The {@code cublasLtHandle_t}. */
    public MemorySegment cublasLt() {
        return cublasLt;
    }

    /** What some ops keep in a context: made at first use, closed with it. */
    <T extends AutoCloseable> T resource(Class<T> type, Function<CudaContext, T> make) {
        AutoCloseable known = resources.get(type);
        if (known == null) {
            known = make.apply(this);
            resources.put(type, known);
        }
        return type.cast(known);
    }

    private Tensor addToWorkspace(String name, DType dtype, long... shape) {
        use();
        refuseWhileCapturing("making the workspace larger");
        return CudaMemory.allocate(device, name, dtype, shape);
    }

    // ---- making and closing ----

    /** A stream that lives as long as an arena. */
    MemorySegment newStream(Arena arena) {
        return owned(out -> Cuda.cuStreamCreate(out, Cuda.CU_STREAM_NON_BLOCKING()), arena, "making a stream on ",
                Cuda::cuStreamDestroy_v2);
    }

    /** An event without a time, which lives as long as an arena. */
    MemorySegment newEvent(Arena arena) {
        return owned(out -> Cuda.cuEventCreate(out, Cuda.CU_EVENT_DISABLE_TIMING()), arena, "making an event on ",
                Cuda::cuEventDestroy_v2);
    }

    private MemorySegment newCublasLt() {
        try (Arena local = Arena.ofConfined()) {
            MemorySegment out = local.allocate(ValueLayout.ADDRESS);
            CudaErrors.cublasLt(CublasLt.cublasLtCreate(out), "starting cuBLASLt on " + device);
            return out.get(ValueLayout.ADDRESS, 0).reinterpret(life, CublasLt::cublasLtDestroy);
        }
    }

    private MemorySegment owned(ToIntFunction<MemorySegment> make, Arena arena, String what,
            ToIntFunction<MemorySegment> destroy) {
        try (Arena local = Arena.ofConfined()) {
            MemorySegment out = local.allocate(ValueLayout.ADDRESS);
            CudaErrors.check(make.applyAsInt(out), what, device);
            return out.get(ValueLayout.ADDRESS, 0).reinterpret(arena, destroy::applyAsInt);
        }
    }

    /** Waits for what still runs and gives everything back. */
    @Override
    public void close() {
        if (!life.scope().isAlive()) {
            return;
        }
        device.makeCurrent();
        // Their errors were thrown where they arose; after a lost GPU there is nothing to wait for.
        Cuda.cuStreamSynchronize(stream);
        Cuda.cuStreamSynchronize(copyStream);
        graphs.close();
        try {
            life.close();
        } catch (IllegalStateException e) {
            throw new IllegalStateException("the execution context is still used on another thread; wait for it before closing",
                    e);
        }
        workspace.close();
        for (AutoCloseable resource : resources.values()) {
            try {
                resource.close();
            } catch (Exception e) {
                throw new IllegalStateException("cannot give back what an op kept in the execution context", e);
            }
        }
    }
}
