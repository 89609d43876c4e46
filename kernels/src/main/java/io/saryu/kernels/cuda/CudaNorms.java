package io.saryu.kernels.cuda;

import io.saryu.tensor.DType;
import io.saryu.tensor.Tensor;

/** RMSNorm over rows, and over heads with rotary embedding behind it. */
final class CudaNorms {
    /** Blocks that leave a partial sum of a weight's gradient each: enough for the largest GPU, few enough to add up. */
    private static final long MOST_PARTIAL = 512;
    /** SHARED_COLUMNS of rms_norm_backward.cu. */
    private static final long SHARED_COLUMNS = 12_288;

    private CudaNorms() {
    }

    static long stride(Tensor t) {
        return t == null ? 0 : t.rowStride();
    }

    static void rmsNorm(CudaContext ctx, Tensor out, Tensor rstd, Tensor sum, Tensor x, Tensor delta, Tensor weight,
            double eps) {
        long n = x.dim(0);
        ctx.launch(ctx.kernel("rms_norm.cu", "rms_norm", out.dtype()), Grid.ofRows(n), 1, 1, Grid.warpsFor(n), 0)
                .int64(n).int64(x.dim(1)).pointer(out).int64(out.rowStride()).pointer(rstd).pointer(sum).int64(stride(sum))
                .pointer(x).int64(x.rowStride()).pointer(delta).int64(stride(delta)).pointer(weight).float32((float) eps).run();
    }

    static void rmsNormBackward(CudaContext ctx, Tensor dS, Tensor dWeight, boolean accumulateWeight, Tensor dOut, Tensor dSum,
            Tensor s, Tensor weight, Tensor rstd) {
        long n = s.dim(0);
        long c = s.dim(1);
        int threads = Grid.warpsFor(n);
        long blocks = Math.min(MOST_PARTIAL, Grid.ceilDiv(n, threads / 32));
        Tensor partial = dWeight == null ? null : CudaScratch.of(ctx).take(DType.F32, blocks * c);
        int shared = dWeight != null && c <= SHARED_COLUMNS ? (int) (4 * c) : 0;
        ctx.launch(ctx.kernel("rms_norm_backward.cu", "rms_norm_backward", dOut.dtype()), blocks, 1, 1, threads, shared)
                .int64(n).int64(c).pointer(dS).int64(dS.rowStride()).pointer(partial).pointer(dOut).int64(dOut.rowStride())
                .pointer(dSum).int64(stride(dSum)).pointer(s).int64(s.rowStride()).pointer(weight).pointer(rstd).run();
        if (dWeight != null) {
            sumRows(ctx, dWeight, accumulateWeight, partial, blocks);
        }
    }

    /** {@code out (C) = } or {@code += } the sum of {@code rows} rows of C. */
    private static void sumRows(CudaContext ctx, Tensor out, boolean accumulate, Tensor partial, long rows) {
        long c = out.count();
        ctx.launch(ctx.kernel("sum_rows.cu", "sum_rows", null), Grid.ceilDiv(c, 32), 1, 1, 256, 0)
                .int64(rows).int64(c).pointer(out).int32(accumulate ? 1 : 0).pointer(partial).run();
    }

    /** Threads that share a head: a power of two, with 16 bytes of each half of the head for each. */
    private static int lanes(String op, Tensor q, long hs) {
        int width = 16 / q.dtype().bytes();
        if (hs > 64L * width) {
            throw new IllegalArgumentException(op + ": the cuda backend has head sizes up to " + 64 * width + " for "
                    + q.dtype() + ", not " + hs + " of " + q);
        }
        int lanes = 1;
        while (2L * lanes * width < hs) {
            lanes *= 2;
        }
        return lanes;
    }

    static void qkNormRope(CudaContext ctx, Tensor qOut, Tensor kOut, Tensor rstd, Tensor q, Tensor k, Tensor qWeight,
            Tensor kWeight, Tensor cos, Tensor sin, Tensor positions, double eps) {
        dense("qkNormRope", cos, sin);
        long n = q.dim(0);
        long hs = qWeight.dim(0);
        int nh = (int) (q.dim(1) / hs);
        int kvh = (int) (k.dim(1) / hs);
        int lanes = lanes("qkNormRope", q, hs);
        ctx.launch(ctx.kernel("qk_norm_rope.cu", "qk_norm_rope", q.dtype()), Grid.of(n * (nh + kvh), Grid.THREADS / lanes), 1,
                1, Grid.THREADS, 0)
                .int64(n).int32(nh).int32(kvh).int32((int) hs).int32(lanes).pointer(qOut).int64(qOut.rowStride())
                .pointer(kOut).int64(kOut.rowStride()).pointer(rstd).pointer(q).int64(q.rowStride()).pointer(k)
                .int64(k.rowStride()).pointer(qWeight).pointer(kWeight).pointer(cos).pointer(sin).int64(cos.dim(0))
                .pointer(positions).float32((float) eps).run();
    }

    static void qkNormRopeBackward(CudaContext ctx, Tensor dQ, Tensor dK, Tensor dQWeight, Tensor dKWeight,
            boolean accumulateWeights, Tensor dQOut, Tensor dKOut, Tensor q, Tensor k, Tensor qWeight, Tensor kWeight,
            Tensor rstd, Tensor cos, Tensor sin, Tensor positions) {
        dense("qkNormRopeBackward", cos, sin);
        long n = q.dim(0);
        long hs = qWeight.dim(0);
        int nh = (int) (q.dim(1) / hs);
        int kvh = (int) (k.dim(1) / hs);
        int lanes = lanes("qkNormRopeBackward", q, hs);
        long each = Grid.THREADS / lanes;
        long qBlocks = Math.min(MOST_PARTIAL, Grid.ceilDiv(n * nh, each));
        long kBlocks = Math.min(MOST_PARTIAL / 2, Grid.ceilDiv(n * kvh, each));
        Tensor partial = dQWeight == null && dKWeight == null ? null
                : CudaScratch.of(ctx).take(DType.F32, (qBlocks + kBlocks) * hs);
        ctx.launch(ctx.kernel("qk_norm_rope_backward.cu", "qk_norm_rope_backward", q.dtype()), qBlocks + kBlocks, 1, 1,
                Grid.THREADS, 0)
                .int32((int) qBlocks).int64(n).int32(nh).int32(kvh).int32((int) hs).int32(lanes).pointer(dQ)
                .int64(dQ.rowStride()).pointer(dK).int64(dK.rowStride()).pointer(partial).pointer(dQOut)
                .int64(dQOut.rowStride()).pointer(dKOut).int64(dKOut.rowStride()).pointer(q).int64(q.rowStride()).pointer(k)
                .int64(k.rowStride()).pointer(qWeight).pointer(kWeight).pointer(rstd).pointer(cos).pointer(sin)
                .int64(cos.dim(0)).pointer(positions).run();
        if (dQWeight != null) {
            sumRows(ctx, dQWeight, accumulateWeights, partial.slice("of q", 0, qBlocks * hs), qBlocks);
        }
        if (dKWeight != null) {
            sumRows(ctx, dKWeight, accumulateWeights, partial.slice("of k", qBlocks * hs, kBlocks * hs), kBlocks);
        }
    }

    private static void dense(String op, Tensor... tables) {
        for (Tensor t : tables) {
            if (!t.isContiguous()) {
                throw new IllegalArgumentException(op + ": the cuda backend needs dense rows in " + t);
            }
        }
    }
}
