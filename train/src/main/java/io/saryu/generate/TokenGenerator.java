package io.saryu.generate;

import io.saryu.autograd.Tape;
import io.saryu.backend.ExecutionContext;
import io.saryu.nn.KvCache;
import io.saryu.nn.Qwen3;
import io.saryu.tensor.DType;
import io.saryu.tensor.Tensor;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/**
 * Continues sequences of token ids with a key/value cache, several at a time. A sequence that has ended leaves the batch;
 * the others go on.
 *
 * <p>Used by one thread; holds no memory between calls.
 */
public final class TokenGenerator {
    /** Sees each new token as it is chosen. */
    @FunctionalInterface
    public interface Listener {
        /**
         * @param sequence index of the prompt
         * @param id       the new token
         * @return false to end this sequence, the token included
         */
        boolean accept(int sequence, int id);
    }

    private final Qwen3 model;
    private final ExecutionContext ctx;
    private final int[] ends;

    /**
     * @param ends ids that end a sequence; -1 is none
     */
    public TokenGenerator(Qwen3 model, ExecutionContext ctx, int... ends) {
        this.model = model;
        this.ctx = ctx;
        this.ends = ends.clone();
    }

    /**
     * Continues each prompt by up to {@code maxNewTokens} tokens, fewer where the end-of-text token comes (which is part of
     * the result), the listener ends it, or {@code max_position_embeddings} is reached.
     *
     * @param prompts each at least one id of the vocabulary
     * @return the new ids of each prompt
     * @throws IllegalArgumentException for an empty prompt, an id outside the vocabulary, or a prompt that leaves no room
     */
    public int[][] generate(int[][] prompts, GenerationOptions options, Listener listener) {
        return generate(0, prompts, options, listener);
    }

    /**
     * As {@link #generate(int[][], GenerationOptions, Listener)}, for some of many prompts.
     *
     * @param first number of the first of these among all prompts: each has a stream of random numbers of its own, so that
     *              its text does not depend on how prompts are divided into calls
     */
    public int[][] generate(int first, int[][] prompts, GenerationOptions options, Listener listener) {
        return generate(first, prompts, options, listener, LogitsProcessor.NONE);
    }

    /**
     * As {@link #generate(int, int[][], GenerationOptions, Listener)}, with a say in what may come next.
     *
     * @param processor sees and changes the logits before each choice
     */
    public int[][] generate(int first, int[][] prompts, GenerationOptions options, Listener listener,
            LogitsProcessor processor) {
        int limit = model.config().maxPositionEmbeddings();
        int longest = 0;
        for (int i = 0; i < prompts.length; i++) {
            check(prompts[i], i, limit);
            longest = Math.max(longest, prompts[i].length);
        }
        int capacity = (int) Math.min(limit, (long) longest + options.maxNewTokens());
        int vocabulary = model.config().vocabSize();
        Run run = new Run(first, prompts, options, vocabulary);
        Tape tape = Tape.inference(ctx);
        // Where the device's memory is the host's, logits are read where they are.
        boolean copied = !model.backend().device().isHost() || model.dtype() != DType.F32;
        try (KvCache cache = new KvCache(model, ctx, prompts.length, capacity);
                Tensor host = copied ? Tensor.allocate("logits", DType.F32, prompts.length, vocabulary) : null) {
            float[] logits = new float[vocabulary];
            while (!run.active.isEmpty()) {
                int[] rows = run.active.stream().mapToInt(Integer::intValue).toArray();
                Tensor out = cache.advance(tape, rows, run.pending(rows));
                Tensor here = out;
                if (copied) {
                    here = host.rows(0, rows.length);
                    model.backend().copyToHost(ctx, here, out);
                }
                ctx.synchronize();
                for (int i = 0; i < rows.length; i++) {
                    here.copyTo((long) i * vocabulary, logits);
                    processor.process(rows[i], run.generated(rows[i]), logits);
                    run.choose(rows[i], logits, listener, cache.length(rows[i]) < capacity);
                }
                tape.reset();
            }
        } finally {
            tape.reset();
        }
        return run.results();
    }

    private void check(int[] prompt, int index, int limit) {
        if (prompt.length == 0) {
            throw new IllegalArgumentException("prompt " + index + " is empty; give it at least one token");
        }
        if (prompt.length >= limit) {
            throw new IllegalArgumentException("prompt " + index + " has " + prompt.length + " tokens, but the model's"
                    + " max_position_embeddings is " + limit + "; shorten it to leave room for an answer");
        }
        for (int id : prompt) {
            if (id < 0 || id >= model.config().vocabSize()) {
                throw new IllegalArgumentException("prompt " + index + " holds token id " + id
                        + ", outside the model's vocabulary of " + model.config().vocabSize());
            }
        }
    }

    private boolean isEnd(int id) {
        for (int end : ends) {
            if (id == end) {
                return true;
            }
        }
        return false;
    }

    /** The state of one call. */
    private final class Run {
        final List<Integer> active = new ArrayList<>();
        private final int[][] pending;
        private final List<List<Integer>> output = new ArrayList<>();
        private final List<Sampler> samplers = new ArrayList<>();
        private final GenerationOptions options;

        Run(int first, int[][] prompts, GenerationOptions options, int vocabulary) {
            this.options = options;
            this.pending = prompts.clone();
            for (int i = 0; i < prompts.length; i++) {
                Sampler sampler = new Sampler(options, vocabulary, first + i);
                for (int id : prompts[i]) {
                    sampler.see(id);
                }
                samplers.add(sampler);
                output.add(new ArrayList<>());
                if (options.maxNewTokens() > 0) {
                    active.add(i);
                }
            }
        }

        int[][] pending(int[] rows) {
            int[][] out = new int[rows.length][];
            for (int i = 0; i < rows.length; i++) {
                out[i] = pending[rows[i]];
            }
            return out;
        }

        List<Integer> generated(int sequence) {
            return Collections.unmodifiableList(output.get(sequence));
        }

        void choose(int sequence, float[] logits, Listener listener, boolean room) {
            Sampler sampler = samplers.get(sequence);
            int id = sampler.next(logits, 0);
            sampler.see(id);
            output.get(sequence).add(id);
            boolean ended = isEnd(id) && !options.ignoreEos();
            boolean wanted = listener.accept(sequence, id);
            if (ended || !wanted || !room || output.get(sequence).size() >= options.maxNewTokens()) {
                active.remove(Integer.valueOf(sequence));
            } else {
                pending[sequence] = new int[] {id};
            }
        }

        int[][] results() {
            return output.stream().map(o -> o.stream().mapToInt(Integer::intValue).toArray()).toArray(int[][]::new);
        }
    }
}
