package io.saryu.backend;

import io.saryu.tensor.DType;
import io.saryu.tensor.Device;
import io.saryu.tensor.Tensor;

/**
 * The conditions of the {@link Backend} contract, one method per op with the op's own parameter order, for every
 * backend to call before it touches memory. What a backend asks beyond the contract (a combination of types that it has
 * no kernel for) it checks itself.
 *
 * <p>Throws {@link IllegalArgumentException} naming the tensor and what was expected; {@link IllegalStateException} for
 * a closed tensor. Ids, positions and attention layouts are read only where they are in host memory.
 */
public final class OpChecks {
    /** Target that crossEntropy ignores, as in PyTorch. */
    public static final int IGNORED_TARGET = -100;

    private final Backend backend;
    private final Device device;

    public OpChecks(Backend backend) {
        this.backend = backend;
        this.device = backend.device();
    }

    public void copyFromHost(Tensor out, Tensor host) {
        any("copyFromHost", "out", out);
        Checks.usable("copyFromHost", "host", host, Device.CPU);
        transfer("copyFromHost", "out", out, host);
    }

    public void copyToHost(Tensor host, Tensor in) {
        any("copyToHost", "in", in);
        Checks.usable("copyToHost", "host", host, Device.CPU);
        transfer("copyToHost", "host", host, in);
    }

    public void copy(Tensor out, Tensor in) {
        any("copy", "out", out);
        any("copy", "in", in);
        transfer("copy", "out", out, in);
    }

    private static void transfer(String op, String role, Tensor out, Tensor in) {
        Checks.shape(op, role, out, in.shape());
        if (out.dtype() != in.dtype() && !(out.dtype().isFloating() && in.dtype().isFloating())) {
            throw new IllegalArgumentException(op + " converts only between floating types, not " + in + " to " + out);
        }
    }

    public void fill(Tensor out) {
        any("fill", "out", out);
    }

    public void add(Tensor out, Tensor a, Tensor b) {
        String op = "add";
        floating(op, "out", out);
        dense(op, "out", out);
        for (Tensor t : new Tensor[] {a, b}) {
            String role = t == a ? "a" : "b";
            floating(op, role, t);
            dense(op, role, t);
            if (t.count() != out.count()) {
                throw new IllegalArgumentException(op + " needs equal counts, not " + out + " and " + t);
            }
        }
        TypeChecks.same(op, "out", out, "a", a, "b", b);
    }

    public void gatherRows(Tensor out, Tensor table, Tensor ids) {
        rowsByIds("gatherRows", "out", out, "table", table, ids);
    }

    public void gatherRowsBackward(Tensor dTable, Tensor dOut, Tensor ids) {
        rowsByIds("gatherRowsBackward", "dOut", dOut, "dTable", dTable, ids);
        TypeChecks.wide("gatherRowsBackward", "dTable", dTable);
    }

    private void rowsByIds(String op, String rowsRole, Tensor rows, String tableRole, Tensor table, Tensor ids) {
        matrix(op, rowsRole, rows);
        matrix(op, tableRole, table);
        Checks.shape(op, rowsRole, rows, rows.dim(0), table.dim(1));
        any(op, "ids", ids);
        Checks.ids(op, "ids", ids, rows.dim(0), table.dim(0));
        TypeChecks.same(op, tableRole, table, rowsRole, rows);
    }

    public void scatterRows(Tensor out, Tensor in, Tensor rows) {
        String op = "scatterRows";
        matrix(op, "out", out);
        matrix(op, "in", in);
        Checks.shape(op, "in", in, in.dim(0), out.dim(1));
        any(op, "rows", rows);
        Checks.distinctIds(op, "rows", rows, in.dim(0), out.dim(0));
        TypeChecks.same(op, "in", in, "out", out);
    }

