package io.saryu.nn;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.util.DefaultIndenter;
import com.fasterxml.jackson.core.util.DefaultPrettyPrinter;
import com.fasterxml.jackson.core.util.Separators;
import java.io.IOException;
import java.io.StringWriter;
import java.math.BigDecimal;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Writes a {@link Qwen3Config} byte for byte as transformers does: keys sorted, two spaces, numbers as Python prints them. */
final class Qwen3ConfigWriter {
    /** The release whose keys these are. */
    private static final String TRANSFORMERS_VERSION = "5.18.0";

    private Qwen3ConfigWriter() {
    }

    static String json(Qwen3Config c) throws IOException {
        Map<String, Object> keys = new TreeMap<>();
        keys.put("architectures", List.of("Qwen3ForCausalLM"));
        keys.put("attention_bias", false);
        keys.put("attention_dropout", 0.0);
        keys.put("bos_token_id", c.bosTokenId());
        keys.put("dtype", "float32");
        keys.put("eos_token_id", switch (c.eosTokenIds().size()) {
            case 0 -> null;
            case 1 -> c.eosTokenIds().get(0);
            default -> c.eosTokenIds();
        });
        keys.put("head_dim", c.headDim());
        keys.put("hidden_act", "silu");
        keys.put("hidden_size", c.hiddenSize());
        keys.put("initializer_range", c.initializerRange());
        keys.put("intermediate_size", c.intermediateSize());
        keys.put("layer_types", Collections.nCopies(c.numHiddenLayers(), "full_attention"));
        keys.put("max_position_embeddings", c.maxPositionEmbeddings());
        // Has no effect without a sliding window; transformers writes its default.
        keys.put("max_window_layers", 28);
        keys.put("model_type", "qwen3");
        keys.put("num_attention_heads", c.numAttentionHeads());
        keys.put("num_hidden_layers", c.numHiddenLayers());
        keys.put("num_key_value_heads", c.numKeyValueHeads());
        keys.put("pad_token_id", c.padTokenId());
        keys.put("rms_norm_eps", c.rmsNormEps());
        keys.put("rope_parameters", new TreeMap<>(Map.of("rope_theta", c.ropeTheta(), "rope_type", "default")));
        keys.put("sliding_window", null);
        keys.put("tie_word_embeddings", c.tieWordEmbeddings());
        keys.put("transformers_version", TRANSFORMERS_VERSION);
        keys.put("use_cache", true);
        keys.put("use_sliding_window", false);
        keys.put("vocab_size", c.vocabSize());
        StringWriter out = new StringWriter();
        try (JsonGenerator json = new JsonFactory().createGenerator(out)) {
            DefaultIndenter lines = new DefaultIndenter("  ", "\n");
            json.setPrettyPrinter(new DefaultPrettyPrinter(Separators.createDefaultInstance()
                    .withObjectFieldValueSpacing(Separators.Spacing.AFTER)).withObjectIndenter(lines)
                    .withArrayIndenter(lines));
            write(json, keys);
        }
        return out.append('\n').toString();
    }

    private static void write(JsonGenerator json, Object value) throws IOException {
        switch (value) {
            case null -> json.writeNull();
            case Map<?, ?> map -> {
                json.writeStartObject();
                for (Map.Entry<?, ?> e : map.entrySet()) {
                    json.writeFieldName(e.getKey().toString());
                    write(json, e.getValue());
                }
                json.writeEndObject();
            }
            case List<?> list -> {
                json.writeStartArray();
                for (Object element : list) {
                    write(json, element);
                }
                json.writeEndArray();
            }
            case Double number -> json.writeNumber(python(number));
            case Integer number -> json.writeNumber(number);
            case Boolean flag -> json.writeBoolean(flag);
            default -> json.writeString(value.toString());
        }
    }

    /** Python's {@code repr}: exponents below -4 and from 16 on, with at least two digits. */
    private static String python(double value) {
        BigDecimal exact = new BigDecimal(Double.toString(value)).stripTrailingZeros();
        int exponent = exact.precision() - exact.scale() - 1;
        if (value == 0) {
            return "0.0";
        }
        if (exponent >= -4 && exponent < 16) {
            String plain = exact.toPlainString();
            return plain.contains(".") ? plain : plain + ".0";
        }
        String digits = exact.unscaledValue().toString();
        String mantissa = digits.length() == 1 ? digits : digits.charAt(0) + "." + digits.substring(1);
        return mantissa + "e" + (exponent < 0 ? "-" : "+") + (Math.abs(exponent) < 10 ? "0" : "") + Math.abs(exponent);
    }
}
