package io.saryu.train;

/**
 * The model's sizes, with the names of a Qwen3 {@code config.json}.
 *
 * @param vocabSize             V; 0 takes the tokenizer's
 * @param hiddenSize            C
 * @param intermediateSize      F
 * @param numHiddenLayers       L
 * @param numAttentionHeads     NH
 * @param numKeyValueHeads      KVH, a divisor of NH
 * @param headDim               HS, a multiple of 8
 * @param maxPositionEmbeddings longest sequence the model takes; 0 takes {@code data.context_length}
 * @param rmsNormEps            epsilon of every RMSNorm
 * @param ropeTheta             base of the rotary embedding
 * @param initializerRange      standard deviation of the first weights
 * @param tieWordEmbeddings     whether the head shares the embedding's weights
 */
public record ModelArguments(int vocabSize, int hiddenSize, int intermediateSize, int numHiddenLayers,
        int numAttentionHeads, int numKeyValueHeads, int headDim, int maxPositionEmbeddings, double rmsNormEps,
        double ropeTheta, double initializerRange, boolean tieWordEmbeddings) {
    /**
     * Number of weights, for messages and model cards.
     *
     * @param vocabulary V where {@code vocab_size} is 0
     */
    public long parameterCount(int vocabulary) {
        long c = hiddenSize;
        long v = vocabSize == 0 ? vocabulary : vocabSize;
        long qkvo = c * headDim * (2L * numAttentionHeads + 2L * numKeyValueHeads);
        long layer = qkvo + 2L * headDim + 3L * c * intermediateSize + 2 * c;
        return v * c * (tieWordEmbeddings ? 1 : 2) + numHiddenLayers * layer + c;
    }
}
