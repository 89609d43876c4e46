package io.saryu.kernels.cuda;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;

import io.saryu.backend.Backend;
import io.saryu.backend.ExecutionContext;
import io.saryu.tensor.DType;
import io.saryu.tensor.Tensor;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Types and strides that the ops' tests do not meet: every conversion on the device, every type's copy and fill. */
@RequiresCuda
class CudaTypesTest {
    /** Rows and columns: with and without room for 16-byte accesses. */
    private static final long[][] SHAPES = {{1, 1}, {3, 7}, {5, 64}, {2, 1031}};
    private static final List<DType> FLOATS = List.of(DType.F64, DType.F32, DType.BF16, DType.F16);

    private final Backend ops = new CudaBackend(CudaDevice.get(0));
    private final ExecutionContext ctx = ops.newContext(1);

    @AfterEach
    void close() {
        ctx.close();
    }

    /** Numbers that every type but BOOL can tell apart, some that are rounded, some beyond fp16, and what is no number. */
    private static double value(DType dtype, long i) {
        double[] special = {Double.NaN, Double.POSITIVE_INFINITY, -0.0, 70000, -1e-7, 1.0 / 3};
        if (dtype == DType.BOOL) {
            return i % 2;
        }
        return dtype.isFloating() && i % 11 < special.length ? special[(int) (i % 11)] : i % 101 - 50;
    }

    private static Tensor host(DType dtype, long[] shape) {
        Tensor t = Tensor.allocate("host", dtype, shape);
        for (long i = 0; i < t.count(); i++) {
            t.setAt(i, value(dtype, i));
        }
        return t;
    }

    /** The left half of a tensor of twice the columns when strided, all of one otherwise. */
    private Tensor device(DType dtype, long[] shape, boolean strided) {
        return ops.allocate("device", dtype, shape[0], strided ? 2 * shape[1] : shape[1]);
    }

    private static Tensor part(Tensor t, long columns) {
        return t.dim(1) == columns ? t : t.columns(0, columns);
    }

    private double[] download(Tensor t) {
        try (Tensor back = Tensor.allocate("back", t.dtype(), t.shape())) {
            ops.copyToHost(ctx, back, t);
            return back.toDoubles();
        }
    }

    private void copies(DType from, DType to) {
        for (long[] shape : SHAPES) {
            for (boolean strided : new boolean[] {false, true}) {
                try (Tensor host = host(from, shape); Tensor expected = Tensor.allocate("expected", to, shape);
                        Tensor in = device(from, shape, strided); Tensor out = device(to, shape, strided)) {
                    for (long i = 0; i < host.count(); i++) {
                        expected.setAt(i, host.getAt(i));
                    }
                    ops.copyFromHost(ctx, part(in, shape[1]), host);
                    ops.copy(ctx, part(out, shape[1]), part(in, shape[1]));
                    assertArrayEquals(expected.toDoubles(), download(part(out, shape[1])), () -> from + " to " + to + ", "
                            + shape[0] + " x " + shape[1] + (strided ? ", strided" : ""));
                }
            }
        }
    }

    @ParameterizedTest
    @EnumSource(DType.class)
    void copies(DType dtype) {
        copies(dtype, dtype);
    }

    @Test
    void conversions() {
        for (DType from : FLOATS) {
            for (DType to : FLOATS) {
                copies(from, to);
            }
        }
    }

    @ParameterizedTest
    @EnumSource(DType.class)
    void fills(DType dtype) {
        for (long[] shape : SHAPES) {
            try (Tensor all = device(dtype, shape, true); Tensor expected = Tensor.allocate("expected", dtype, shape)) {
                double value = dtype == DType.BOOL ? 1 : 3;
                ops.fill(ctx, part(all, shape[1]), value);
                for (long i = 0; i < expected.count(); i++) {
                    expected.setAt(i, value);
                }
                assertArrayEquals(expected.toDoubles(), download(part(all, shape[1])));
                assertArrayEquals(new double[(int) shape[1]], download(all.columns(shape[1], 2 * shape[1]).rows(0, 1)),
                        "beside it");
            }
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"F32", "BF16", "F16"})
    void sums(DType dtype) {
        for (long[] shape : SHAPES) {
            try (Tensor host = host(dtype, shape); Tensor expected = Tensor.allocate("expected", dtype, shape);
                    Tensor a = device(dtype, shape, false)) {
                ops.copyFromHost(ctx, a, host);
                for (long i = 0; i < host.count(); i++) {
                    expected.setAt(i, host.getAt(i) + host.getAt(i));
                }
                ops.add(ctx, a, a, a);
                assertArrayEquals(expected.toDoubles(), download(a));
            }
        }
    }
}
