package io.saryu.backend;

import static io.saryu.backend.ReferenceMemory.ints;
import static io.saryu.backend.ReferenceMemory.load;
import static io.saryu.backend.ReferenceMemory.store;
import static io.saryu.backend.ReferenceMemory.zeros;

import io.saryu.tensor.Tensor;

/** RMSNorm over rows, and over heads with rotary embedding behind it. */
final class ReferenceNorm {
    private ReferenceNorm() {
    }

    static void rmsNorm(Tensor out, Tensor rstd, Tensor sum, Tensor x, Tensor delta, Tensor weight, double eps) {
        int c = (int) x.dim(1);
        int n = (int) x.dim(0);
        double[] s = load(x);
        double[] w = load(weight);
        if (delta != null) {
            double[] d = load(delta);
            for (int i = 0; i < s.length; i++) {
                s[i] += d[i];
            }
            store(sum, s);
        }
        double[] r = new double[n];
        double[] y = new double[s.length];
        for (int row = 0; row < n; row++) {
            r[row] = forward(y, s, row * c, w, c, eps);
        }
        store(out, y);
        store(rstd, r);
    }

    static void rmsNormBackward(Tensor dS, Tensor dWeight, boolean accumulateWeight, Tensor dOut, Tensor dSum, Tensor s,
            Tensor weight, Tensor rstd) {
        int c = (int) s.dim(1);
        int n = (int) s.dim(0);
        double[] x = load(s);
        double[] dy = load(dOut);
        double[] w = load(weight);
        double[] r = load(rstd);
        double[] dx = dSum == null ? new double[x.length] : load(dSum);
        double[] dw = weightGradient(dWeight, accumulateWeight, c);
        for (int row = 0; row < n; row++) {
            backward(dx, dw, dy, x, row * c, w, r[row], c);
        }
        store(dS, dx);
        if (dWeight != null) {
            store(dWeight, dw);
        }
    }

    static void qkNormRope(Tensor qOut, Tensor kOut, Tensor rstd, Tensor q, Tensor k, Tensor qWeight, Tensor kWeight,
            Tensor cos, Tensor sin, Tensor positions, double eps) {
        int hs = (int) qWeight.dim(0);
        int qHeads = (int) q.dim(1) / hs;
        int kHeads = (int) k.dim(1) / hs;
        double[] r = zeros(rstd);
        int[] at = ints(positions);
        double[] c = load(cos);
        double[] s = load(sin);
        double[] qy = heads(q, qWeight, r, 0, qHeads + kHeads, c, s, at, eps);
        double[] ky = heads(k, kWeight, r, qHeads, qHeads + kHeads, c, s, at, eps);
        store(qOut, qy);
        store(kOut, ky);
        store(rstd, r);
    }

    /** Heads of one of q and k; its rstd go to columns {@code firstHead...} of the (N, allHeads) array. */
    private static double[] heads(Tensor in, Tensor weight, double[] rstd, int firstHead, int allHeads, double[] cos,
            double[] sin, int[] positions, double eps) {
        int hs = (int) weight.dim(0);
        int count = (int) in.dim(1) / hs;
        double[] x = load(in);
        double[] w = load(weight);
        double[] y = new double[x.length];
        for (int n = 0; n < positions.length; n++) {
            for (int h = 0; h < count; h++) {
                int at = (n * count + h) * hs;
                rstd[n * allHeads + firstHead + h] = forward(y, x, at, w, hs, eps);
                rotate(y, at, hs, cos, sin, positions[n], 1);
            }
        }
        return y;
    }

    static void qkNormRopeBackward(Tensor dQ, Tensor dK, Tensor dQWeight, Tensor dKWeight, boolean accumulateWeights,
            Tensor dQOut, Tensor dKOut, Tensor q, Tensor k, Tensor qWeight, Tensor kWeight, Tensor rstd, Tensor cos,
            Tensor sin, Tensor positions) {
        int hs = (int) qWeight.dim(0);
        int qHeads = (int) q.dim(1) / hs;
        int kHeads = (int) k.dim(1) / hs;
        double[] r = load(rstd);
        double[] c = load(cos);
        double[] s = load(sin);
        int[] at = ints(positions);
        double[] dqw = weightGradient(dQWeight, accumulateWeights, hs);
        double[] dkw = weightGradient(dKWeight, accumulateWeights, hs);
        double[] dq = headsBackward(dqw, dQOut, q, qWeight, r, 0, qHeads + kHeads, c, s, at);
        double[] dk = headsBackward(dkw, dKOut, k, kWeight, r, qHeads, qHeads + kHeads, c, s, at);
        store(dQ, dq);
        store(dK, dk);
        if (dQWeight != null) {
            store(dQWeight, dqw);
        }
        if (dKWeight != null) {
            store(dKWeight, dkw);
        }
    }

    private static double[] headsBackward(double[] dw, Tensor dOut, Tensor in, Tensor weight, double[] rstd,
            int firstHead, int allHeads, double[] cos, double[] sin, int[] positions) {
        int hs = (int) weight.dim(0);
        int count = (int) in.dim(1) / hs;
        double[] x = load(in);
        double[] w = load(weight);
        double[] dy = load(dOut);
        double[] dx = new double[x.length];
        for (int n = 0; n < positions.length; n++) {
            for (int h = 0; h < count; h++) {
                int at = (n * count + h) * hs;
                // A rotation's transpose is the rotation back.
                rotate(dy, at, hs, cos, sin, positions[n], -1);
                backward(dx, dw, dy, x, at, w, rstd[n * allHeads + firstHead + h], hs);
            }
        }
        return dx;
    }

    private static void rotate(double[] y, int at, int hs, double[] cos, double[] sin, int position, int direction) {
        int half = hs / 2;
        for (int i = 0; i < half; i++) {
            double c = cos[position * half + i];
            double s = direction * sin[position * half + i];
            double a = y[at + i];
            double b = y[at + i + half];
            y[at + i] = a * c - b * s;
            y[at + i + half] = b * c + a * s;
        }
    }

    /** Normalises elements {@code [at, at + c)} and returns rstd. */
    private static double forward(double[] y, double[] x, int at, double[] w, int c, double eps) {
        double squares = 0;
        for (int i = 0; i < c; i++) {
            squares += x[at + i] * x[at + i];
        }
        double r = 1 / Math.sqrt(squares / c + eps);
        for (int i = 0; i < c; i++) {
            y[at + i] = x[at + i] * r * w[i];
        }
        return r;
    }

    /**
     * Adds the gradients of one normalised row. With r = (mean(x^2) + eps)^(-1/2), dr/dx_j = -r^3 x_j / C, so from
     * y_i = w_i x_i r: dx_j = r w_j dy_j + sum_i(w_i dy_i x_i) dr/dx_j = r (w_j dy_j - x_j r^2 mean(w dy x)).
     */
    private static void backward(double[] dx, double[] dw, double[] dy, double[] x, int at, double[] w, double r,
            int c) {
        double dot = 0;
        for (int i = 0; i < c; i++) {
            dot += w[i] * dy[at + i] * x[at + i];
        }
        double mean = dot / c;
        for (int i = 0; i < c; i++) {
            dx[at + i] += r * (w[i] * dy[at + i] - x[at + i] * r * r * mean);
            dw[i] += dy[at + i] * x[at + i] * r;
        }
    }

    private static double[] weightGradient(Tensor dWeight, boolean accumulate, int c) {
        return dWeight != null && accumulate ? load(dWeight) : new double[c];
    }
}
