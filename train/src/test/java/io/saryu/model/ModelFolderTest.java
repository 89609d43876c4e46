package io.saryu.model;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.saryu.files.SafetensorsFile;
import io.saryu.tensor.Tensor;
import io.saryu.train.TinyRun;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ModelFolderTest {
    private static final List<String> FILES = List.of("README.md", "config.json", "generation_config.json",
            "model.safetensors", "special_tokens_map.json", "tokenizer.json", "tokenizer.model", "tokenizer_config.json");

    @TempDir
    Path dir;

    private static List<String> names(Path folder) throws Exception {
        try (Stream<Path> files = Files.list(folder)) {
            return files.map(f -> f.getFileName().toString()).sorted().toList();
        }
    }

    @Test
    void aTrainedFolderHoldsWhatTransformersReads() throws Exception {
        Path folder = TinyRun.get().model();
        assertEquals(FILES, names(folder));
        JsonNode config = new ObjectMapper().readTree(folder.resolve("config.json").toFile());
        assertEquals("qwen3", config.get("model_type").asText());
        assertEquals("Qwen3ForCausalLM", config.get("architectures").get(0).asText());
        Map<String, Integer> sizes = Map.of("hidden_size", 32, "intermediate_size", 64, "num_hidden_layers", 2,
                "num_attention_heads", 2, "num_key_value_heads", 1, "head_dim", 16, "vocab_size", TinyRun.VOCABULARY,
                "max_position_embeddings", 64, "eos_token_id", 2, "bos_token_id", 1);
        sizes.forEach((name, size) -> assertEquals(size, config.path(name).asInt(), name));
        assertTrue(config.get("tie_word_embeddings").asBoolean());
        assertEquals("silu", config.get("hidden_act").asText());
        JsonNode generation = new ObjectMapper().readTree(folder.resolve("generation_config.json").toFile());
        assertEquals(2, generation.get("eos_token_id").asInt());
        assertEquals(3, generation.get("pad_token_id").asInt());
        try (SafetensorsFile weights = SafetensorsFile.open(folder.resolve("model.safetensors"))) {
            assertTrue(weights.names().containsAll(List.of("model.embed_tokens.weight", "model.norm.weight",
                    "model.layers.1.self_attn.q_norm.weight", "model.layers.1.mlp.down_proj.weight")),
                    weights.names().toString());
            assertFalse(weights.names().contains("lm_head.weight"), "tied weights stand once");
            assertEquals(2 * 11 + 2, weights.names().size());
        }
        String card = Files.readString(folder.resolve("README.md"));
        assertTrue(card.startsWith("---\n") && card.contains("en") && card.contains("hi"), card);
    }

    @Test
    void aWrittenFolderOpensWithTheSameWeights() throws Exception {
        Path original = TinyRun.get().model();
        Path written = dir.resolve("written");
        try (LanguageModel model = LanguageModel.open(original, "cpu", 2)) {
            ModelFolder.write(written, model.network(), model.context(), TinyRun.get().tokenizer(), "a card");
            // A folder of that name is replaced.
            Files.writeString(written.resolve("stray.txt"), "old");
            ModelFolder.write(written, model.network(), model.context(), TinyRun.get().tokenizer(), "another card");
            assertEquals(FILES, names(written));
            assertEquals("another card", Files.readString(written.resolve("README.md")));
            assertEquals(List.of("written"), names(dir));
            for (String name : FILES) {
                if (!name.equals("README.md")) {
                    assertArrayEquals(Files.readAllBytes(original.resolve(name)), Files.readAllBytes(written.resolve(name)),
                            name);
                }
            }
            try (LanguageModel again = LanguageModel.open(written, "cpu", 1)) {
                assertEquals(model.network().config(), again.network().config());
                Map<String, Tensor> weights = again.network().namedWeights();
                assertEquals(model.network().namedWeights().keySet(), weights.keySet());
                model.network().namedWeights().forEach((name, tensor) ->
                        assertArrayEquals(tensor.toFloats(), weights.get(name).toFloats(), name));
            }
        }
    }
}
