package io.saryu.kernels.cuda;

import io.saryu.backend.AdamWOptions;
import io.saryu.backend.AttentionLayout;
import io.saryu.backend.Backend;
import io.saryu.backend.ExecutionContext;
import io.saryu.backend.OpChecks;
import io.saryu.tensor.DType;
import io.saryu.tensor.Device;
import io.saryu.tensor.Tensor;

/**
 * The ops on one GPU: own CUDA kernels, matrix products by cuBLASLt, on the context's stream. Every op checks all that kernels
 * would take on trust, then issues a few launches and returns. Ids, positions, targets and attention layouts lie on the device
 * and are not looked at here: kernels leave memory outside alone, and give NaN where an id is out of range.
 */
public final class CudaBackend implements Backend {
    private final CudaDevice gpu;
    private final OpChecks checks;
    private final AttentionTiles tiles;

    /** A backend whose tensors live on this GPU. */
    public CudaBackend(CudaDevice gpu) {
        this(gpu, AttentionTiles.Width.FITTING);
    }

    /** As {@link #CudaBackend(CudaDevice)}, with tiles of attention that the GPU might not take by itself. */
    CudaBackend(CudaDevice gpu, AttentionTiles.Width width) {
        this.gpu = gpu;
        this.tiles = AttentionTiles.of(gpu, width);
        this.checks = new OpChecks(this);
    }

    @Override
    public String name() {
        return "cuda";
    }

    @Override
    public Device device() {
        return gpu.device();
    }

    @Override
    public boolean supports(DType dtype) {
        return gpu.supports(dtype);
    }

    /** From 32 MB up to 512 MB, by the size of the memory: some thousand rows of logits where there is room for them. */
    @Override
    public long chunkBytes() {
        return Math.max(DEFAULT_CHUNK_BYTES, Math.min(16 * DEFAULT_CHUNK_BYTES, gpu.memoryBytes() / 128));
    }

    @Override
    public long availableBytes() {
        return gpu.freeBytes();
    }

    @Override
    public String description() {
        return "cuda" + (CudaLibraries.emulated() ? " emulated" : "") + ": " + gpu.name() + ", sm_" + gpu.sm() + ", "
                + CudaLibraries.driver().version() + ", cuBLASLt " + CudaLibraries.cublasLt().version()
                + (CudaMatmul.TF32 ? " with TF32" : "") + ", NVRTC " + CudaLibraries.nvrtc().version();
    }

    @Override
    public ExecutionContext newContext(int threads) {
        if (threads < 1) {
            throw new IllegalArgumentException("a context needs 1 thread or more, not " + threads);
        }
        return new CudaContext(this, gpu);
    }

    @Override
    public Tensor allocate(String name, DType dtype, long... shape) {
        return CudaMemory.allocate(gpu, name, dtype, shape);
    }

    // ---- movement ----

    @Override
    public void copyFromHost(ExecutionContext ctx, Tensor out, Tensor host) {
        checks.copyFromHost(out, host);
        CudaContext.of(ctx).copyFromHost(out, host);
    }

    @Override
    public void copyToHost(ExecutionContext ctx, Tensor host, Tensor in) {
        checks.copyToHost(host, in);
        CudaContext.of(ctx).copyToHost(host, in);
    }

    @Override
    public void copy(ExecutionContext ctx, Tensor out, Tensor in) {
        checks.copy(out, in);
        CudaMovement.copy(CudaContext.of(ctx), out, in);
    }

    @Override
    public void fill(ExecutionContext ctx, Tensor out, double value) {
        checks.fill(out);
        CudaMovement.fill(CudaContext.of(ctx), out, value);
    }

    @Override
    public void add(ExecutionContext ctx, Tensor out, Tensor a, Tensor b) {
        checks.add(out, a, b);
        CudaMovement.add(CudaContext.of(ctx), out, a, b);
    }

    // ---- rows ----

    @Override
    public void gatherRows(ExecutionContext ctx, Tensor out, Tensor table, Tensor ids) {
        checks.gatherRows(out, table, ids);
        CudaRows.gather(CudaContext.of(ctx), out, table, ids);
    }

    @Override
    public void gatherRowsBackward(ExecutionContext ctx, Tensor dTable, boolean accumulate, Tensor dOut, Tensor ids) {
        checks.gatherRowsBackward(dTable, dOut, ids);
        CudaRows.gatherBackward(CudaContext.of(ctx), dTable, accumulate, dOut, ids);
    }

    @Override
    public void scatterRows(ExecutionContext ctx, Tensor out, Tensor in, Tensor rows) {
        checks.scatterRows(out, in, rows);
        CudaRows.scatter(CudaContext.of(ctx), out, in, rows);
    }

    // ---- linear algebra ----

    @Override
    public void matmul(ExecutionContext ctx, Tensor out, Tensor a, boolean transposeA, Tensor b, boolean transposeB,
            boolean accumulate) {
        checks.matmul(out, a, transposeA, b, transposeB);
        CudaMatmul.of(CudaContext.of(ctx)).run(out, a, transposeA, b, transposeB, accumulate);
    }

    // ---- weights that stay narrow in memory ----

    @Override
    public void matmulWeights(ExecutionContext ctx, Tensor out, Tensor x, Tensor weights, Tensor scales) {
        checks.matmulWeights(out, x, weights, scales);
        CudaWeights.matmul(CudaContext.of(ctx), out, x, weights, scales);
    }

    @Override
    public void gatherWeights(ExecutionContext ctx, Tensor out, Tensor table, Tensor scales, Tensor ids) {
        checks.gatherWeights(out, table, scales, ids);
        CudaWeights.gather(CudaContext.of(ctx), out, table, scales, ids);
    }

