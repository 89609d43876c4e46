package io.saryu.backend;

import static io.saryu.backend.OpCases.ROUNDED;
import static io.saryu.backend.OpCases.TIGHT;
import static io.saryu.backend.OpCases.when;

import io.saryu.tensor.DType;
import io.saryu.tensor.Tensor;
import java.util.stream.IntStream;

/** Movement, rows by id, matmul. */
final class RowOpCases {
    private static final boolean[] BOTH = {false, true};

    private RowOpCases() {
    }

    static void addTo(OpCases t) {
        movement(t);
        for (int[] s : new int[][] {{1, 1, 1}, {3, 5, 7}, {17, 64, 8}, {65, 128, 63}, {128, 1000, 512}}) {
            for (boolean strided : BOTH) {
                rows(t, s[0], s[1], s[2], strided);
            }
        }
        t.add("gatherRowsBackward", "one id for all rows", TIGHT, s -> gatherBackward(s, 130, 3, 65, false, true,
                new int[130]));
        int[][] products = {{1, 1, 1}, {1, 17, 8}, {3, 7, 5}, {8, 8, 8}, {17, 63, 64}, {64, 65, 128}, {65, 1, 63},
            {1, 1000, 512}, {128, 1000, 65}, {7, 3, 1}, {260, 17, 780}, {17, 525, 770}};
        for (int[] p : products) {
            for (int flags = 0; flags < 4; flags++) {
                matmul(t, p, (flags & 1) != 0, (flags & 2) != 0, flags == 3, false);
            }
            matmul(t, p, false, true, true, true);
            matmul(t, p, true, false, false, true);
        }
    }

    private static void movement(OpCases t) {
        for (int[] s : new int[][] {{1, 1}, {3, 7}, {65, 63}, {130, 512}}) {
            for (boolean strided : BOTH) {
                String label = s[0] + "x" + s[1] + when(strided, "strided");
                t.add("copy", label, 0, c -> c.out("out", s[0], s[1]).strided(strided)
                        .in("in", 1, s[0], s[1]).strided(strided)
                        .call((ops, ctx, o) -> ops.copy(ctx, o.get("out"), o.get("in"))));
                t.add("copy", label + ", rounded", 0, c -> c.out("out", s[0], s[1]).narrow().strided(strided)
                        .in("in", 1, s[0], s[1]).strided(strided)
                        .call((ops, ctx, o) -> ops.copy(ctx, o.get("out"), o.get("in"))));
                t.add("copy", label + ", widened", 0, c -> c.out("out", s[0], s[1]).strided(strided)
                        .in("in", 1, s[0], s[1]).narrow().strided(strided)
                        .call((ops, ctx, o) -> ops.copy(ctx, o.get("out"), o.get("in"))));
                t.add("fill", label, 0, c -> c.out("out", s[0], s[1]).strided(strided)
                        .call((ops, ctx, o) -> ops.fill(ctx, o.get("out"), -0.375)));
                t.add("copyFromHost", label, ROUNDED, c -> c.out("out", s[0], s[1]).strided(strided)
                        .call((ops, ctx, o) -> ops.copyFromHost(ctx, o.get("out"), host(s))));
            }
        }
        t.add("fill", "I32", 0, c -> c.intsOut("out", 17).call((ops, ctx, o) -> ops.fill(ctx, o.get("out"), 7)));
        for (int n : new int[] {1, 3, 17, 64, 1000, 100_003}) {
            t.add("add", n + "", ROUNDED, c -> c.out("out", n).in("a", 1, n).in("b", 1, n)
                    .call((ops, ctx, o) -> ops.add(ctx, o.get("out"), o.get("a"), o.get("b"))));
            t.add("add", n + ", onto a", ROUNDED, c -> c.inOut("a", 1, n).in("b", 1, n)
                    .call((ops, ctx, o) -> ops.add(ctx, o.get("a"), o.get("a"), o.get("b"))));
            t.add("add", n + ", onto b", ROUNDED, c -> c.in("a", 1, n).inOut("b", 1, n)
                    .call((ops, ctx, o) -> ops.add(ctx, o.get("b"), o.get("a"), o.get("b"))));
            t.add("add", n + ", doubled in place", ROUNDED, c -> c.inOut("a", 1, n)
                    .call((ops, ctx, o) -> ops.add(ctx, o.get("a"), o.get("a"), o.get("a"))));
        }
    }

    private static Tensor host(int[] s) {
        return Tensor.allocate("host", DType.F64, s[0], s[1])
                .fillFrom(IntStream.range(0, s[0] * s[1]).mapToDouble(i -> Math.sin(i + 1)).toArray());
    }

    private static void rows(OpCases t, int n, int v, int c, boolean strided) {
        String label = "N=" + n + " V=" + v + " C=" + c + when(strided, "strided");
        t.add("gatherRows", label, 0, s -> s.out("out", n, c).narrow().strided(strided).in("table", 1, v, c).narrow()
                .strided(strided)
                .ints("ids", s.ids(n, v))
                .call((ops, ctx, o) -> ops.gatherRows(ctx, o.get("out"), o.get("table"), o.get("ids"))));
        for (boolean accumulate : BOTH) {
            t.add("gatherRowsBackward", label + when(accumulate, "accumulate"), TIGHT,
                    s -> gatherBackward(s, n, v, c, strided, accumulate, s.ids(n, v)));
        }
        // More rows than are written, in falling order.
        int m = n + v;
        t.add("scatterRows", label, 0, s -> s.inOut("out", 1, m, c).narrow().strided(strided).in("in", 1, n, c).narrow()
                .strided(strided)
                .ints("rows", IntStream.range(0, n).map(i -> m - 1 - i).toArray())
                .call((ops, ctx, o) -> ops.scatterRows(ctx, o.get("out"), o.get("in"), o.get("rows"))));
    }

    private static void gatherBackward(OpSetup s, int n, int v, int c, boolean strided, boolean accumulate, int[] ids) {
        s.outOr(accumulate, "dTable", v, c).strided(strided).in("dOut", 1, n, c).strided(strided).ints("ids", ids)
                .call((ops, ctx, o) -> ops.gatherRowsBackward(ctx, o.get("dTable"), accumulate, o.get("dOut"),
                        o.get("ids")));
    }

    private static void matmul(OpCases t, int[] mnk, boolean ta, boolean tb, boolean accumulate, boolean strided) {
        int m = mnk[0];
        int n = mnk[1];
        int k = mnk[2];
        String label = "M=" + m + " N=" + n + " K=" + k + when(ta, "a transposed") + when(tb, "b transposed")
                + when(accumulate, "accumulate") + when(strided, "strided");
        t.add("matmul", label, TIGHT, s -> {
            s.outOr(accumulate, "out", m, n).strided(strided);
            // Products with a transposed are weights' gradients, which stay in F32.
            s.operand("out").narrow = !ta;
            s.in("a", 1, ta ? k : m, ta ? m : k).narrow().strided(strided).in("b", 1, tb ? n : k, tb ? k : n).narrow()
                    .strided(strided)
                    .call((ops, ctx, o) -> ops.matmul(ctx, o.get("out"), o.get("a"), ta, o.get("b"), tb, accumulate));
        });
    }
}
