package io.saryu.generate;

import java.util.List;

/**
 * How to continue a prompt; names and meanings are transformers' {@code GenerationConfig}'s.
 *
 * @param maxNewTokens      tokens at most, from 0
 * @param temperature       divides the logits; 0 is greedy
 * @param topK              only the k most likely tokens; 0 for all
 * @param topP              only the most likely tokens whose probabilities reach p together; 1 for all
 * @param repetitionPenalty above 1 makes tokens that were there already less likely; 1 for none
 * @param stopStrings       the text ends before the first of these
 * @param seed              equal seeds give equal texts
 * @param greedy            always the most likely token; temperature, topK and topP are then without effect
 * @param ignoreEos         goes on after the end-of-text token
 */
public record GenerationOptions(int maxNewTokens, double temperature, int topK, double topP, double repetitionPenalty,
        List<String> stopStrings, long seed, boolean greedy, boolean ignoreEos) {
    /** 128 tokens, sampled at temperature 0.8 from the 50 most likely tokens. */
    public static final GenerationOptions DEFAULT =
            new GenerationOptions(128, 0.8, 50, 1.0, 1.0, List.of(), 0, false, false);

    /**
     * Checks ranges.
     *
     * @throws IllegalArgumentException naming the option
     */
    public GenerationOptions {
        require(maxNewTokens >= 0, "max-new-tokens", maxNewTokens, "at least 0");
        require(temperature >= 0 && temperature < Double.POSITIVE_INFINITY, "temperature", temperature,
                "at least 0 (0 is greedy)");
        require(topK >= 0, "top-k", topK, "at least 1, or 0 for all tokens");
        require(topP > 0 && topP <= 1, "top-p", topP, "above 0 and at most 1");
        require(repetitionPenalty > 0 && repetitionPenalty < Double.POSITIVE_INFINITY, "repetition-penalty",
                repetitionPenalty, "above 0 (1 is none)");
        stopStrings = List.copyOf(stopStrings);
        require(!stopStrings.contains(""), "stop", "empty", "a text of at least one character");
    }

    /** Greedy continuation by up to {@code maxNewTokens} tokens. */
    public static GenerationOptions greedy(int maxNewTokens) {
        return new GenerationOptions(maxNewTokens, 1, 0, 1, 1, List.of(), 0, true, false);
    }

    private static void require(boolean fine, String name, Object value, String wanted) {
        if (!fine) {
            throw new IllegalArgumentException("'" + name + "' is " + value + "; it must be " + wanted);
        }
    }
}