    @Override
    public void quantize(ExecutionContext ctx, Tensor out, Tensor scales, Tensor in) {
        checks.quantize(out, scales, in);
        CudaWeights.quantize(CudaContext.of(ctx), out, scales, in);
    }

    // ---- normalisation ----

    @Override
    public void rmsNorm(ExecutionContext ctx, Tensor out, Tensor rstd, Tensor sum, Tensor x, Tensor delta, Tensor weight,
            double eps) {
        checks.rmsNorm(out, rstd, sum, x, delta, weight);
        CudaNorms.rmsNorm(CudaContext.of(ctx), out, rstd, sum, x, delta, weight, eps);
    }

    @Override
    public void rmsNormBackward(ExecutionContext ctx, Tensor dS, Tensor dWeight, boolean accumulateWeight, Tensor dOut,
            Tensor dSum, Tensor s, Tensor weight, Tensor rstd) {
        checks.rmsNormBackward(dS, dWeight, dOut, dSum, s, weight, rstd);
        CudaNorms.rmsNormBackward(CudaContext.of(ctx), dS, dWeight, accumulateWeight, dOut, dSum, s, weight, rstd);
    }

    @Override
    public void qkNormRope(ExecutionContext ctx, Tensor qOut, Tensor kOut, Tensor rstd, Tensor q, Tensor k, Tensor qWeight,
            Tensor kWeight, Tensor cos, Tensor sin, Tensor positions, double eps) {
        checks.qkNormRope(qOut, kOut, rstd, q, k, qWeight, kWeight, cos, sin, positions);
        CudaNorms.qkNormRope(CudaContext.of(ctx), qOut, kOut, rstd, q, k, qWeight, kWeight, cos, sin, positions, eps);
    }

    @Override
    public void qkNormRopeBackward(ExecutionContext ctx, Tensor dQ, Tensor dK, Tensor dQWeight, Tensor dKWeight,
            boolean accumulateWeights, Tensor dQOut, Tensor dKOut, Tensor q, Tensor k, Tensor qWeight, Tensor kWeight,
            Tensor rstd, Tensor cos, Tensor sin, Tensor positions) {
        checks.qkNormRopeBackward(dQ, dK, dQWeight, dKWeight, dQOut, dKOut, q, k, qWeight, kWeight, rstd, cos, sin,
                positions);
        CudaNorms.qkNormRopeBackward(CudaContext.of(ctx), dQ, dK, dQWeight, dKWeight, accumulateWeights, dQOut, dKOut, q, k,
                qWeight, kWeight, rstd, cos, sin, positions);
    }

    // ---- attention ----

    @Override
    public void attention(ExecutionContext ctx, Tensor out, Tensor lse, Tensor q, Tensor k, Tensor v,
            AttentionLayout layout) {
        checks.attention(out, lse, q, k, v, layout);
        CudaAttention.forward(CudaContext.of(ctx), tiles, out, lse, q, k, v, layout);
    }

    @Override
    public void attentionBackward(ExecutionContext ctx, Tensor dQ, Tensor dK, Tensor dV, Tensor dOut, Tensor out, Tensor lse,
            Tensor q, Tensor k, Tensor v, AttentionLayout layout) {
        checks.attentionBackward(dQ, dK, dV, dOut, out, lse, q, k, v, layout);
        CudaAttention.backward(CudaContext.of(ctx), tiles, dQ, dK, dV, dOut, out, lse, q, k, v, layout);
    }

    // ---- feed-forward ----

    @Override
    public void swiglu(ExecutionContext ctx, Tensor out, Tensor gateUp) {
        checks.swiglu(out, gateUp);
        CudaTraining.swiglu(CudaContext.of(ctx), out, gateUp);
    }

    @Override
    public void swigluBackward(ExecutionContext ctx, Tensor dGateUp, Tensor dOut, Tensor gateUp) {
        checks.swigluBackward(dGateUp, dOut, gateUp);
        CudaTraining.swigluBackward(CudaContext.of(ctx), dGateUp, dOut, gateUp);
    }

    // ---- dropout ----

    @Override
    public void dropout(ExecutionContext ctx, Tensor out, Tensor in, Tensor scalars, double p, long stream,
            boolean accumulate) {
        checks.dropout(out, in, scalars, p);
        CudaTraining.dropout(CudaContext.of(ctx), out, in, scalars, p, stream, accumulate);
    }

    // ---- loss ----

    @Override
    public void crossEntropy(ExecutionContext ctx, Tensor rowLoss, Tensor dLogits, Tensor logits, Tensor targets,
            Tensor scalars) {
        checks.crossEntropy(rowLoss, dLogits, logits, targets, scalars);
        CudaTraining.crossEntropy(CudaContext.of(ctx), rowLoss, dLogits, logits, targets, scalars);
    }

    // ---- update ----

    @Override
    public void gradientNorm(ExecutionContext ctx, Tensor scalars, Tensor grads, double maxNorm) {
        checks.gradientNorm(scalars, grads, maxNorm);
        CudaTraining.gradientNorm(CudaContext.of(ctx), scalars, grads, maxNorm);
    }

    @Override
    public void adamW(ExecutionContext ctx, Tensor weights, Tensor grads, Tensor expAvg, Tensor expAvgSq, Tensor segments,
            Tensor scalars, AdamWOptions options) {
        checks.adamW(weights, grads, expAvg, expAvgSq, segments, scalars, options);
        CudaTraining.adamW(CudaContext.of(ctx), weights, grads, expAvg, expAvgSq, segments, scalars, options);
    }
}
