package io.saryu.train;

import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import io.saryu.instruct.PackedExamples;
import io.saryu.lora.LoraConfig;
import io.saryu.nn.Qwen3Config;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * A training run, as its YAML file says it. Names are Hugging Face's; what a file leaves out has the value of
 * {@code defaults.yaml} beside this class. Relative paths start at the working folder.
 *
 * @param device     {@code auto}, {@code cpu}, {@code cuda} or {@code reference}
 * @param threads    CPU threads of all ranks together; 0 takes {@code SARYU_THREADS} or else all cores
 * @param numDevices data-parallel ranks of the whole run, each with a GPU of its own; on the CPU, workers that divide the threads
 * @param model      the model's sizes
 * @param data       where the tokens are
 * @param train      the training arguments
 * @param finetune   the base model and its instruction data; null for pretraining
 */
public record TrainConfig(String device, int threads, int numDevices, ModelArguments model, DataArguments data,
        TrainArguments train, FinetuneArguments finetune) {
    private static final YamlTree DEFAULTS = YamlTree.resource("defaults.yaml");

    /**
     * Reads a file.
     *
     * @param overrides {@code key.path=value}, each as after {@code --set}; the value is YAML
     * @throws ConfigException for a key or value that cannot be used, naming it, its line and what would be right
     * @throws IOException     when the file cannot be read
     */
    public static TrainConfig load(Path file, List<String> overrides) throws IOException {
        try {
            return parse(Files.readString(file), file.toString(), overrides);
        } catch (NoSuchFileException e) {
            throw new ConfigException("there is no configuration file " + file
                    + "; start from one of those in train/configs", e);
        } catch (CharacterCodingException e) {
            throw new ConfigException("the configuration file " + file + " is not UTF-8 text; save it as UTF-8", e);
        } catch (AccessDeniedException e) {
            throw new IOException("no permission to read the configuration file " + file + "; change its permissions", e);
        } catch (IOException e) {
            throw new IOException("cannot read the configuration file " + file + ": " + e.getMessage(), e);
        }
    }

    /**
     * Reads YAML text.
     *
     * @param source name of the text in messages
     * @throws ConfigException as {@link #load}
     */
    public static TrainConfig parse(String text, String source, List<String> overrides) {
        YamlTree tree = YamlTree.parse(text, source);
        overrides.forEach(tree::set);
        FinetuneDefaults.complete(tree);
        expandShortForms(tree.root());
        TrainConfig config = ConfigBinder.bind(tree, DEFAULTS.root(), TrainConfig.class);
        new ConfigCheck(tree::where).check(config);
        return config;
    }

    /**
     * Checks ranges and what must fit together; files read by {@link #load} have been checked.
     *
     * @throws ConfigException naming the key
     */
    public void check() {
        new ConfigCheck(path -> "").check(this);
    }

    /** This configuration with all its values, as {@link #parse} reads them back to an equal one. */
    public String toYaml() {
        return ConfigBinder.yaml(this);
    }

    /** This configuration with another {@code train.output_dir}. */
    public TrainConfig withOutputDir(String outputDir) {
        return with(Map.of("train.output_dir", outputDir));
    }

    /** This configuration with another {@code model.vocab_size}. */
    public TrainConfig withVocabSize(int vocabSize) {
        return with(Map.of("model.vocab_size", vocabSize));
    }

    /** This configuration with other batch sizes. */
    TrainConfig withBatchSizes(int train, int eval) {
        return with(Map.of("train.per_device_train_batch_size", train, "train.per_device_eval_batch_size", eval));
    }

    /** This configuration with another {@code num_devices} and {@code train.gradient_accumulation_steps}. */
    TrainConfig withDevices(int devices, int accumulationSteps) {
        return with(Map.of("num_devices", devices, "train.gradient_accumulation_steps", accumulationSteps));
    }

    /** This configuration with {@code train.gradient_checkpointing} for all layers, or off. */
    TrainConfig withGradientCheckpointing(boolean on) {
        return withCheckpointedLayers(on ? model.numHiddenLayers() : 0);
    }

    /** This configuration with {@code train.gradient_checkpointing} for so many layers. */
    TrainConfig withCheckpointedLayers(int layers) {
        return with(Map.of("train.gradient_checkpointing", layers > 0, "train.gradient_checkpointing_layers", layers));
    }

    /** This configuration with other values at some key paths. */
    private TrainConfig with(Map<String, Object> values) {
        ObjectNode tree = ConfigBinder.tree(this);
        values.forEach((path, value) -> {
            String[] keys = path.split("\\.");
            ObjectNode block = keys.length == 1 ? tree : (ObjectNode) tree.get(keys[0]);
            block.set(keys[keys.length - 1], ConfigBinder.value(value));
        });
        return ConfigBinder.bind(tree, TrainConfig.class);
    }

    /** The adapter that is trained, or null where weights of the model are. */
    public LoraConfig lora() {
        return finetune == null || finetune.lora() == null ? null : finetune.lora().toConfig();
    }

    /** Sequences that a micro-batch may be divided into; 0 where each window is one. */
    int mostSequences(int windows) {
        return finetune == null ? 0 : Math.multiplyExact(windows, PackedExamples.mostSequences(data.contextLength()));
    }

    /** The length that the model's {@code max_position_embeddings} has where the file left it at 0. */
    public int maxPositionEmbeddings() {
        return model.maxPositionEmbeddings() == 0 ? data.contextLength() : model.maxPositionEmbeddings();
    }

    /**
     * The model's configuration, with the special tokens of Saryu's tokenizers (1 begins, 2 ends, 3 fills up).
     *
     * @throws ConfigException when {@code model.vocab_size} is still 0, or the sizes make no model
     */
    public Qwen3Config toModelConfig() {
        if (model.vocabSize() == 0) {
            throw new ConfigException("model.vocab_size is not known; give it, or take it from the tokenizer first");
        }
        try {
            return new Qwen3Config(model.vocabSize(), model.hiddenSize(), model.intermediateSize(),
                    model.numHiddenLayers(), model.numAttentionHeads(), model.numKeyValueHeads(), model.headDim(),
                    maxPositionEmbeddings(), model.rmsNormEps(), model.ropeTheta(), model.initializerRange(),
                    model.tieWordEmbeddings(), 1, List.of(2), 3);
        } catch (IllegalArgumentException e) {
            throw new ConfigException("the model of this configuration is impossible: " + e.getMessage(), e);
        }
    }

    /** A file in place of a block of languages is one language called {@code all}; a file of a language is its block. */
    private static void expandShortForms(ObjectNode root) {
        if (!(root.get("data") instanceof ObjectNode data)) {
            return;
        }
        for (String side : List.of("train", "validation")) {
            if (data.get(side) instanceof TextNode file) {
                data.putObject(side).set("all", file);
            }
        }
        if (data.get("train") instanceof ObjectNode languages) {
            for (String language : List.copyOf(fieldNames(languages))) {
                if (languages.get(language) instanceof TextNode file) {
                    languages.putObject(language).set("file", file);
                }
                if (languages.get(language) instanceof ObjectNode block && !block.has("share")) {
                    block.putNull("share");
                }
            }
        }
    }

    private static List<String> fieldNames(ObjectNode node) {
        List<String> names = new ArrayList<>();
        node.fieldNames().forEachRemaining(names::add);
        return names;
    }
}
