package io.saryu.train;

import io.saryu.data.BatchSource;
import io.saryu.data.EvalWindows;
import java.util.Map;

/**
 * What a run reads.
 *
 * @param batches       training windows
 * @param validation    by language; may be empty
 * @param tokenizerHash SHA-256 of the tokenizer that made the tokens
 * @param dataHash      of what the training data are
 */
public record TrainingData(BatchSource batches, Map<String, EvalWindows> validation, String tokenizerHash,
        String dataHash) {
}
