package io.saryu.generate;

import java.util.Arrays;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;

/**
 * Chooses the next token from logits: repetition penalty, then greedy, or temperature, top-k and top-p in transformers'
 * order and meaning. One sampler serves one sequence, so that a sequence's text does not depend on its batch.
 */
final class Sampler {
    /** More than one in so many of all tokens are found faster by sorting all. */
    private static final int MUCH = 16;

    private final GenerationOptions options;
    private final RandomGenerator random;
    private final int vocabSize;
    /** Null where nothing asks for them. */
    private final boolean[] seen;
    private final float[] scores;
    private final long[] order;

    /**
     * @param vocabSize V
     * @param sequence  number of the sequence, so that equal prompts of one call differ
     */
    Sampler(GenerationOptions options, int vocabSize, int sequence) {
        this.options = options;
        this.random = RandomGeneratorFactory.of("L64X128MixRandom").create(options.seed() + 0x9E3779B97F4A7C15L * sequence);
        this.vocabSize = vocabSize;
        boolean penalised = options.repetitionPenalty() != 1;
        this.seen = penalised ? new boolean[vocabSize] : null;
        this.scores = penalised || !greedy() ? new float[vocabSize] : null;
        this.order = greedy() ? null : new long[vocabSize];
    }

    /** Tells the repetition penalty about a token of the prompt or of the output. */
    void see(int id) {
        if (seen != null) {
            seen[id] = true;
        }
    }

    /**
     * The next id.
     *
     * @param logits (V) at {@code from}; left as they are
     * @throws IllegalStateException when one is not a number
     */
    int next(float[] logits, int from) {
        if (scores == null) {
            return argmax(logits, from);
        }
        System.arraycopy(logits, from, scores, 0, scores.length);
        for (float score : scores) {
            check(score);
        }
        if (seen != null) {
            penalise((float) options.repetitionPenalty());
        }
        return order == null ? argmax(scores, 0) : sample();
    }

    private boolean greedy() {
        return options.greedy() || options.temperature() == 0;
    }

    private static void check(float score) {
        if (Float.isNaN(score)) {
            throw new IllegalStateException("the model answers with something that is not a number; its weights are"
                    + " damaged or its training broke down");
        }
    }

    /** Keskar et al., arXiv:1909.05858: a seen token's score is divided when positive, multiplied when negative. */
    private void penalise(float penalty) {
        for (int i = 0; i < scores.length; i++) {
            if (seen[i]) {
                scores[i] = scores[i] < 0 ? scores[i] * penalty : scores[i] / penalty;
            }
        }
    }

    /** The first of the greatest, in one pass over a vocabulary. */
    private int argmax(float[] values, int from) {
        int best = 0;
        float top = values[from];
        check(top);
        for (int i = 1; i < vocabSize; i++) {
            // True for what is not a number, too.
            if (!(values[from + i] <= top)) {
                check(values[from + i]);
                best = i;
                top = values[from + i];
            }
        }
        return best;
    }

    /** Ascending keys are descending scores, and ascending ids on ties, so that the order never depends on luck. */
    private long key(int id) {
        int bits = Float.floatToIntBits(scores[id]);
        // As signed integers, the bits of negative floats run the wrong way.
        int ascending = bits >= 0 ? bits : bits ^ Integer.MAX_VALUE;
        return (long) ~ascending << 32 | id;
    }

    /** Puts the {@code keep} most likely tokens first in {@code order}, the most likely one at 0. */
    private void select(int keep) {
        int v = scores.length;
        if (keep > v / MUCH) {
            for (int i = 0; i < v; i++) {
                order[i] = key(i);
            }
            Arrays.parallelSort(order);
            return;
        }
        // A sorted list of the best so far: of a large vocabulary few tokens get into it.
        for (int i = 0; i < keep; i++) {
            order[i] = key(i);
        }
        Arrays.sort(order, 0, keep);
        float least = scores[(int) order[keep - 1]];
        for (int i = keep; i < v; i++) {
            if (scores[i] >= least && key(i) < order[keep - 1]) {
                long key = key(i);
                int at = -1 - Arrays.binarySearch(order, 0, keep, key);
                System.arraycopy(order, at, order, at + 1, keep - 1 - at);
                order[at] = key;
                least = scores[(int) order[keep - 1]];
            }
        }
    }

    private int sample() {
        int v = scores.length;
        int keep = options.topK() > 0 ? Math.min(options.topK(), v) : v;
        select(keep);
        double top = scores[(int) order[0]];
        double[] weights = new double[keep];
        double total = 0;
        for (int i = 0; i < keep; i++) {
            weights[i] = Math.exp((scores[(int) order[i]] - top) / options.temperature());
            total += weights[i];
        }
        if (options.topP() < 1) {
            double sum = 0;
            int kept = 0;
            while (kept < keep && sum < options.topP() * total) {
                sum += weights[kept++];
            }
            keep = Math.max(1, kept);
            total = sum == 0 ? weights[0] : sum;
        }
        double u = random.nextDouble() * total;
        for (int i = 0; i < keep - 1; i++) {
            u -= weights[i];
            if (u < 0) {
                return (int) order[i];
            }
        }
        return (int) order[keep - 1];
    }
}
