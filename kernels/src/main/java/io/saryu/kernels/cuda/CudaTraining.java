package io.saryu.kernels.cuda;

import io.saryu.backend.AdamWOptions;
import io.saryu.backend.OpChecks;
import io.saryu.tensor.DType;
import io.saryu.tensor.Tensor;

/** SwiGLU, loss, gradient norm and update. */
final class CudaTraining {
    /** Elements of the gradients for each block of the norm, at most so many blocks. */
    private static final int NORM_PIECE = 4096;
    private static final long NORM_BLOCKS = 1024;
    /** Each block of AdamW computes powers in double first: few blocks, with several pieces each. */
    private static final long ADAMW_BLOCKS = 2048;

    private CudaTraining() {
    }

    static void swiglu(CudaContext ctx, Tensor out, Tensor gateUp) {
        int width = 16 / out.dtype().bytes();
        ctx.launch(ctx.kernel("swiglu.cu", "swiglu", out.dtype()), Grid.ofPieces(out.dim(0), out.dim(1), width), 1, 1,
                Grid.threadsFor(out.dim(1), width), 0)
                .int64(out.dim(0)).int64(out.dim(1)).pointer(out).int64(out.rowStride()).pointer(gateUp)
                .int64(gateUp.rowStride()).run();
    }

    static void swigluBackward(CudaContext ctx, Tensor dGateUp, Tensor dOut, Tensor gateUp) {
        int width = 16 / dOut.dtype().bytes();
        ctx.launch(ctx.kernel("swiglu.cu", "swiglu_backward", dOut.dtype()),
                Grid.ofPieces(dOut.dim(0), dOut.dim(1), width), 1, 1, Grid.threadsFor(dOut.dim(1), width), 0)
                .int64(dOut.dim(0)).int64(dOut.dim(1)).pointer(dGateUp).int64(dGateUp.rowStride()).pointer(dOut)
                .int64(dOut.rowStride()).pointer(gateUp).int64(gateUp.rowStride()).run();
    }

    static void dropout(CudaContext ctx, Tensor out, Tensor in, Tensor scalars, double p, long stream, boolean accumulate) {
        int width = 16 / out.dtype().bytes();
        ctx.launch(ctx.kernel("dropout.cu", "dropout", out.dtype()), Grid.ofPieces(out.dim(0), out.dim(1), width), 1, 1,
                Grid.threadsFor(out.dim(1), width), 0)
                .int64(out.dim(0)).int64(out.dim(1)).pointer(out).int64(out.rowStride()).pointer(in).int64(in.rowStride())
                .pointer(scalars).int64(OpChecks.dropoutThreshold(p)).float32((float) (1 / (1 - p))).int64(stream)
                .int32(accumulate ? 1 : 0).run();
    }

    static void crossEntropy(CudaContext ctx, Tensor rowLoss, Tensor dLogits, Tensor logits, Tensor targets, Tensor scalars) {
        long n = logits.dim(0);
        long v = logits.dim(1);
        int threads = v < 256 ? 32 : v < 2048 ? 128 : v < 8192 ? 256 : 512;
        ctx.launch(ctx.kernel("cross_entropy.cu", "cross_entropy", (dLogits == null ? logits : dLogits).dtype()),
                Grid.of(n, 1), 1, 1, threads, 0)
                .int64(n).int64(v).pointer(rowLoss).pointer(dLogits).int64(CudaNorms.stride(dLogits)).pointer(logits)
                .int64(logits.rowStride()).pointer(targets).pointer(scalars).run();
        ctx.launch(ctx.kernel("cross_entropy.cu", "loss_sum", DType.F32), 1, 1, 1, 256, 0)
                .int64(n).pointer(rowLoss).pointer(scalars).run();
    }

    static void gradientNorm(CudaContext ctx, Tensor scalars, Tensor grads, double maxNorm) {
        long blocks = Math.max(1, Math.min(NORM_BLOCKS, Grid.ceilDiv(grads.count(), NORM_PIECE)));
        Tensor partial = CudaScratch.of(ctx).take(DType.F64, blocks);
        ctx.launch(ctx.kernel("gradient_norm.cu", "gradient_norm_partial", null), blocks, 1, 1, 256, 0)
                .int64(grads.count()).pointer(grads).pointer(partial).run();
        ctx.launch(ctx.kernel("gradient_norm.cu", "gradient_norm_finish", null), 1, 1, 1, 256, 0)
                .int32((int) blocks).pointer(partial).pointer(scalars).float64(maxNorm).run();
    }

    static void adamW(CudaContext ctx, Tensor weights, Tensor grads, Tensor expAvg, Tensor expAvgSq, Tensor segments,
            Tensor scalars, AdamWOptions options) {
        AdamWSegments.Table table = AdamWSegments.of(ctx).get(segments);
        ctx.launch(ctx.kernel("adamw.cu", "adamw", null), Math.min(ADAMW_BLOCKS, table.pieces()), 1, 1, 256, 0)
                .int32((int) segments.dim(0)).int64(table.pieces()).pointer(table.rows()).pointer(weights).pointer(grads)
                .pointer(expAvg).pointer(expAvgSq).pointer(scalars).float64(options.beta1()).float64(options.beta2())
                .float64(options.epsilon()).float64(options.weightDecay()).run();
    }
}
