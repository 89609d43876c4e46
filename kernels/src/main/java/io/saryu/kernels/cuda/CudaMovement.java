package io.saryu.kernels.cuda;

import io.saryu.tensor.DType;
import io.saryu.tensor.Tensor;
import java.util.Locale;

/** Ops that move elements and change nothing but their type. */
final class CudaMovement {
    private CudaMovement() {
    }

    private static boolean dense(Tensor t) {
        return t.isContiguous();
    }

    static void fill(CudaContext ctx, Tensor out, double value) {
        long n = out.count();
        long columns = dense(out) ? n : out.dim(-1);
        long rows = columns == 0 ? 0 : n / columns;
        int bytes = out.dtype().bytes();
        ctx.launch(ctx.kernel("fill.cu", "fill_" + bytes, null), Grid.ofPieces(rows, columns, 16 / bytes), 1, 1,
                Grid.threadsFor(columns, 16 / bytes), 0)
                .int64(rows).int64(columns).pointer(out).int64(dense(out) ? columns : out.rowStride())
                .int64(bits(out.dtype(), value)).run();
    }

    /** The bits of a value in a type, rounded as {@link Tensor#set} does. */
    private static long bits(DType dtype, double v) {
        return switch (dtype) {
            case F64 -> Double.doubleToRawLongBits(v);
            case F32 -> Float.floatToRawIntBits((float) v);
            case F16 -> Float.floatToFloat16((float) v);
            case BF16 -> bf16((float) v);
            case I64 -> (long) v;
            case I32 -> (int) v;
            case I8, BOOL -> (byte) v;
            case U16 -> (short) v;
        };
    }

    private static int bf16(float v) {
        int bits = Float.floatToRawIntBits(v);
        return Float.isNaN(v) ? 0x7FC0 : bits + 0x7FFF + (bits >>> 16 & 1) >>> 16;
    }

    static void copy(CudaContext ctx, Tensor out, Tensor in) {
        boolean flat = dense(out) && dense(in);
        long n = in.count();
        long columns = flat ? n : in.dim(-1);
        long rows = columns == 0 ? 0 : n / columns;
        int width = 16 / Math.max(2, Math.min(in.dtype().bytes(), out.dtype().bytes()));
        String kernel = out.dtype() == in.dtype() ? "copy_" + in.dtype().bytes() : name(in.dtype()) + "_to_" + name(out.dtype());
        ctx.launch(ctx.kernel("copy.cu", kernel, null), Grid.ofPieces(rows, columns, width), 1, 1,
                Grid.threadsFor(columns, width), 0)
                .int64(rows).int64(columns).pointer(out).int64(flat ? columns : out.rowStride())
                .pointer(in).int64(flat ? columns : in.rowStride()).run();
    }

    private static String name(DType dtype) {
        return dtype.name().toLowerCase(Locale.ROOT);
    }

    static void add(CudaContext ctx, Tensor out, Tensor a, Tensor b) {
        int width = 16 / out.dtype().bytes();
        ctx.launch(ctx.kernel("add.cu", "add", out.dtype()), Grid.of(out.count(), (long) Grid.THREADS * width), 1, 1,
                Grid.THREADS, 0)
                .int64(out.count()).pointer(out).pointer(a).pointer(b).run();
    }
}
