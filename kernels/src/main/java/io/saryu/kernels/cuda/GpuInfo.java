package io.saryu.kernels.cuda;

import io.saryu.bindings.cuda.Cuda;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Locale;

/**
 * What the driver says of a GPU, which it can be asked without using the GPU.
 *
 * @param index                   as the driver counts
 * @param handle                  the {@code CUdevice}
 * @param name                    what the maker calls it
 * @param sm                      compute capability, 80 for 8.0
 * @param multiprocessors         streaming multiprocessors
 * @param sharedPerBlock          most bytes of shared memory of a block, when the kernel asks for them
 * @param sharedPerMultiprocessor bytes of shared memory of a multiprocessor, for all its blocks
 * @param l2Bytes                 of the level-2 cache
 * @param memoryBytes             of the GPU's memory
 */
record GpuInfo(int index, int handle, String name, int sm, int multiprocessors, int sharedPerBlock,
        int sharedPerMultiprocessor, int l2Bytes, long memoryBytes) {
    /** Turing: the first with 16-bit tensor-core instructions that our kernels use. */
    private static final int OLDEST_SM = 75;
    private static final int LONGEST_NAME = 256;

    static GpuInfo read(int index) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment out = arena.allocate(LONGEST_NAME, 8);
            CudaErrors.check(Cuda.cuDeviceGet(out, index), "opening GPU " + index);
            int handle = out.get(ValueLayout.JAVA_INT, 0);
            CudaErrors.check(Cuda.cuDeviceTotalMem_v2(out, handle), "asking GPU " + index + " for its memory");
            long memory = out.get(ValueLayout.JAVA_LONG, 0);
            CudaErrors.check(Cuda.cuDeviceGetName(out, LONGEST_NAME, handle), "asking GPU " + index + " for its name");
            String name = out.getString(0);
            return new GpuInfo(index, handle, name,
                    10 * attribute(out, handle, Cuda.CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_MAJOR())
                            + attribute(out, handle, Cuda.CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_MINOR()),
                    attribute(out, handle, Cuda.CU_DEVICE_ATTRIBUTE_MULTIPROCESSOR_COUNT()),
                    attribute(out, handle, Cuda.CU_DEVICE_ATTRIBUTE_MAX_SHARED_MEMORY_PER_BLOCK_OPTIN()),
                    attribute(out, handle, Cuda.CU_DEVICE_ATTRIBUTE_MAX_SHARED_MEMORY_PER_MULTIPROCESSOR()),
                    attribute(out, handle, Cuda.CU_DEVICE_ATTRIBUTE_L2_CACHE_SIZE()), memory);
        }
    }

    private static int attribute(MemorySegment out, int handle, int which) {
        CudaErrors.check(Cuda.cuDeviceGetAttribute(out, which, handle), "asking GPU " + handle + " for attribute " + which);
        return out.get(ValueLayout.JAVA_INT, 0);
    }

    /** Null when the kernels run on it, else one sentence on why not. */
    String problem() {
        return sm >= OLDEST_SM ? null : "GPU " + index + " (" + name + ", sm_" + sm + ") is older than the kernels can use,"
                + " which need sm_" + OLDEST_SM + " (Turing) or newer: use device: cpu"
                + (index == 0 ? ", or CUDA_VISIBLE_DEVICES to put another GPU first" : "");
    }

    /** Name, architecture, size. */
    String description() {
        return String.format(Locale.ROOT, "%s, sm_%d, %d multiprocessors, %.1f GiB", name, sm, multiprocessors,
                memoryBytes / (double) (1L << 30));
    }
}
