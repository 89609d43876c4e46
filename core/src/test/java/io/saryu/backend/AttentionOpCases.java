package io.saryu.backend;

import static io.saryu.backend.OpCases.LOOSE;
import static io.saryu.backend.OpCases.when;

import io.saryu.backend.OpSetup.Rows;
import io.saryu.tensor.DType;
import io.saryu.tensor.Tensor;
import java.util.Arrays;

/** Attention: packed training, prefill behind a cache, batched decode. */
final class AttentionOpCases {
    private static final boolean[] BOTH = {false, true};

    /** Head size, query heads, key/value heads; query and key lengths; unowned key rows after each sequence. */
    private record Shape(int hs, int heads, int kvHeads, int[] tq, int[] tk, int gap, double scale, Rows rows) {
        int nq() {
            return Data.sum(tq);
        }

        int nk() {
            return Data.sum(tk) + gap * tk.length;
        }

        int qc() {
            return heads * hs;
        }

        int kc() {
            return kvHeads * hs;
        }

        @Override
        public String toString() {
            return "HS=" + hs + " NH=" + heads + " KVH=" + kvHeads + " Tq=" + Arrays.toString(tq) + " Tk="
                    + (Arrays.equals(tq, tk) ? "Tq" : Arrays.toString(tk)) + (scale == 1 ? "" : " of size " + scale)
                    + when(gap > 0, "gaps") + rows.words();
        }
    }

    private AttentionOpCases() {
    }

    static void addTo(OpCases t) {
        int[][] packed = {{1}, {5}, {7, 1, 3}, {63}, {64, 65}, {1, 5, 33, 130}};
        int[][] heads = {{1, 1}, {2, 1}, {4, 4}, {4, 1}, {4, 2}, {2, 2}};
        int[] headSizes = {8, 16, 24, 32, 64, 128};
        for (int i = 0; i < packed.length; i++) {
            for (boolean strided : BOTH) {
                // Each list of lengths meets two head sizes and groupings; each head size comes twice.
                int j = (i + (strided ? 3 : 0)) % 6;
                both(t, new Shape(headSizes[j], heads[j][0], heads[j][1], packed[i], packed[i], 0, 1, rows(strided)));
            }
        }
        for (int hs : headSizes) {
            both(t, new Shape(hs, 4, 2, new int[] {17, 8, 3}, new int[] {17, 8, 3}, 0, 1, Rows.STRIDED));
            forward(t, new Shape(hs, 4, 1, new int[] {1, 1, 1, 1}, new int[] {1, 7, 64, 129}, 5, 1, Rows.DENSE));
        }
        for (boolean strided : BOTH) {
            both(t, new Shape(16, 4, 2, new int[] {5, 33}, new int[] {17, 40}, 3, 1, rows(strided)));
            both(t, new Shape(64, 2, 2, new int[] {1, 65, 2}, new int[] {130, 65, 3}, 1, 1, rows(strided)));
        }
        // Sizes beyond those that tensor cores take.
        for (int hs : new int[] {136, 256}) {
            both(t, new Shape(hs, 2, 1, new int[] {17, 6}, new int[] {17, 6}, 0, 1, rows(hs == 136)));
            forward(t, new Shape(hs, 4, 1, new int[] {1, 1}, new int[] {7, 129}, 5, 1, Rows.DENSE));
        }
        // As in training: columns of a wider matrix that are aligned.
        for (int hs : new int[] {64, 128}) {
            both(t, new Shape(hs, 4, 2, new int[] {1, 67}, new int[] {1, 67}, 0, 1, Rows.PADDED));
        }
        // Scores that saturate the softmax, and scores that are all equal.
        both(t, new Shape(32, 2, 1, new int[] {33, 7}, new int[] {33, 7}, 0, 4, Rows.DENSE));
        both(t, new Shape(32, 2, 1, new int[] {33, 7}, new int[] {33, 7}, 0, 0, Rows.DENSE));
    }

    /** Several tiles of queries and of keys, whole and not, also with more keys than queries: see {@link OpCases#tiles}. */
    static void addTiles(OpCases t) {
        int[] tq = {70, 135};
        int[] tk = {70, 170};
        both(t, new Shape(16, 4, 2, tq, tk, 0, 1, Rows.DENSE));
        both(t, new Shape(32, 2, 2, tq, tk, 0, 1, Rows.PADDED));
        both(t, new Shape(56, 2, 1, tq, tk, 3, 1, Rows.STRIDED));
        both(t, new Shape(64, 2, 1, tq, tk, 0, 1, Rows.PADDED));
        both(t, new Shape(120, 2, 1, tq, tk, 0, 1, Rows.DENSE));
        both(t, new Shape(128, 2, 1, tq, tk, 0, 1, Rows.PADDED));
    }

