package io.saryu.train;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Where a run's tokens are.
 *
 * @param tokenizer     tokenizer folder; it is copied into the model folder
 * @param contextLength T, tokens of a training sequence and of an evaluation window
 * @param maxEpochs     how often a language's data may come within one epoch of the mixture, where shares are given
 * @param train         token file per language, in the order of the file
 * @param validation    token file per language; may be empty
 */
public record DataArguments(String tokenizer, int contextLength, double maxEpochs, Map<String, LanguageData> train,
        Map<String, String> validation) {
    public DataArguments {
        train = train == null ? null : new LinkedHashMap<>(train);
        validation = validation == null ? null : new LinkedHashMap<>(validation);
    }

    /**
     * One language's training data.
     *
     * @param file  token file
     * @param share target share of the training tokens, 0 to 1; null in all languages takes each as often as it is there
     */
    public record LanguageData(String file, Double share) {
    }
}
