package io.saryu.backend;

import static io.saryu.backend.OpCases.LOOSE;
import static io.saryu.backend.OpCases.TIGHT;
import static io.saryu.backend.OpCases.when;

import io.saryu.backend.OpSetup.Rows;
import io.saryu.tensor.DType;
import io.saryu.tensor.Tensor;

/** RMSNorm, per-head norm with rotary embedding, SwiGLU. */
final class NormOpCases {
    private static final boolean[] BOTH = {false, true};
    private static final double EPS = 1e-6;

    private NormOpCases() {
    }

    static void addTo(OpCases t) {
        int[][] sizes = {{1, 1}, {1, 8}, {3, 7}, {7, 17}, {8, 64}, {17, 63}, {65, 65}, {5, 128}, {130, 512}};
        for (int[] s : sizes) {
            for (boolean strided : BOTH) {
                rmsNorm(t, s[0], s[1], 1, strided);
                swiglu(t, s[0], s[1], 1, strided);
            }
        }
        for (int[] s : new int[][] {{1, 1}, {3, 7}, {5, 64}, {33, 200}, {2, 1100}}) {
            for (boolean strided : BOTH) {
                dropout(t, s[0], s[1], strided);
            }
        }
        rmsNorm(t, 9, 33, 1e4, false);
        rmsNorm(t, 9, 33, 1e-4, false);
        rmsNorm(t, 3, 16, 0, false);
        swiglu(t, 9, 33, 100, false);
        int[][] heads = {{1, 8, 1, 1}, {3, 16, 2, 1}, {17, 24, 4, 1}, {65, 32, 4, 4}, {7, 64, 8, 2}, {130, 128, 4, 2}};
        for (int[] h : heads) {
            for (boolean strided : BOTH) {
                qkNormRope(t, h[0], h[1], h[2], h[3], strided ? Rows.STRIDED : Rows.DENSE);
            }
        }
        // As in training: columns of a wider matrix that are aligned.
        qkNormRope(t, 7, 64, 4, 2, Rows.PADDED);
        qkNormRope(t, 5, 128, 2, 1, Rows.PADDED);
        // More rows, or heads, than a GPU takes at a time when it sums the weights' gradients, and longer ones than it keeps.
        rmsNorm(t, 4200, 8, 1, false);
        rmsNorm(t, 2, 12_320, 1, false);
        // Errors of a sum of 132,000 numbers of either sign, one after the other, are a root of that of its last bits.
        qkNormRopeBackward(t, "N=33000 HS=2 NH=4 KVH=2", 10 * LOOSE, 33_000, 2, 4, 2, Rows.DENSE, true);
    }

    private static void rmsNorm(OpCases t, int n, int c, double scale, boolean strided) {
        String size = "N=" + n + " C=" + c + (scale == 1 ? "" : " of size " + scale) + when(strided, "strided");
        for (boolean residual : BOTH) {
            t.add("rmsNorm", size + when(residual, "residual"), TIGHT, s -> {
                s.out("out", n, c).narrow().strided(strided).statisticsOut("rstd", n)
                        .in("x", scale, n, c).strided(strided).in("weight", 1, c);
                if (residual) {
                    s.out("sum", n, c).strided(strided).in("delta", scale, n, c).narrow()
                            .strided(strided);
                }
                s.call((ops, ctx, o) -> ops.rmsNorm(ctx, o.get("out"), o.get("rstd"), residual ? o.get("sum") : null,
                        o.get("x"), residual ? o.get("delta") : null, o.get("weight"), EPS));
            });
        }
        if (scale == 0) {
            return;
        }
        for (int variant = 0; variant < 4; variant++) {
            boolean withSum = (variant & 1) != 0;
            boolean accumulate = variant >= 2;
            t.add("rmsNormBackward", size + when(withSum, "with dSum") + when(accumulate, "accumulate"), LOOSE,
                    s -> normInputs(s.out("dS", n, c).strided(strided).cancels(), n, c, scale, strided, accumulate,
                            withSum)
                            .call((ops, ctx, o) -> ops.rmsNormBackward(ctx, o.get("dS"), o.get("dWeight"), accumulate,
                                    o.get("dOut"), withSum ? o.get("dSum") : null, o.get("s"), o.get("weight"),
                                    o.get("rstd"))));
        }
        t.add("rmsNormBackward", size + ", onto dSum, frozen weight", LOOSE, s -> {
            s.in("dOut", 1, n, c).narrow().strided(strided).inOut("dSum", 1, n, c).strided(strided);
            normState(s, n, c, scale, strided).call((ops, ctx, o) -> ops.rmsNormBackward(ctx, o.get("dSum"), null,
                    false, o.get("dOut"), o.get("dSum"), o.get("s"), o.get("weight"), o.get("rstd")));
        });
    }

