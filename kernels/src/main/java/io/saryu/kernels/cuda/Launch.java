package io.saryu.kernels.cuda;

import io.saryu.bindings.cuda.Cuda;
import io.saryu.tensor.Tensor;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * The launch of a kernel: its arguments in the kernel's order, then {@link #run()}. One instance per context is used again
 * and again; nothing is allocated.
 */
public final class Launch {
    private static final int MOST_ARGUMENTS = 64;
    private static final long MOST_X = Integer.MAX_VALUE;
    private static final long MOST_YZ = 65_535;

    private final CudaContext context;
    /** One of 8 bytes for each argument. */
    private final MemorySegment slots;
    /** The address of each slot. */
    private final MemorySegment parameters;
    private CudaKernel kernel;
    private long gridX;
    private long gridY;
    private long gridZ;
    private int blockX;
    private int sharedBytes;
    private int count;

    Launch(CudaContext context, Arena life) {
        this.context = context;
        this.slots = life.allocate(ValueLayout.JAVA_LONG, MOST_ARGUMENTS);
        this.parameters = life.allocate(ValueLayout.ADDRESS, MOST_ARGUMENTS);
        for (int i = 0; i < MOST_ARGUMENTS; i++) {
            parameters.setAtIndex(ValueLayout.ADDRESS, i, slots.asSlice(8L * i, 8));
        }
    }

    Launch of(CudaKernel k, long x, long y, long z, int threads, int shared) {
        kernel = k;
        gridX = x;
        gridY = y;
        gridZ = z;
        blockX = threads;
        sharedBytes = shared;
        count = 0;
        return this;
    }

    /** A pointer to a tensor's first element on this device; null gives a null pointer. */
    public Launch pointer(Tensor tensor) {
        if (tensor == null) {
            return int64(0);
        }
        MemorySegment memory = tensor.segment();
        if (!tensor.device().equals(context.device().device())) {
            throw new IllegalArgumentException("tensor '" + tensor.name() + "' is on " + tensor.device() + ", but kernel "
                    + kernel.name() + " runs on " + context.device().device());
        }
        return int64(memory.address());
    }

    /** A {@code long long}. */
    public Launch int64(long value) {
        slots.setAtIndex(ValueLayout.JAVA_LONG, count++, value);
        return this;
    }

    /** An {@code int}. */
    public Launch int32(int value) {
        slots.set(ValueLayout.JAVA_INT, 8L * count++, value);
        return this;
    }

    /** A {@code float}. */
    public Launch float32(float value) {
        slots.set(ValueLayout.JAVA_FLOAT, 8L * count++, value);
        return this;
    }

    /** A {@code double}. */
    public Launch float64(double value) {
        slots.set(ValueLayout.JAVA_DOUBLE, 8L * count++, value);
        return this;
    }

    /**
     * Issues the launch to the context's stream; a grid with a side of 0 does nothing.
     *
     * @throws IllegalArgumentException for a grid that no GPU can launch
     * @throws CudaException            when the launch fails, or a launch before it has failed
     */
    public void run() {
        if (gridX == 0 || gridY == 0 || gridZ == 0) {
            return;
        }
        if (gridX < 0 || gridX > MOST_X || gridY < 0 || gridY > MOST_YZ || gridZ < 0 || gridZ > MOST_YZ) {
            throw new IllegalArgumentException("kernel " + kernel.name() + " cannot be launched over " + gridX + " x " + gridY
                    + " x " + gridZ + " blocks: use smaller tensors");
        }
        kernel.allowShared(sharedBytes);
        CudaErrors.check(Cuda.cuLaunchKernel(kernel.function(), (int) gridX, (int) gridY, (int) gridZ, blockX, 1, 1,
                sharedBytes, context.stream(), parameters, MemorySegment.NULL), "launching ", kernel);
    }
}
