package io.saryu.backend;

import static io.saryu.backend.ReferenceMemory.ints;
import static io.saryu.backend.ReferenceMemory.load;
import static io.saryu.backend.ReferenceMemory.store;
import static io.saryu.backend.ReferenceMemory.zeros;

import io.saryu.tensor.DType;
import io.saryu.tensor.Device;
import io.saryu.tensor.Tensor;

/**
 * The oracle: every op as plain loops in double, on one thread, over tensors of any floating type. Inputs are widened,
 * results rounded once when they are stored, so with F64 tensors the only error is double's own, and with 16-bit tensors
 * values are rounded exactly where the contract stores 16 bits.
 *
 * <p>Written to be read and to be right; it copies every operand into a Java array. Statistics ({@code rstd},
 * {@code lse}, {@code rowLoss}) may be F64 or F32. Operands may overlap in any way: all are read before the first
 * result is written.
 */
public final class ReferenceBackend implements Backend {
    private final OpChecks checks = new OpChecks(this);

    @Override
    public String name() {
        return "reference";
    }

    @Override
    public Device device() {
        return Device.CPU;
    }

    @Override
    public boolean supports(DType dtype) {
        return dtype.isFloating();
    }

    @Override
    public String description() {
        return "reference: plain Java loops in double, one thread";
    }

    @Override
    public ExecutionContext newContext(int threads) {
        return new ReferenceContext(this, threads);
    }

    @Override
    public Tensor allocate(String name, DType dtype, long... shape) {
        return Tensor.allocate(name, dtype, shape);
    }

    @Override
    public void copyFromHost(ExecutionContext ctx, Tensor out, Tensor host) {
        ReferenceContext.check(ctx);
        checks.copyFromHost(out, host);
        transfer(out, host);
    }

    @Override
    public void copyToHost(ExecutionContext ctx, Tensor host, Tensor in) {
        ReferenceContext.check(ctx);
        checks.copyToHost(host, in);
        transfer(host, in);
    }

    @Override
    public void copy(ExecutionContext ctx, Tensor out, Tensor in) {
        ReferenceContext.check(ctx);
        checks.copy(out, in);
        transfer(out, in);
    }

    private static void transfer(Tensor out, Tensor in) {
        if (in.dtype() == DType.I64) {
            copyLongs(out, in);
        } else {
            store(out, load(in));
        }
    }

    /** A double would round integers above 2^53. */
    private static void copyLongs(Tensor out, Tensor in) {
        long width = in.rank() == 0 ? 1 : in.dim(-1);
        for (long i = 0, row = 0; i < in.count(); i += width, row++) {
            out.segment().asSlice(row * out.rowStride() * 8, width * 8)
                    .copyFrom(in.segment().asSlice(row * in.rowStride() * 8, width * 8));
        }
    }

    @Override
    public void fill(ExecutionContext ctx, Tensor out, double value) {
        ReferenceContext.check(ctx);
        checks.fill(out);
        for (long i = 0; i < out.count(); i++) {
            out.set(i, value);
        }
    }

    @Override
    public void add(ExecutionContext ctx, Tensor out, Tensor a, Tensor b) {
        ReferenceContext.check(ctx);
        checks.add(out, a, b);
        double[] x = load(a);
        double[] y = load(b);
        for (int i = 0; i < x.length; i++) {
            x[i] += y[i];
        }
        store(out, x);
    }

    @Override
    public void gatherRows(ExecutionContext ctx, Tensor out, Tensor table, Tensor ids) {
        ReferenceContext.check(ctx);
        checks.gatherRows(out, table, ids);
        int c = (int) table.dim(1);
        double[] rows = load(table);
        double[] y = zeros(out);
        int[] id = ints(ids);
        for (int n = 0; n < id.length; n++) {
            System.arraycopy(rows, id[n] * c, y, n * c, c);
        }
        store(out, y);
    }

    @Override
    public void gatherRowsBackward(ExecutionContext ctx, Tensor dTable, boolean accumulate, Tensor dOut, Tensor ids) {
        ReferenceContext.check(ctx);
        checks.gatherRowsBackward(dTable, dOut, ids);
        int c = (int) dTable.dim(1);
        double[] dRows = accumulate ? load(dTable) : zeros(dTable);
        double[] dy = load(dOut);
        int[] id = ints(ids);
        for (int n = 0; n < id.length; n++) {
            for (int i = 0; i < c; i++) {
                dRows[id[n] * c + i] += dy[n * c + i];
            }
        }
        store(dTable, dRows);
    }

