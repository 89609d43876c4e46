package io.saryu.kernels;

import static io.saryu.kernels.CpuContext.pool;

import io.saryu.backend.AdamWOptions;
import io.saryu.backend.AttentionLayout;
import io.saryu.backend.Backend;
import io.saryu.backend.ExecutionContext;
import io.saryu.backend.OpChecks;
import io.saryu.bindings.cpu.SaryuCpu;
import io.saryu.tensor.DType;
import io.saryu.tensor.Device;
import io.saryu.tensor.Tensor;
import java.lang.foreign.MemorySegment;

/**
 * The ops on the CPU: own SIMD kernels (AVX2, or plain C elsewhere), matrix products by OpenBLAS, on the context's worker
 * threads. They compute in fp32; 16-bit operands are widened and results rounded on the way. Every op checks all that C would
 * take on trust, then makes one native call.
 */
public final class CpuBackend implements Backend {
    private final OpChecks checks = new OpChecks(this);

    CpuBackend() {
    }

    @Override
    public String name() {
        return "cpu";
    }

    @Override
    public Device device() {
        return Device.CPU;
    }

    @Override
    public boolean supports(DType dtype) {
        return dtype == DType.F32 || dtype.isHalf();
    }

    @Override
    public String description() {
        return CpuLibraries.description();
    }

    @Override
    public ExecutionContext newContext(int threads) {
        return new CpuContext(this, threads);
    }

    @Override
    public Tensor allocate(String name, DType dtype, long... shape) {
        return LargeMemory.allocate(name, dtype, shape);
    }

    // ---- movement ----

    @Override
    public void copyFromHost(ExecutionContext ctx, Tensor out, Tensor host) {
        checks.copyFromHost(out, host);
        HostCopy.run(pool(ctx), out, host);
    }

    @Override
    public void copyToHost(ExecutionContext ctx, Tensor host, Tensor in) {
        checks.copyToHost(host, in);
        HostCopy.run(pool(ctx), host, in);
    }

    @Override
    public void copy(ExecutionContext ctx, Tensor out, Tensor in) {
        checks.copy(out, in);
        HostCopy.run(pool(ctx), out, in);
    }

    @Override
    public void fill(ExecutionContext ctx, Tensor out, double value) {
        checks.fill(out);
        MemorySegment pool = pool(ctx);
        if (out.dtype() == DType.F32 && out.isContiguous()) {
            SaryuCpu.saryu_fill_f32(pool, out.count(), out.segment(), (float) value);
        } else {
            long n = out.count();
            for (long i = 0; i < n; i++) {
                out.set(i, value);
            }
        }
    }

    @Override
    public void add(ExecutionContext ctx, Tensor out, Tensor a, Tensor b) {
        checks.add(out, a, b);
        if (out.dtype() != DType.F32) {
            throw new IllegalArgumentException("the cpu backend adds in F32 only, and " + out + " is not; convert it with copy");
        }
        SaryuCpu.saryu_add_f32(pool(ctx), out.count(), out.segment(), a.segment(), b.segment());
    }

    // ---- rows ----

    @Override
    public void gatherRows(ExecutionContext ctx, Tensor out, Tensor table, Tensor ids) {
        checks.gatherRows(out, table, ids);
        SaryuCpu.saryu_gather_rows(pool(ctx), type(out), out.dim(0), out.dim(1), out.segment(), out.rowStride(), table.segment(),
                table.rowStride(), ids.segment());
    }

    @Override
    public void gatherRowsBackward(ExecutionContext ctx, Tensor dTable, boolean accumulate, Tensor dOut, Tensor ids) {
        checks.gatherRowsBackward(dTable, dOut, ids);
        SaryuCpu.saryu_gather_rows_backward_f32(pool(ctx), dOut.dim(0), dOut.dim(1), dTable.dim(0), dTable.segment(),
                dTable.rowStride(), flag(accumulate), dOut.segment(), dOut.rowStride(), ids.segment());
    }

    @Override
    public void scatterRows(ExecutionContext ctx, Tensor out, Tensor in, Tensor rows) {
        checks.scatterRows(out, in, rows);
        SaryuCpu.saryu_scatter_rows(pool(ctx), type(in), in.dim(0), in.dim(1), out.segment(), out.rowStride(), in.segment(),
                in.rowStride(), rows.segment());
    }

    // ---- linear algebra ----

