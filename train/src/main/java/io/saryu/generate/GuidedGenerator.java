package io.saryu.generate;

import io.saryu.autograd.Tape;
import io.saryu.backend.ExecutionContext;
import io.saryu.nn.KvCache;
import io.saryu.nn.Qwen3;
import io.saryu.tensor.DType;
import io.saryu.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;

/** Continues sequences of token ids as {@link GuidedSequence}s choose, several at a time. Used by one thread. */
public final class GuidedGenerator {
    private final Qwen3 model;
    private final ExecutionContext ctx;

    public GuidedGenerator(Qwen3 model, ExecutionContext ctx) {
        this.model = model;
        this.ctx = ctx;
    }

    /**
     * Runs all sequences to their end.
     *
     * @param prompts each at least one id of the vocabulary
     * @param places  positions of each prompt's ids
     * @param guides  one for each prompt; what they chose is for them to keep
     * @throws IllegalArgumentException when a prompt and the most that may follow it are longer than
     *                                  {@code max_position_embeddings}
     */
    public void run(List<int[]> prompts, List<int[]> places, List<? extends GuidedSequence> guides) {
        int capacity = 0;
        for (int i = 0; i < prompts.size(); i++) {
            int needed = prompts.get(i).length + guides.get(i).mostTokens();
            if (needed > model.config().maxPositionEmbeddings()) {
                throw new IllegalArgumentException("a text needs up to " + needed + " tokens with its prompt, and the model's"
                        + " max_position_embeddings is " + model.config().maxPositionEmbeddings() + "; divide it");
            }
            capacity = Math.max(capacity, needed);
        }
        if (prompts.isEmpty()) {
            return;
        }
        int vocabulary = model.config().vocabSize();
        int[][] pending = prompts.toArray(int[][]::new);
        int[][] positions = places.toArray(int[][]::new);
        List<Integer> active = new ArrayList<>();
        for (int i = 0; i < pending.length; i++) {
            active.add(i);
        }
        Tape tape = Tape.inference(ctx);
        float[] logits = new float[vocabulary];
        try (KvCache cache = new KvCache(model, ctx, pending.length, capacity);
                Tensor host = Tensor.allocate("logits", DType.F32, pending.length, vocabulary)) {
            while (!active.isEmpty()) {
                int[] rows = active.stream().mapToInt(Integer::intValue).toArray();
                int[][] tokens = new int[rows.length][];
                int[][] at = new int[rows.length][];
                for (int i = 0; i < rows.length; i++) {
                    tokens[i] = pending[rows[i]];
                    at[i] = positions[rows[i]];
                }
                Tensor out = cache.advance(tape, rows, tokens, at);
                Tensor here = host.rows(0, rows.length);
                model.backend().copyToHost(ctx, here, out);
                ctx.synchronize();
                for (int i = 0; i < rows.length; i++) {
                    here.copyTo((long) i * vocabulary, logits);
                    pending[rows[i]] = guides.get(rows[i]).next(logits);
                    positions[rows[i]] = guides.get(rows[i]).positions();
                    if (pending[rows[i]].length == 0) {
                        active.remove(Integer.valueOf(rows[i]));
                    }
                }
                tape.reset();
            }
        } finally {
            tape.reset();
        }
    }
}