    public void matmul(Tensor out, Tensor a, boolean transposeA, Tensor b, boolean transposeB) {
        String op = "matmul";
        matrix(op, "out", out);
        matrix(op, "a", a);
        matrix(op, "b", b);
        long m = a.dim(transposeA ? 1 : 0);
        long k = a.dim(transposeA ? 0 : 1);
        long n = b.dim(transposeB ? 0 : 1);
        if (b.dim(transposeB ? 1 : 0) != k) {
            throw new IllegalArgumentException("matmul cannot multiply " + a + (transposeA ? " transposed" : "")
                    + " by " + b + (transposeB ? " transposed" : "") + ": the inner dimensions differ");
        }
        Checks.shape(op, "out", out, m, n);
        TypeChecks.same(op, "a", a, "b", b);
        if (out.dtype() != a.dtype() && !(a.dtype().isHalf() && out.dtype() == DType.F32)) {
            throw new IllegalArgumentException("matmul needs out of the type of a " + a
                    + (a.dtype().isHalf() ? ", or in F32" : "") + ", not " + out);
        }
    }

    public void matmulWeights(Tensor out, Tensor x, Tensor weights, Tensor scales) {
        String op = "matmulWeights";
        matrix(op, "x", x);
        stored(op, "weights", weights, scales, x.dim(1));
        matrix(op, "out", out, x.dim(0), weights.dim(0));
        TypeChecks.wide(op, "x", x, "out", out);
        TypeChecks.stored(op, "x", x.dtype(), "weights", weights);
    }

    public void gatherWeights(Tensor out, Tensor table, Tensor scales, Tensor ids) {
        String op = "gatherWeights";
        matrix(op, "out", out);
        stored(op, "table", table, scales, out.dim(1));
        any(op, "ids", ids);
        Checks.ids(op, "ids", ids, out.dim(0), table.dim(0));
        TypeChecks.wide(op, "out", out);
        TypeChecks.stored(op, "out", out.dtype(), "table", table);
    }

    public void quantize(Tensor out, Tensor scales, Tensor in) {
        String op = "quantize";
        matrix(op, "in", in);
        TypeChecks.wide(op, "in", in);
        any(op, "out", out);
        Checks.dtype(op, "out", out, DType.I8);
        Checks.shape(op, "out", out, in.dim(0), in.dim(1));
        statistics(op, "scales", scales, in.dim(0));
    }

    /** A matrix of weights as it is stored: of a floating type, or of bytes with a scale for each row. */
    private void stored(String op, String role, Tensor t, Tensor scales, long columns) {
        if (t != null && t.dtype() == DType.I8) {
            any(op, role, t);
            Checks.rank(op, role, t, 2);
            statistics(op, "scales", scales, t.dim(0));
        } else {
            matrix(op, role, t);
            if (scales != null) {
                throw new IllegalArgumentException(op + " needs scales with " + role + " in I8 only, not " + scales + " with "
                        + t);
            }
        }
        Checks.shape(op, role, t, t.dim(0), columns);
    }

    public void rmsNorm(Tensor out, Tensor rstd, Tensor sum, Tensor x, Tensor delta, Tensor weight) {
        String op = "rmsNorm";
        matrix(op, "x", x);
        long n = x.dim(0);
        long c = x.dim(1);
        matrix(op, "out", out, n, c);
        statistics(op, "rstd", rstd, n);
        if ((sum == null) != (delta == null)) {
            throw new IllegalArgumentException("rmsNorm needs both sum and delta or neither, not "
                    + (sum == null ? "delta " + delta : "sum " + sum) + " alone");
        }
        if (sum != null) {
            matrix(op, "sum", sum, n, c);
            matrix(op, "delta", delta, n, c);
        }
        vector(op, "weight", weight, c);
        TypeChecks.wide(op, "x", x, "sum", sum, "weight", weight);
        TypeChecks.narrow(op, "x", x.dtype(), "out", out, "delta", delta);
    }

