package io.saryu.kernels.cuda;

import io.saryu.bindings.cuda.Cuda;
import io.saryu.tensor.DType;
import io.saryu.tensor.Tensor;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import java.util.Locale;

/** Device memory as tensors: an address that Java never reads or writes. */
public final class CudaMemory {
    private static final System.Logger LOG = System.getLogger(CudaMemory.class.getName());
    private static final double GIB = 1L << 30;

    private CudaMemory() {
    }

    /**
     * Zeroed memory on the device, aligned to 256 bytes; the caller closes it.
     *
     * @throws CudaException when the device has no such memory, saying how much is free and what would help
     */
    public static Tensor allocate(CudaDevice device, String name, DType dtype, long... shape) {
        long bytes = dtype.bytes();
        for (long d : shape) {
            if (d < 0) {
                throw new IllegalArgumentException("tensor '" + name + "' has a negative dimension: "
                        + Arrays.toString(shape));
            }
            bytes = Math.multiplyExact(bytes, d);
        }
        // A tensor of no elements still has an address of its own.
        long size = Math.max(bytes, 1);
        device.makeCurrent();
        long address = take(device, name, size);
        Arena arena = Arena.ofShared();
        MemorySegment memory = MemorySegment.ofAddress(address).reinterpret(size, arena, m -> free(device, m.address(), size));
        device.addHeld(size);
        try {
            // The null stream waits for nothing of ours, as all our streams are non-blocking; so wait for it here.
            CudaErrors.check(Cuda.cuMemsetD8Async(address, (byte) 0, size, MemorySegment.NULL), "zeroing tensor ", name);
            CudaErrors.check(Cuda.cuStreamSynchronize(MemorySegment.NULL), "zeroing tensor ", name);
            return Tensor.of(name, dtype, device.device(), memory, arena::close, shape);
        } catch (RuntimeException | Error e) {
            arena.close();
            throw e;
        }
    }

    private static long take(CudaDevice device, String name, long bytes) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment out = arena.allocate(ValueLayout.JAVA_LONG);
            int status = Cuda.cuMemAlloc_v2(out, bytes);
            if (status == Cuda.CUDA_ERROR_OUT_OF_MEMORY()) {
                throw outOfMemory(device, name, bytes, status);
            }
            CudaErrors.check(status, "allocating " + bytes + " bytes for tensor '" + name + "' on " + device);
            return out.get(ValueLayout.JAVA_LONG, 0);
        }
    }

    private static CudaException outOfMemory(CudaDevice device, String name, long bytes, int status) {
        return new CudaException(String.format(Locale.ROOT, "%s has no %.2f GiB for tensor '%s': %.2f of its %.2f GiB"
                + " are free, and this process holds %.2f; use a smaller batch or gradient_checkpointing, or end what else"
                + " uses the GPU", device, bytes / GIB, name, device.freeBytes() / GIB, device.memoryBytes() / GIB,
                device.bytesHeld() / GIB), status);
    }

    /** Waits for what still runs on the device: that is how the driver frees. */
    private static void free(CudaDevice device, long address, long bytes) {
        device.addHeld(-bytes);
        int status = Cuda.cuCtxSetCurrent(device.context());
        if (status == 0) {
            status = Cuda.cuMemFree_v2(address);
        }
        if (status != 0) {
            // After the GPU was lost nothing can be given back, and the first error has been thrown.
            LOG.log(System.Logger.Level.DEBUG, "Freeing {0} bytes on {1} returned {2}", bytes, device, status);
        }
    }
}
