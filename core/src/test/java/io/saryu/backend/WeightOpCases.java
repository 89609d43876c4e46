package io.saryu.backend;

import static io.saryu.backend.OpCases.ROUNDED;
import static io.saryu.backend.OpCases.TIGHT;
import static io.saryu.backend.OpCases.when;

import java.util.Arrays;

/** Weights that stay narrow in memory. */
final class WeightOpCases {
    private static final boolean[] BOTH = {false, true};

    private WeightOpCases() {
    }

    static void addTo(OpCases t) {
        // Every number of rows that has a loop of its own, a step's lengths and their neighbours, and what is widened first.
        int[][] products = {{1, 1, 1}, {3, 7, 5}, {1, 17, 8}, {1, 33, 512}, {2, 31, 65}, {3, 16, 127}, {4, 5, 96}, {5, 9, 64},
            {6, 20, 33}, {7, 3, 1}, {8, 40, 40}, {9, 18, 100}, {15, 17, 31}, {16, 65, 130}, {17, 63, 64}, {130, 100, 65},
            {20, 300, 1030}};
        for (int[] p : products) {
            for (boolean strided : BOTH) {
                matmul(t, p[0], p[1], p[2], strided);
            }
        }
        for (int[] s : new int[][] {{1, 1, 1}, {3, 5, 7}, {17, 64, 8}, {65, 128, 63}, {128, 1000, 67}}) {
            for (boolean strided : BOTH) {
                gather(t, s[0], s[1], s[2], strided);
            }
        }
        for (int[] s : new int[][] {{1, 1}, {3, 7}, {17, 63}, {65, 515}}) {
            for (boolean strided : BOTH) {
                t.add("quantize", s[0] + "x" + s[1] + when(strided, "strided"), ROUNDED,
                        c -> quantize(c.bytesOut("out", s[0], s[1]).strided(strided).statisticsOut("scales", s[0])
                                .in("in", 3, s[0], s[1]).strided(strided)));
            }
        }
        // Ties, zeros, what is far below the scale, subnormal rows, and the largest numbers.
        double[] hard = {127, 0.5, 1.5, 2.5, -0.5, -126.5, 0, 0, 0, 0, 0, 0, 1e-40, -1e-40, 3e-41, 0, 1e-38, 2e-45, 3.4e38,
            -3.4e38, 1, 1e30, -1.7e38, 1.7e36, 1e-45, 0, 0, -1e-45, 0, 0};
        t.add("quantize", "hard values", ROUNDED, c -> quantize(c.bytesOut("out", 5, 6).statisticsOut("scales", 5)
                .in("in", hard, 5, 6)));
    }

    private static void quantize(OpSetup s) {
        s.call((ops, ctx, o) -> ops.quantize(ctx, o.get("out"), o.get("scales"), o.get("in")));
    }

    private static void matmul(OpCases t, int m, int n, int k, boolean strided) {
        String label = "M=" + m + " N=" + n + " K=" + k + when(strided, "strided");
        t.add("matmulWeights", label, TIGHT, s -> s.out("out", m, n).strided(strided).in("x", 1, m, k).strided(strided)
                .in("weights", 1, n, k).narrow().strided(strided)
                .call((ops, ctx, o) -> ops.matmulWeights(ctx, o.get("out"), o.get("x"), o.get("weights"), null)));
        t.add("matmulWeights", label + ", I8", TIGHT, s -> s.out("out", m, n).strided(strided).in("x", 1, m, k)
                .strided(strided).bytes("weights", n, k).strided(strided).statistics("scales", scales(s, n), n)
                .call((ops, ctx, o) -> ops.matmulWeights(ctx, o.get("out"), o.get("x"), o.get("weights"), o.get("scales"))));
    }

    private static void gather(OpCases t, int n, int v, int c, boolean strided) {
        String label = "N=" + n + " V=" + v + " C=" + c + when(strided, "strided");
        t.add("gatherWeights", label, 0, s -> s.out("out", n, c).strided(strided).in("table", 1, v, c).narrow()
                .strided(strided).ints("ids", s.ids(n, v))
                .call((ops, ctx, o) -> ops.gatherWeights(ctx, o.get("out"), o.get("table"), null, o.get("ids"))));
        t.add("gatherWeights", label + ", I8", ROUNDED, s -> s.out("out", n, c).strided(strided).bytes("table", v, c)
                .strided(strided).statistics("scales", scales(s, v), v).ints("ids", s.ids(n, v))
                .call((ops, ctx, o) -> ops.gatherWeights(ctx, o.get("out"), o.get("table"), o.get("scales"), o.get("ids"))));
    }

    private static double[] scales(OpSetup s, int n) {
        return Arrays.stream(s.normal(1, n)).map(x -> 0.001 + 0.01 * Math.abs(x)).toArray();
    }
}
