package io.saryu.kernels.cuda;

import io.saryu.bindings.cuda.Cuda;
import io.saryu.tensor.DType;
import io.saryu.tensor.Device;
import io.saryu.tensor.Tensor;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Map;
import java.util.concurrent.ConcurrentSkipListMap;

/**
 * Host memory that the system does not move, so that the GPU copies from and to it beside other work. Costly to get and taken
 * from all processes: for staging, not for data.
 */
public final class PinnedMemory {
    /** Address to size. */
    private static final ConcurrentSkipListMap<Long, Long> KNOWN = new ConcurrentSkipListMap<>();

    private PinnedMemory() {
    }

    /** Pinned memory that lives as long as an arena. */
    static MemorySegment allocate(CudaDevice device, long bytes, Arena arena) {
        device.makeCurrent();
        try (Arena local = Arena.ofConfined()) {
            MemorySegment out = local.allocate(ValueLayout.ADDRESS);
            CudaErrors.check(Cuda.cuMemAllocHost_v2(out, bytes), "pinning " + bytes + " bytes of host memory");
            MemorySegment memory = out.get(ValueLayout.ADDRESS, 0);
            KNOWN.put(memory.address(), bytes);
            return memory.reinterpret(bytes, arena, m -> {
                KNOWN.remove(m.address());
                if (Cuda.cuCtxSetCurrent(device.context()) == 0) {
                    Cuda.cuMemFreeHost(m);
                }
            });
        }
    }

    /**
     * A host tensor in pinned memory, zeroed. {@link CudaContext#copyFromHost} of it into a CUDA graph is recorded as a copy of
     * what will be there when the graph is launched.
     */
    public static Tensor allocate(CudaDevice device, String name, DType dtype, long... shape) {
        long bytes = dtype.bytes();
        for (long d : shape) {
            bytes = Math.multiplyExact(bytes, d);
        }
        Arena arena = Arena.ofShared();
        try {
            MemorySegment memory = allocate(device, Math.max(bytes, 1), arena).fill((byte) 0);
            return Tensor.of(name, dtype, Device.CPU, memory, arena::close, shape);
        } catch (RuntimeException | Error e) {
            arena.close();
            throw e;
        }
    }

    /** Whether all of a segment lies in memory of this class. */
    static boolean contains(MemorySegment segment) {
        Map.Entry<Long, Long> region = KNOWN.floorEntry(segment.address());
        return region != null && segment.address() + segment.byteSize() <= region.getKey() + region.getValue();
    }
}
