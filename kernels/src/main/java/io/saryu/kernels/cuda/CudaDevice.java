package io.saryu.kernels.cuda;

import io.saryu.bindings.cuda.Cuda;
import io.saryu.tensor.DType;
import io.saryu.tensor.Device;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;

/**
 * One GPU with its primary context, which is shared by all who use the GPU in this process and lasts as long as the process.
 * Thread-safe.
 */
public final class CudaDevice {
    private static final int FIRST_BF16_SM = 80;
    private static final Map<Integer, CudaDevice> OPEN = new HashMap<>();

    private final GpuInfo info;
    private final Device device;
    private final MemorySegment context;
    private final AtomicLong bytesHeld = new AtomicLong();
    private final KernelCompiler compiler;
    private final Map<String, MemorySegment> modules = new HashMap<>();

    private CudaDevice(int index) {
        this.info = GpuInfo.read(index);
        if (info.problem() != null) {
            throw new CudaException(info.problem());
        }
        this.device = new Device("cuda", index);
        this.compiler = new KernelCompiler(info.sm());
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment out = arena.allocate(ValueLayout.ADDRESS);
            CudaErrors.check(Cuda.cuDevicePrimaryCtxRetain(out, info.handle()), "making a context on " + this);
            this.context = out.get(ValueLayout.ADDRESS, 0);
        }
    }

    /**
     * The GPU of that number, as the driver counts them ({@code CUDA_VISIBLE_DEVICES} changes that).
     *
     * @throws IllegalStateException    when there is no GPU that can be used, saying why
     * @throws IllegalArgumentException when there are not so many
     * @throws CudaException            when it is too old or does not work
     */
    public static CudaDevice get(int index) {
        String problem = CudaLibraries.problem();
        if (problem != null) {
            throw new IllegalStateException(problem);
        }
        int count = CudaLibraries.deviceCount();
        if (index < 0 || index >= count) {
            throw new IllegalArgumentException("there is no GPU " + index + ": the driver shows " + count
                    + (count == 1 ? " GPU, number 0" : " GPUs, numbers 0 to " + (count - 1)));
        }
        synchronized (OPEN) {
            return OPEN.computeIfAbsent(index, CudaDevice::new);
        }
    }

    /** Makes this device's context the current one of the calling thread. Virtual threads are refused. */
    void makeCurrent() {
        if (Thread.currentThread().isVirtual()) {
            throw new IllegalStateException("CUDA was called on a virtual thread, which can move to another thread of the"
                    + " system at any time: use a platform thread");
        }
        CudaErrors.check(Cuda.cuCtxSetCurrent(context), "using ", this);
    }

    /** A function of a module that is compiled, or read from the cache on disk, and loaded at first use. */
    MemorySegment function(String file, String kernel, String[] defines) {
        makeCurrent();
        String key = KernelCompiler.key(file, defines);
        synchronized (modules) {
            MemorySegment module = modules.computeIfAbsent(key, k -> compiler.load(file, defines));
            try (Arena arena = Arena.ofConfined()) {
                MemorySegment out = arena.allocate(ValueLayout.ADDRESS);
                CudaErrors.check(Cuda.cuModuleGetFunction(out, module, arena.allocateFrom(kernel)),
                        "finding kernel " + kernel + " in " + key);
                return out.get(ValueLayout.ADDRESS, 0);
            }
        }
    }

    /** Whether tensors may have this type here: bf16 only from sm_80. */
    public boolean supports(DType dtype) {
        return switch (dtype) {
            case F32, F16 -> true;
            case BF16 -> info.sm() >= FIRST_BF16_SM;
            default -> false;
        };
    }

    /** Bytes of the GPU that nobody has allocated. */
    public long freeBytes() {
        makeCurrent();
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment out = arena.allocate(ValueLayout.JAVA_LONG, 2);
            CudaErrors.check(Cuda.cuMemGetInfo_v2(out, out.asSlice(8)), "asking " + this + " for its free memory");
            return out.get(ValueLayout.JAVA_LONG, 0);
        }
    }

    /** Bytes that this process holds through {@link CudaMemory}. */
    public long bytesHeld() {
        return bytesHeld.get();
    }

    /** The primary context, for cleanups that must not throw. */
    MemorySegment context() {
        return context;
    }

    void addHeld(long bytes) {
        bytesHeld.addAndGet(bytes);
    }

    /** The device as tensors name it. */
    public Device device() {
        return device;
    }

    /** Number of the GPU, from 0. */
    public int index() {
        return info.index();
    }

    /** What the maker calls it. */
    public String name() {
        return info.name();
    }

    /** Compute capability, 80 for 8.0. */
    public int sm() {
        return info.sm();
    }

    /** Architecture that its kernels are compiled for: {@link #sm}, or the newest before it that NVRTC knows. */
    int target() {
        return compiler.target();
    }

    /** Streaming multiprocessors. */
    public int multiprocessors() {
        return info.multiprocessors();
    }

    /** Most bytes of shared memory of a block, when the kernel asks for them. */
    public int sharedPerBlock() {
        return info.sharedPerBlock();
    }

    /** Bytes of shared memory of a multiprocessor, for all its blocks. */
    public int sharedPerMultiprocessor() {
        return info.sharedPerMultiprocessor();
    }

    /** Bytes of the level-2 cache. */
    public int l2Bytes() {
        return info.l2Bytes();
    }

    /** Bytes of the GPU's memory. */
    public long memoryBytes() {
        return info.memoryBytes();
    }

    @Override
    public String toString() {
        return device + " (" + info.name() + ")";
    }
}
