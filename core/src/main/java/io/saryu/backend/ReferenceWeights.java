package io.saryu.backend;

import static io.saryu.backend.ReferenceMemory.ints;
import static io.saryu.backend.ReferenceMemory.load;
import static io.saryu.backend.ReferenceMemory.store;
import static io.saryu.backend.ReferenceMemory.zeros;

import io.saryu.tensor.Tensor;

/** The oracle's ops on weights that are stored narrow. */
final class ReferenceWeights {
    private static final int LARGEST = 127;

    private ReferenceWeights() {
    }

    static void matmul(Tensor out, Tensor x, Tensor weights, Tensor scales) {
        int m = (int) out.dim(0);
        int n = (int) out.dim(1);
        int k = (int) x.dim(1);
        double[] a = load(x);
        double[] w = widened(weights, scales);
        double[] y = zeros(out);
        for (int i = 0; i < m; i++) {
            for (int j = 0; j < n; j++) {
                double sum = 0;
                for (int l = 0; l < k; l++) {
                    sum += a[i * k + l] * w[j * k + l];
                }
                y[i * n + j] = sum;
            }
        }
        store(out, y);
    }

    static void gather(Tensor out, Tensor table, Tensor scales, Tensor ids) {
        int c = (int) table.dim(1);
        double[] w = widened(table, scales);
        double[] y = zeros(out);
        int[] id = ints(ids);
        for (int n = 0; n < id.length; n++) {
            System.arraycopy(w, id[n] * c, y, n * c, c);
        }
        store(out, y);
    }

    private static double[] widened(Tensor weights, Tensor scales) {
        double[] w = load(weights);
        if (scales != null) {
            double[] s = load(scales);
            int k = (int) weights.dim(1);
            for (int i = 0; i < w.length; i++) {
                w[i] *= s[i / k];
            }
        }
        return w;
    }

    static void quantize(Tensor out, Tensor scales, Tensor in) {
        int columns = (int) in.dim(1);
        double[] x = load(in);
        double[] q = zeros(out);
        double[] s = zeros(scales);
        for (int row = 0; row < s.length; row++) {
            double most = 0;
            boolean finite = true;
            for (int i = row * columns; i < (row + 1) * columns; i++) {
                most = Math.max(most, Math.abs(x[i]));
                finite &= Double.isFinite(x[i]);
            }
            s[row] = finite ? (float) (most / LARGEST) : Double.NaN;
            for (int i = row * columns; s[row] > 0 && i < (row + 1) * columns; i++) {
                q[i] = Math.clamp(Math.rint(x[i] / s[row]), -LARGEST, LARGEST);
            }
        }
        store(out, q);
        store(scales, s);
    }
}