    @Override
    public void matmul(ExecutionContext ctx, Tensor out, Tensor a, boolean transposeA, Tensor b, boolean transposeB,
            boolean accumulate) {
        checks.matmul(out, a, transposeA, b, transposeB);
        withinBlas("matmul", out, a, b);
        if (a.dtype().isHalf()) {
            scratch(SaryuCpu.saryu_matmul_half(pool(ctx), type(a), type(out), out.dim(0), out.dim(1),
                    a.dim(transposeA ? 0 : 1), out.segment(), stride(out), a.segment(), stride(a), flag(transposeA),
                    b.segment(), stride(b), flag(transposeB), flag(accumulate)));
            return;
        }
        SaryuCpu.saryu_matmul_f32(pool(ctx), out.dim(0), out.dim(1), a.dim(transposeA ? 0 : 1), out.segment(), stride(out),
                a.segment(), stride(a), flag(transposeA), b.segment(), stride(b), flag(transposeB), flag(accumulate));
    }

    private static void withinBlas(String op, Tensor... operands) {
        for (Tensor t : operands) {
            if (t.dim(0) > Integer.MAX_VALUE || t.rowStride() > Integer.MAX_VALUE) {
                throw new IllegalArgumentException(op + ": " + t + " has a side above 2^31-1, OpenBLAS's limit");
            }
        }
    }

    // ---- weights that stay narrow in memory ----

    @Override
    public void matmulWeights(ExecutionContext ctx, Tensor out, Tensor x, Tensor weights, Tensor scales) {
        checks.matmulWeights(out, x, weights, scales);
        withinBlas("matmulWeights", out, x, weights);
        if (weights.dtype() == DType.F32) {
            SaryuCpu.saryu_matmul_f32(pool(ctx), out.dim(0), out.dim(1), x.dim(1), out.segment(), stride(out), x.segment(),
                    stride(x), 0, weights.segment(), stride(weights), 1, 0);
            return;
        }
        scratch(SaryuCpu.saryu_matmul_weights(pool(ctx), type(weights), out.dim(0), out.dim(1), x.dim(1), out.segment(),
                stride(out), x.segment(), stride(x), weights.segment(), stride(weights), address(scales)));
    }

    @Override
    public void gatherWeights(ExecutionContext ctx, Tensor out, Tensor table, Tensor scales, Tensor ids) {
        checks.gatherWeights(out, table, scales, ids);
        SaryuCpu.saryu_gather_weights(pool(ctx), type(table), out.dim(0), out.dim(1), out.segment(), out.rowStride(),
                table.segment(), table.rowStride(), address(scales), ids.segment());
    }

    @Override
    public void quantize(ExecutionContext ctx, Tensor out, Tensor scales, Tensor in) {
        checks.quantize(out, scales, in);
        SaryuCpu.saryu_quantize(pool(ctx), in.dim(0), in.dim(1), out.segment(), out.rowStride(), scales.segment(),
                in.segment(), in.rowStride());
    }

    // ---- normalisation ----

    @Override
    public void rmsNorm(ExecutionContext ctx, Tensor out, Tensor rstd, Tensor sum, Tensor x, Tensor delta, Tensor weight,
            double eps) {
        checks.rmsNorm(out, rstd, sum, x, delta, weight);
        SaryuCpu.saryu_rms_norm(pool(ctx), type(out), x.dim(0), x.dim(1), out.segment(), out.rowStride(), rstd.segment(),
                address(sum), stride(sum), x.segment(), x.rowStride(), address(delta), stride(delta), weight.segment(),
                (float) eps);
    }

    @Override
    public void rmsNormBackward(ExecutionContext ctx, Tensor dS, Tensor dWeight, boolean accumulateWeight, Tensor dOut,
            Tensor dSum, Tensor s, Tensor weight, Tensor rstd) {
        checks.rmsNormBackward(dS, dWeight, dOut, dSum, s, weight, rstd);
        scratch(SaryuCpu.saryu_rms_norm_backward(pool(ctx), type(dOut), s.dim(0), s.dim(1), dS.segment(), dS.rowStride(),
                address(dWeight), flag(accumulateWeight), dOut.segment(), dOut.rowStride(), address(dSum), stride(dSum),
                s.segment(), s.rowStride(), weight.segment(), rstd.segment()));
    }

