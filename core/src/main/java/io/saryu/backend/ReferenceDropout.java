package io.saryu.backend;

import static io.saryu.backend.ReferenceMemory.load;
import static io.saryu.backend.ReferenceMemory.store;

import io.saryu.tensor.Tensor;

/** Dropout, element by element. */
final class ReferenceDropout {
    private ReferenceDropout() {
    }

    static void run(Tensor out, Tensor in, Tensor scalars, double p, long stream, boolean accumulate) {
        int columns = (int) in.dim(1);
        double[] x = load(in);
        double[] y = accumulate ? load(out) : new double[x.length];
        long key = mix(mix((long) scalars.get(StepScalars.SEED), (long) scalars.get(StepScalars.OFFSET)), stream);
        long threshold = OpChecks.dropoutThreshold(p);
        for (int i = 0; i < x.length; i++) {
            long row = mix(key, i / columns);
            int u = hash(hash(i % columns + (int) row) ^ (int) (row >>> 32));
            y[i] += Integer.toUnsignedLong(u) >= threshold ? x[i] / (1 - p) : 0;
        }
        store(out, y);
    }

    /** SplitMix64's finaliser (Steele et al. 2014). */
    private static long mix(long a, long b) {
        long z = a + 0x9E3779B97F4A7C15L * (b + 1);
        z = (z ^ z >>> 30) * 0xBF58476D1CE4E5B9L;
        z = (z ^ z >>> 27) * 0x94D049BB133111EBL;
        return z ^ z >>> 31;
    }

    /** Wellons' lowbias32. */
    private static int hash(int v) {
        int x = (v ^ v >>> 16) * 0x7FEB352D;
        x = (x ^ x >>> 15) * 0x846CA68B;
        return x ^ x >>> 16;
    }
}
