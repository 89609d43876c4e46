package io.saryu.lora;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.saryu.backend.ExecutionContext;
import io.saryu.files.AtomicFile;
import io.saryu.files.Excerpt;
import io.saryu.files.MalformedFileException;
import io.saryu.files.SafetensorsFile;
import io.saryu.files.SafetensorsWriter;
import io.saryu.files.StrictJson;
import io.saryu.files.TensorInfo;
import io.saryu.nn.Projection;
import io.saryu.nn.Qwen3;
import io.saryu.nn.Qwen3Weights;
import io.saryu.tensor.Tensor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * An adapter in PEFT's folder format: {@code adapter_config.json} and {@code adapter_model.safetensors}. PEFT opens what this
 * writes, and this what PEFT writes, as long as it is LoRA on the linear modules of decoder layers, of one rank.
 */
public final class PeftFolder {
    /** Key of the weights' metadata that names the base they were trained on: {@link BaseFingerprint}. */
    static final String BASE = "saryu_base";
    private static final String CONFIG = "adapter_config.json";
    private static final String WEIGHTS = "adapter_model.safetensors";
    private static final long LARGEST_CONFIG = 1_000_000;
    /** With the name of the adapter, as some versions of PEFT wrote it, or without. */
    private static final Pattern NAME = Pattern.compile("(?:base_model\\.model\\.)?(.+)\\.lora_([AB])(?:\\.[^.]+)?\\.weight");
    /** Settings that change what an adapter computes, with the values under which it is plain LoRA. */
    private static final Map<String, Set<String>> PLAIN = Map.of("use_dora", Set.of("false", "null"), "lora_bias",
            Set.of("false", "null"), "bias", Set.of("\"none\"", "null"), "modules_to_save", Set.of("null", "[]"),
            "rank_pattern", Set.of("{}", "null"), "alpha_pattern", Set.of("{}", "null"), "layer_replication",
            Set.of("null"), "trainable_token_indices", Set.of("null", "[]", "{}"), "target_parameters", Set.of("null", "[]"),
            "init_lora_weights", Set.of("true", "false", "null", "\"gaussian\"", "\"orthogonal\"", "\"eva\""));

    private PeftFolder() {
    }

    /** Whether a folder holds an adapter. */
    public static boolean isOne(Path folder) {
        return Files.isRegularFile(folder.resolve(CONFIG));
    }

    /**
     * Writes an adapter's configuration and weights (fp32) into an existing folder, each atomically.
     *
     * @param base        where the model is that it was trained on, a folder or a name; for {@code base_model_name_or_path}
     * @param fingerprint of that model's weights ({@link BaseFingerprint}), or null where it is not known
     */
    public static void save(LoraAdapter adapter, ExecutionContext ctx, Path folder, String base, String fingerprint)
            throws IOException {
        AtomicFile.writeString(folder.resolve(CONFIG), json(adapter, base));
        Map<String, Tensor> host = Qwen3Weights.onHost(adapter.parameters().named(), ctx);
        Map<String, String> metadata = new LinkedHashMap<>(Map.of("format", "pt"));
        if (fingerprint != null) {
            metadata.put(BASE, fingerprint);
        }
        try {
            SafetensorsWriter.write(folder.resolve(WEIGHTS), host, metadata);
        } finally {
            host.values().forEach(Tensor::close);
        }
    }

    private static String json(LoraAdapter adapter, String base) {
        LoraConfig c = adapter.config();
        ObjectNode json = new ObjectMapper().createObjectNode();
        json.putObject("alpha_pattern");
        json.putNull("auto_mapping");
        json.put("base_model_name_or_path", base);
        json.put("bias", "none");
        json.put("fan_in_fan_out", false);
        json.put("inference_mode", true);
        json.put("init_lora_weights", true);
        json.putNull("layers_pattern");
        json.putNull("layers_to_transform");
        if (c.loraAlpha() == Math.rint(c.loraAlpha()) && c.loraAlpha() < Integer.MAX_VALUE) {
            json.put("lora_alpha", (int) c.loraAlpha());
        } else {
            json.put("lora_alpha", c.loraAlpha());
        }
        json.put("lora_dropout", c.loraDropout());
        json.putNull("modules_to_save");
        json.put("peft_type", "LORA");
        json.put("r", c.r());
        json.putObject("rank_pattern");
        json.putNull("revision");
        new TreeSet<>(c.targetModules()).forEach(json.putArray("target_modules")::add);
        json.put("task_type", "CAUSAL_LM");
        json.put("use_dora", false);
        json.put("use_rslora", c.useRslora());
        return json.toPrettyString() + "\n";
    }

    /**
     * Reads an adapter for a model.
     *
     * @param fingerprint of the model's weights, or null not to compare them with what the adapter was trained on
     * @throws MalformedFileException when a file is damaged, the adapter is of a kind that is not plain LoRA, or it was made for
     *                                another model
     * @throws IOException            when there is no adapter, or it cannot be read
     */
    public static LoraAdapter load(Path folder, Qwen3 model, ExecutionContext ctx, String fingerprint) throws IOException {
        if (!isOne(folder)) {
            throw new IOException("there is no adapter in " + folder + ": it has no " + CONFIG + "; give the folder that"
                    + " finetuning or PEFT wrote");
        }
        ObjectNode json = StrictJson.readObject(folder.resolve(CONFIG), LARGEST_CONFIG);
        requirePlain(folder, json);
        try (SafetensorsFile file = SafetensorsFile.open(weightsFile(folder))) {
            Map<String, String> names = modules(folder, file, model);
            String base = file.metadata().get(BASE);
            if (fingerprint != null && base != null && !base.equals(fingerprint)) {
                throw new MalformedFileException("the adapter " + folder + " was trained on another model (its weights have the"
                        + " fingerprint " + Excerpt.of(base) + ", those of this one " + fingerprint + "); open it with that one"
                        + (json.path("base_model_name_or_path").asText("").isEmpty() ? ""
                        : ", " + Excerpt.of(json.path("base_model_name_or_path").asText())));
            }
            LoraAdapter adapter = LoraAdapter.of(model, ctx, config(folder, json, names, model));
            try {
                fill(adapter, ctx, folder, file, names);
                return adapter;
            } catch (IOException | RuntimeException | Error e) {
                adapter.close();
                throw e;
            }
        }
    }