    @Override
    public void qkNormRope(ExecutionContext ctx, Tensor qOut, Tensor kOut, Tensor rstd, Tensor q, Tensor k, Tensor qWeight,
            Tensor kWeight, Tensor cos, Tensor sin, Tensor positions, double eps) {
        checks.qkNormRope(qOut, kOut, rstd, q, k, qWeight, kWeight, cos, sin, positions);
        long hs = qWeight.count();
        scratch(SaryuCpu.saryu_qk_norm_rope(pool(ctx), type(q), q.dim(0), q.dim(1) / hs, k.dim(1) / hs, hs, qOut.segment(),
                qOut.rowStride(), kOut.segment(), kOut.rowStride(), rstd.segment(), q.segment(), q.rowStride(),
                k.segment(), k.rowStride(), qWeight.segment(), kWeight.segment(), cos.segment(), sin.segment(),
                positions.segment(), (float) eps));
    }

    @Override
    public void qkNormRopeBackward(ExecutionContext ctx, Tensor dQ, Tensor dK, Tensor dQWeight, Tensor dKWeight,
            boolean accumulateWeights, Tensor dQOut, Tensor dKOut, Tensor q, Tensor k, Tensor qWeight, Tensor kWeight,
            Tensor rstd, Tensor cos, Tensor sin, Tensor positions) {
        checks.qkNormRopeBackward(dQ, dK, dQWeight, dKWeight, dQOut, dKOut, q, k, qWeight, kWeight, rstd, cos, sin,
                positions);
        long hs = qWeight.count();
        scratch(SaryuCpu.saryu_qk_norm_rope_backward(pool(ctx), type(q), q.dim(0), q.dim(1) / hs, k.dim(1) / hs, hs,
                dQ.segment(), dQ.rowStride(), dK.segment(), dK.rowStride(), address(dQWeight), address(dKWeight),
                flag(accumulateWeights), dQOut.segment(), dQOut.rowStride(), dKOut.segment(), dKOut.rowStride(),
                q.segment(), q.rowStride(), k.segment(), k.rowStride(), qWeight.segment(), kWeight.segment(),
                rstd.segment(), cos.segment(), sin.segment(), positions.segment()));
    }

    // ---- attention ----

    @Override
    public void attention(ExecutionContext ctx, Tensor out, Tensor lse, Tensor q, Tensor k, Tensor v,
            AttentionLayout layout) {
        checks.attention(out, lse, q, k, v, layout);
        if (q.dtype().isHalf()) {
            scratch(SaryuCpu.saryu_attention_half(pool(ctx), type(q), layout.batch(), layout.heads(), layout.kvHeads(),
                    layout.headDim(), layout.cuSeqlensQ().segment(), layout.keyStart().segment(),
                    layout.keyLength().segment(), (float) layout.scale(), out.segment(), out.rowStride(), lse.segment(),
                    q.segment(), q.rowStride(), k.segment(), k.rowStride(), v.segment(), v.rowStride()));
            return;
        }
        scratch(SaryuCpu.saryu_attention_f32(pool(ctx), layout.batch(), layout.heads(), layout.kvHeads(),
                layout.headDim(), layout.cuSeqlensQ().segment(), layout.keyStart().segment(),
                layout.keyLength().segment(), (float) layout.scale(), out.segment(), out.rowStride(), lse.segment(),
                q.segment(), q.rowStride(), k.segment(), k.rowStride(), v.segment(), v.rowStride()));
    }

    @Override
    public void attentionBackward(ExecutionContext ctx, Tensor dQ, Tensor dK, Tensor dV, Tensor dOut, Tensor out,
            Tensor lse, Tensor q, Tensor k, Tensor v, AttentionLayout layout) {
        checks.attentionBackward(dQ, dK, dV, dOut, out, lse, q, k, v, layout);
        if (q.dtype().isHalf()) {
            scratch(SaryuCpu.saryu_attention_backward_half(pool(ctx), type(q), layout.batch(), layout.heads(),
                    layout.kvHeads(), layout.headDim(), layout.cuSeqlensQ().segment(), layout.keyStart().segment(),
                    layout.keyLength().segment(), (float) layout.scale(), dQ.segment(), dQ.rowStride(), dK.segment(),
                    dK.rowStride(), dV.segment(), dV.rowStride(), dOut.segment(), dOut.rowStride(), out.segment(),
                    out.rowStride(), lse.segment(), q.segment(), q.rowStride(), k.segment(), k.rowStride(), v.segment(),
                    v.rowStride()));
            return;
        }
        scratch(SaryuCpu.saryu_attention_backward_f32(pool(ctx), layout.batch(), layout.heads(), layout.kvHeads(),
                layout.headDim(), layout.cuSeqlensQ().segment(), layout.keyStart().segment(),
                layout.keyLength().segment(), (float) layout.scale(), dQ.segment(), dQ.rowStride(), dK.segment(),
                dK.rowStride(), dV.segment(), dV.rowStride(), dOut.segment(), dOut.rowStride(), out.segment(),
                out.rowStride(), lse.segment(), q.segment(), q.rowStride(), k.segment(), k.rowStride(), v.segment(),
                v.rowStride()));
    }

