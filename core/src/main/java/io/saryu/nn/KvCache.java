package io.saryu.nn;

import io.saryu.autograd.SelfAttention;
import io.saryu.autograd.Tape;
import io.saryu.backend.AttentionLayout;
import io.saryu.backend.Backend;
import io.saryu.backend.ExecutionContext;
import io.saryu.tensor.DType;
import io.saryu.tensor.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Keys and values of several sequences that grow token by token, and the forward pass over their new tokens. Sequences have
 * lengths of their own, and any subset can be advanced, by any number of tokens each: prefill, batched decode and a
 * sequence that has ended are the same call.
 *
 * <p>Memory: 2 * layers * batch * capacity * KVH * HS elements. Used by one thread; close it.
 */
public final class KvCache implements AutoCloseable {
    private final Qwen3 model;
    private final ExecutionContext ctx;
    private final int capacity;
    private final int[] lengths;
    private final List<Tensor> keys = new ArrayList<>();
    private final List<Tensor> values = new ArrayList<>();

    /**
     * @param batch    sequences
     * @param capacity most tokens of one sequence, at most {@code max_position_embeddings}
     */
    public KvCache(Qwen3 model, ExecutionContext ctx, int batch, int capacity) {
        Qwen3Config c = model.config();
        model.ensurePositions(ctx, capacity);
        model.roundWeights(ctx);
        this.model = model;
        this.ctx = ctx;
        this.capacity = capacity;
        this.lengths = new int[batch];
        long rows = Math.multiplyExact((long) batch, capacity);
        long width = (long) c.numKeyValueHeads() * c.headDim();
        for (int i = 0; i < c.numHiddenLayers(); i++) {
            keys.add(model.backend().allocate("cache.keys." + i, model.computeType(), rows, width));
            values.add(model.backend().allocate("cache.values." + i, model.computeType(), rows, width));
        }
    }

    /** Tokens of a sequence so far. */
    public int length(int sequence) {
        return lengths[sequence];
    }

    /** Most tokens of one sequence. */
    public int capacity() {
        return capacity;
    }

    /** Forgets a sequence; its slot can be used again. */
    public void clear(int sequence) {
        lengths[sequence] = 0;
    }

    /**
     * Appends tokens to sequences and computes what may follow.
     *
     * @param sequences distinct, in [0, batch)
     * @param tokens    for each of them at least one new token
     * @return logits (sequences, V) after each one's last token; the caller frees it on the tape
     * @throws IllegalArgumentException when a sequence would grow past the capacity
     */
    public Tensor advance(Tape tape, int[] sequences, int[][] tokens) {
        return advance(tape, sequences, tokens, new int[sequences.length][]);
    }

    /**
     * The same with positions of the new tokens' own choice.
     *
     * @param positions for each sequence as many as it has new tokens, from 0 to below the capacity; null where they count on
     */
    public Tensor advance(Tape tape, int[] sequences, int[][] tokens, int[][] positions) {
        Plan plan = plan(sequences, tokens, positions);
        Qwen3Config c = model.config();
        Backend backend = model.backend();
        List<Tensor> owned = new ArrayList<>();
        try {
            AttentionLayout layout = new AttentionLayout(ints(owned, "cu_seqlens", plan.cu),
                    ints(owned, "key_start", plan.keyStart), ints(owned, "key_length", plan.keyLength), plan.maxQ,
                    plan.maxK, c.numAttentionHeads(), c.numKeyValueHeads(), c.headDim(), 1 / Math.sqrt(c.headDim()));
            ModelInput input = new ModelInput(ints(owned, "input_ids", plan.ids),
                    ints(owned, "position_ids", plan.positions), layout);
            Tensor rows = ints(owned, "cache rows", plan.rows);
            List<SelfAttention.Cache> caches = new ArrayList<>();
            for (int i = 0; i < keys.size(); i++) {
                caches.add(new SelfAttention.Cache(keys.get(i), values.get(i), rows));
            }
            Tensor hidden = model.hidden(tape, input, caches);
            Tensor last = hidden;
            if (plan.ids.length > sequences.length) {
                last = tape.activation("last hidden", hidden.dtype(), sequences.length, hidden.dim(1));
                backend.gatherRows(ctx, last, hidden, ints(owned, "last rows", plan.last));
                tape.free(hidden);
            }
            Tensor logits = model.logits(tape, last);
            tape.free(last);
            for (int i = 0; i < sequences.length; i++) {
                lengths[sequences[i]] += tokens[i].length;
            }
            return logits;
        } finally {
            owned.forEach(Tensor::close);
        }
    }

    private record Plan(int[] cu, int[] keyStart, int[] keyLength, int[] ids, int[] positions, int[] rows, int[] last,
            int maxQ, int maxK) {
    }

    private Plan plan(int[] sequences, int[][] tokens, int[][] positions) {
        int b = sequences.length;
        int[] cu = new int[b + 1];
        for (int i = 0; i < b; i++) {
            if (tokens[i].length == 0 || lengths[sequences[i]] + tokens[i].length > capacity) {
                throw new IllegalArgumentException("sequence " + sequences[i] + " holds " + lengths[sequences[i]]
                        + " tokens and cannot take " + tokens[i].length + " more: the cache has room for " + capacity);
            }
            if (positions[i] != null && (positions[i].length != tokens[i].length
                    || Arrays.stream(positions[i]).anyMatch(p -> p < 0 || p >= capacity))) {
                throw new IllegalArgumentException("sequence " + sequences[i] + " takes " + tokens[i].length
                        + " positions from 0 to below " + capacity);
            }
            cu[i + 1] = cu[i] + tokens[i].length;
        }
        int n = cu[b];
        Plan p = new Plan(cu, new int[b], new int[b], new int[n], new int[n], new int[n], new int[b],
                maxLength(tokens), maxTotal(sequences, tokens));
        for (int i = 0; i < b; i++) {
            int have = lengths[sequences[i]];
            p.keyStart[i] = sequences[i] * capacity;
            p.keyLength[i] = have + tokens[i].length;
            p.last[i] = cu[i + 1] - 1;
            for (int j = 0; j < tokens[i].length; j++) {
                p.ids[cu[i] + j] = tokens[i][j];
                p.positions[cu[i] + j] = positions[i] == null ? have + j : positions[i][j];
                p.rows[cu[i] + j] = p.keyStart[i] + have + j;
            }
        }
        return p;
    }

    private static int maxLength(int[][] tokens) {
        int max = 1;
        for (int[] t : tokens) {
            max = Math.max(max, t.length);
        }
        return max;
    }

    private int maxTotal(int[] sequences, int[][] tokens) {
        int max = 1;
        for (int i = 0; i < sequences.length; i++) {
            max = Math.max(max, lengths[sequences[i]] + tokens[i].length);
        }
        return max;
    }

    private Tensor ints(List<Tensor> owned, String name, int[] values) {
        Tensor t = ctx.acquire(name, DType.I32, values.length);
        owned.add(t);
        ModelInput.set(ctx, t, values);
        return t;
    }

    @Override
    public void close() {
        keys.forEach(Tensor::close);
        values.forEach(Tensor::close);
    }
}
