package io.saryu.kernels.cuda;

import io.saryu.backend.AttentionLayout;
import io.saryu.tensor.DType;
import io.saryu.tensor.Tensor;

/**
 * Which kernel computes an attention: tensor cores for 16-bit types and heads up to 128, plain multiply-adds for fp32 and
 * larger heads, and one of its own for few queries over many keys. Grids are made of the layout's bounds, since its numbers lie
 * on the device; blocks without work leave at once.
 */
final class CudaAttention {
    /** Threads of every attention kernel but attention_delta and attention_combine. */
    private static final int THREADS = 128;
    private static final int MOST_HEAD = 256;
    /** Up to so many queries each read the keys for themselves. */
    private static final int FEW_QUERIES = 4;
    /** HEADS of attention_decode.cu. */
    private static final int DECODE_HEADS = 4;
    /** Fewest keys that are worth a block of their own. */
    private static final int PART_KEYS = 64;
    /** A defined string for each head size that kernels are made for; headDim is padded to the next. */
    private static final String[] HEADS = {"SARYU_HEAD=16", "SARYU_HEAD=32", "SARYU_HEAD=64", "SARYU_HEAD=128",
        "SARYU_HEAD=256"};

    private CudaAttention() {
    }

    static void forward(CudaContext ctx, AttentionTiles tensorCores, Tensor out, Tensor lse, Tensor q, Tensor k, Tensor v,
            AttentionLayout l) {
        int head = head("attention", l);
        if (l.batch() == 0 || l.maxQ() <= 0) {
            return;
        }
        boolean aligned = aligned(out) && aligned(q) && aligned(k) && aligned(v);
        if (l.maxQ() <= FEW_QUERIES) {
            decode(ctx, out, lse, q, k, v, l, aligned);
            return;
        }
        String define = HEADS[Integer.numberOfTrailingZeros(head) - 4];
        CudaKernel kernel;
        int rows;
        int shared;
        if (usesTensorCores(q, head)) {
            boolean wide = tensorCores.wideForward(head, l);
            rows = wide ? 128 : 64;
            shared = tensorCores.forwardShared(head, wide);
            kernel = ctx.kernel("attention.cu", wide ? "attention_128" : "attention_64", q.dtype(), define);
        } else {
            rows = plainRows(head);
            int keys = head == 256 ? 16 : 32;
            shared = Float.BYTES * ((rows + 2 * keys) * (head + 4) + rows * (keys + 4));
            kernel = ctx.kernel("attention_plain.cu", "attention_plain", q.dtype(), define);
        }
        int tiles = Math.ceilDiv(l.maxQ(), rows);
        Launch launch = ctx.launch(kernel, (long) tiles * l.batch() * l.heads(), 1, 1, THREADS, shared);
        matrix(launch, out).pointer(lse);
        inputs(launch, q, k, v, l).int32(tiles);
        sizes(launch, l, aligned).run();
    }

    static void backward(CudaContext ctx, AttentionTiles tensorCores, Tensor dQ, Tensor dK, Tensor dV, Tensor dOut, Tensor out,
            Tensor lse, Tensor q, Tensor k, Tensor v, AttentionLayout l) {
        int head = head("attentionBackward", l);
        if (l.batch() == 0) {
            return;
        }
        Tensor statistics = CudaScratch.of(ctx).take(DType.F32, 2 * q.dim(0) * l.heads());
        int lanes = lanes(l.headDim());
        Launch launch = ctx.launch(ctx.kernel("attention_delta.cu", "attention_delta", q.dtype()),
                Math.ceilDiv(q.dim(0) * l.heads(), (long) (2 * THREADS / lanes)), 1, 1, 2 * THREADS, 0).pointer(statistics);
        matrix(matrix(launch, dOut), out).pointer(lse).int32(rows(q)).int32(l.heads()).int32(l.headDim()).int32(lanes)
                .int32(flag(aligned(dOut) && aligned(out))).run();

        String define = HEADS[Integer.numberOfTrailingZeros(head) - 4];
        CudaKernel kernel;
        int keyRows;
        int queryRows;
        int shared;
        if (usesTensorCores(q, head)) {
            boolean wide = tensorCores.wideBackward(head, l);
            queryRows = wide ? 128 : 64;
            keyRows = AttentionTiles.keyRows(head, wide);
            shared = tensorCores.backwardShared(head, wide);
            kernel = ctx.kernel("attention_backward.cu", wide ? "attention_backward_128" : "attention_backward_64", q.dtype(),
                    define);
        } else {
            queryRows = plainRows(head);
            keyRows = queryRows;
            int passing = head == 256 ? 8 : 16;
            shared = Float.BYTES * 2 * ((keyRows + passing) * (head + 4) + keyRows * (passing + 4));
            kernel = ctx.kernel("attention_backward_plain.cu", "attention_backward_plain", q.dtype(), define);
        }
        int keyTiles = Math.ceilDiv(Math.max(0, l.maxK()), keyRows);
        int queryTiles = Math.ceilDiv(Math.max(0, l.maxQ()), queryRows);
        boolean aligned = aligned(dQ) && aligned(dK) && aligned(dV) && aligned(dOut) && aligned(q) && aligned(k) && aligned(v);
        launch = ctx.launch(kernel, ((long) keyTiles * l.kvHeads() + (long) queryTiles * l.heads()) * l.batch(), 1, 1, THREADS,
                shared);
        matrix(matrix(matrix(matrix(launch, dQ), dK), dV), dOut);
        matrix(matrix(matrix(launch, q), k), v).pointer(statistics);
        layout(launch, q, k, l).int32(keyTiles).int32(queryTiles);
        sizes(launch, l, aligned).run();
    }

