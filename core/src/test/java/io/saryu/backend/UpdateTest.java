package io.saryu.backend;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import io.saryu.tensor.DType;
import io.saryu.tensor.Tensor;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The oracle's gradient norm and AdamW against PyTorch's formulas, written out here per element. */
class UpdateTest {
    private static final DType F64 = DType.F64;
    private final Backend ops = new ReferenceBackend();
    private final ExecutionContext ctx = ops.newContext(1);
    private final Random random = new Random(11);

    @AfterEach
    void close() {
        ctx.close();
    }

    /** torch.optim.AdamW, single tensor, not capturable: one parameter element through all steps. */
    private static double adamW(double w, double[] gradients, double lr, double decay) {
        double m = 0;
        double v = 0;
        for (int t = 1; t <= gradients.length; t++) {
            double g = gradients[t - 1];
            w *= 1 - lr * decay;
            m += (g - m) * (1 - 0.9);
            v = v * 0.95 + g * g * (1 - 0.95);
            double denominator = Math.sqrt(v) / Math.sqrt(1 - Math.pow(0.95, t)) + 1e-8;
            w -= lr / (1 - Math.pow(0.9, t)) * m / denominator;
        }
        return w;
    }

    @Test
    void adamWFollowsPyTorchOverFiveSteps() {
        int n = 12;
        double lr = 0.03;
        double factor = 0.25;
        Tensor w = Data.normal(random, "w", F64, 1, n);
        double[] start = w.toDoubles();
        Tensor m = Tensor.allocate("m", F64, n);
        Tensor v = Tensor.allocate("v", F64, n);
        // Elements 5, 6 and 11 are padding.
        Tensor segments = Tensor.allocate("segments", DType.I64, 2, 3).fillFrom(0, 5, 1, 7, 4, 0);
        double[][] gradients = new double[n][5];
        for (int t = 1; t <= 5; t++) {
            Tensor g = Data.normal(random, "g", F64, 1, n);
            for (int i = 0; i < n; i++) {
                gradients[i][t - 1] = g.get(i) * factor;
            }
            ops.adamW(ctx, w, g, m, v, segments, Data.scalars(StepScalars.LEARNING_RATE, lr, StepScalars.STEP, t,
                    StepScalars.GRAD_FACTOR, factor), new AdamWOptions(0.9, 0.95, 1e-8, 0.1));
        }
        for (int i = 0; i < n; i++) {
            boolean padding = i == 5 || i == 6 || i == 11;
            double expected = padding ? start[i] : adamW(start[i], gradients[i], lr, i < 5 ? 0.1 : 0);
            assertEquals(expected, w.get(i), 1e-12, "element " + i);
            assertEquals(padding, m.get(i) == 0 && v.get(i) == 0);
        }
    }

    @Test
    void skipChangesNothing() {
        Tensor w = Data.normal(random, "w", F64, 1, 9);
        Tensor m = Data.normal(random, "m", F64, 1, 9);
        Tensor v = Data.normal(random, "v", F64, 1, 9);
        Tensor g = Tensor.allocate("g", F64, 9).fillFrom(1, 2, 3, Double.NaN, 5, Double.POSITIVE_INFINITY, 7, 8, 9);
        double[][] before = {w.toDoubles(), m.toDoubles(), v.toDoubles()};
        Tensor scalars = Data.scalars(StepScalars.LEARNING_RATE, 1, StepScalars.STEP, 1);
        ops.gradientNorm(ctx, scalars, g, 1);
        assertEquals(1, scalars.get(StepScalars.SKIP));
        assertFalse(Double.isFinite(scalars.get(StepScalars.GRAD_NORM)));
        Tensor segments = Tensor.allocate("segments", DType.I64, 1, 3).fillFrom(0, 9, 1);
        ops.adamW(ctx, w, g, m, v, segments, scalars, new AdamWOptions(0.9, 0.999, 1e-8, 0.1));
        assertArrayEquals(before[0], w.toDoubles());
        assertArrayEquals(before[1], m.toDoubles());
        assertArrayEquals(before[2], v.toDoubles());
    }

    @ParameterizedTest
    @ValueSource(doubles = {0, 0.5, 5, 50})
    void normAndClippingFollowPyTorch(double maxNorm) {
        double scale = 8;
        Tensor g = Tensor.allocate("g", F64, 3).fillFrom(3 * scale, 4 * scale, 12 * scale);
        Tensor scalars = Data.scalars(StepScalars.LOSS_SCALE, scale);
        ops.gradientNorm(ctx, scalars, g, maxNorm);
        double clip = maxNorm == 0 ? 1 : Math.min(1, maxNorm / (13 + 1e-6));
        assertEquals(13, scalars.get(StepScalars.GRAD_NORM), 1e-12);
        assertEquals(clip / scale, scalars.get(StepScalars.GRAD_FACTOR), 1e-15);
        assertEquals(0, scalars.get(StepScalars.SKIP));
    }

    @Test
    void aSkipThatWasSetStays() {
        Tensor scalars = Data.scalars(StepScalars.SKIP, 1);
        ops.gradientNorm(ctx, scalars, Data.normal(random, "g", F64, 1, 5), 1);
        assertEquals(1, scalars.get(StepScalars.SKIP));
    }
}
