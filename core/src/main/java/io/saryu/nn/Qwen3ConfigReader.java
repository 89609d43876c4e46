package io.saryu.nn;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.NullNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;

/** Takes a {@link Qwen3Config} out of a parsed config.json; every complaint is an IllegalArgumentException with the key. */
final class Qwen3ConfigReader {
    /** transformers' {@code PreTrainedConfig.default_theta}. */
    private static final double DEFAULT_THETA = 10_000;

    private final ObjectNode json;

    Qwen3ConfigReader(ObjectNode json) {
        this.json = json;
    }

    Qwen3Config read() {
        refuseOtherMaths();
        int heads = integer("num_attention_heads", null);
        Qwen3Config config = new Qwen3Config(integer("vocab_size", null), integer("hidden_size", null),
                integer("intermediate_size", null), integer("num_hidden_layers", null), heads,
                json.has("num_key_value_heads") ? integer("num_key_value_heads", heads) : missing("num_key_value_heads"),
                integer("head_dim", 128), integer("max_position_embeddings", 32768), number(json, "rms_norm_eps", 1e-6),
                ropeTheta(), number(json, "initializer_range", 0.02), flag("tie_word_embeddings", false),
                tokenId("bos_token_id"), tokenIds("eos_token_id"), tokenId("pad_token_id"));
        refuseSlidingLayers(config.numHiddenLayers());
        return config;
    }

    private void refuseOtherMaths() {
        String type = get(json, "model_type").asText("");
        if (!type.equals("qwen3")) {
            throw bad("model_type is " + show(get(json, "model_type")) + ", but only \"qwen3\" (dense) is computed here");
        }
        JsonNode architectures = get(json, "architectures");
        boolean causal = architectures.isNull() || architectures.isArray() && architectures.size() == 1
                && architectures.get(0).asText().equals("Qwen3ForCausalLM");
        only("architectures", causal, "[\"Qwen3ForCausalLM\"]");
        only("hidden_act", get(json, "hidden_act").asText("silu").equals("silu"), "\"silu\"");
        only("attention_bias", !flag("attention_bias", false), "false");
        only("use_sliding_window", !flag("use_sliding_window", false), "false");
        only("quantization_config", get(json, "quantization_config").isNull(), "null (weights that are not quantized)");
        // Harmless for inference, but a model trained on would silently go without the dropout that it asks for.
        only("attention_dropout", number(json, "attention_dropout", 0) == 0, "0.0");
        only("partial_rotary_factor", number(json, "partial_rotary_factor", 1) == 1, "1.0");
    }

    private void refuseSlidingLayers(int layers) {
        JsonNode types = get(json, "layer_types");
        boolean full = types.isNull() || types.isArray() && types.size() == layers;
        for (JsonNode t : types) {
            full &= t.asText().equals("full_attention");
        }
        only("layer_types", full, "\"full_attention\" for each of the num_hidden_layers");
    }

    /** transformers 5 has {@code rope_parameters}; 4 had {@code rope_theta} and {@code rope_scaling} at the top. */
    private double ropeTheta() {
        double theta = number(json, "rope_theta", DEFAULT_THETA);
        for (String key : List.of("rope_parameters", "rope_scaling")) {
            JsonNode rope = get(json, key);
            if (rope.isNull()) {
                continue;
            }
            if (!(rope instanceof ObjectNode object)) {
                throw bad(key + " must be an object, not " + show(rope));
            }
            for (String typeKey : List.of("rope_type", "type")) {
                if (object.has(typeKey) && !object.get(typeKey).asText().equals("default")) {
                    throw bad(key + "." + typeKey + " is " + show(object.get(typeKey))
                            + ", but only \"default\" is computed here");
                }
            }
            object.fieldNames().forEachRemaining(k -> {
                if (!List.of("rope_type", "type", "rope_theta", "partial_rotary_factor").contains(k)) {
                    throw bad(key + " has the key " + quote(k) + ", which is not computed here");
                }
            });
            if (number(object, "partial_rotary_factor", 1) != 1) {
                throw bad(key + ".partial_rotary_factor must be 1.0");
            }
            double inner = number(object, "rope_theta", theta);
            if (json.has("rope_theta") && inner != theta) {
                throw bad("rope_theta is " + theta + " at the top and " + inner + " in " + key + "; keep one of them");
            }
            theta = inner;
        }
        return theta;
    }

    private void only(String key, boolean holds, String supported) {
        if (!holds) {
            throw bad(key + " is " + show(get(json, key)) + ", but only " + supported + " is computed here");
        }
    }

    private static JsonNode get(ObjectNode object, String key) {
        JsonNode value = object.get(key);
        return value == null ? NullNode.getInstance() : value;
    }

    private static int missing(String key) {
        throw bad("the key " + key + " is missing; a Qwen3 config.json needs it");
    }

    private int integer(String key, Integer whenAbsent) {
        JsonNode value = get(json, key);
        if (value.isNull()) {
            return whenAbsent == null ? missing(key) : whenAbsent;
        }
        if (!value.isIntegralNumber() || !value.canConvertToInt()) {
            throw bad(key + " must be a whole number, not " + show(value));
        }
        return value.intValue();
    }

    private static double number(ObjectNode object, String key, double whenAbsent) {
        JsonNode value = get(object, key);
        if (value.isNull()) {
            return whenAbsent;
        }
        if (!value.isNumber() || !Double.isFinite(value.doubleValue())) {
            throw bad(key + " must be a number, not " + show(value));
        }
        return value.doubleValue();
    }

    private boolean flag(String key, boolean whenAbsent) {
        JsonNode value = get(json, key);
        if (!value.isNull() && !value.isBoolean()) {
            throw bad(key + " must be true or false, not " + show(value));
        }
        return value.isNull() ? whenAbsent : value.booleanValue();
    }

    private Integer tokenId(String key) {
        return get(json, key).isNull() ? null : integer(key, null);
    }

    private List<Integer> tokenIds(String key) {
        JsonNode value = get(json, key);
        if (!value.isArray()) {
            return value.isNull() ? List.of() : List.of(integer(key, null));
        }
        List<Integer> ids = new ArrayList<>();
        for (JsonNode id : value) {
            if (!id.isIntegralNumber() || !id.canConvertToInt()) {
                throw bad(key + " must be a list of whole numbers, not " + show(value));
            }
            ids.add(id.intValue());
        }
        return ids;
    }

    private static String show(JsonNode value) {
        return value.isTextual() ? quote(value.asText()) : plain(value.toString());
    }

    private static String quote(String text) {
        return '"' + plain(text) + '"';
    }

    /** One short line, whatever the file holds. */
    private static String plain(String text) {
        String head = text.length() <= 60 ? text : text.substring(0, 60) + "...";
        return head.replaceAll("[\\p{C}\\p{Zl}\\p{Zp}]", "?");
    }

    private static IllegalArgumentException bad(String message) {
        return new IllegalArgumentException(message);
    }
}
