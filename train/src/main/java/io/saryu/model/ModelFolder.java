package io.saryu.model;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.saryu.backend.ExecutionContext;
import io.saryu.files.AtomicFile;
import io.saryu.files.AtomicFolder;
import io.saryu.instruct.PromptTemplate;
import io.saryu.nn.Qwen3;
import io.saryu.nn.Qwen3Config;
import io.saryu.nn.Qwen3Weights;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** Writes a model folder as Hugging Face has it: {@code AutoModelForCausalLM} and {@code AutoTokenizer} open it. */
public final class ModelFolder {
    /** The files of a tokenizer folder that a model folder takes over. */
    private static final List<String> TOKENIZER_FILES =
            List.of("tokenizer.model", "tokenizer.json", "tokenizer_config.json", "special_tokens_map.json");

    private ModelFolder() {
    }

    /**
     * Writes config.json, generation_config.json, model.safetensors (fp32), the tokenizer's files and a model card, all or
     * nothing; a folder of that name is replaced.
     *
     * @param tokenizer folder that {@code saryu tokenizer train} wrote
     * @param card      text of README.md
     */
    public static void write(Path folder, Qwen3 model, ExecutionContext ctx, Path tokenizer, String card)
            throws IOException {
        write(folder, model, ctx, tokenizer, card, null, -1);
    }

    /**
     * As {@link #write(Path, Qwen3, ExecutionContext, Path, String)}, for a model that was tuned on prompts of a template.
     *
     * @param template  of its prompts; null for none
     * @param endMarker id that ends its answers, beside those that the model's configuration names; -1 for none
     */
    public static void write(Path folder, Qwen3 model, ExecutionContext ctx, Path tokenizer, String card,
            PromptTemplate template, int endMarker) throws IOException {
        AtomicFolder.write(folder, temporary -> {
            Qwen3Weights.save(model, ctx, temporary);
            AtomicFile.writeString(temporary.resolve("generation_config.json"), generationConfig(model.config(), endMarker));
            for (String name : TOKENIZER_FILES) {
                if (Files.exists(tokenizer.resolve(name))) {
                    Files.copy(tokenizer.resolve(name), temporary.resolve(name));
                }
            }
            if (template != null) {
                template.write(temporary);
            }
            AtomicFile.writeString(temporary.resolve("README.md"), card);
        });
    }

    private static String generationConfig(Qwen3Config config, int endMarker) {
        ObjectNode json = new ObjectMapper().createObjectNode();
        json.put("bos_token_id", config.bosTokenId());
        Set<Integer> ends = new LinkedHashSet<>(config.eosTokenIds());
        if (endMarker >= 0) {
            ends.add(endMarker);
        }
        if (ends.size() == 1) {
            json.put("eos_token_id", ends.iterator().next());
        } else {
            ends.forEach(json.putArray("eos_token_id")::add);
        }
        json.put("pad_token_id", config.padTokenId());
        return json.toPrettyString() + "\n";
    }
}
