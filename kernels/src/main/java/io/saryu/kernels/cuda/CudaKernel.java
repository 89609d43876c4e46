package io.saryu.kernels.cuda;

import io.saryu.bindings.cuda.Cuda;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/** A function on one GPU that {@link CudaContext#launch} runs. Belongs to the context that gave it. */
public final class CudaKernel {
    /** More dynamic shared memory than this must be asked for. */
    private static final int SHARED_WITHOUT_ASKING = 48 << 10;

    private final CudaDevice device;
    private final String name;
    private final MemorySegment function;
    private int sharedAllowed = SHARED_WITHOUT_ASKING;

    CudaKernel(CudaDevice device, String name, MemorySegment function) {
        this.device = device;
        this.name = name;
        this.function = function;
    }

    MemorySegment function() {
        return function;
    }

    /** Name in the source. */
    public String name() {
        return name;
    }

    void allowShared(int bytes) {
        if (bytes <= sharedAllowed) {
            return;
        }
        if (bytes > device.sharedPerBlock()) {
            throw new CudaException("kernel " + name + " needs " + bytes + " bytes of shared memory a block, but " + device
                    + " has " + device.sharedPerBlock());
        }
        CudaErrors.check(Cuda.cuFuncSetAttribute(function, Cuda.CU_FUNC_ATTRIBUTE_MAX_DYNAMIC_SHARED_SIZE_BYTES(), bytes),
                "asking for shared memory for ", this);
        sharedAllowed = bytes;
    }

    /** Registers of a thread, as the GPU runs the kernel. */
    public int registers() {
        return attribute(Cuda.CU_FUNC_ATTRIBUTE_NUM_REGS());
    }

    /** Bytes of a thread's local memory, where registers are spilled to. */
    public int localBytes() {
        return attribute(Cuda.CU_FUNC_ATTRIBUTE_LOCAL_SIZE_BYTES());
    }

    private int attribute(int which) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment out = arena.allocate(ValueLayout.JAVA_INT);
            CudaErrors.check(Cuda.cuFuncGetAttribute(out, which, function), "asking for an attribute of ", this);
            return out.get(ValueLayout.JAVA_INT, 0);
        }
    }

    @Override
    public String toString() {
        return "kernel " + name + " on " + device;
    }
}