    @Override
    public void scatterRows(ExecutionContext ctx, Tensor out, Tensor in, Tensor rows) {
        ReferenceContext.check(ctx);
        checks.scatterRows(out, in, rows);
        int c = (int) out.dim(1);
        double[] x = load(in);
        double[] y = load(out);
        int[] to = ints(rows);
        for (int n = 0; n < to.length; n++) {
            System.arraycopy(x, n * c, y, to[n] * c, c);
        }
        store(out, y);
    }

    @Override
    public void matmul(ExecutionContext ctx, Tensor out, Tensor a, boolean transposeA, Tensor b, boolean transposeB,
            boolean accumulate) {
        ReferenceContext.check(ctx);
        checks.matmul(out, a, transposeA, b, transposeB);
        int m = (int) out.dim(0);
        int n = (int) out.dim(1);
        int inner = (int) a.dim(transposeA ? 0 : 1);
        double[] x = transposeA ? transposed(load(a), inner, m) : load(a);
        double[] y = transposeB ? transposed(load(b), n, inner) : load(b);
        double[] z = accumulate ? load(out) : zeros(out);
        for (int i = 0; i < m; i++) {
            for (int k = 0; k < inner; k++) {
                double factor = x[i * inner + k];
                for (int j = 0; j < n; j++) {
                    z[i * n + j] += factor * y[k * n + j];
                }
            }
        }
        store(out, z);
    }

    @Override
    public void matmulWeights(ExecutionContext ctx, Tensor out, Tensor x, Tensor weights, Tensor scales) {
        ReferenceContext.check(ctx);
        checks.matmulWeights(out, x, weights, scales);
        ReferenceWeights.matmul(out, x, weights, scales);
    }

    @Override
    public void gatherWeights(ExecutionContext ctx, Tensor out, Tensor table, Tensor scales, Tensor ids) {
        ReferenceContext.check(ctx);
        checks.gatherWeights(out, table, scales, ids);
        ReferenceWeights.gather(out, table, scales, ids);
    }

    @Override
    public void quantize(ExecutionContext ctx, Tensor out, Tensor scales, Tensor in) {
        ReferenceContext.check(ctx);
        checks.quantize(out, scales, in);
        ReferenceWeights.quantize(out, scales, in);
    }

    private static double[] transposed(double[] in, int rows, int columns) {
        double[] out = new double[in.length];
        for (int i = 0; i < rows; i++) {
            for (int j = 0; j < columns; j++) {
                out[j * rows + i] = in[i * columns + j];
            }
        }
        return out;
    }

    @Override
    public void rmsNorm(ExecutionContext ctx, Tensor out, Tensor rstd, Tensor sum, Tensor x, Tensor delta,
            Tensor weight, double eps) {
        ReferenceContext.check(ctx);
        checks.rmsNorm(out, rstd, sum, x, delta, weight);
        ReferenceNorm.rmsNorm(out, rstd, sum, x, delta, weight, eps);
    }

    @Override
    public void rmsNormBackward(ExecutionContext ctx, Tensor dS, Tensor dWeight, boolean accumulateWeight, Tensor dOut,
            Tensor dSum, Tensor s, Tensor weight, Tensor rstd) {
        ReferenceContext.check(ctx);
        checks.rmsNormBackward(dS, dWeight, dOut, dSum, s, weight, rstd);
        ReferenceNorm.rmsNormBackward(dS, dWeight, accumulateWeight, dOut, dSum, s, weight, rstd);
    }

    @Override
    public void qkNormRope(ExecutionContext ctx, Tensor qOut, Tensor kOut, Tensor rstd, Tensor q, Tensor k,
            Tensor qWeight, Tensor kWeight, Tensor cos, Tensor sin, Tensor positions, double eps) {
        ReferenceContext.check(ctx);
        checks.qkNormRope(qOut, kOut, rstd, q, k, qWeight, kWeight, cos, sin, positions);
        ReferenceNorm.qkNormRope(qOut, kOut, rstd, q, k, qWeight, kWeight, cos, sin, positions, eps);
    }

