package io.saryu.train;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import io.saryu.nn.Projection;
import io.saryu.nn.Qwen3Config;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;

/** What a configuration with a block {@code finetune} need not say, because its base model does, and its short forms. */
final class FinetuneDefaults {
    private static final YamlTree DEFAULTS = YamlTree.resource("finetune-defaults.yaml");
    private static final List<String> SOURCE = List.of("validation", "probability", "task", "language");

    private FinetuneDefaults() {
    }

    /** Completes the file's tree where it has such a block; does nothing otherwise. */
    static void complete(YamlTree tree) {
        if (!(tree.root().get("finetune") instanceof ObjectNode block)) {
            return;
        }
        ObjectNode defaults = DEFAULTS.root().deepCopy();
        ObjectNode lora = (ObjectNode) defaults.remove("lora");
        fill(block, defaults);
        if (block.get("lora") instanceof ObjectNode given) {
            fill(given, lora);
            modules(given);
        } else if (!block.has("lora")) {
            block.putNull("lora");
        }
        if (block.get("data") instanceof ObjectNode sets) {
            for (String name : names(sets)) {
                if (sets.get(name) instanceof TextNode file) {
                    sets.putObject(name).set("file", file);
                }
                if (sets.get(name) instanceof ObjectNode set) {
                    SOURCE.stream().filter(key -> !set.has(key)).forEach(set::putNull);
                    if (!set.has("format")) {
                        set.put("format", RowFormat.PLAIN.name().toLowerCase(Locale.ROOT));
                    }
                }
            }
        }
        if (block.get("model") instanceof TextNode model && !model.asText().isBlank()) {
            base(tree, model.asText());
        }
    }

    private static void fill(ObjectNode block, ObjectNode defaults) {
        defaults.properties().forEach(e -> {
            if (!block.has(e.getKey())) {
                block.set(e.getKey(), e.getValue());
            }
        });
    }

    private static void modules(ObjectNode lora) {
        if (lora.get("target_modules") instanceof TextNode name) {
            ArrayNode all = lora.putArray("target_modules");
            if (name.asText().equals("all-linear")) {
                Projection.NAMES.forEach(all::add);
            } else {
                all.add(name.asText());
            }
        }
    }

    private static List<String> names(ObjectNode node) {
        return node.properties().stream().map(java.util.Map.Entry::getKey).toList();
    }

    /** The base model says its sizes, whatever the file says. */
    private static void base(YamlTree tree, String folder) {
        Path file = Path.of(folder).resolve("config.json");
        if (!Files.isRegularFile(file)) {
            throw new ConfigException("'finetune.model' is " + folder + " " + tree.where("finetune.model") + "; it must be the folder of"
                    + " a model, such as runs/NAME/model, and there is no config.json in it");
        }
        Qwen3Config c;
        try {
            c = Qwen3Config.read(file);
        } catch (IOException e) {
            throw new ConfigException(e.getMessage(), e);
        }
        ObjectNode model = tree.root().putObject("model");
        model.put("vocab_size", c.vocabSize()).put("hidden_size", c.hiddenSize()).put("intermediate_size", c.intermediateSize())
                .put("num_hidden_layers", c.numHiddenLayers()).put("num_attention_heads", c.numAttentionHeads())
                .put("num_key_value_heads", c.numKeyValueHeads()).put("head_dim", c.headDim())
                .put("max_position_embeddings", c.maxPositionEmbeddings()).put("rms_norm_eps", c.rmsNormEps())
                .put("rope_theta", c.ropeTheta()).put("initializer_range", c.initializerRange())
                .put("tie_word_embeddings", c.tieWordEmbeddings());
        ObjectNode data = tree.root().get("data") instanceof ObjectNode given ? given : tree.root().putObject("data");
        if (!data.has("tokenizer")) {
            data.put("tokenizer", folder);
        }
        if (!data.has("context_length")) {
            data.put("context_length", c.maxPositionEmbeddings());
        }
        if (!data.has("train")) {
            data.putObject("train");
        }
    }
}
