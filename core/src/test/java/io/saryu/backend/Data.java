package io.saryu.backend;

import io.saryu.tensor.DType;
import io.saryu.tensor.Tensor;
import java.util.Random;

/** Seeded host tensors for tests of ops. */
public final class Data {
    private Data() {
    }

    /** Normal values times {@code scale}, in the given type. */
    public static Tensor normal(Random random, String name, DType dtype, double scale, long... shape) {
        Tensor t = Tensor.allocate(name, dtype, shape);
        for (long i = 0; i < t.count(); i++) {
            t.set(i, scale * random.nextGaussian());
        }
        return t;
    }

    /** An I32 vector of these values. */
    public static Tensor ints(String name, int... values) {
        return Tensor.allocate(name, DType.I32, values.length).fillFrom(values, 0, values.length);
    }

    /** Step scalars on the host: {@link StepScalars#initial()} with index/value pairs changed. */
    public static Tensor scalars(double... indexAndValue) {
        double[] v = StepScalars.initial();
        for (int i = 0; i < indexAndValue.length; i += 2) {
            v[(int) indexAndValue[i]] = indexAndValue[i + 1];
        }
        return Tensor.allocate("scalars", DType.F64, StepScalars.COUNT).fillFrom(v);
    }

    /** cos and sin (P, half) of RoPE with base 10000. */
    public static Tensor[] rotary(DType dtype, int positions, int half) {
        Tensor cos = Tensor.allocate("cos", dtype, positions, half);
        Tensor sin = Tensor.allocate("sin", dtype, positions, half);
        for (int p = 0; p < positions; p++) {
            for (int i = 0; i < half; i++) {
                double angle = p * Math.pow(10000, -(double) i / half);
                cos.set((long) p * half + i, Math.cos(angle));
                sin.set((long) p * half + i, Math.sin(angle));
            }
        }
        return new Tensor[] {cos, sin};
    }

    /**
     * Sequences with these query and key lengths; key ranges follow each other with {@code gap} unowned rows between.
     */
    public static AttentionLayout layout(int[] tq, int[] tk, int gap, int heads, int kvHeads, int headDim) {
        int b = tq.length;
        int[] cu = new int[b + 1];
        int[] start = new int[b];
        int maxQ = 0;
        int maxK = 0;
        int at = 0;
        for (int i = 0; i < b; i++) {
            cu[i + 1] = cu[i] + tq[i];
            start[i] = at;
            at += tk[i] + gap;
            maxQ = Math.max(maxQ, tq[i]);
            maxK = Math.max(maxK, tk[i]);
        }
        return new AttentionLayout(ints("cu_seqlens", cu), ints("key_start", start), ints("key_length", tk), maxQ, maxK,
                heads, kvHeads, headDim, 1 / Math.sqrt(headDim));
    }

    /** Sum of the values. */
    public static int sum(int... values) {
        int s = 0;
        for (int v : values) {
            s += v;
        }
        return s;
    }
}
