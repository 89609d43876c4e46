package io.saryu.tokenizer;

import java.util.List;

/**
 * Pieces of a unigram model in the making.
 *
 * @param pieces their texts
 * @param scores logarithms of their probabilities
 */
record UnigramPieces(List<String> pieces, double[] scores) {
    int size() {
        return scores.length;
    }
}
