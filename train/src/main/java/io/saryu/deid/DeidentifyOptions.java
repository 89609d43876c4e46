package io.saryu.deid;

import io.saryu.instruct.PromptTemplate;

/**
 * How to de-identify.
 *
 * @param template    how the model was asked in training; null for the one that is stored with it
 * @param instruction what it is asked to do
 * @param threshold   probability from which on a tag is put: 0.5 is the model's own choice, less finds more and errs more
 * @param patterns    whether patterns and checksums look, too, for what the model does not see
 * @param style       what stands in the place of what was found
 * @param batch       texts computed at once
 */
public record DeidentifyOptions(PromptTemplate template, String instruction, double threshold, boolean patterns,
        ReplacementStyle style, int batch) {
    /** What models are asked that are tuned on rows of the format {@code marked}. */
    public static final String INSTRUCTION = "Mark the personal data.";
    /** The model's own choice, with patterns, tags as they are. */
    public static final DeidentifyOptions DEFAULT =
            new DeidentifyOptions(null, INSTRUCTION, 0.5, true, ReplacementStyle.TAG, 16);

    public DeidentifyOptions {
        if (!(threshold > 0 && threshold < 1)) {
            throw new IllegalArgumentException("the threshold is " + threshold + "; give a probability between 0 and 1");
        }
        if (batch < 1) {
            throw new IllegalArgumentException("the batch is " + batch + "; give at least 1");
        }
    }
}