    private static OpSetup normInputs(OpSetup s, int n, int c, double scale, boolean strided, boolean accumulate,
            boolean withSum) {
        s.outOr(accumulate, "dWeight", c).in("dOut", 1, n, c).narrow().strided(strided);
        if (withSum) {
            s.in("dSum", 1, n, c).strided(strided);
        }
        return normState(s, n, c, scale, strided);
    }

    /** What the forward pass left: its input, the weight and rstd. */
    private static OpSetup normState(OpSetup s, int n, int c, double scale, boolean strided) {
        s.in("s", scale, n, c).strided(strided).in("weight", 1, c);
        return s.statistics("rstd", rstd(s.values("s"), n, c), n);
    }

    /** 1/rms of consecutive groups of c values. */
    private static double[] rstd(double[] x, int groups, int c) {
        double[] r = new double[groups];
        for (int g = 0; g < groups; g++) {
            double squares = 0;
            for (int i = 0; i < c; i++) {
                squares += x[g * c + i] * x[g * c + i];
            }
            r[g] = 1 / Math.sqrt(squares / c + EPS);
        }
        return r;
    }

    private static void qkNormRope(OpCases t, int n, int hs, int heads, int kvHeads, Rows rows) {
        int qc = heads * hs;
        int kc = kvHeads * hs;
        String size = "N=" + n + " HS=" + hs + " NH=" + heads + " KVH=" + kvHeads + rows.words();
        t.add("qkNormRope", size, TIGHT, s -> {
            s.out("qOut", n, qc).narrow().out("kOut", n, kc).narrow().statisticsOut("rstd", n, heads + kvHeads);
            headState(s, n, hs, heads, kvHeads, rows).call((ops, ctx, o) -> ops.qkNormRope(ctx, o.get("qOut"),
                    o.get("kOut"), o.get("rstd"), o.get("q"), o.get("k"), o.get("qWeight"), o.get("kWeight"),
                    o.get("cos"), o.get("sin"), o.get("positions"), EPS));
        });
        for (boolean accumulate : BOTH) {
            qkNormRopeBackward(t, size, LOOSE, n, hs, heads, kvHeads, rows, accumulate);
        }
        t.add("qkNormRopeBackward", size + ", in place, frozen weights", LOOSE,
                s -> headGradients(s, n, hs, heads, kvHeads, rows, true).call(
                        (ops, ctx, o) -> ops.qkNormRopeBackward(ctx, o.get("dQOut"), o.get("dKOut"), null, null, false,
                        o.get("dQOut"), o.get("dKOut"), o.get("q"), o.get("k"), o.get("qWeight"), o.get("kWeight"),
                        o.get("rstd"), o.get("cos"), o.get("sin"), o.get("positions"))));
        t.add("qkNormRopeBackward", size + ", in place", LOOSE, s -> {
            s.out("dQWeight", hs).out("dKWeight", hs);
            headGradients(s, n, hs, heads, kvHeads, rows, true).call((ops, ctx, o) -> ops.qkNormRopeBackward(ctx,
                    o.get("dQOut"), o.get("dKOut"), o.get("dQWeight"), o.get("dKWeight"), false, o.get("dQOut"),
                    o.get("dKOut"), o.get("q"), o.get("k"), o.get("qWeight"), o.get("kWeight"), o.get("rstd"),
                    o.get("cos"), o.get("sin"), o.get("positions")));
        });
    }

    private static void qkNormRopeBackward(OpCases t, String size, double tolerance, int n, int hs, int heads, int kvHeads,
            Rows rows, boolean accumulate) {
        t.add("qkNormRopeBackward", size + when(accumulate, "accumulate"), tolerance, s -> {
            s.out("dQ", n, heads * hs).narrow().rows(rows).out("dK", n, kvHeads * hs).narrow().rows(rows);
            s.outOr(accumulate, "dQWeight", hs).outOr(accumulate, "dKWeight", hs);
            headGradients(s, n, hs, heads, kvHeads, rows, false).call((ops, ctx, o) -> ops.qkNormRopeBackward(
                    ctx, o.get("dQ"), o.get("dK"), o.get("dQWeight"), o.get("dKWeight"), accumulate, o.get("dQOut"),
                    o.get("dKOut"), o.get("q"), o.get("k"), o.get("qWeight"), o.get("kWeight"), o.get("rstd"),
                    o.get("cos"), o.get("sin"), o.get("positions")));
        });
    }

