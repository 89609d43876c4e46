package io.saryu.kernels.cuda;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.saryu.backend.AdamWOptions;
import io.saryu.backend.StepScalars;
import io.saryu.tensor.DType;
import io.saryu.tensor.Tensor;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What ops keep in a context (scratch, segments, algorithms) when they are recorded, and after. */
@RequiresCuda
class CudaRecordedOpsTest {
    private static final AdamWOptions OPTIONS = new AdamWOptions(0.9, 0.999, 1e-8, 0.1);
    private final Random random = new Random(5);
    private final CudaBackend ops = new CudaBackend(CudaDevice.get(0));
    private final CudaContext ctx = (CudaContext) ops.newContext(1);

    @AfterEach
    void close() {
        ctx.close();
    }

    private Tensor upload(String name, DType dtype, double[] values, long... shape) {
        Tensor t = ops.allocate(name, dtype, shape);
        try (Tensor host = Tensor.allocate(name, dtype, shape).fillFrom(values)) {
            ops.copyFromHost(ctx, t, host);
        }
        return t;
    }

    private Tensor normal(String name, long... shape) {
        return upload(name, DType.F32, random.doubles(Arrays.stream(shape).reduce(1, (a, b) -> a * b), -1, 1).toArray(), shape);
    }

    private double[] download(Tensor t) {
        try (Tensor host = Tensor.allocate(t.name(), t.dtype(), t.shape())) {
            ops.copyToHost(ctx, host, t);
            return host.toDoubles();
        }
    }

    private static Tensor segments(long... triples) {
        return Tensor.allocate("segments", DType.I64, triples.length / 3, 3)
                .fillFrom(Arrays.stream(triples).asDoubleStream().toArray());
    }

    /** A later op needs more scratch than there was; what was recorded before goes on with its own. */
    @Test
    void scratchThatGrowsLeavesRecordedWorkAlone() {
        try (Tensor table = ops.allocate("table", DType.F32, 50, 8); Tensor rows = normal("rows", 20, 8);
                Tensor ids = upload("ids", DType.I32, random.ints(20, 0, 50).asDoubleStream().toArray(), 20);
                Tensor s = normal("s", 4096, 600); Tensor dS = ops.allocate("dS", DType.F32, 4096, 600);
                Tensor weight = normal("weight", 600); Tensor dWeight = ops.allocate("dWeight", DType.F32, 600);
                Tensor rstd = normal("rstd", 4096)) {
            Runnable work = () -> ops.gatherRowsBackward(ctx, table, false, rows, ids);
            ctx.replay("table", work);
            double[] expected = download(table);
            ctx.replay("table", work);
            assertArrayEquals(expected, download(table));
            long before = ctx.device().bytesHeld();
            ops.rmsNormBackward(ctx, dS, dWeight, false, s, null, s, weight, rstd);
            assertTrue(ctx.device().bytesHeld() > before, "the scratch did not have to grow");
            ops.fill(ctx, table, 3);
            ctx.replay("table", work);
            assertArrayEquals(expected, download(table));
        }
    }

    @Test
    void aRecordedUpdateReadsItsSegmentsFromTheDevice() {
        try (Tensor w = normal("w", 100); Tensor g = normal("g", 100); Tensor m = ops.allocate("m", DType.F32, 100);
                Tensor v = ops.allocate("v", DType.F32, 100);
                Tensor scalars = upload("scalars", DType.F64, StepScalars.initial(), StepScalars.COUNT);
                Tensor all = segments(0, 60, 1, 64, 36, 0); Tensor part = segments(0, 60, 1)) {
            double[] one = StepScalars.initial();
            one[StepScalars.STEP] = 1;
            one[StepScalars.LEARNING_RATE] = 0.5;
            try (Tensor host = Tensor.allocate("scalars", DType.F64, StepScalars.COUNT).fillFrom(one)) {
                ops.copyFromHost(ctx, scalars, host);
            }
            for (int i = 0; i < 3; i++) {
                double[] before = download(w);
                ctx.replay("update", () -> ops.adamW(ctx, w, g, m, v, all, scalars, OPTIONS));
                double[] after = download(w);
                for (int e = 0; e < 100; e++) {
                    assertEquals(e >= 60 && e < 64, before[e] == after[e], "element " + e + " in round " + i);
                }
            }
            Tensor[] given = {all};
            Runnable changing = () -> ops.adamW(ctx, w, g, m, v, given[0], scalars, OPTIONS);
            ctx.replay("changing", changing);
            given[0] = part;
            Exception e = assertThrows(IllegalStateException.class, () -> ctx.replay("changing", changing));
            assertTrue(e.getMessage().contains(part.toString()) && e.getMessage().contains("CUDA graph"), e.getMessage());
            // The context is as good as before.
            ops.adamW(ctx, w, g, m, v, part, scalars, OPTIONS);
            ctx.synchronize();
        }
    }

    /** Chosen again for each alignment: an algorithm for aligned operands must not be given others. */
    @Test
    void productsOfShiftedOperandsAgree() {
        try (Tensor a = normal("a", 24 * 24 + 8); Tensor b = normal("b", 24, 24); Tensor out = ops.allocate("out", DType.F32, 24, 24)) {
            for (int shift = 0; shift < 8; shift++) {
                Tensor shifted = a.slice("shifted", shift, 24, 24);
                ops.matmul(ctx, out, shifted, false, b, true, false);
                double[] x = download(shifted);
                double[] y = download(b);
                double[] z = download(out);
                for (int i = 0; i < 24; i++) {
                    for (int j = 0; j < 24; j++) {
                        double sum = 0;
                        for (int k = 0; k < 24; k++) {
                            sum += x[i * 24 + k] * y[j * 24 + k];
                        }
                        assertEquals(sum, z[i * 24 + j], 1e-5);
                    }
                }
            }
        }
    }
}
