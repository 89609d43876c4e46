package io.saryu.kernels.cuda;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.saryu.backend.AttentionLayout;
import io.saryu.backend.Backend;
import io.saryu.backend.ExecutionContext;
import io.saryu.backend.MisuseTest;
import io.saryu.backend.StepScalars;
import io.saryu.tensor.DType;
import io.saryu.tensor.Tensor;
import java.util.Arrays;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Nothing wrong reaches a kernel; and what lies on the device and cannot be looked at does no harm there. */
@RequiresCuda
class CudaMisuseTest extends MisuseTest {
    /** Of 200 queries over 10 keys, the first whose tiles see no key at all. */
    private static final int BLIND = 128;

    private final Backend ops = backend();
    private final ExecutionContext ctx = ops.newContext(1);

    @Override
    protected Backend backend() {
        return new CudaBackend(CudaDevice.get(0));
    }

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

    private Tensor ids(int... values) {
        return upload("ids", DType.I32, Arrays.stream(values).asDoubleStream().toArray(), values.length);
    }

    private double[] download(Tensor t) {
        try (Tensor host = Tensor.allocate(t.name(), t.dtype(), t.shape())) {
            ops.copyToHost(ctx, host, t);
            return host.toDoubles();
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {-1, 3, Integer.MAX_VALUE, Integer.MIN_VALUE})
    void idsOutsideATableAreVisibleAndHarmless(int bad) {
        double nan = Double.NaN;
        try (Tensor table = upload("table", DType.F32, new double[] {1, 2, 3, 4, 5, 6}, 3, 2);
                Tensor bytes = upload("bytes", DType.I8, new double[] {1, 2, 3, 4, 5, 6}, 3, 2);
                Tensor scales = upload("scales", DType.F32, new double[] {1, 10, 100}, 3);
                Tensor ids = ids(2, bad, 0); Tensor out = ops.allocate("out", DType.F32, 3, 2);
                Tensor dTable = upload("dTable", DType.F32, new double[] {7, 7, 7, 7, 7, 7}, 3, 2)) {
            ops.gatherRows(ctx, out, table, ids);
            assertArrayEquals(new double[] {5, 6, nan, nan, 1, 2}, download(out));
            ops.gatherWeights(ctx, out, bytes, scales, ids);
            assertArrayEquals(new double[] {500, 600, nan, nan, 1, 2}, download(out));
            ops.fill(ctx, out, 0);
            ops.scatterRows(ctx, out, table, ids);
            assertArrayEquals(new double[] {5, 6, 0, 0, 1, 2}, download(out));
            ops.gatherRowsBackward(ctx, dTable, false, table, ids);
            assertArrayEquals(new double[] {5, 6, 0, 0, 1, 2}, download(dTable));
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {-1, -99, 5, Integer.MAX_VALUE, Integer.MIN_VALUE})
    void aTargetOutsideTheVocabularySkipsTheUpdate(int bad) {
        try (Tensor logits = upload("logits", DType.F32, new double[15], 3, 5); Tensor targets = ids(4, bad, -100);
                Tensor loss = ops.allocate("loss", DType.F32, 3);
                Tensor scalars = upload("scalars", DType.F64, StepScalars.initial(), StepScalars.COUNT)) {
            ops.crossEntropy(ctx, loss, logits, logits, targets, scalars);
            double[] losses = download(loss);
            assertEquals(Math.log(5), losses[0], 1e-6);
            assertTrue(Double.isNaN(losses[1]));
            assertEquals(0, losses[2]);
            ops.gradientNorm(ctx, scalars, logits.reshape(15).slice("first", 0, 5), 1);
            assertEquals(1, download(scalars)[StepScalars.SKIP]);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {-1, 4, Integer.MAX_VALUE, Integer.MIN_VALUE})
    void aPositionOutsideTheTablesGivesNaNInItsRowAlone(int bad) {
        double[] ones = new double[32];
        Arrays.fill(ones, 1);
        try (Tensor q = upload("q", DType.F32, ones, 2, 16); Tensor k = upload("k", DType.F32, Arrays.copyOf(ones, 16), 2, 8);
                Tensor weight = upload("weight", DType.F32, Arrays.copyOf(ones, 8), 8); Tensor positions = ids(bad, 3);
                Tensor cos = upload("cos", DType.F32, Arrays.copyOf(ones, 16), 4, 4);
                Tensor sin = ops.allocate("sin", DType.F32, 4, 4); Tensor rstd = ops.allocate("rstd", DType.F32, 2, 3);
                Tensor qOut = ops.allocate("qOut", DType.F32, 2, 16); Tensor kOut = ops.allocate("kOut", DType.F32, 2, 8)) {
            ops.qkNormRope(ctx, qOut, kOut, rstd, q, k, weight, weight, cos, sin, positions, 0);
            double[] turned = download(qOut);
            for (int i = 0; i < 32; i++) {
                assertEquals(i < 16 ? Double.NaN : 1, turned[i], 1e-6, "element " + i);
            }
        }
    }

    /** More queries than keys, which no layout may have: what sees no key is no number and has no gradient. */
    @Test
    void queriesBeforeAllKeysAreVisibleAndHarmless() {
        int queries = 200;
        int keys = 10;
        int hs = 64;
        double[] ones = new double[queries * hs];
        Arrays.fill(ones, 1);
        try (Tensor q = upload("q", DType.F16, ones, queries, hs); Tensor k = upload("k", DType.F16, Arrays.copyOf(ones, keys * hs),
                keys, hs); Tensor cu = ids(0, queries); Tensor start = ids(0); Tensor length = ids(keys);
                Tensor out = ops.allocate("out", DType.F16, queries, hs); Tensor lse = ops.allocate("lse", DType.F32, queries, 1);
                Tensor dQ = upload("dQ", DType.F16, ones, queries, hs); Tensor dK = ops.allocate("dK", DType.F16, keys, hs);
                Tensor dV = ops.allocate("dV", DType.F16, keys, hs)) {
            AttentionLayout layout = new AttentionLayout(cu, start, length, queries, keys, 1, 1, hs, 1);
            ops.attention(ctx, out, lse, q, k, k, layout);
            double[] seen = download(out);
            double[] sums = download(lse);
            for (int row = 0; row < queries; row++) {
                boolean blind = row < queries - keys;
                assertEquals(blind ? Double.NaN : 1, seen[row * hs], 1e-3, "row " + row);
                if (row < BLIND || !blind) {
                    assertEquals(blind ? Double.NEGATIVE_INFINITY : hs + Math.log(row - (queries - keys) + 1), sums[row], 1e-3);
                }
            }
            ops.attentionBackward(ctx, dQ, dK, dV, q, out, lse, q, k, k, layout);
            assertArrayEquals(new double[BLIND * hs], Arrays.copyOf(download(dQ), BLIND * hs));
        }
    }

    @Test
    void headsThatAreTooLargeAreRefused() {
        try (Tensor q = ops.allocate("q", DType.F32, 1, 258); Tensor weight = ops.allocate("weight", DType.F32, 258);
                Tensor table = ops.allocate("table", DType.F32, 1, 129); Tensor rstd = ops.allocate("rstd", DType.F32, 1, 2);
                Tensor positions = ids(0)) {
            Exception e = assertThrows(IllegalArgumentException.class,
                    () -> ops.qkNormRope(ctx, q, q, rstd, q, q, weight, weight, table, table, positions, 0));
            assertTrue(e.getMessage().contains("up to 256") && e.getMessage().contains(q.toString()), e.getMessage());
        }
    }
}
