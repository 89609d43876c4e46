package io.saryu.backend;

import static io.saryu.backend.ReferenceMemory.ints;
import static io.saryu.backend.ReferenceMemory.load;
import static io.saryu.backend.ReferenceMemory.store;
import static io.saryu.backend.ReferenceMemory.zeros;

import io.saryu.tensor.Tensor;
import java.util.Arrays;

/** Causal attention, one query row of one head at a time. */
final class ReferenceAttention {
    private final AttentionLayout layout;
    private final int[] cuSeqlens;
    private final int[] keyStart;
    private final int[] keyLength;
    private final int hs;
    private final double[] q;
    private final double[] k;
    private final double[] v;

    private ReferenceAttention(Tensor q, Tensor k, Tensor v, AttentionLayout layout) {
        this.layout = layout;
        this.cuSeqlens = ints(layout.cuSeqlensQ());
        this.keyStart = ints(layout.keyStart());
        this.keyLength = ints(layout.keyLength());
        this.hs = layout.headDim();
        this.q = load(q);
        this.k = load(k);
        this.v = load(v);
    }

    /** What is done for one query row of one head: its element offsets, and the key rows that it sees. */
    private interface Row {
        void accept(int row, int head, int qAt, int firstKey, int keys);
    }

    private void forEachRow(Row action) {
        for (int b = 0; b < layout.batch(); b++) {
            int tq = cuSeqlens[b + 1] - cuSeqlens[b];
            for (int i = 0; i < tq; i++) {
                int row = cuSeqlens[b] + i;
                for (int h = 0; h < layout.heads(); h++) {
                    action.accept(row, h, (row * layout.heads() + h) * hs, keyStart[b], keyLength[b] - tq + i + 1);
                }
            }
        }
    }

    private int keyAt(int keyRow, int head) {
        return (keyRow * layout.kvHeads() + head / layout.group()) * hs;
    }

    static void forward(Tensor out, Tensor lse, Tensor q, Tensor k, Tensor v, AttentionLayout layout) {
        ReferenceAttention a = new ReferenceAttention(q, k, v, layout);
        double[] y = zeros(out);
        double[] logSums = zeros(lse);
        double[] p = new double[Math.max(1, layout.maxK())];
        a.forEachRow((row, h, qAt, firstKey, keys) -> {
            double max = Double.NEGATIVE_INFINITY;
            for (int j = 0; j < keys; j++) {
                p[j] = layout.scale() * dot(a.q, qAt, a.k, a.keyAt(firstKey + j, h), a.hs);
                max = Math.max(max, p[j]);
            }
            double sum = 0;
            for (int j = 0; j < keys; j++) {
                p[j] = Math.exp(p[j] - max);
                sum += p[j];
            }
            for (int j = 0; j < keys; j++) {
                addScaled(y, qAt, p[j] / sum, a.v, a.keyAt(firstKey + j, h), a.hs);
            }
            logSums[row * layout.heads() + h] = max + Math.log(sum);
        });
        store(out, y);
        store(lse, logSums);
    }

    /**
     * With scores s = scale q.k, p = softmax(s) and o = sum_j p_j v_j: dv_j += p_j do; dp_j = do.v_j;
     * ds_j = p_j (dp_j - sum_i p_i dp_i), where the sum is do.o; dq += scale ds_j k_j; dk_j += scale ds_j q.
     */
    static void backward(Tensor dQ, Tensor dK, Tensor dV, Tensor dOut, Tensor out, Tensor lse, Tensor q, Tensor k,
            Tensor v, AttentionLayout layout) {
        ReferenceAttention a = new ReferenceAttention(q, k, v, layout);
        double[] y = load(out);
        double[] dy = load(dOut);
        double[] logSums = load(lse);
        double[] dq = new double[a.q.length];
        double[] dk = a.withOwnedRowsZero(dK);
        double[] dv = a.withOwnedRowsZero(dV);
        a.forEachRow((row, h, qAt, firstKey, keys) -> {
            double mean = dot(dy, qAt, y, qAt, a.hs);
            double logSum = logSums[row * layout.heads() + h];
            for (int j = 0; j < keys; j++) {
                int kAt = a.keyAt(firstKey + j, h);
                double p = Math.exp(layout.scale() * dot(a.q, qAt, a.k, kAt, a.hs) - logSum);
                double ds = layout.scale() * p * (dot(dy, qAt, a.v, kAt, a.hs) - mean);
                addScaled(dv, kAt, p, dy, qAt, a.hs);
                addScaled(dq, qAt, ds, a.k, kAt, a.hs);
                addScaled(dk, kAt, ds, a.q, qAt, a.hs);
            }
        });
        store(dQ, dq);
        store(dK, dk);
        store(dV, dv);
    }

    private double[] withOwnedRowsZero(Tensor gradient) {
        double[] values = load(gradient);
        int width = layout.kvHeads() * hs;
        for (int b = 0; b < layout.batch(); b++) {
            Arrays.fill(values, keyStart[b] * width, (keyStart[b] + keyLength[b]) * width, 0);
        }
        return values;
    }

    private static double dot(double[] a, int aAt, double[] b, int bAt, int n) {
        double sum = 0;
        for (int i = 0; i < n; i++) {
            sum += a[aAt + i] * b[bAt + i];
        }
        return sum;
    }

    private static void addScaled(double[] out, int at, double factor, double[] in, int inAt, int n) {
        for (int i = 0; i < n; i++) {
            out[at + i] += factor * in[inAt + i];
        }
    }
}