    public void rmsNormBackward(Tensor dS, Tensor dWeight, Tensor dOut, Tensor dSum, Tensor s, Tensor weight,
            Tensor rstd) {
        String op = "rmsNormBackward";
        matrix(op, "s", s);
        long n = s.dim(0);
        long c = s.dim(1);
        matrix(op, "dS", dS, n, c);
        matrix(op, "dOut", dOut, n, c);
        if (dSum != null) {
            matrix(op, "dSum", dSum, n, c);
        }
        if (dWeight != null) {
            vector(op, "dWeight", dWeight, c);
        }
        vector(op, "weight", weight, c);
        statistics(op, "rstd", rstd, n);
        TypeChecks.wide(op, "s", s, "dS", dS, "dSum", dSum, "weight", weight, "dWeight", dWeight);
        TypeChecks.narrow(op, "s", s.dtype(), "dOut", dOut);
    }

    public void qkNormRope(Tensor qOut, Tensor kOut, Tensor rstd, Tensor q, Tensor k, Tensor qWeight, Tensor kWeight,
            Tensor cos, Tensor sin, Tensor positions) {
        String op = "qkNormRope";
        qkInputs(op, q, k, qWeight, kWeight, rstd, cos, sin, positions);
        matrix(op, "qOut", qOut, q.dim(0), q.dim(1));
        matrix(op, "kOut", kOut, k.dim(0), k.dim(1));
        TypeChecks.same(op, "q", q, "qOut", qOut, "kOut", kOut);
    }

    public void qkNormRopeBackward(Tensor dQ, Tensor dK, Tensor dQWeight, Tensor dKWeight, Tensor dQOut, Tensor dKOut,
            Tensor q, Tensor k, Tensor qWeight, Tensor kWeight, Tensor rstd, Tensor cos, Tensor sin, Tensor positions) {
        String op = "qkNormRopeBackward";
        qkInputs(op, q, k, qWeight, kWeight, rstd, cos, sin, positions);
        matrix(op, "dQ", dQ, q.dim(0), q.dim(1));
        matrix(op, "dK", dK, k.dim(0), k.dim(1));
        matrix(op, "dQOut", dQOut, q.dim(0), q.dim(1));
        matrix(op, "dKOut", dKOut, k.dim(0), k.dim(1));
        if (dQWeight != null) {
            vector(op, "dQWeight", dQWeight, qWeight.dim(0));
        }
        if (dKWeight != null) {
            vector(op, "dKWeight", dKWeight, kWeight.dim(0));
        }
        TypeChecks.same(op, "q", q, "dQ", dQ, "dK", dK, "dQOut", dQOut, "dKOut", dKOut);
        TypeChecks.same(op, "qWeight", qWeight, "dQWeight", dQWeight, "dKWeight", dKWeight);
    }

    private void qkInputs(String op, Tensor q, Tensor k, Tensor qWeight, Tensor kWeight, Tensor rstd, Tensor cos,
            Tensor sin, Tensor positions) {
        matrix(op, "q", q);
        matrix(op, "k", k);
        floating(op, "qWeight", qWeight);
        Checks.rank(op, "qWeight", qWeight, 1);
        long hs = qWeight.dim(0);
        vector(op, "kWeight", kWeight, hs);
        if (hs == 0 || hs % 2 != 0) {
            throw new IllegalArgumentException(op + " needs an even head size, not qWeight " + qWeight);
        }
        if (q.dim(1) % hs != 0 || k.dim(1) % hs != 0) {
            throw new IllegalArgumentException(
                    op + " needs whole heads of " + hs + " (qWeight " + qWeight + ") in q " + q + " and k " + k);
        }
        long n = q.dim(0);
        Checks.shape(op, "k", k, n, k.dim(1));
        statistics(op, "rstd", rstd, n, q.dim(1) / hs + k.dim(1) / hs);
        matrix(op, "cos", cos);
        Checks.shape(op, "cos", cos, cos.dim(0), hs / 2);
        matrix(op, "sin", sin, cos.dim(0), hs / 2);
        any(op, "positions", positions);
        Checks.ids(op, "positions", positions, n, cos.dim(0));
        TypeChecks.wide(op, "qWeight", qWeight, "kWeight", kWeight, "cos", cos, "sin", sin);
        TypeChecks.narrow(op, "qWeight", qWeight.dtype(), "q", q, "k", k);
    }