    // ---- feed-forward ----

    @Override
    public void swiglu(ExecutionContext ctx, Tensor out, Tensor gateUp) {
        checks.swiglu(out, gateUp);
        SaryuCpu.saryu_swiglu(pool(ctx), type(out), out.dim(0), out.dim(1), out.segment(), out.rowStride(), gateUp.segment(),
                gateUp.rowStride());
    }

    @Override
    public void swigluBackward(ExecutionContext ctx, Tensor dGateUp, Tensor dOut, Tensor gateUp) {
        checks.swigluBackward(dGateUp, dOut, gateUp);
        SaryuCpu.saryu_swiglu_backward(pool(ctx), type(dOut), dOut.dim(0), dOut.dim(1), dGateUp.segment(), dGateUp.rowStride(),
                dOut.segment(), dOut.rowStride(), gateUp.segment(), gateUp.rowStride());
    }

    // ---- dropout ----

    @Override
    public void dropout(ExecutionContext ctx, Tensor out, Tensor in, Tensor scalars, double p, long stream,
            boolean accumulate) {
        checks.dropout(out, in, scalars, p);
        SaryuCpu.saryu_dropout(pool(ctx), type(out), out.dim(0), out.dim(1), out.segment(), out.rowStride(), in.segment(),
                in.rowStride(), scalars.segment(), OpChecks.dropoutThreshold(p), (float) (1 / (1 - p)), stream,
                flag(accumulate));
    }

    // ---- loss ----

    @Override
    public void crossEntropy(ExecutionContext ctx, Tensor rowLoss, Tensor dLogits, Tensor logits, Tensor targets,
            Tensor scalars) {
        checks.crossEntropy(rowLoss, dLogits, logits, targets, scalars);
        scratch(SaryuCpu.saryu_cross_entropy(pool(ctx), type(dLogits == null ? logits : dLogits), logits.dim(0),
                logits.dim(1), rowLoss.segment(), address(dLogits), stride(dLogits), logits.segment(), logits.rowStride(),
                targets.segment(), scalars.segment()));
    }

    // ---- update ----

    @Override
    public void gradientNorm(ExecutionContext ctx, Tensor scalars, Tensor grads, double maxNorm) {
        checks.gradientNorm(scalars, grads, maxNorm);
        scratch(SaryuCpu.saryu_gradient_norm_f32(pool(ctx), grads.count(), grads.segment(), scalars.segment(), maxNorm));
    }

    @Override
    public void adamW(ExecutionContext ctx, Tensor weights, Tensor grads, Tensor expAvg, Tensor expAvgSq, Tensor segments,
            Tensor scalars, AdamWOptions options) {
        checks.adamW(weights, grads, expAvg, expAvgSq, segments, scalars, options);
        SaryuCpu.saryu_adamw_f32(pool(ctx), segments.dim(0), segments.segment(), weights.segment(), grads.segment(),
                expAvg.segment(), expAvgSq.segment(), scalars.segment(), options.beta1(), options.beta2(),
                options.epsilon(), options.weightDecay());
    }

    // ---- what C takes on trust ----

    /** The C code of an element type. */
    static int type(Tensor t) {
        return switch (t.dtype()) {
            case F32 -> SaryuCpu.SARYU_F32();
            case BF16 -> SaryuCpu.SARYU_BF16();
            case F16 -> SaryuCpu.SARYU_F16();
            case I8 -> SaryuCpu.SARYU_I8();
            default -> throw new IllegalArgumentException("the cpu backend has no kernels for " + t);
        };
    }

    private static MemorySegment address(Tensor t) {
        return t == null ? MemorySegment.NULL : t.segment();
    }

    /** BLAS wants at least 1, also where there is one row or no column. */
    private static long stride(Tensor t) {
        return t == null ? 0 : Math.max(1, t.rowStride());
    }

    private static int flag(boolean b) {
        return b ? 1 : 0;
    }

    private static void scratch(int status) {
        if (status != 0) {
            throw new OutOfMemoryError("no memory for a kernel's scratch; use fewer threads or a smaller batch");
        }
    }
}
