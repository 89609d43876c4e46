package io.saryu.nn;

/**
 * One layer of the decoder; each norm is fused with the residual addition before it.
 *
 * @param inputNorm         {@code input_layernorm}
 * @param attention         {@code self_attn}
 * @param postAttentionNorm {@code post_attention_layernorm}
 * @param mlp               {@code mlp}
 */
public record DecoderLayer(RmsNorm inputNorm, Attention attention, RmsNorm postAttentionNorm, Mlp mlp) {
}
