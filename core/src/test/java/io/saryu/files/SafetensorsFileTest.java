package io.saryu.files;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.saryu.tensor.DType;
import io.saryu.tensor.Tensor;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SafetensorsFileTest {
    @TempDir
    Path temp;

    private Path file(String header, int dataBytes) throws IOException {
        byte[] text = header.getBytes(StandardCharsets.UTF_8);
        return Files.write(temp.resolve("x.safetensors"), ByteBuffer.allocate(8 + text.length + dataBytes)
                .order(ByteOrder.LITTLE_ENDIAN).putLong(text.length).put(text).array());
    }

    private String refusal(Path file) {
        return assertThrows(MalformedFileException.class, () -> SafetensorsFile.open(file).close()).getMessage();
    }

    @Test
    void readsBackEveryTypeAndShape() throws IOException {
        Random random = new Random(4);
        Map<String, Tensor> tensors = new LinkedHashMap<>();
        for (DType type : DType.values()) {
            for (long[] shape : new long[][] {{}, {0}, {3}, {5, 0}, {2, 3, 5}, {1, 1, 1, 7}}) {
                String name = type + "." + tensors.size() + ".नाम \"q\"";
                Tensor t = Tensor.allocate(name, type, shape);
                for (long i = 0; i < t.count(); i++) {
                    t.set(i, random.nextInt(2));
                }
                tensors.put(name, t);
            }
        }
        Path file = temp.resolve("all.safetensors");
        SafetensorsWriter.write(file, tensors, Map.of("format", "pt", "ключ", "\n\t\"\\"));
        try (SafetensorsFile read = SafetensorsFile.open(file)) {
            assertEquals(tensors.keySet(), Set.copyOf(read.names()));
            assertEquals(Map.of("format", "pt", "ключ", "\n\t\"\\"), read.metadata());
            for (Map.Entry<String, Tensor> e : tensors.entrySet()) {
                TensorInfo info = read.info(e.getKey());
                assertEquals(e.getValue().dtype(), info.dtype());
                assertArrayEquals(e.getValue().shape(), info.shape());
                try (Tensor copy = Tensor.allocate("copy", info.dtype(), info.shape())) {
                    read.read(e.getKey(), copy.segment());
                    assertArrayEquals(e.getValue().toDoubles(), copy.toDoubles(), e.getKey());
                }
            }
        }
        tensors.values().forEach(Tensor::close);
    }

    @Test
    void writesHeadersAsTheFormatWantsThem() throws IOException {
        List<String> names = new ArrayList<>(List.of("b", "a", "model.layers.10.x", "model.layers.9.x", "Z"));
        for (int extra = 0; extra < 9; extra++) {
            Collections.shuffle(names, new Random(extra));
            Map<String, Tensor> tensors = new LinkedHashMap<>();
            for (String n : names) {
                DType type = n.equals("a") ? DType.BF16 : n.equals("b") ? DType.I8 : DType.F32;
                tensors.put(n, Tensor.allocate(n, type, 3));
            }
            Path file = temp.resolve("x.safetensors");
            SafetensorsWriter.write(file, tensors, Map.of("k", "x".repeat(extra)));
            tensors.values().forEach(Tensor::close);
            byte[] bytes = Files.readAllBytes(file);
            long length = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).getLong();
            assertEquals(0, length % 8);
            assertEquals(8 + length + 3 * (3 * 4 + 2 + 1), bytes.length);
            String header = new String(bytes, 8, (int) length, StandardCharsets.UTF_8);
            assertEquals("""
                    {"__metadata__":{"k":"%s"},"Z":{"dtype":"F32","shape":[3],"data_offsets":[0,12]},\
                    "model.layers.10.x":{"dtype":"F32","shape":[3],"data_offsets":[12,24]},\
                    "model.layers.9.x":{"dtype":"F32","shape":[3],"data_offsets":[24,36]},\
                    "a":{"dtype":"BF16","shape":[3],"data_offsets":[36,42]},\
                    "b":{"dtype":"I8","shape":[3],"data_offsets":[42,45]}}""".formatted("x".repeat(extra)),
                    header.stripTrailing());
            assertTrue(header.length() - header.stripTrailing().length() < 8);
        }
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', value = {
        "{} | 4 | should hold 0 bytes", "[] | 0 | not a JSON object", "{}{} | 0 | follows",
        "{\"a\":1} | 4 | 'a' is not an object",
        "{\"a\":{\"dtype\":\"F32\",\"shape\":[1]}} | 4 | needs dtype",
        "{\"a\":{\"dtype\":\"F8_E4M3\",\"shape\":[4],\"data_offsets\":[0,4]}} | 4 | dtype 'F8_E4M3', which is not read",
        "{\"a\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,4]}} | 4 | 8 bytes, but its data_offsets",
        "{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[4,0]}} | 4 | data_offsets",
        "{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[4,8]}} | 8 | begins at byte 4",
        "{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4]}} | 3 | cut off",
        "{\"a\":{\"dtype\":\"F32\",\"shape\":[-1],\"data_offsets\":[0,4]}} | 4 | whole numbers",
        "{\"a\":{\"dtype\":\"F32\",\"shape\":[1.0],\"data_offsets\":[0,4]}} | 4 | whole numbers",
        "{\"a\":{\"dtype\":\"F32\",\"shape\":[4294967296,4294967296],\"data_offsets\":[0,4]}} | 4 | overflows",
        "{\"a\":{\"dtype\":\"F32\",\"shape\":[9223372036854775807],\"data_offsets\":[0,4]}} | 4 | overflows",
        "{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4],\"b\":0}} | 4 | unknown key 'b'",
        "{\"a\":{\"dtype\":\"I8\",\"shape\":[4],\"data_offsets\":[0,4]},"
            + "\"b\":{\"dtype\":\"I8\",\"shape\":[4],\"data_offsets\":[2,6]}} | 6 | begins at byte 2",
        "{\"a\":{\"dtype\":\"I8\",\"shape\":[4],\"data_offsets\":[0,4]},"
            + "\"a\":{\"dtype\":\"I8\",\"shape\":[4],\"data_offsets\":[4,8]}} | 8 | not valid JSON",
        "{\"__metadata__\":{\"a\":1}} | 0 | not a string"})
    void refusesHeaders(String header, int dataBytes, String complaint) throws IOException {
        String message = refusal(file(header, dataBytes));
        assertTrue(message.contains(complaint), message);
        assertTrue(message.contains("x.safetensors"), message);
    }

    @Test
    void refusesHeadersThatWouldFillTheHeap() throws IOException {
        StringBuilder header = new StringBuilder("{\"__metadata__\":{\"-\":\"\"");
        for (int i = 0; i < 1_000_000; i++) {
            header.append(",\"").append(Integer.toString(i, 36)).append("\":\"\"");
        }
        assertTrue(refusal(file(header.append("}}").toString(), 0)).contains("__metadata__ has more than"));
        assertTrue(refusal(file("{\"a\":" + "[".repeat(1_000_000), 0)).contains("x.safetensors"));
        String manyDimensions = "{\"a\":{\"dtype\":\"I8\",\"shape\":[" + "1,".repeat(100) + "1],"
                + "\"data_offsets\":[0,1]}}";
        assertTrue(refusal(file(manyDimensions, 1)).contains("at most 16"));
    }

    @Test
    void reportsAFileThatShrinks() throws IOException {
        Path file = file("{\"a\":{\"dtype\":\"I8\",\"shape\":[4],\"data_offsets\":[0,4]}}", 4);
        try (SafetensorsFile open = SafetensorsFile.open(file)) {
            Files.write(file, new byte[9]);
            String message = assertThrows(MalformedFileException.class,
                    () -> open.read("a", MemorySegment.ofArray(new byte[4]))).getMessage();
            assertTrue(message.contains("became shorter"), message);
        }
    }

    @Test
    void readsIntoMemoryThatFits() throws IOException {
        Path file = file("{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4]}}", 4);
        SafetensorsFile open = SafetensorsFile.open(file);
        try (Arena arena = Arena.ofConfined()) {
            assertThrows(IllegalArgumentException.class, () -> open.read("a", arena.allocate(3)));
            assertThrows(IllegalArgumentException.class, () -> open.read("a", arena.allocate(4).asReadOnly()));
            assertThrows(IllegalArgumentException.class, () -> open.read("b", arena.allocate(4)));
            float[] heap = {7, 7};
            open.read("a", MemorySegment.ofArray(heap));
            assertArrayEquals(new float[] {0, 7}, heap);
            MemorySegment last = arena.allocate(8);
            last.set(ValueLayout.JAVA_INT, 0, 5);
            open.read("a", last.asSlice(4));
            assertEquals(5, last.get(ValueLayout.JAVA_INT, 0));
        } finally {
            open.close();
        }
        String message = assertThrows(IOException.class, () -> open.read("a", MemorySegment.ofArray(new byte[4])))
                .getMessage();
        assertTrue(message.contains("it was closed"), message);
    }

    @Test
    void refusesToWriteWhatCannotBeRead() throws IOException {
        Path file = temp.resolve("x.safetensors");
        try (Tensor t = Tensor.allocate("t", DType.F32, 4, 4)) {
            assertThrows(IllegalArgumentException.class,
                    () -> SafetensorsWriter.write(file, Map.of("t", t.columns(0, 2)), Map.of()));
            assertThrows(IllegalArgumentException.class,
                    () -> SafetensorsWriter.write(file, Map.of("__metadata__", t), Map.of()));
            t.close();
            assertThrows(IllegalStateException.class, () -> SafetensorsWriter.write(file, Map.of("t", t), Map.of()));
        }
        assertFalse(Files.exists(file));
        try (var left = Files.list(temp)) {
            assertEquals(0, left.count());
        }
    }
}