    public void attention(Tensor out, Tensor lse, Tensor q, Tensor k, Tensor v, AttentionLayout layout) {
        attentionInputs("attention", out, lse, q, k, v, layout, false);
    }

    /** Also that no two sequences share key rows: their gradients would have no order to be added in. */
    public void attentionBackward(Tensor dQ, Tensor dK, Tensor dV, Tensor dOut, Tensor out, Tensor lse, Tensor q,
            Tensor k, Tensor v, AttentionLayout layout) {
        String op = "attentionBackward";
        attentionInputs(op, out, lse, q, k, v, layout, true);
        matrix(op, "dQ", dQ, q.dim(0), q.dim(1));
        matrix(op, "dK", dK, k.dim(0), k.dim(1));
        matrix(op, "dV", dV, v.dim(0), v.dim(1));
        matrix(op, "dOut", dOut, q.dim(0), q.dim(1));
        TypeChecks.same(op, "q", q, "dQ", dQ, "dK", dK, "dV", dV, "dOut", dOut);
    }

    private void attentionInputs(String op, Tensor out, Tensor lse, Tensor q, Tensor k, Tensor v,
            AttentionLayout layout, boolean exclusive) {
        if (layout == null) {
            throw new IllegalArgumentException(op + " needs a layout, but it is null");
        }
        long hs = layout.headDim();
        matrix(op, "q", q);
        long nq = q.dim(0);
        Checks.shape(op, "q", q, nq, layout.heads() * hs);
        matrix(op, "k", k);
        long nk = k.dim(0);
        Checks.shape(op, "k", k, nk, layout.kvHeads() * hs);
        matrix(op, "v", v, nk, layout.kvHeads() * hs);
        matrix(op, "out", out, nq, layout.heads() * hs);
        statistics(op, "lse", lse, nq, layout.heads());
        TypeChecks.same(op, "q", q, "k", k, "v", v, "out", out);
        Checks.layout(op, layout, nq, nk, exclusive, device);
    }

    public void swiglu(Tensor out, Tensor gateUp) {
        matrix("swiglu", "out", out);
        matrix("swiglu", "gateUp", gateUp, out.dim(0), 2 * out.dim(1));
        TypeChecks.same("swiglu", "gateUp", gateUp, "out", out);
    }

    public void swigluBackward(Tensor dGateUp, Tensor dOut, Tensor gateUp) {
        matrix("swigluBackward", "dOut", dOut);
        matrix("swigluBackward", "gateUp", gateUp, dOut.dim(0), 2 * dOut.dim(1));
        matrix("swigluBackward", "dGateUp", dGateUp, dOut.dim(0), 2 * dOut.dim(1));
        TypeChecks.same("swigluBackward", "gateUp", gateUp, "dOut", dOut, "dGateUp", dGateUp);
    }

    /** The share p of 2^32, below which an element's hash leaves it out. */
    public static long dropoutThreshold(double p) {
        return Math.min(0xFFFF_FFFFL, Math.round(p * 0x1p32));
    }

    public void dropout(Tensor out, Tensor in, Tensor scalars, double p) {
        matrix("dropout", "out", out);
        matrix("dropout", "in", in, out.dim(0), out.dim(1));
        TypeChecks.same("dropout", "in", in, "out", out);
        scalars("dropout", scalars);
        if (!(p >= 0 && p < 1)) {
            throw new IllegalArgumentException("dropout leaves out a share from 0 to below 1, not " + p);
        }
    }

    public void crossEntropy(Tensor rowLoss, Tensor dLogits, Tensor logits, Tensor targets, Tensor scalars) {
        String op = "crossEntropy";
        matrix(op, "logits", logits);
        TypeChecks.wide(op, "logits", logits);
        if (dLogits != null) {
            matrix(op, "dLogits", dLogits, logits.dim(0), logits.dim(1));
            TypeChecks.narrow(op, "logits", logits.dtype(), "dLogits", dLogits);
        }
        statistics(op, "rowLoss", rowLoss, logits.dim(0));
        any(op, "targets", targets);
        Checks.ids(op, "targets", targets, logits.dim(0), logits.dim(1), IGNORED_TARGET);
        scalars(op, scalars);
    }

