package io.saryu.kernels.cuda;

import io.saryu.tensor.DType;
import io.saryu.tensor.Tensor;

/** Weights that stay narrow in memory. */
final class CudaWeights {
    /** Up to this many rows a product is bound by reading the weights, and widens them in registers. */
    private static final int FEW_ROWS = 16;
    /** Rows that one launch takes. */
    private static final int AT_ONCE = 8;
    private static final int WARPS = 4;
    /** Elements that are widened for one product: 32 MiB. */
    private static final long WIDE = 8L << 20;

    private CudaWeights() {
    }

    static void matmul(CudaContext ctx, Tensor out, Tensor x, Tensor weights, Tensor scales) {
        if (weights.dtype() == DType.F32) {
            CudaMatmul.of(ctx).run(out, x, false, weights, true, false);
        } else if (x.dim(0) <= FEW_ROWS) {
            for (long row = 0; row < x.dim(0); row += AT_ONCE) {
                long to = Math.min(x.dim(0), row + AT_ONCE);
                fewRows(ctx, out.rows(row, to), x.rows(row, to), weights, scales);
            }
        } else {
            manyRows(ctx, out, x, weights, scales);
        }
    }

    private static void fewRows(CudaContext ctx, Tensor out, Tensor x, Tensor weights, Tensor scales) {
        int rows = (int) x.dim(0);
        int kernelRows = rows == 1 ? 1 : Integer.highestOneBit(2 * rows - 1);
        int columns = kernelRows < 4 ? 1 : 2;
        ctx.launch(ctx.kernel("matmul_weights.cu", "matmul_weights_" + kernelRows, weights.dtype()),
                Grid.of(out.dim(1), (long) WARPS * columns), 1, 1, 32 * WARPS, 0)
                .int32(rows).int64(out.dim(1)).int64(x.dim(1)).pointer(out).int64(out.rowStride()).pointer(x)
                .int64(x.rowStride()).pointer(weights).int64(weights.rowStride()).pointer(scales).run();
    }

    /** Some rows of the weights at a time are widened, and multiplied in fp32. */
    private static void manyRows(CudaContext ctx, Tensor out, Tensor x, Tensor weights, Tensor scales) {
        long n = weights.dim(0);
        long k = weights.dim(1);
        long block = Math.max(1, WIDE / Math.max(1, k));
        for (long from = 0; from < n; from += block) {
            long to = Math.min(n, from + block);
            Tensor wide = CudaScratch.of(ctx).take(DType.F32, (to - from) * k).reshape(to - from, k);
            Tensor part = weights.rows(from, to);
            ctx.launch(ctx.kernel("matmul_weights.cu", "widen_weights", weights.dtype()), Grid.ofRows(to - from), 1, 1,
                    Grid.warpsFor(to - from), 0)
                    .int64(to - from).int64(k).pointer(wide).pointer(part).int64(part.rowStride())
                    .pointer(scales == null ? null : scales.slice("scales", from, to - from)).run();
            CudaMatmul.of(ctx).run(out.columns(from, to), x, false, wide, true, false);
        }
    }

    static void gather(CudaContext ctx, Tensor out, Tensor table, Tensor scales, Tensor ids) {
        if (table.dtype() == DType.F32) {
            CudaRows.gather(ctx, out, table, ids);
            return;
        }
        long n = out.dim(0);
        ctx.launch(ctx.kernel("gather_weights.cu", "gather_weights", table.dtype()), Grid.ofRows(n), 1, 1, Grid.warpsFor(n), 0)
                .int64(n).int64(out.dim(1)).int64(table.dim(0)).pointer(out).int64(out.rowStride()).pointer(table)
                .int64(table.rowStride()).pointer(scales).pointer(ids).run();
    }

    static void quantize(CudaContext ctx, Tensor out, Tensor scales, Tensor in) {
        long n = in.dim(0);
        ctx.launch(ctx.kernel("quantize.cu", "quantize", null), Grid.ofRows(n), 1, 1, Grid.warpsFor(n), 0)
                .int64(n).int64(in.dim(1)).pointer(out).int64(out.rowStride()).pointer(scales).pointer(in)
                .int64(in.rowStride()).run();
    }
}
