package io.saryu.nn;

import io.saryu.nn.FlatParameters.Group;
import io.saryu.nn.FlatParameters.Part;
import java.util.ArrayList;
import java.util.List;

/**
 * Names, shapes and order of Qwen3's parameters. The order is that in which backward completes gradients: the output
 * projection, the final norm, the layers from last to first, the embedding. A tied embedding is complete only at the very
 * end, so it is last too.
 */
final class Qwen3Layout {
    static final String EMBEDDING = "model.embed_tokens.weight";
    static final String HEAD = "lm_head.weight";
    static final String FINAL_NORM = "model.norm.weight";
    static final String QKV = "self_attn.qkv";
    static final String Q_NORM = "self_attn.q_norm.weight";
    static final String K_NORM = "self_attn.k_norm.weight";
    static final String O_PROJ = "self_attn.o_proj.weight";
    static final String GATE_UP = "mlp.gate_up";
    static final String DOWN_PROJ = "mlp.down_proj.weight";
    static final String INPUT_NORM = "input_layernorm.weight";
    static final String POST_NORM = "post_attention_layernorm.weight";

    private Qwen3Layout() {
    }

    /** Prefix of layer {@code i}'s names. */
    static String layer(int i) {
        return "model.layers." + i + ".";
    }

    static List<Group> groups(Qwen3Config c) {
        long hidden = c.hiddenSize();
        long q = (long) c.numAttentionHeads() * c.headDim();
        long kv = (long) c.numKeyValueHeads() * c.headDim();
        long ffn = c.intermediateSize();
        List<Group> groups = new ArrayList<>();
        if (!c.tieWordEmbeddings()) {
            groups.add(Group.of(HEAD, true, c.vocabSize(), hidden));
        }
        groups.add(Group.of(FINAL_NORM, false, hidden));
        for (int i = c.numHiddenLayers() - 1; i >= 0; i--) {
            String p = layer(i);
            groups.add(Group.of(p + DOWN_PROJ, true, hidden, ffn));
            groups.add(new Group(p + GATE_UP, true, List.of(new Part(p + "mlp.gate_proj.weight", ffn, hidden),
                    new Part(p + "mlp.up_proj.weight", ffn, hidden))));
            groups.add(Group.of(p + POST_NORM, false, hidden));
            groups.add(Group.of(p + O_PROJ, true, hidden, q));
            groups.add(Group.of(p + Q_NORM, false, c.headDim()));
            groups.add(Group.of(p + K_NORM, false, c.headDim()));
            groups.add(new Group(p + QKV, true, List.of(new Part(p + "self_attn.q_proj.weight", q, hidden),
                    new Part(p + "self_attn.k_proj.weight", kv, hidden),
                    new Part(p + "self_attn.v_proj.weight", kv, hidden))));
            groups.add(Group.of(p + INPUT_NORM, false, hidden));
        }
        groups.add(Group.of(EMBEDDING, true, c.vocabSize(), hidden));
        return groups;
    }
}
