package io.saryu.generate;

/**
 * What decides over one sequence's next tokens in place of a {@link Sampler}: a decoder that may only say certain things.
 * Used by one thread.
 */
public interface GuidedSequence {
    /**
     * What follows.
     *
     * @param logits (V) of the model after all that was said so far; only valid during the call
     * @return the next ids, at least one: several when no choice is left in between; empty when the sequence is complete
     */
    int[] next(float[] logits);

    /** Positions of the ids that {@link #next} returned last, or null where they count on; all below the number of ids so far. */
    default int[] positions() {
        return null;
    }

    /** The most ids that {@link #next} may return in all. */
    int mostTokens();
}