    /** Keys are split until the GPU has two blocks for each multiprocessor; parts are put together in a second launch. */
    private static void decode(CudaContext ctx, Tensor out, Tensor lse, Tensor q, Tensor k, Tensor v, AttentionLayout l,
            boolean aligned) {
        long blocks = (long) l.batch() * l.maxQ() * l.kvHeads() * Math.ceilDiv(l.group(), DECODE_HEADS);
        int parts = (int) Math.max(1, Math.min(Math.ceilDiv(2L * ctx.device().multiprocessors(), blocks),
                Math.ceilDiv(l.maxK(), PART_KEYS)));
        int partKeys = Math.ceilDiv(Math.max(1, l.maxK()), parts);
        int hs = l.headDim();
        float scale = (float) l.scale();
        Tensor partial = parts == 1 ? null
                : CudaScratch.of(ctx).take(DType.F32, q.dim(0) * l.heads() * parts * (hs + 2));
        CudaKernel decode = ctx.kernel("attention_decode.cu", "attention_decode", q.dtype());
        Launch launch = ctx.launch(decode, blocks * parts, 1, 1, THREADS, 0);
        matrix(launch, out).pointer(lse).pointer(partial);
        inputs(launch, q, k, v, l).int32(l.maxQ()).int32(parts).int32(partKeys).int32(l.batch()).int32(l.heads())
                .int32(l.kvHeads()).int32(hs).int32(lanes(hs)).float32(scale).int32(flag(aligned)).run();
        if (parts > 1) {
            CudaKernel combine = ctx.kernel("attention_decode.cu", "attention_combine", q.dtype());
            matrix(ctx.launch(combine, q.dim(0) * l.heads(), 1, 1, Math.max(32, Math.min(THREADS, hs)), 0), out).pointer(lse)
                    .pointer(partial).int32(parts).int32(l.heads()).int32(hs).float32(scale).run();
        }
    }

    // ---- which kernel ----

    /** The head size that kernels are made for. */
    private static int head(String op, AttentionLayout l) {
        if (l.headDim() > MOST_HEAD) {
            throw new IllegalArgumentException(op + ": the cuda backend has head sizes up to " + MOST_HEAD + ", not "
                    + l.headDim() + "; use device: cpu, or more heads of a smaller head_dim");
        }
        return Math.max(16, Integer.highestOneBit(2 * l.headDim() - 1));
    }

    private static boolean usesTensorCores(Tensor q, int head) {
        return q.dtype().isHalf() && head <= 128;
    }

    /** KEPT of attention_plain.h. */
    private static int plainRows(int head) {
        return head <= 64 ? 64 : head == 128 ? 32 : 16;
    }

    /** Threads that share a row of a head, eight numbers each: a power of two. */
    private static int lanes(int headDim) {
        return Math.max(1, Integer.highestOneBit(headDim / 8 * 2 - 1));
    }

    // ---- arguments ----

    private static Launch inputs(Launch launch, Tensor q, Tensor k, Tensor v, AttentionLayout l) {
        return layout(matrix(matrix(matrix(launch, q), k), v), q, k, l);
    }

    private static Launch layout(Launch launch, Tensor q, Tensor k, AttentionLayout l) {
        return launch.pointer(l.cuSeqlensQ()).pointer(l.keyStart()).pointer(l.keyLength()).int32(rows(q)).int32(rows(k));
    }

    private static Launch sizes(Launch launch, AttentionLayout l, boolean aligned) {
        return launch.int32(l.batch()).int32(l.heads()).int32(l.kvHeads()).int32(l.headDim()).float32((float) l.scale())
                .int32(flag(aligned));
    }

    private static Launch matrix(Launch launch, Tensor t) {
        if (t.rowStride() > Integer.MAX_VALUE) {
            throw new IllegalArgumentException("attention: the rows of " + t + " lie " + t.rowStride()
                    + " elements apart, more than the cuda backend can step over; copy it to a tensor of its own");
        }
        return launch.pointer(t).int32((int) t.rowStride());
    }

    /** Sequences are counted in I32, so there are no more rows. */
    private static int rows(Tensor t) {
        return (int) Math.min(Integer.MAX_VALUE, t.dim(0));
    }

    /** Whether each head of each row may be read 16 bytes at a time; heads are multiples of 8 elements. */
    private static boolean aligned(Tensor t) {
        return t.segment().address() % 16 == 0 && t.rowStride() * t.dtype().bytes() % 16 == 0;
    }

    private static int flag(boolean b) {
        return b ? 1 : 0;
    }
}