    private static Path weightsFile(Path folder) throws IOException {
        Path file = folder.resolve(WEIGHTS);
        if (!Files.isRegularFile(file)) {
            throw new IOException("the adapter " + folder + " has no " + WEIGHTS + (Files.exists(folder.resolve("adapter_model.bin"))
                    ? "; its adapter_model.bin is not read, save it again with PEFT's safe_serialization=True"
                    : "; copy the whole folder"));
        }
        return file;
    }

    private static void requirePlain(Path folder, ObjectNode json) throws IOException {
        String type = json.path("peft_type").asText("");
        if (!type.equals("LORA")) {
            throw new MalformedFileException(folder.resolve(CONFIG) + " has peft_type '" + Excerpt.of(type)
                    + "'; only LORA adapters are read");
        }
        for (Map.Entry<String, Set<String>> e : PLAIN.entrySet()) {
            JsonNode value = json.get(e.getKey());
            if (value != null && !e.getValue().contains(value.toString())) {
                throw new MalformedFileException(folder.resolve(CONFIG) + " has " + e.getKey() + " " + Excerpt.of(value.toString())
                        + ", which is not supported; merge that adapter with PEFT (merge_and_unload) and open the merged model");
            }
        }
    }

    /** The tensors by the names that they have here; which modules there are, the tensors say and not patterns. */
    private static Map<String, String> modules(Path folder, SafetensorsFile file, Qwen3 model) throws IOException {
        Set<String> known = new TreeSet<>();
        Projection.of(model.config()).forEach(p -> p.modules().forEach(m -> known.add(m.name())));
        Map<String, String> names = new LinkedHashMap<>();
        for (String name : file.names()) {
            Matcher m = NAME.matcher(name);
            if (!m.matches()) {
                throw new MalformedFileException("the adapter " + folder + " holds the tensor '" + Excerpt.of(name)
                        + "', which is not LoRA's A or B of a linear module; only these are read");
            }
            if (!known.contains(m.group(1))) {
                throw new MalformedFileException("the adapter " + folder + " was made for another model: it adapts '"
                        + Excerpt.of(m.group(1)) + "', and this one has " + model.config().numHiddenLayers() + " layers with "
                        + String.join(", ", Projection.NAMES));
            }
            names.put(m.group(2).equals("A") ? LoraAdapter.nameA(m.group(1)) : LoraAdapter.nameB(m.group(1)), name);
        }
        if (names.isEmpty()) {
            throw new MalformedFileException("the adapter " + folder + " holds no tensors");
        }
        return names;
    }

    private static LoraConfig config(Path folder, ObjectNode json, Map<String, String> names, Qwen3 model) throws IOException {
        Set<String> paths = new TreeSet<>();
        names.keySet().forEach(n -> paths.add(n.replaceFirst("^base_model\\.model\\.", "").replaceFirst("\\.lora_[AB]\\.weight$", "")));
        Set<String> last = new TreeSet<>();
        paths.forEach(p -> last.add(p.substring(p.lastIndexOf('.') + 1)));
        // Short names where all layers are adapted alike, as PEFT's users write them.
        boolean everywhere = paths.size() == last.size() * model.config().numHiddenLayers();
        try {
            return new LoraConfig(json.path("r").asInt(0), json.path("lora_alpha").asDouble(0),
                    json.path("lora_dropout").asDouble(0), List.copyOf(everywhere ? last : paths),
                    json.path("use_rslora").asBoolean(false));
        } catch (IllegalArgumentException e) {
            throw new MalformedFileException(folder.resolve(CONFIG) + " makes no adapter: " + e.getMessage(), e);
        }
    }

    private static void fill(LoraAdapter adapter, ExecutionContext ctx, Path folder, SafetensorsFile file,
            Map<String, String> names) throws IOException {
        for (Map.Entry<String, Tensor> e : adapter.parameters().named().entrySet()) {
            String stored = names.get(e.getKey());
            if (stored == null) {
                throw new MalformedFileException("the adapter " + folder + " lacks the tensor '" + e.getKey()
                        + "', the other half of one that it holds");
            }
            TensorInfo info = file.info(stored);
            Tensor weight = e.getValue();
            if (!Arrays.equals(info.shape(), weight.shape()) || !info.dtype().isFloating()) {
                throw new MalformedFileException("the adapter " + folder + " was made for another model, or with another r than its "
                        + CONFIG + " says: its tensor '" + stored + "' is " + info.dtype() + Arrays.toString(info.shape())
                        + ", and here it must be " + Arrays.toString(weight.shape()));
            }
            try (Tensor host = Tensor.allocate(stored, info.dtype(), info.shape())) {
                file.read(stored, host.segment());
                ctx.backend().copyFromHost(ctx, weight, host);
                ctx.synchronize();
            }
        }
    }
}
