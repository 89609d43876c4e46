package io.saryu.train;

import io.saryu.nn.Qwen3Config;

/**
 * Floating-point operations that training on one token asks for, by the PaLM paper (Chowdhery et al., arXiv:2204.02311,
 * appendix B): {@code 6 N + 12 L NH HS T}.
 *
 * <p>The first term is two operations a weight in the forward pass and four in the backward pass; the second is the products
 * of attention, q k^T and its product with v, three times 2 * 2 * L * NH * HS * T, without leaving out what the causal mask
 * hides. N counts the weights that a token is multiplied with: an untied input embedding, which is only looked up, is left
 * out, and a tied one counts as the output projection that it is. Activations computed again by gradient checkpointing do
 * not count: MFU measures what the model needs, not what the hardware did.
 */
public final class ModelFlops {
    private ModelFlops() {
    }

    /**
     * Operations per training token, forward and backward.
     *
     * @param contextLength T, tokens of a sequence
     */
    public static double perToken(Qwen3Config c, int contextLength) {
        long lookedUp = c.tieWordEmbeddings() ? 0 : (long) c.vocabSize() * c.hiddenSize();
        return 6.0 * (c.parameterCount() - lookedUp)
                + attention(c, contextLength);
    }

    /**
     * Operations per training token where the model's weights are frozen and have no gradient, and others are trained beside
     * them, an adapter's: 4 N for the model's and 6 for each of those.
     *
     * @param trained weights that are trained
     */
    public static double perTokenFrozen(Qwen3Config c, int contextLength, long trained) {
        long lookedUp = c.tieWordEmbeddings() ? 0 : (long) c.vocabSize() * c.hiddenSize();
        return 4.0 * (c.parameterCount() - lookedUp) + 6.0 * trained + attention(c, contextLength);
    }

    private static double attention(Qwen3Config c, int contextLength) {
        return 12.0 * c.numHiddenLayers() * c.numAttentionHeads() * c.headDim() * contextLength;
    }
}
