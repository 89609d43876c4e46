package io.saryu.backend;

import io.saryu.tensor.DType;
import io.saryu.tensor.Tensor;

/**
 * Which queries meet which keys: the one attention contract for training on packed sequences, prefill, and batched decode
 * with a cache.
 *
 * <p>Sequence {@code b} owns query rows {@code [cuSeqlensQ[b], cuSeqlensQ[b+1])} and key/value rows
 * {@code [keyStart[b], keyStart[b] + keyLength[b])}. Attention is causal and aligned at the end: with Tq queries and Tk
 * keys, query {@code i} of the sequence sees its keys {@code j <= Tk - Tq + i}. Training has {@code keyStart = cuSeqlensQ}
 * and Tk = Tq; decoding has Tq = 1 and Tk = the tokens in the cache, per row.
 *
 * @param cuSeqlensQ I32[B+1], ascending from 0 to the number of query rows
 * @param keyStart   I32[B]
 * @param keyLength  I32[B], each at least the sequence's Tq
 * @param maxQ       longest Tq, or a bound above it
 * @param maxK       longest Tk, or a bound above it
 * @param heads      query heads (NH)
 * @param kvHeads    key/value heads (KVH), a divisor of NH; query head h reads key head h / (NH / KVH)
 * @param headDim    head size (HS), a multiple of 8
 * @param scale      factor on q·k before softmax, usually 1/sqrt(HS)
 */
public record AttentionLayout(Tensor cuSeqlensQ, Tensor keyStart, Tensor keyLength, int maxQ, int maxK, int heads,
        int kvHeads, int headDim, double scale) {

    /** @throws IllegalArgumentException for tensors that are null or do not fit each other, and impossible sizes */
    public AttentionLayout {
        if (cuSeqlensQ == null || keyStart == null || keyLength == null) {
            throw new IllegalArgumentException("attention needs cu_seqlens, key starts and key lengths; one of them is null");
        }
        int b = Math.toIntExact(keyStart.count());
        if (cuSeqlensQ.dtype() != DType.I32 || keyStart.dtype() != DType.I32 || keyLength.dtype() != DType.I32
                || cuSeqlensQ.count() != b + 1L || keyLength.count() != b) {
            throw new IllegalArgumentException("attention needs cu_seqlens I32[B+1], key starts I32[B] and key lengths"
                    + " I32[B], not " + cuSeqlensQ + ", " + keyStart + ", " + keyLength);
        }
        if (heads <= 0 || kvHeads <= 0 || heads % kvHeads != 0) {
            throw new IllegalArgumentException(heads + " query heads cannot share " + kvHeads + " key/value heads");
        }
        if (headDim <= 0 || headDim % 8 != 0) {
            throw new IllegalArgumentException("head_dim must be a multiple of 8, not " + headDim);
        }
    }

    /** Number of sequences (B). */
    public int batch() {
        return Math.toIntExact(keyStart.count());
    }

    /** Query heads that share one key/value head. */
    public int group() {
        return heads / kvHeads;
    }
}
