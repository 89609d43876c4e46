package io.saryu.backend;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.saryu.tensor.DType;
import io.saryu.tensor.Tensor;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The oracle's gradients against central differences of its forward passes, in double. */
class GradientTest {
    private static final double STEP = 1e-5;
    private static final double TOLERANCE = 1e-6;
    private static final DType F64 = DType.F64;

    private final Backend ops = new ReferenceBackend();
    private final ExecutionContext ctx = ops.newContext(1);
    private final Random random = new Random(7);

    @AfterEach
    void close() {
        ctx.close();
    }

    private Tensor normal(String name, long... shape) {
        return Data.normal(random, name, F64, 1, shape);
    }

    private static Tensor empty(String name, long... shape) {
        return Tensor.allocate(name, F64, shape);
    }

    private static double dot(Tensor a, Tensor b) {
        double s = 0;
        for (long i = 0; i < a.count(); i++) {
            s += a.get(i) * b.get(i);
        }
        return s;
    }

    /** A scalar function of the tensors, run again after each element is moved. */
    @FunctionalInterface
    interface Loss {
        double value();
    }

    private static void check(Tensor x, Tensor gradient, Loss loss) {
        double difference = 0;
        double norm = 0;
        for (long i = 0; i < x.count(); i++) {
            double old = x.get(i);
            x.set(i, old + STEP);
            double up = loss.value();
            x.set(i, old - STEP);
            double down = loss.value();
            x.set(i, old);
            double expected = (up - down) / (2 * STEP);
            difference += Math.pow(expected - gradient.get(i), 2);
            norm += expected * expected;
        }
        assertTrue(norm > 0, "the loss does not depend on " + x);
        assertTrue(Math.sqrt(difference / norm) < TOLERANCE,
                x + ": relative error " + Math.sqrt(difference / norm) + " of the gradient");
    }

    @Test
    void gatherRows() {
        Tensor table = normal("table", 5, 3);
        Tensor ids = Data.ints("ids", 4, 0, 4, 4, 2);
        Tensor out = empty("out", 5, 3);
        Tensor dOut = normal("dOut", 5, 3);
        Tensor dTable = normal("dTable", 5, 3);
        ops.gatherRowsBackward(ctx, dTable, false, dOut, ids);
        check(table, dTable, () -> {
            ops.gatherRows(ctx, out, table, ids);
            return dot(out, dOut);
        });
    }

