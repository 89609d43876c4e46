package io.saryu.files;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.saryu.tensor.DType;
import io.saryu.tensor.Tensor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SafetensorsModelTest {
    private static final String INDEX = "model.safetensors.index.json";

    @TempDir
    Path temp;

    /** A model of two shards in {@code folder}, with tensors a (1, 2), b (3) and c (4). */
    static void shards(Path folder) throws IOException {
        shard(folder.resolve("model-00001-of-00002.safetensors"),
                Map.of("a", new double[] {1, 2}, "b", new double[] {3}));
        shard(folder.resolve("model-00002-of-00002.safetensors"), Map.of("c", new double[] {4}));
        Map<String, String> places = new LinkedHashMap<>();
        places.put("a", "model-00001-of-00002.safetensors");
        places.put("b", "model-00001-of-00002.safetensors");
        places.put("c", "model-00002-of-00002.safetensors");
        index(folder, places);
    }

    private static void shard(Path file, Map<String, double[]> values) throws IOException {
        Map<String, Tensor> tensors = new LinkedHashMap<>();
        values.forEach((k, v) -> tensors.put(k, Tensor.allocate(k, DType.F32, v.length).fillFrom(v)));
        SafetensorsWriter.write(file, tensors, Map.of());
        tensors.values().forEach(Tensor::close);
    }

    private static void index(Path folder, Map<String, String> places) throws IOException {
        Files.writeString(folder.resolve(INDEX), new ObjectMapper().writeValueAsString(
                Map.of("metadata", Map.of("total_size", 16), "weight_map", places)));
    }

    private String refusal() {
        String message = assertThrows(IOException.class, () -> SafetensorsModel.open(temp).close()).getMessage();
        assertTrue(message.contains(temp.toString()), message);
        return message;
    }

    @Test
    void readsShards() throws IOException {
        shards(temp);
        try (SafetensorsModel model = SafetensorsModel.open(temp); Tensor t = Tensor.allocate("t", DType.F32, 2)) {
            assertEquals(Set.of("a", "b", "c"), model.names());
            assertArrayEquals(new long[] {1}, model.info("c").shape());
            model.read("a", t.segment());
            assertArrayEquals(new float[] {1, 2}, t.toFloats());
            model.read("c", t.segment());
            assertArrayEquals(new float[] {4, 2}, t.toFloats());
            assertThrows(IllegalArgumentException.class, () -> model.read("d", t.segment()));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"../x.safetensors", "/etc/x.safetensors", "..", "", "a/../x.safetensors", "C:x.safetensors",
        "..\\x.safetensors", "x.bin", "x\u0000.safetensors", "./x.safetensors", "\ud800.safetensors"})
    void refusesShardsOutsideTheFolder(String name) throws IOException {
        Path inner = Files.createDirectory(temp.resolve("inner"));
        shard(temp.resolve("x.safetensors"), Map.of("a", new double[] {1}));
        index(inner, Map.of("a", "x.safetensors"));
        String json = Files.readString(inner.resolve(INDEX));
        Files.writeString(inner.resolve(INDEX), json.replace("x.safetensors", new ObjectMapper().writeValueAsString(
                name.replace('\ud800', '#')).replaceAll("^\"|\"$", "").replace("#", "\\ud800")));
        String message = assertThrows(MalformedFileException.class, () -> SafetensorsModel.open(inner)).getMessage();
        assertTrue(message.contains("not the plain name of a .safetensors file in the same folder"), message);
    }

    @Test
    void refusesAnIndexThatDoesNotFitItsShards() throws IOException {
        shards(temp);
        index(temp, Map.of("c", "model-00001-of-00002.safetensors"));
        assertTrue(refusal().contains("mixes two models"));
        index(temp, Map.of("a", "model-00003-of-00002.safetensors"));
        assertTrue(refusal().contains("there is no such file"));
        index(temp, Map.of("a", "नमूना.safetensors"));
        refusal();
        Files.writeString(temp.resolve(INDEX), "{\"weight_map\": []}");
        assertTrue(refusal().contains("has no weight_map"));
        Files.delete(temp.resolve(INDEX));
        assertTrue(refusal().contains("neither model.safetensors nor"));
        String gone = assertThrows(IOException.class, () -> SafetensorsModel.open(temp.resolve("gone"))).getMessage();
        assertTrue(gone.contains("there is no such folder"), gone);
    }

    @Test
    void closesItsShardsWhenOneIsDamaged() throws IOException {
        shards(temp);
        Files.write(temp.resolve("model-00002-of-00002.safetensors"), new byte[7]);
        Path descriptors = Path.of("/proc/self/fd");
        for (int i = 0; i < 20; i++) {
            assertTrue(refusal().contains("7 bytes"));
        }
        if (Files.isDirectory(descriptors)) {
            try (var open = Files.list(descriptors)) {
                assertFalse(open.anyMatch(fd -> {
                    try {
                        return Files.readSymbolicLink(fd).startsWith(temp);
                    } catch (IOException e) {
                        return false;
                    }
                }));
            }
        }
    }
}
