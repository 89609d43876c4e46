package io.saryu.kernels.cuda;

import io.saryu.tensor.DType;
import io.saryu.tensor.Tensor;

/** Rows chosen by ids, and the gradient of choosing them. */
final class CudaRows {
    /** Table rows of a block of {@code list_rows}, and its threads. */
    private static final int RANGE = 256;

    private CudaRows() {
    }

    static void gather(CudaContext ctx, Tensor out, Tensor table, Tensor ids) {
        long n = out.dim(0);
        ctx.launch(ctx.kernel("rows.cu", "gather_rows", out.dtype()), Grid.ofRows(n), 1, 1, Grid.warpsFor(n), 0)
                .int64(n).int64(out.dim(1)).int64(table.dim(0)).pointer(out).int64(out.rowStride()).pointer(table)
                .int64(table.rowStride()).pointer(ids).run();
    }

    static void scatter(CudaContext ctx, Tensor out, Tensor in, Tensor rows) {
        long n = in.dim(0);
        ctx.launch(ctx.kernel("rows.cu", "scatter_rows", in.dtype()), Grid.ofRows(n), 1, 1, Grid.warpsFor(n), 0)
                .int64(n).int64(in.dim(1)).int64(out.dim(0)).pointer(out).int64(out.rowStride()).pointer(in)
                .int64(in.rowStride()).pointer(rows).run();
    }

    /** First, for each table row, the list of the n that read it; then their sum, written once. */
    static void gatherBackward(CudaContext ctx, Tensor dTable, boolean accumulate, Tensor dOut, Tensor ids) {
        long n = dOut.dim(0);
        long v = dTable.dim(0);
        long c = dTable.dim(1);
        if (n > Integer.MAX_VALUE - 1) {
            throw new IllegalArgumentException("gatherRowsBackward: " + dOut + " has more than 2^31-2 rows, the kernel's limit");
        }
        Tensor scratch = CudaScratch.of(ctx).take(DType.I32, v + 1 + n);
        Tensor starts = scratch.slice("starts", 0, v + 1);
        Tensor order = scratch.slice("order", v + 1, n);
        ctx.launch(ctx.kernel("rows_backward.cu", "list_rows", null), Grid.ceilDiv(v, RANGE), 1, 1, RANGE, 0)
                .int64(n).int64(v).pointer(starts).pointer(order).pointer(ids).run();
        ctx.launch(ctx.kernel("rows_backward.cu", "gather_rows_backward", null),
                Grid.of(v * Grid.ceilDiv(c, 128), Grid.THREADS / 32), 1, 1, Grid.THREADS, 0)
                .int64(c).int64(v).pointer(dTable).int64(dTable.rowStride()).int32(accumulate ? 1 : 0).pointer(dOut)
                .int64(dOut.rowStride()).pointer(starts).pointer(order).run();
    }
}
