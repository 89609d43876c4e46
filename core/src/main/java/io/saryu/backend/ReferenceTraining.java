package io.saryu.backend;

import static io.saryu.backend.ReferenceMemory.ints;
import static io.saryu.backend.ReferenceMemory.load;
import static io.saryu.backend.ReferenceMemory.store;

import io.saryu.tensor.Tensor;
import java.util.Arrays;

/** Loss, gradient norm and update. */
final class ReferenceTraining {
    private ReferenceTraining() {
    }

    static void crossEntropy(Tensor rowLoss, Tensor dLogits, Tensor logits, Tensor targets, Tensor scalars) {
        int v = (int) logits.dim(1);
        double[] x = load(logits);
        int[] t = ints(targets);
        double[] losses = new double[t.length];
        double factor = scalars.get(StepScalars.LOSS_SCALE) / scalars.get(StepScalars.VALID_TARGETS);
        double total = scalars.get(StepScalars.LOSS_SUM);
        for (int n = 0; n < t.length; n++) {
            int at = n * v;
            if (t[n] == OpChecks.IGNORED_TARGET) {
                Arrays.fill(x, at, at + v, 0);
                continue;
            }
            double logSum = logSumExp(x, at, v);
            losses[n] = logSum - x[at + t[n]];
            total += losses[n];
            for (int i = 0; i < v; i++) {
                x[at + i] = factor * (Math.exp(x[at + i] - logSum) - (i == t[n] ? 1 : 0));
            }
        }
        store(rowLoss, losses);
        scalars.set(StepScalars.LOSS_SUM, total);
        if (dLogits != null) {
            store(dLogits, x);
        }
    }

    private static double logSumExp(double[] x, int at, int n) {
        double max = Double.NEGATIVE_INFINITY;
        for (int i = 0; i < n; i++) {
            max = Math.max(max, x[at + i]);
        }
        double sum = 0;
        for (int i = 0; i < n; i++) {
            sum += Math.exp(x[at + i] - max);
        }
        return max + Math.log(sum);
    }

    static void gradientNorm(Tensor scalars, Tensor grads, double maxNorm) {
        double scale = scalars.get(StepScalars.LOSS_SCALE);
        double squares = 0;
        for (double g : load(grads)) {
            squares += g * g;
        }
        double norm = Math.sqrt(squares) / scale;
        double clip = maxNorm == 0 ? 1 : Math.min(1, maxNorm / (norm + 1e-6));
        scalars.set(StepScalars.GRAD_NORM, norm);
        scalars.set(StepScalars.GRAD_FACTOR, clip / scale);
        // A sum that is not a number is not below any limit.
        if (!Double.isFinite(norm) || !(scalars.get(StepScalars.LOSS_SUM) <= scalars.get(StepScalars.LOSS_LIMIT))) {
            scalars.set(StepScalars.SKIP, 1);
        }
    }

    static void adamW(Tensor weights, Tensor grads, Tensor expAvg, Tensor expAvgSq, Tensor segments, Tensor scalars,
            AdamWOptions o) {
        if (scalars.get(StepScalars.SKIP) == 1) {
            return;
        }
        double lr = scalars.get(StepScalars.LEARNING_RATE);
        double step = scalars.get(StepScalars.STEP);
        double factor = scalars.get(StepScalars.GRAD_FACTOR);
        double correction1 = 1 - Math.pow(o.beta1(), step);
        double correction2 = 1 - Math.pow(o.beta2(), step);
        double[] w = load(weights);
        double[] g = load(grads);
        double[] m = load(expAvg);
        double[] s = load(expAvgSq);
        for (int row = 0; row < segments.dim(0); row++) {
            int from = (int) segments.get(3L * row);
            int to = from + (int) segments.get(3L * row + 1);
            double decay = segments.get(3L * row + 2) != 0 ? lr * o.weightDecay() : 0;
            for (int i = from; i < to; i++) {
                double gradient = g[i] * factor;
                w[i] -= decay * w[i];
                m[i] = o.beta1() * m[i] + (1 - o.beta1()) * gradient;
                s[i] = o.beta2() * s[i] + (1 - o.beta2()) * gradient * gradient;
                w[i] -= lr / correction1 * m[i] / (Math.sqrt(s[i] / correction2) + o.epsilon());
            }
        }
        store(weights, w);
        store(expAvg, m);
        store(expAvgSq, s);
    }
}