    private static Rows rows(boolean strided) {
        return strided ? Rows.STRIDED : Rows.DENSE;
    }

    private static void both(OpCases t, Shape shape) {
        forward(t, shape);
        backward(t, shape);
    }

    private static double tolerance(Shape shape) {
        // An error of one unit in a score of 50 is 4e-6 in its exponential.
        return shape.scale > 1 ? 10 * LOOSE : LOOSE;
    }

    private static void forward(OpCases t, Shape shape) {
        t.add("attention", shape.toString(), tolerance(shape), s -> inputs(s.out("out", shape.nq(), shape.qc()).narrow()
                .statisticsOut("lse", shape.nq(), shape.heads), shape)
                .call((ops, ctx, o) -> ops.attention(ctx, o.get("out"), o.get("lse"), o.get("q"), o.get("k"),
                        o.get("v"), layout(o, shape))));
    }

    private static void backward(OpCases t, Shape shape) {
        t.add("attentionBackward", shape.toString(), tolerance(shape), s -> {
            s.out("dQ", shape.nq(), shape.qc()).narrow().rows(shape.rows).cancels();
            s.inOut("dK", unowned(shape), shape.nk(), shape.kc()).narrow().rows(shape.rows).cancels();
            s.inOut("dV", unowned(shape), shape.nk(), shape.kc()).narrow().rows(shape.rows);
            s.in("dOut", 1, shape.nq(), shape.qc()).narrow();
            inputs(s, shape);
            Tensor out = Tensor.allocate("out", DType.F64, shape.nq(), shape.qc());
            Tensor lse = Tensor.allocate("lse", DType.F64, shape.nq(), shape.heads);
            ReferenceAttention.forward(out, lse, tensor(s, "q"), tensor(s, "k"), tensor(s, "v"),
                    Data.layout(shape.tq, shape.tk, shape.gap, shape.heads, shape.kvHeads, shape.hs));
            s.in("out", out.toDoubles(), out.shape()).narrow().statistics("lse", lse.toDoubles(), lse.shape());
            s.call((ops, ctx, o) -> ops.attentionBackward(ctx, o.get("dQ"), o.get("dK"), o.get("dV"), o.get("dOut"),
                    o.get("out"), o.get("lse"), o.get("q"), o.get("k"), o.get("v"), layout(o, shape)));
        });
    }

    private static Tensor tensor(OpSetup s, String name) {
        OpSetup.Operand o = s.operand(name);
        return Tensor.allocate(name, DType.F64, o.shape).fillFrom(o.values);
    }

    private static OpSetup inputs(OpSetup s, Shape shape) {
        AttentionLayout layout = Data.layout(shape.tq, shape.tk, shape.gap, shape.heads, shape.kvHeads, shape.hs);
        return s.in("q", shape.scale, shape.nq(), shape.qc()).narrow().rows(shape.rows)
                .in("k", unread(s, shape, shape.scale), shape.nk(), shape.kc()).narrow().rows(shape.rows)
                .in("v", unread(s, shape, 1), shape.nk(), shape.kc()).narrow().rows(shape.rows)
                .ints("cu_seqlens", toInts(layout.cuSeqlensQ())).ints("key_start", toInts(layout.keyStart()))
                .ints("key_length", toInts(layout.keyLength()));
    }

    /** Keys or values: NaN in rows that no sequence owns, which must not reach any result. */
    private static double[] unread(OpSetup s, Shape shape, double scale) {
        double[] v = s.normal(scale, shape.nk(), shape.kc());
        double[] owned = unowned(shape);
        for (int i = 0; i < v.length; i++) {
            v[i] = Double.isNaN(owned[i]) ? v[i] : Double.NaN;
        }
        return v;
    }

    /** A gradient before the call: a value to be kept in rows that no sequence owns, NaN in the others. */
    private static double[] unowned(Shape shape) {
        double[] v = new double[shape.nk() * shape.kc()];
        int at = 0;
        for (int tk : shape.tk) {
            Arrays.fill(v, at, at + tk * shape.kc(), Double.NaN);
            at += tk * shape.kc();
            Arrays.fill(v, at, at + shape.gap * shape.kc(), 3);
            at += shape.gap * shape.kc();
        }
        return v;
    }

    private static int[] toInts(Tensor t) {
        return Arrays.stream(t.toDoubles()).mapToInt(x -> (int) x).toArray();
    }

    private static AttentionLayout layout(OpSetup.Operands o, Shape shape) {
        return new AttentionLayout(o.get("cu_seqlens"), o.get("key_start"), o.get("key_length"),
                Arrays.stream(shape.tq).max().orElse(0), Arrays.stream(shape.tk).max().orElse(0), shape.heads,
                shape.kvHeads, shape.hs, 1 / Math.sqrt(shape.hs));
    }
}
