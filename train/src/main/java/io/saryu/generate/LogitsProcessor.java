package io.saryu.generate;

import java.util.List;

/** Changes what a model may say next before a token is chosen; transformers' {@code LogitsProcessor}. */
@FunctionalInterface
public interface LogitsProcessor {
    /** Changes nothing. */
    LogitsProcessor NONE = (sequence, generated, logits) -> { };

    /**
     * Called for each new token of each sequence.
     *
     * @param sequence  index of the prompt in the call
     * @param generated ids chosen so far, without the prompt; a view that grows
     * @param logits    (V), changed in place; {@link Float#NEGATIVE_INFINITY} forbids a token, and at least one must stay
     */
    void process(int sequence, List<Integer> generated, float[] logits);
}
