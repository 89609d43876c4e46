package io.saryu.nn;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.saryu.files.AtomicFile;
import io.saryu.files.MalformedFileException;
import io.saryu.files.StrictJson;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/**
 * The sizes of a Qwen3 model (dense), with the names of transformers' {@code Qwen3Config}. What Saryu does not compute
 * (attention bias, sliding windows, scaled RoPE, other activations, dropout) has no component here, and a config.json that
 * asks for it is refused.
 *
 * @param vocabSize             V, rows of the embedding
 * @param hiddenSize            C, width of the residual stream
 * @param intermediateSize      F, width of the feed-forward
 * @param numHiddenLayers       L
 * @param numAttentionHeads     NH, query heads
 * @param numKeyValueHeads      KVH, a divisor of NH
 * @param headDim               HS, a multiple of 8; NH * HS need not be C
 * @param maxPositionEmbeddings longest sequence in tokens
 * @param rmsNormEps            epsilon of every RMSNorm
 * @param ropeTheta             base of the rotary embedding
 * @param initializerRange      standard deviation of the first weights
 * @param tieWordEmbeddings     whether the output projection is the embedding
 * @param bosTokenId            id that begins a text, or null
 * @param eosTokenIds           ids that end a text; may be empty
 * @param padTokenId            id that fills up batches, or null
 */
public record Qwen3Config(int vocabSize, int hiddenSize, int intermediateSize, int numHiddenLayers, int numAttentionHeads,
        int numKeyValueHeads, int headDim, int maxPositionEmbeddings, double rmsNormEps, double ropeTheta,
        double initializerRange, boolean tieWordEmbeddings, Integer bosTokenId, List<Integer> eosTokenIds,
        Integer padTokenId) {
    /** A thousand billion: beyond any model that this trainer is for, and far from overflow in bytes. */
    private static final long MOST_PARAMETERS = 1_000_000_000_000L;
    private static final int LARGEST_SIZE = 1 << 22;
    private static final int LONGEST_CONTEXT = 1 << 26;
    private static final int MOST_LAYERS = 10_000;
    private static final int LARGEST_HEAD = 1024;
    private static final long LARGEST_FILE = 10_000_000;

    /** @throws IllegalArgumentException for sizes that make no model; the message has the config.json key */
    public Qwen3Config {
        eosTokenIds = List.copyOf(eosTokenIds);
        within("vocab_size", vocabSize, LARGEST_SIZE);
        within("hidden_size", hiddenSize, LARGEST_SIZE);
        within("intermediate_size", intermediateSize, LARGEST_SIZE);
        within("num_hidden_layers", numHiddenLayers, MOST_LAYERS);
        within("num_attention_heads", numAttentionHeads, LARGEST_SIZE);
        within("num_key_value_heads", numKeyValueHeads, LARGEST_SIZE);
        within("head_dim", headDim, LARGEST_HEAD);
        within("max_position_embeddings", maxPositionEmbeddings, LONGEST_CONTEXT);
        require(headDim % 8 == 0, "head_dim must be a multiple of 8, not " + headDim);
        require(numAttentionHeads % numKeyValueHeads == 0, "num_attention_heads must be a multiple of num_key_value_heads,"
                + " but they are " + numAttentionHeads + " and " + numKeyValueHeads);
        require((long) numAttentionHeads * headDim <= LARGEST_SIZE, "num_attention_heads times head_dim must be at most "
                + LARGEST_SIZE + ", not " + (long) numAttentionHeads * headDim);
        require(rmsNormEps > 0 && rmsNormEps < 1, "rms_norm_eps must be between 0 and 1, not " + rmsNormEps);
        require(ropeTheta > 0 && ropeTheta < 1e30, "rope_theta must be between 0 and 1e30, not " + ropeTheta);
        require(initializerRange >= 0 && initializerRange <= 100, "initializer_range must be from 0 to 100, not "
                + initializerRange);
        tokenId("bos_token_id", bosTokenId, vocabSize);
        tokenId("pad_token_id", padTokenId, vocabSize);
        for (Integer id : eosTokenIds) {
            tokenId("eos_token_id", id, vocabSize);
        }
        long parameters = parameters(vocabSize, hiddenSize, intermediateSize, numHiddenLayers, numAttentionHeads,
                numKeyValueHeads, headDim, tieWordEmbeddings);
        require(parameters <= MOST_PARAMETERS, "these sizes make a model of " + parameters + " parameters, more than the "
                + MOST_PARAMETERS + " that are allowed");
    }

    private static void within(String key, int value, int most) {
        require(value >= 1 && value <= most, key + " must be from 1 to " + most + ", not " + value);
    }

    private static void tokenId(String key, Integer id, int vocabSize) {
        require(id == null || id >= 0 && id < vocabSize,
                key + " must be an id of the vocabulary of " + vocabSize + ", not " + id);
    }

    private static void require(boolean holds, String message) {
        if (!holds) {
            throw new IllegalArgumentException(message);
        }
    }

    /** Weights of the model; a tied embedding counts once. */
    public long parameterCount() {
        return parameters(vocabSize, hiddenSize, intermediateSize, numHiddenLayers, numAttentionHeads, numKeyValueHeads,
                headDim, tieWordEmbeddings);
    }

    /** Cannot overflow: layers at most 10^4, every product of two sizes at most 2^44, seven of them a layer. */
    private static long parameters(long v, long c, long f, long layers, long nh, long kvh, long hs, boolean tied) {
        long attention = c * hs * (2 * nh + 2 * kvh) + 2 * hs;
        return v * c * (tied ? 1 : 2) + layers * (attention + 3 * c * f + 2 * c) + c;
    }

    /**
     * Reads a Hugging Face {@code config.json}, of transformers 4 or 5. Keys that do not change the maths are ignored;
     * absent optional ones take transformers' defaults.
     *
     * @throws MalformedFileException when it is not valid, describes another model, or asks for what is not computed here
     */
    public static Qwen3Config read(Path configJson) throws IOException {
        ObjectNode json = StrictJson.readObject(configJson, LARGEST_FILE);
        try {
            return new Qwen3ConfigReader(json).read();
        } catch (IllegalArgumentException e) {
            throw new MalformedFileException(configJson + ": " + e.getMessage(), e);
        }
    }

    /** Writes a {@code config.json} as transformers 5 does for weights in float32; atomically. */
    public void write(Path configJson) throws IOException {
        AtomicFile.writeString(configJson, Qwen3ConfigWriter.json(this));
    }
}
