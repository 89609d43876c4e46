package io.saryu.files;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.saryu.golden.GoldenFiles;
import io.saryu.nn.Qwen3Config;
import io.saryu.tensor.DType;
import io.saryu.tensor.Tensor;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Damaged and hostile files are read whole or refused in one sentence that names the file; nothing else happens. */
class MutatedFilesTest {
    private static final int FILES = 10_000;

    @TempDir
    Path temp;

    private int accepted;

    /** Reads a damaged file. */
    private interface Reading {
        void read() throws IOException;
    }

    private void check(int seed, Path named, Reading reading) {
        try {
            reading.read();
            accepted++;
        } catch (IOException e) {
            String message = e.getMessage();
            assertNotNull(message, "seed " + seed);
            assertTrue(message.contains(named.toString()), "seed " + seed + ": " + message);
            assertFalse(message.codePoints().anyMatch(c -> c < ' ' || c == 0x7F || c == 0x2028 || c == 0x2029),
                    "seed " + seed + ": " + message);
            assertTrue(message.length() < 700 + named.toString().length(), "seed " + seed + ": " + message);
        } catch (Throwable e) {
            throw new AssertionError("seed " + seed + " was neither read nor refused", e);
        }
    }

    /** The damage must be such that both happen, or the test would show nothing. */
    private void assertBothHappened() {
        assertTrue(accepted > FILES / 200 && accepted < FILES / 2, accepted + " were read");
    }

    @Test
    void tokenFiles() throws IOException {
        int[] ids = new Random(1).ints(700, 0, 900).toArray();
        for (int seed = 0; seed < FILES; seed++) {
            Path bin = temp.resolve("t" + seed % 2 + ".bin");
            Path json = temp.resolve("t" + seed % 2 + ".bin.json");
            if (seed < 2) {
                int vocabSize = seed == 0 ? 1000 : 100_000;
                try (TokenFileWriter writer = TokenFileWriter.create(bin, vocabSize, "0".repeat(64), "hi")) {
                    writer.append(ids, ids.length, 5000);
                    writer.commit();
                }
                Files.copy(bin, temp.resolve("bin" + seed));
                Files.copy(json, temp.resolve("json" + seed));
            }
            Mutations m = new Mutations(seed);
            byte[] goodBin = Files.readAllBytes(temp.resolve("bin" + seed % 2));
            byte[] goodJson = Files.readAllBytes(temp.resolve("json" + seed % 2));
            boolean both = m.chance(8);
            boolean inJson = both || m.chance(2);
            Files.write(bin, both || !inJson ? m.bytes(goodBin) : goodBin);
            Files.write(json, !inJson ? goodJson : m.chance(4) ? m.bytes(goodJson)
                    : m.json(new String(goodJson, StandardCharsets.UTF_8)).getBytes(StandardCharsets.UTF_8));
            check(seed, bin, () -> {
                try (TokenFile file = TokenFile.open(bin)) {
                    file.verify();
                }
            });
            int before = accepted;
            check(seed, bin, () -> {
                try (TokenFile file = TokenFile.openRaw(bin, TokenType.UINT16, 1 << 16)) {
                    file.verify();
                    file.copyTo(0, new int[(int) file.length()], 0, (int) file.length());
                }
            });
            assertTrue(accepted == before + (Files.size(bin) % 2 == 0 ? 1 : 0), "seed " + seed);
            accepted = before;
        }
        assertBothHappened();
    }

    @Test
    void safetensorsFiles() throws IOException {
        Path good = temp.resolve("good.safetensors");
        Map<String, Tensor> tensors = new LinkedHashMap<>();
        tensors.put("embed", Tensor.allocate("embed", DType.F32, 7, 5));
        tensors.put("layers.0.q", Tensor.allocate("q", DType.F32, 5, 5));
        tensors.put("layers.0.half", Tensor.allocate("h", DType.BF16, 3));
        tensors.put("empty", Tensor.allocate("e", DType.F32, 0, 4));
        tensors.put("scalar", Tensor.allocate("s", DType.I64));
        SafetensorsWriter.write(good, tensors, Map.of("format", "pt"));
        tensors.values().forEach(Tensor::close);
        byte[] bytes = Files.readAllBytes(good);
        int end = 8 + (int) ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).getLong();
        String header = new String(bytes, 8, end - 8, StandardCharsets.UTF_8);
        byte[] data = Arrays.copyOfRange(bytes, end, bytes.length);
        Path file = temp.resolve("model.safetensors");
        for (int seed = 0; seed < FILES; seed++) {
            Mutations m = new Mutations(seed);
            Files.write(file, m.chance(3) ? m.bytes(bytes) : withHeader(m, m.json(header), data));
            check(seed, temp, () -> {
                try (SafetensorsModel model = SafetensorsModel.open(temp)) {
                    for (String name : model.names()) {
                        TensorInfo info = model.info(name);
                        model.read(name, MemorySegment.ofArray(new byte[Math.toIntExact(info.bytes())]));
                    }
                }
            });
        }
        assertBothHappened();
    }

    /** A file of another header, whose length is told truly or not. */
    private static byte[] withHeader(Mutations m, String header, byte[] data) {
        byte[] text = header.getBytes(StandardCharsets.UTF_8);
        long[] lies = {0, 1, text.length - 1, text.length + 1, text.length + data.length, text.length + data.length + 1,
            SafetensorsHeader.LONGEST, SafetensorsHeader.LONGEST + 1, Long.MAX_VALUE, Long.MIN_VALUE, -1, -8};
        long length = m.chance(10) ? lies[m.below(lies.length)] : text.length;
        return ByteBuffer.allocate(8 + text.length + data.length).order(ByteOrder.LITTLE_ENDIAN).putLong(length)
                .put(text).put(data).array();
    }

    @Test
    void configFiles() throws IOException {
        String good = Files.readString(GoldenFiles.copy("tied-gqa", temp.resolve("golden")).resolve("config.json"));
        Path file = temp.resolve("config.json");
        for (int seed = 0; seed < FILES; seed++) {
            Mutations m = new Mutations(seed);
            Files.write(file, m.chance(4) ? m.bytes(good.getBytes(StandardCharsets.UTF_8))
                    : m.json(good).getBytes(StandardCharsets.UTF_8));
            check(seed, file, () -> assertTrue(Qwen3Config.read(file).parameterCount() > 0));
        }
        assertBothHappened();
    }

    @Test
    void shardIndexes() throws IOException {
        SafetensorsModelTest.shards(temp);
        Path index = temp.resolve("model.safetensors.index.json");
        String good = Files.readString(index);
        for (int seed = 0; seed < FILES; seed++) {
            Mutations m = new Mutations(seed);
            Files.writeString(index, m.json(good));
            check(seed, temp, () -> {
                try (SafetensorsModel model = SafetensorsModel.open(temp)) {
                    for (String name : model.names()) {
                        model.read(name, MemorySegment.ofArray(new byte[(int) model.info(name).bytes()]));
                    }
                }
            });
        }
        assertBothHappened();
    }
}