    public void gradientNorm(Tensor scalars, Tensor grads, double maxNorm) {
        floating("gradientNorm", "grads", grads);
        dense("gradientNorm", "grads", grads);
        TypeChecks.wide("gradientNorm", "grads", grads);
        scalars("gradientNorm", scalars);
        if (!(maxNorm >= 0)) {
            throw new IllegalArgumentException(
                    "gradientNorm needs a maximum of 0 (no clipping) or more, not " + maxNorm);
        }
    }

    public void adamW(Tensor weights, Tensor grads, Tensor expAvg, Tensor expAvgSq, Tensor segments, Tensor scalars,
            AdamWOptions options) {
        String op = "adamW";
        if (options == null) {
            throw new IllegalArgumentException("adamW needs options, but they are null");
        }
        floating(op, "weights", weights);
        dense(op, "weights", weights);
        sameCount(op, "grads", grads, weights);
        sameCount(op, "expAvg", expAvg, weights);
        sameCount(op, "expAvgSq", expAvgSq, weights);
        TypeChecks.wide(op, "weights", weights, "grads", grads, "expAvg", expAvg, "expAvgSq", expAvgSq);
        scalars(op, scalars);
        Checks.usable(op, "segments", segments, Device.CPU);
        Checks.dtype(op, "segments", segments, DType.I64);
        Checks.rank(op, "segments", segments, 2);
        Checks.shape(op, "segments", segments, segments.dim(0), 3);
        dense(op, "segments", segments);
        for (long i = 0; i < segments.dim(0); i++) {
            long from = (long) segments.get(3 * i);
            long length = (long) segments.get(3 * i + 1);
            // Subtracted, not added: a sum could overflow past the check.
            if (from < 0 || length < 0 || from > weights.count() - length) {
                throw new IllegalArgumentException("adamW: segment " + i + " of " + segments + " covers " + length
                        + " elements from " + from + ", outside weights " + weights);
            }
        }
    }

    private void sameCount(String op, String role, Tensor t, Tensor weights) {
        floating(op, role, t);
        dense(op, role, t);
        if (t.count() != weights.count()) {
            throw new IllegalArgumentException(op + " needs " + role + " as long as weights " + weights + ", not " + t);
        }
    }

    private void scalars(String op, Tensor scalars) {
        any(op, "scalars", scalars);
        StepScalars.check(scalars);
        dense(op, "scalars", scalars);
    }

    private void any(String op, String role, Tensor t) {
        Checks.usable(op, role, t, device);
    }

    private void floating(String op, String role, Tensor t) {
        any(op, role, t);
        if (!t.dtype().isFloating() || !backend.supports(t.dtype())) {
            throw new IllegalArgumentException(
                    op + " needs " + role + " of a floating type that backend " + backend.name() + " has, not " + t);
        }
    }

    private static void dense(String op, String role, Tensor t) {
        Checks.contiguous(op, role, t);
    }

    private void matrix(String op, String role, Tensor t) {
        floating(op, role, t);
        Checks.rank(op, role, t, 2);
    }

    private void matrix(String op, String role, Tensor t, long rows, long columns) {
        floating(op, role, t);
        Checks.shape(op, role, t, rows, columns);
    }

    private void vector(String op, String role, Tensor t, long length) {
        floating(op, role, t);
        Checks.shape(op, role, t, length);
    }

    /** Statistics for backward are F32, or F64 on a backend that has it: 16 bits would lose the gradient. */
    private void statistics(String op, String role, Tensor t, long... dims) {
        floating(op, role, t);
        if (t.dtype().bytes() < 4) {
            throw new IllegalArgumentException(op + " needs " + role + " in F32, not " + t);
        }
        Checks.shape(op, role, t, dims);
    }
}
