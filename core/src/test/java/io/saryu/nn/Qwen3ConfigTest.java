package io.saryu.nn;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.saryu.files.MalformedFileException;
import io.saryu.files.SafetensorsFile;
import io.saryu.golden.GoldenFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class Qwen3ConfigTest {
    private static final ObjectMapper JSON = new ObjectMapper();

    @TempDir
    Path temp;

    private Path golden(String name) throws IOException {
        return GoldenFiles.copy(name, temp.resolve(name));
    }

    private ObjectNode goldenJson() throws IOException {
        return (ObjectNode) JSON.readTree(golden("tied-gqa").resolve("config.json").toFile());
    }

    private Qwen3Config read(ObjectNode json) throws IOException {
        return Qwen3Config.read(Files.writeString(temp.resolve("config.json"), json.toString()));
    }

    @ParameterizedTest
    @ValueSource(strings = {"tied-gqa", "untied-mha"})
    void writesWhatTransformersWrites(String name) throws IOException {
        Path original = golden(name).resolve("config.json");
        Path copy = temp.resolve("copy.json");
        Qwen3Config config = Qwen3Config.read(original);
        config.write(copy);
        assertEquals(Files.readString(original), Files.readString(copy));
        assertEquals(config, Qwen3Config.read(copy));
    }

    @ParameterizedTest
    @ValueSource(strings = {"tied-gqa", "untied-mha"})
    void countsTheParametersOfTheFile(String name) throws IOException {
        Path folder = golden(name);
        try (SafetensorsFile file = SafetensorsFile.open(folder.resolve("model.safetensors"))) {
            long elements = file.names().stream()
                    .mapToLong(n -> Arrays.stream(file.info(n).shape()).reduce(1, (a, b) -> a * b)).sum();
            assertEquals(elements, Qwen3Config.read(folder.resolve("config.json")).parameterCount());
        }
    }

    @Test
    void countsTheSeedModel() {
        assertEquals(114_130_432, seed(false).parameterCount());
        assertEquals(88_530_432, seed(true).parameterCount());
    }

    private static Qwen3Config seed(boolean tied) {
        return new Qwen3Config(50_000, 512, 2048, 12, 8, 8, 128, 1024, 1e-6, 1e6, 0.02, tied, 1, List.of(2), 3);
    }

    @ParameterizedTest
    @CsvSource({"1e-6, 1e-06", "1e-5, 1e-05", "0.00012, 0.00012", "1e-12, 1e-12", "2.5e-7, 2.5e-07"})
    void writesNumbersAsPythonDoes(double eps, String expected) throws IOException {
        Path file = temp.resolve("config.json");
        new Qwen3Config(10, 8, 8, 1, 1, 1, 8, 8, eps, 5e7, 0, true, null, List.of(1, 2), null).write(file);
        String text = Files.readString(file);
        assertTrue(text.contains("\"rms_norm_eps\": " + expected + ","), text);
        assertTrue(text.contains("\"rope_theta\": 50000000.0,"), text);
        assertTrue(text.contains("\"initializer_range\": 0.0,"), text);
        assertTrue(text.contains("\"eos_token_id\": [\n    1,\n    2\n  ],"), text);
        assertEquals(List.of(1, 2), Qwen3Config.read(file).eosTokenIds());
    }

    @Test
    void readsTheFormOfTransformers4() throws IOException {
        ObjectNode json = goldenJson();
        json.remove(List.of("rope_parameters", "layer_types", "dtype"));
        json.put("rope_theta", 250_000).put("torch_dtype", "bfloat16").putNull("rope_scaling");
        json.put("eos_token_id", 5).put("max_window_layers", 2).put("something_new", 1);
        Qwen3Config config = read(json);
        assertEquals(250_000, config.ropeTheta());
        assertEquals(List.of(5), config.eosTokenIds());
        json.remove("rope_theta");
        assertEquals(10_000, read(json).ropeTheta());
    }

    @Test
    void takesTransformersDefaults() throws IOException {
        ObjectNode json = goldenJson();
        json.remove(List.of("head_dim", "rms_norm_eps", "tie_word_embeddings", "max_position_embeddings",
                "initializer_range"));
        json.putNull("num_key_value_heads");
        Qwen3Config config = read(json);
        assertEquals(128, config.headDim());
        assertEquals(4, config.numKeyValueHeads());
        assertEquals(32768, config.maxPositionEmbeddings());
        assertEquals(1e-6, config.rmsNormEps());
        assertEquals(0.02, config.initializerRange());
        assertFalse(config.tieWordEmbeddings());
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', value = {
        "model_type | \"llama\" | model_type is \"llama\"",
        "model_type | \"qwen3_moe\" | only \"qwen3\"",
        "architectures | [\"Qwen3ForSequenceClassification\"] | architectures",
        "hidden_act | \"gelu\" | hidden_act is \"gelu\"",
        "attention_bias | true | attention_bias is true",
        "attention_bias | 0 | attention_bias must be true or false",
        "attention_dropout | 0.1 | attention_dropout is 0.1",
        "use_sliding_window | true | use_sliding_window is true",
        "layer_types | [\"full_attention\", \"sliding_attention\"] | layer_types",
        "layer_types | [\"full_attention\"] | layer_types",
        "rope_parameters | {\"rope_type\": \"yarn\", \"factor\": 4.0} | rope_parameters.rope_type is \"yarn\"",
        "rope_parameters | {\"rope_type\": \"default\", \"factor\": 4.0} | rope_parameters has the key \"factor\"",
        "rope_parameters | [] | rope_parameters must be an object",
        "rope_scaling | {\"type\": \"linear\", \"factor\": 2.0} | rope_scaling.type is \"linear\"",
        "rope_theta | 5 | keep one of them",
        "partial_rotary_factor | 0.5 | partial_rotary_factor",
        "quantization_config | {\"bits\": 4} | quantization_config",
        "head_dim | 20 | head_dim must be a multiple of 8",
        "num_key_value_heads | 3 | num_key_value_heads",
        "num_hidden_layers | 0 | num_hidden_layers must be from 1",
        "hidden_size | -64 | hidden_size must be from 1",
        "hidden_size | 64.0 | hidden_size must be a whole number",
        "hidden_size | 99999999999 | hidden_size must be a whole number",
        "hidden_size | \"64\" | hidden_size must be a whole number, not \"64\"",
        "hidden_size | null | the key hidden_size is missing",
        "vocab_size | 2000000000 | vocab_size must be from 1",
        "rms_norm_eps | 1e400 | rms_norm_eps must be a number",
        "rms_norm_eps | 0 | rms_norm_eps must be between 0 and 1",
        "eos_token_id | 131 | eos_token_id must be an id of the vocabulary of 131",
        "eos_token_id | [1, \"2\"] | eos_token_id must be a list of whole numbers",
        "pad_token_id | -1 | pad_token_id"})
    void refusesByName(String key, String value, String complaint) throws IOException {
        ObjectNode json = goldenJson();
        String text = json.put(key, "PLACE").toString().replace("\"PLACE\"", value);
        Path file = Files.writeString(temp.resolve("config.json"), text);
        MalformedFileException e = assertThrows(MalformedFileException.class, () -> Qwen3Config.read(file));
        assertTrue(e.getMessage().contains(complaint), e.getMessage());
        assertTrue(e.getMessage().startsWith(file.toString()), e.getMessage());
    }

    @Test
    void refusesModelsBeyondAllMeasure() {
        IllegalArgumentException e = assertThrows(IllegalArgumentException.class, () -> new Qwen3Config(1 << 22, 1 << 22,
                1 << 22, 10_000, 1 << 19, 1 << 19, 8, 1, 1e-6, 1e4, 0.02, false, null, List.of(), null));
        assertTrue(e.getMessage().contains("parameters"), e.getMessage());
        assertFalse(e.getMessage().contains("of -"), e.getMessage());
    }
}