    @ParameterizedTest
    @CsvSource({"false,false", "true,false", "false,true", "true,true"})
    void matmul(boolean ta, boolean tb) {
        int m = 3;
        int k = 5;
        int n = 4;
        Tensor a = ta ? normal("a", k, m) : normal("a", m, k);
        Tensor b = tb ? normal("b", n, k) : normal("b", k, n);
        Tensor out = empty("out", m, n);
        Tensor dOut = normal("dOut", m, n);
        Tensor da = empty("da", a.shape());
        Tensor db = empty("db", b.shape());
        // d op(a) = dOut op(b)^T and d op(b) = op(a)^T dOut, each transposed when its operand was.
        if (ta) {
            ops.matmul(ctx, da, b, tb, dOut, true, false);
        } else {
            ops.matmul(ctx, da, dOut, false, b, !tb, false);
        }
        if (tb) {
            ops.matmul(ctx, db, dOut, true, a, ta, false);
        } else {
            ops.matmul(ctx, db, a, !ta, dOut, false, false);
        }
        Loss loss = () -> {
            ops.matmul(ctx, out, a, ta, b, tb, false);
            return dot(out, dOut);
        };
        check(a, da, loss);
        check(b, db, loss);
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void rmsNorm(boolean residual) {
        int n = 4;
        int c = 7;
        double eps = 1e-2;
        Tensor x = normal("x", n, c);
        Tensor delta = residual ? normal("delta", n, c) : null;
        Tensor weight = normal("weight", c);
        Tensor sum = residual ? empty("sum", n, c) : null;
        Tensor out = empty("out", n, c);
        Tensor rstd = empty("rstd", n);
        Tensor dOut = normal("dOut", n, c);
        Tensor dSum = residual ? normal("dSum", n, c) : null;
        Loss loss = () -> {
            ops.rmsNorm(ctx, out, rstd, sum, x, delta, weight, eps);
            return dot(out, dOut) + (residual ? dot(sum, dSum) : 0);
        };
        loss.value();
        Tensor dS = empty("dS", n, c);
        Tensor dWeight = empty("dWeight", c);
        ops.rmsNormBackward(ctx, dS, dWeight, false, dOut, dSum, residual ? sum : x, weight, rstd);
        check(x, dS, loss);
        check(weight, dWeight, loss);
        if (residual) {
            check(delta, dS, loss);
        }
    }

    @Test
    void qkNormRope() {
        int n = 3;
        int hs = 8;
        int heads = 4;
        int kvHeads = 2;
        Tensor q = normal("q", n, heads * hs);
        Tensor k = normal("k", n, kvHeads * hs);
        Tensor qWeight = normal("qWeight", hs);
        Tensor kWeight = normal("kWeight", hs);
        Tensor[] rotary = Data.rotary(F64, 9, hs / 2);
        Tensor positions = Data.ints("positions", 5, 0, 8);
        Tensor qOut = empty("qOut", n, heads * hs);
        Tensor kOut = empty("kOut", n, kvHeads * hs);
        Tensor rstd = empty("rstd", n, heads + kvHeads);
        Tensor dQOut = normal("dQOut", n, heads * hs);
        Tensor dKOut = normal("dKOut", n, kvHeads * hs);
        Loss loss = () -> {
            ops.qkNormRope(ctx, qOut, kOut, rstd, q, k, qWeight, kWeight, rotary[0], rotary[1], positions, 1e-2);
            return dot(qOut, dQOut) + dot(kOut, dKOut);
        };
        loss.value();
        Tensor dQ = empty("dQ", n, heads * hs);
        Tensor dK = empty("dK", n, kvHeads * hs);
        Tensor dQWeight = empty("dQWeight", hs);
        Tensor dKWeight = empty("dKWeight", hs);
        ops.qkNormRopeBackward(ctx, dQ, dK, dQWeight, dKWeight, false, dQOut, dKOut, q, k, qWeight, kWeight, rstd,
                rotary[0], rotary[1], positions);
        check(q, dQ, loss);
        check(k, dK, loss);
        check(qWeight, dQWeight, loss);
        check(kWeight, dKWeight, loss);
    }

    @ParameterizedTest
    @CsvSource({"2,2,0", "4,2,0", "4,1,0", "4,2,3"})
    void attention(int heads, int kvHeads, int cached) {
        int hs = 8;
        int[] tq = {3, 1, 5};
        int[] tk = {3 + cached, 1 + 2 * cached, 5};
        AttentionLayout layout = Data.layout(tq, tk, 1, heads, kvHeads, hs);
        int nq = Data.sum(tq);
        int nk = Data.sum(tk) + tk.length;
        Tensor q = normal("q", nq, heads * hs);
        Tensor k = normal("k", nk, kvHeads * hs);
        Tensor v = normal("v", nk, kvHeads * hs);
        Tensor out = empty("out", nq, heads * hs);
        Tensor lse = empty("lse", nq, heads);
        Tensor dOut = normal("dOut", nq, heads * hs);
        Loss loss = () -> {
            ops.attention(ctx, out, lse, q, k, v, layout);
            return dot(out, dOut);
        };
        loss.value();
        Tensor dQ = normal("dQ", nq, heads * hs);
        Tensor dK = empty("dK", nk, kvHeads * hs);
        Tensor dV = empty("dV", nk, kvHeads * hs);
        ops.attentionBackward(ctx, dQ, dK, dV, dOut, out, lse, q, k, v, layout);
        check(q, dQ, loss);
        check(k, dK, loss);
        check(v, dV, loss);
    }

    @Test
    void swiglu() {
        Tensor gateUp = normal("gateUp", 3, 10);
        Tensor out = empty("out", 3, 5);
        Tensor dOut = normal("dOut", 3, 5);
        Tensor dGateUp = empty("dGateUp", 3, 10);
        ops.swigluBackward(ctx, dGateUp, dOut, gateUp);
        check(gateUp, dGateUp, () -> {
            ops.swiglu(ctx, out, gateUp);
            return dot(out, dOut);
        });
    }

    @Test
    void dropout() {
        Tensor in = normal("in", 20, 50);
        Tensor out = empty("out", 20, 50);
        Tensor dOut = normal("dOut", 20, 50);
        Tensor dIn = empty("dIn", 20, 50);
        Tensor scalars = Data.scalars(StepScalars.SEED, 5, StepScalars.OFFSET, 2);
        ops.dropout(ctx, dIn, dOut, scalars, 0.3, 9, false);
        check(in, dIn, () -> {
            ops.dropout(ctx, out, in, scalars, 0.3, 9, false);
            return dot(out, dOut);
        });
        int left = 0;
        for (double d : dIn.toDoubles()) {
            left += d == 0 ? 1 : 0;
        }
        // Five standard deviations of 1,000 draws at 0.3 are 73.
        assertEquals(300, left, 73);
        ops.dropout(ctx, dIn, dOut, scalars, 0.3, 10, false);
        assertFalse(Arrays.equals(out.toDoubles(), dIn.toDoubles()), "streams differ");
    }

    @Test
    void crossEntropy() {
        int v = 6;
        Tensor logits = normal("logits", 4, v);
        Tensor targets = Data.ints("targets", 5, -100, 0, 2);
        Tensor rowLoss = empty("rowLoss", 4);
        double scale = 8;
        double valid = 17;
        Tensor gradient = empty("gradient", 4, v);
        ops.crossEntropy(ctx, rowLoss, gradient, logits, targets,
                Data.scalars(StepScalars.LOSS_SCALE, scale, StepScalars.VALID_TARGETS, valid));
        check(logits, gradient, () -> {
            Tensor scalars = Data.scalars();
            ops.crossEntropy(ctx, rowLoss, null, logits, targets, scalars);
            return scalars.get(StepScalars.LOSS_SUM) * scale / valid;
        });
    }
}
