package io.saryu.backend;

import static io.saryu.backend.OpCases.LOOSE;
import static io.saryu.backend.OpCases.TIGHT;
import static io.saryu.backend.OpCases.when;

import java.util.Arrays;

/** Cross-entropy, gradient norm, AdamW. */
final class TrainingOpCases {
    private static final boolean[] BOTH = {false, true};

    private TrainingOpCases() {
    }

    static void addTo(OpCases t) {
        for (int[] s : new int[][] {{1, 1}, {1, 3}, {3, 17}, {17, 64}, {7, 65}, {65, 1000}, {17, 5000}, {2, 8200}}) {
            for (boolean gradient : BOTH) {
                String size = "N=" + s[0] + " V=" + s[1] + when(gradient, "gradient");
                crossEntropy(t, size, LOOSE, s[0], s[1], 1, 0, gradient, false);
                crossEntropy(t, size + ", some ignored, strided", LOOSE, s[0], s[1], 1, 3, gradient, true);
            }
        }
        for (boolean gradient : BOTH) {
            String kind = when(gradient, "gradient");
            crossEntropy(t, "all ignored" + kind, LOOSE, 9, 33, 1, 1, gradient, false);
            // A unit in the last place of a log-sum-exp near 300 is 3e-5.
            crossEntropy(t, "large logits" + kind, 5 * LOOSE, 17, 130, 100, 0, gradient, false);
            crossEntropy(t, "equal logits" + kind, LOOSE, 3, 130, 0, 0, gradient, false);
        }
        for (int n : new int[] {1, 17, 1000, 300_007}) {
            gradientNorm(t, n + "", n, 1, 0, 1);
            gradientNorm(t, n + ", clipped", n, 1, 0.5, 1);
            gradientNorm(t, n + ", below the limit, scaled loss", n, 1, 1e6, 1024);
        }
        gradientNorm(t, "zero", 64, 0, 1, 1);
        gradientNorm(t, "squares above the range of F32", 1000, 1e18, 1, 1);
        for (int n : new int[] {1, 7, 64, 65, 1000}) {
            adamW(t, n + " elements", 0, 1, 0, n);
        }
        adamW(t, "two segments with padding, first step", 0, 1, 3, 17, 64);
        adamW(t, "segments of many sizes, later step", 0, 1234, 5, 1, 63, 8, 70_003, 128);
        adamW(t, "skipped", 1, 7, 5, 33, 17);
    }

    /** Every {@code ignore}-th target is -100; 0 ignores none. */
    private static void crossEntropy(OpCases t, String label, double tolerance, int n, int v, double scale, int ignore,
            boolean gradient, boolean strided) {
        t.add("crossEntropy", label, tolerance, s -> {
            int[] targets = s.ids(n, v);
            int valid = 0;
            for (int i = 0; i < n; i++) {
                if (ignore > 0 && i % ignore == 0) {
                    targets[i] = OpChecks.IGNORED_TARGET;
                } else {
                    valid++;
                }
            }
            s.statisticsOut("rowLoss", n);
            if (gradient && !strided) {
                s.out("dLogits", n, v).narrow();
                if (v == 1) {
                    s.cancels();
                }
            }
            if (gradient && strided) {
                s.inOut("logits", scale, n, v).strided(true);
                if (v == 1) {
                    s.cancels();
                }
            } else {
                s.in("logits", scale, n, v).strided(strided);
            }
            s.ints("targets", targets).scalars(StepScalars.LOSS_SCALE, 256, StepScalars.VALID_TARGETS, valid + 5,
                    StepScalars.LOSS_SUM, 1.25);
            // The strided cases compute the gradient in place.
            s.call((ops, ctx, o) -> ops.crossEntropy(ctx, o.get("rowLoss"),
                    gradient ? o.get(strided ? "logits" : "dLogits") : null, o.get("logits"), o.get("targets"),
                    o.get("scalars")));
        });
    }

    private static void gradientNorm(OpCases t, String label, int n, double scale, double maxNorm, double lossScale) {
        t.add("gradientNorm", label, TIGHT, s -> s.scalars(StepScalars.LOSS_SCALE, lossScale).in("grads", scale, n)
                .call((ops, ctx, o) -> ops.gradientNorm(ctx, o.get("scalars"), o.get("grads"), maxNorm)));
    }

    /** Segments of these sizes, {@code padding} elements after each, weight decay on every other one. */
    private static void adamW(OpCases t, String label, int skip, int step, int padding, int... sizes) {
        t.add("adamW", label, TIGHT, s -> {
            long[] segments = new long[3 * sizes.length];
            int at = 0;
            for (int i = 0; i < sizes.length; i++) {
                segments[3 * i] = at;
                segments[3 * i + 1] = sizes[i];
                segments[3 * i + 2] = i % 2 == 0 ? 1 : 0;
                at += sizes[i] + padding;
            }
            int n = at;
            double[] squares = Arrays.stream(s.normal(0.1, n)).map(x -> x * x).toArray();
            // Small weights and a high rate, so that the update is most of the result.
            s.inOut("weights", 0.02, n).in("grads", 1, n).inOut("expAvg", step == 1 ? 0 : 0.1, n)
                    .inOut("expAvgSq", step == 1 ? new double[n] : squares, n).segments(segments)
                    .scalars(StepScalars.LEARNING_RATE, 0.1, StepScalars.STEP, step, StepScalars.GRAD_FACTOR, 0.37,
                            StepScalars.SKIP, skip)
                    .call((ops, ctx, o) -> ops.adamW(ctx, o.get("weights"), o.get("grads"), o.get("expAvg"),
                            o.get("expAvgSq"), o.get("segments"), o.get("scalars"),
                            new AdamWOptions(0.9, 0.999, 1e-8, 0.1)));
        });
    }
}
