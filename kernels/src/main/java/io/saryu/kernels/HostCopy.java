package io.saryu.kernels;

import io.saryu.bindings.cpu.SaryuCpu;
import io.saryu.tensor.DType;
import io.saryu.tensor.Tensor;
import java.lang.foreign.MemorySegment;

/** Copies between tensors in host memory, converting between floating types. */
final class HostCopy {
    private HostCopy() {
    }

    private static boolean native32Or16(Tensor t) {
        return t.dtype() == DType.F32 || t.dtype().isHalf();
    }

    static void run(MemorySegment pool, Tensor out, Tensor in) {
        long n = in.count();
        if (n == 0) {
            return;
        }
        long columns = in.rank() == 0 ? 1 : in.dim(-1);
        long rows = n / columns;
        if (out.dtype() != in.dtype() && native32Or16(out) && native32Or16(in)) {
            SaryuCpu.saryu_convert(pool, rows, columns, CpuBackend.type(out), out.segment(), out.rowStride(),
                    CpuBackend.type(in), in.segment(), in.rowStride());
        } else if (out.dtype() != in.dtype()) {
            for (long i = 0; i < n; i++) {
                out.set(i, in.get(i));
            }
        } else if (out.dtype() == DType.F32) {
            SaryuCpu.saryu_copy_f32(pool, rows, columns, out.segment(), out.rowStride(), in.segment(), in.rowStride());
        } else {
            long width = columns * in.dtype().bytes();
            for (long r = 0; r < rows; r++) {
                MemorySegment.copy(in.segment(), r * in.rowStride() * in.dtype().bytes(), out.segment(),
                        r * out.rowStride() * out.dtype().bytes(), width);
            }
        }
    }
}
