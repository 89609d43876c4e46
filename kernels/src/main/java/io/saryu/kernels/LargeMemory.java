package io.saryu.kernels;

import io.saryu.bindings.cpu.SaryuCpu;
import io.saryu.tensor.DType;
import io.saryu.tensor.Device;
import io.saryu.tensor.Tensor;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/**
 * Host memory in large pages for large tensors: reading all weights once a token, and every pass over the optimizer's state,
 * is faster where the processor looks fewer pages up. What is small comes from Java's allocator.
 */
final class LargeMemory {
    /** Two large pages of Linux; what is rounded up is at most a third. */
    private static final long SMALLEST = 4L << 20;

    private LargeMemory() {
    }

    /** As {@link Tensor#allocate}. */
    static Tensor allocate(String name, DType dtype, long... shape) {
        long bytes = dtype.bytes();
        for (long d : shape) {
            if (d < 0) {
                return Tensor.allocate(name, dtype, shape);
            }
            bytes = Math.multiplyExact(bytes, d);
        }
        if (bytes < SMALLEST) {
            return Tensor.allocate(name, dtype, shape);
        }
        long size = bytes;
        MemorySegment memory = SaryuCpu.saryu_allocate(size);
        if (memory.equals(MemorySegment.NULL)) {
            throw new OutOfMemoryError("the system has no " + (size >> 20) + " MB for tensor '" + name + "'");
        }
        Arena arena = Arena.ofShared();
        MemorySegment owned = memory.reinterpret(size, arena, m -> SaryuCpu.saryu_release(m, size));
        return Tensor.of(name, dtype, Device.CPU, owned, arena::close, shape);
    }
}