    @Override
    public void qkNormRopeBackward(ExecutionContext ctx, Tensor dQ, Tensor dK, Tensor dQWeight, Tensor dKWeight,
            boolean accumulateWeights, Tensor dQOut, Tensor dKOut, Tensor q, Tensor k, Tensor qWeight, Tensor kWeight,
            Tensor rstd, Tensor cos, Tensor sin, Tensor positions) {
        ReferenceContext.check(ctx);
        checks.qkNormRopeBackward(dQ, dK, dQWeight, dKWeight, dQOut, dKOut, q, k, qWeight, kWeight, rstd, cos, sin,
                positions);
        ReferenceNorm.qkNormRopeBackward(dQ, dK, dQWeight, dKWeight, accumulateWeights, dQOut, dKOut, q, k, qWeight,
                kWeight, rstd, cos, sin, positions);
    }

    @Override
    public void attention(ExecutionContext ctx, Tensor out, Tensor lse, Tensor q, Tensor k, Tensor v,
            AttentionLayout layout) {
        ReferenceContext.check(ctx);
        checks.attention(out, lse, q, k, v, layout);
        ReferenceAttention.forward(out, lse, q, k, v, layout);
    }

    @Override
    public void attentionBackward(ExecutionContext ctx, Tensor dQ, Tensor dK, Tensor dV, Tensor dOut, Tensor out,
            Tensor lse, Tensor q, Tensor k, Tensor v, AttentionLayout layout) {
        ReferenceContext.check(ctx);
        checks.attentionBackward(dQ, dK, dV, dOut, out, lse, q, k, v, layout);
        ReferenceAttention.backward(dQ, dK, dV, dOut, out, lse, q, k, v, layout);
    }

    @Override
    public void swiglu(ExecutionContext ctx, Tensor out, Tensor gateUp) {
        ReferenceContext.check(ctx);
        checks.swiglu(out, gateUp);
        int f = (int) out.dim(1);
        double[] x = load(gateUp);
        double[] y = zeros(out);
        for (int i = 0; i < y.length; i++) {
            int at = i / f * 2 * f + i % f;
            y[i] = x[at] / (1 + Math.exp(-x[at])) * x[at + f];
        }
        store(out, y);
    }

    /** With g = sigmoid(gate): d(gate)/dx of silu is g (1 + gate (1 - g)). */
    @Override
    public void swigluBackward(ExecutionContext ctx, Tensor dGateUp, Tensor dOut, Tensor gateUp) {
        ReferenceContext.check(ctx);
        checks.swigluBackward(dGateUp, dOut, gateUp);
        int f = (int) dOut.dim(1);
        double[] x = load(gateUp);
        double[] dy = load(dOut);
        double[] dx = new double[x.length];
        for (int i = 0; i < dy.length; i++) {
            int at = i / f * 2 * f + i % f;
            double gate = x[at];
            double sigmoid = 1 / (1 + Math.exp(-gate));
            dx[at] = dy[i] * x[at + f] * sigmoid * (1 + gate * (1 - sigmoid));
            dx[at + f] = dy[i] * gate * sigmoid;
        }
        store(dGateUp, dx);
    }

    @Override
    public void dropout(ExecutionContext ctx, Tensor out, Tensor in, Tensor scalars, double p, long stream,
            boolean accumulate) {
        ReferenceContext.check(ctx);
        checks.dropout(out, in, scalars, p);
        ReferenceDropout.run(out, in, scalars, p, stream, accumulate);
    }

    @Override
    public void crossEntropy(ExecutionContext ctx, Tensor rowLoss, Tensor dLogits, Tensor logits, Tensor targets,
            Tensor scalars) {
        ReferenceContext.check(ctx);
        checks.crossEntropy(rowLoss, dLogits, logits, targets, scalars);
        ReferenceTraining.crossEntropy(rowLoss, dLogits, logits, targets, scalars);
    }

    @Override
    public void gradientNorm(ExecutionContext ctx, Tensor scalars, Tensor grads, double maxNorm) {
        ReferenceContext.check(ctx);
        checks.gradientNorm(scalars, grads, maxNorm);
        ReferenceTraining.gradientNorm(scalars, grads, maxNorm);
    }

    @Override
    public void adamW(ExecutionContext ctx, Tensor weights, Tensor grads, Tensor expAvg, Tensor expAvgSq,
            Tensor segments, Tensor scalars, AdamWOptions options) {
        ReferenceContext.check(ctx);
        checks.adamW(weights, grads, expAvg, expAvgSq, segments, scalars, options);
        ReferenceTraining.adamW(weights, grads, expAvg, expAvgSq, segments, scalars, options);
    }
}