    private static OpSetup headState(OpSetup s, int n, int hs, int heads, int kvHeads, Rows rows) {
        int positions = n + 40;
        Tensor[] rotary = Data.rotary(DType.F64, positions, hs / 2);
        return s.in("q", 1, n, heads * hs).narrow().rows(rows).in("k", 1, n, kvHeads * hs).narrow().rows(rows)
                .in("qWeight", 1, hs).in("kWeight", 1, hs).in("cos", rotary[0].toDoubles(), positions, hs / 2)
                .in("sin", rotary[1].toDoubles(), positions, hs / 2).ints("positions", s.ids(n, positions));
    }

    private static OpSetup headGradients(OpSetup s, int n, int hs, int heads, int kvHeads, Rows rows,
            boolean inPlace) {
        if (inPlace) {
            s.inOut("dQOut", 1, n, heads * hs).narrow().rows(rows).inOut("dKOut", 1, n, kvHeads * hs).narrow()
                    .rows(rows);
        } else {
            s.in("dQOut", 1, n, heads * hs).narrow().in("dKOut", 1, n, kvHeads * hs).narrow();
        }
        headState(s, n, hs, heads, kvHeads, rows);
        double[] q = rstd(s.values("q"), n * heads, hs);
        double[] k = rstd(s.values("k"), n * kvHeads, hs);
        double[] all = new double[n * (heads + kvHeads)];
        for (int i = 0; i < n; i++) {
            System.arraycopy(q, i * heads, all, i * (heads + kvHeads), heads);
            System.arraycopy(k, i * kvHeads, all, i * (heads + kvHeads) + heads, kvHeads);
        }
        return s.statistics("rstd", all, n, heads + kvHeads);
    }

    private static void dropout(OpCases t, int n, int c, boolean strided) {
        for (double p : new double[] {0, 0.1, 0.5}) {
            String size = "N=" + n + " C=" + c + " p=" + p + when(strided, "strided");
            for (boolean accumulate : BOTH) {
                t.add("dropout", size + when(accumulate, "accumulate"), TIGHT, s -> s.outOr(accumulate, "out", n, c).narrow()
                        .strided(strided).in("in", 1, n, c).narrow().strided(strided)
                        .scalars(StepScalars.SEED, 42, StepScalars.OFFSET, 1 + n)
                        .call((ops, ctx, o) -> ops.dropout(ctx, o.get("out"), o.get("in"), o.get("scalars"), p, 77 + c,
                                accumulate)));
            }
            t.add("dropout", size + ", in place", TIGHT, s -> s.inOut("in", 1, n, c).narrow().strided(strided)
                    .scalars(StepScalars.SEED, 1e9, StepScalars.OFFSET, 3)
                    .call((ops, ctx, o) -> ops.dropout(ctx, o.get("in"), o.get("in"), o.get("scalars"), p, 1L << 40, false)));
        }
    }

    private static void swiglu(OpCases t, int n, int f, double scale, boolean strided) {
        String size = "N=" + n + " F=" + f + (scale == 1 ? "" : " of size " + scale) + when(strided, "strided");
        t.add("swiglu", size, TIGHT, s -> s.out("out", n, f).narrow().strided(strided).in("gateUp", scale, n, 2L * f).narrow()
                .strided(strided).call((ops, ctx, o) -> ops.swiglu(ctx, o.get("out"), o.get("gateUp"))));
        t.add("swigluBackward", size, TIGHT, s -> s.out("dGateUp", n, 2L * f).narrow().strided(strided)
                .in("dOut", 1, n, f).narrow().strided(strided).in("gateUp", scale, n, 2L * f).narrow().strided(strided)
                .call((ops, ctx, o) -> ops.swigluBackward(ctx, o.get("dGateUp"), o.get("dOut"), o.get("gateUp"))));
        t.add("swigluBackward", size + ", in place", TIGHT, s -> s.in("dOut", 1, n, f).narrow().strided(strided)
                .inOut("gateUp", scale, n, 2L * f).narrow().strided(strided)
                .call((ops, ctx, o) -> ops.swigluBackward(ctx, o.get("gateUp"), o.get("dOut"), o.get("gateUp"))));
    }
}
