package io.saryu.files;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.saryu.tensor.DType;
import io.saryu.tensor.Tensor;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TokenFileTest {
    private static final String SHA = "0123456789abcdef".repeat(4);

    @TempDir
    Path temp;

    private Path bin() {
        return temp.resolve("hi.train.bin");
    }

    private Path json() {
        return temp.resolve("hi.train.bin.json");
    }

    private TokenFileInfo write(int vocabSize, int[]... documents) throws IOException {
        try (TokenFileWriter writer = TokenFileWriter.create(bin(), vocabSize, SHA, "hi")) {
            for (int[] d : documents) {
                writer.append(d, d.length, 3L * d.length);
            }
            return writer.commit();
        }
    }

    private List<String> names() throws IOException {
        try (var files = Files.list(temp)) {
            return files.map(f -> f.getFileName().toString()).sorted().toList();
        }
    }

    @ParameterizedTest
    @CsvSource({"2, uint16", "50257, uint16", "65535, uint16", "65536, uint32", "2147483647, uint32"})
    void readsBackWhatWasWritten(int vocabSize, String dtype) throws IOException {
        Random random = new Random(vocabSize);
        int[][] documents = new int[40][];
        List<Integer> all = new ArrayList<>();
        for (int d = 0; d < documents.length; d++) {
            documents[d] = random.ints(1 + random.nextInt(20_000), 0, vocabSize).toArray();
            documents[d][0] = d % 2 == 0 ? 0 : vocabSize - 1;
            Arrays.stream(documents[d]).forEach(all::add);
        }
        int[] ids = all.stream().mapToInt(i -> i).toArray();
        TokenFileInfo info = write(vocabSize, documents);
        assertEquals(new TokenFileInfo(TokenType.of(vocabSize), ids.length, 40, SHA, 3L * ids.length, "hi", vocabSize,
                vocabSize - 1), info);
        assertEquals(dtype, info.type().dtype());
        assertEquals(info.bytes(), Files.size(bin()));
        assertEquals(List.of("hi.train.bin", "hi.train.bin.json"), names());
        try (TokenFile file = TokenFile.open(bin());
                TokenFile raw = TokenFile.openRaw(bin(), info.type(), vocabSize);
                Tensor tensor = Tensor.allocate("ids", DType.I32, 5)) {
            assertEquals(info, file.info());
            assertEquals(ids.length, file.length());
            assertEquals(ids.length, raw.length());
            file.verify();
            int[] out = new int[ids.length];
            file.copyTo(0, out, 0, ids.length);
            assertArrayEquals(ids, out);
            file.copyTo(7, out, 2, 5);
            assertArrayEquals(Arrays.copyOfRange(ids, 7, 12), Arrays.copyOfRange(out, 2, 7));
            assertEquals(ids[1], out[1]);
            raw.copyTo(ids.length - 5, tensor.segment(), 5);
            for (int i = 0; i < 5; i++) {
                assertEquals(ids[ids.length - 5 + i], (int) tensor.get(i));
                assertEquals(ids[i], file.get(i));
            }
        }
    }

    @Test
    void isLittleEndianAsNanoGptReadsIt() throws IOException {
        write(50_257, new int[] {0x0102, 50_256});
        assertArrayEquals(new byte[] {2, 1, 0x50, (byte) 0xC4}, Files.readAllBytes(bin()));
        write(70_000, new int[] {0x0102, 69_999});
        assertArrayEquals(new byte[] {2, 1, 0, 0, 0x6F, 0x11, 1, 0}, Files.readAllBytes(bin()));
    }

    @Test
    void describesItselfInJson() throws IOException {
        write(300, new int[] {1, 2}, new int[] {299});
        assertEquals("""
                {"dtype":"uint16","token_count":3,"document_count":2,"tokenizer_sha256":"%s",\
                "text_bytes":9,"language":"hi","vocab_size":300,"max_token_id":299}""".formatted(SHA),
                Files.readString(json()).replaceAll("\\s", ""));
    }

    @Test
    void holdsNothing() throws IOException {
        assertEquals(-1, write(10).maxTokenId());
        try (TokenFile file = TokenFile.open(bin())) {
            assertEquals(0, file.length());
            file.verify();
            file.copyTo(0, new int[0], 0, 0);
            assertThrows(IndexOutOfBoundsException.class, () -> file.get(0));
        }
    }

    @Test
    void reachesBeyondTwoGigabytes() throws IOException {
        long count = (1L << 30) + 10_001;
        try (RandomAccessFile sparse = new RandomAccessFile(bin().toFile(), "rw")) {
            sparse.setLength(2 * count);
            sparse.seek(2 * (count - 1));
            sparse.write(new byte[] {0x39, 5});
        }
        try (TokenFile file = TokenFile.openRaw(bin(), TokenType.UINT16, 2000)) {
            assertEquals(count, file.length());
            assertEquals(1337, file.get(count - 1));
            int[] out = new int[3];
            file.copyTo(count - 3, out, 0, 3);
            assertArrayEquals(new int[] {0, 0, 1337}, out);
        }
    }

    @Test
    void refusesIndicesOutOfBounds() throws IOException {
        write(10, new int[] {1, 2, 3});
        try (TokenFile file = TokenFile.open(bin()); Tensor two = Tensor.allocate("two", DType.I32, 2)) {
            int[] out = {7, 7, 7};
            for (long from : new long[] {-1, 1, 3, Long.MAX_VALUE, Long.MIN_VALUE}) {
                assertThrows(IndexOutOfBoundsException.class, () -> file.copyTo(from, out, 0, 3));
            }
            assertThrows(IndexOutOfBoundsException.class, () -> file.copyTo(0, out, 1, 3));
            assertThrows(IndexOutOfBoundsException.class, () -> file.copyTo(0, out, 0, -1));
            assertThrows(IndexOutOfBoundsException.class, () -> file.copyTo(0, two.segment(), 3));
            assertThrows(IndexOutOfBoundsException.class, () -> file.get(3));
            assertArrayEquals(new int[] {7, 7, 7}, out);
        }
    }

    @ParameterizedTest
    @CsvSource({"UINT16, 1000, 999, 1000", "UINT16, 65535, 65534, 65535", "UINT32, 70000, 69999, 70000",
        "UINT32, 70000, 1, -1", "UINT32, 2147483647, 2147483646, 2147483647"})
    void neverGivesOutAnIdOutsideTheVocabulary(TokenType type, int vocabSize, int good, int bad) throws IOException {
        byte[] bytes = new byte[100 * type.bytes()];
        for (int i = 0; i < type.bytes(); i++) {
            bytes[3 * type.bytes() + i] = (byte) (good >>> 8 * i);
            bytes[71 * type.bytes() + i] = (byte) (bad >>> 8 * i);
        }
        Files.write(bin(), bytes);
        try (TokenFile file = TokenFile.openRaw(bin(), type, vocabSize)) {
            assertEquals(good, file.get(3));
            file.copyTo(0, new int[71], 0, 71);
            String message = assertThrows(MalformedFileException.class, () -> file.copyTo(5, new int[90], 0, 90))
                    .getMessage();
            assertTrue(message.startsWith(bin() + " has the id " + Integer.toUnsignedString(bad) + " as token 71,"
                    + " outside its vocabulary of " + vocabSize), message);
            assertEquals(message, assertThrows(MalformedFileException.class, () -> file.get(71)).getMessage());
            assertEquals(message, assertThrows(MalformedFileException.class, file::verify).getMessage());
        }
    }

    @Test
    void cannotBeUsedAfterItWasClosed() throws IOException {
        write(10, new int[] {1, 2, 3});
        TokenFile file = TokenFile.open(bin());
        file.close();
        file.close();
        assertTrue(assertThrows(IllegalStateException.class, () -> file.get(0)).getMessage().contains("hi.train.bin"));
        assertThrows(IllegalStateException.class, () -> file.copyTo(0, new int[1], 0, 1));
        assertThrows(IllegalStateException.class, file::verify);
    }

    @Test
    void survivesBeingClosedAndCutOffWhileItIsRead() throws Exception {
        ExecutorService pool = Executors.newSingleThreadExecutor();
        try {
            for (int round = 0; round < 40; round++) {
                Files.write(bin(), new byte[4 << 20]);
                boolean close = round % 2 == 0;
                try (TokenFile file = TokenFile.openRaw(bin(), TokenType.UINT16, 1)) {
                    Callable<Exception> reading = () -> {
                        int[] out = new int[2 << 20];
                        try {
                            while (true) {
                                file.copyTo(0, out, 0, out.length);
                            }
                        } catch (Exception e) {
                            return e;
                        }
                    };
                    Future<Exception> end = pool.submit(reading);
                    Thread.sleep(round % 7);
                    if (close) {
                        file.close();
                    } else {
                        try (RandomAccessFile cut = new RandomAccessFile(bin().toFile(), "rw")) {
                            cut.setLength(5000);
                        }
                    }
                    Exception e = end.get();
                    assertEquals(close ? IllegalStateException.class : MalformedFileException.class, e.getClass(),
                            e.toString());
                    assertTrue(e.getMessage().contains(bin().toString()), e.getMessage());
                }
            }
        } finally {
            pool.shutdownNow();
        }
    }

    @Test
    void staysOpenWhenAReadingThreadIsInterrupted() throws IOException {
        write(10, new int[] {1, 2, 3});
        try (TokenFile file = TokenFile.open(bin())) {
            Thread.currentThread().interrupt();
            assertEquals(2, file.get(1));
            assertTrue(Thread.interrupted());
            assertEquals(3, file.get(2));
        }
    }

    @Test
    void refusesAFileOfAnotherSize() throws IOException {
        write(10, new int[] {1, 2, 3});
        for (byte[] bytes : List.of(new byte[4], new byte[5], new byte[7], new byte[0])) {
            Files.write(bin(), bytes);
            String message = assertThrows(MalformedFileException.class, () -> TokenFile.open(bin())).getMessage();
            assertTrue(message.startsWith(bin() + " has " + bytes.length + " bytes, but its description gives it 3"
                    + " tokens"), message);
        }
        Files.write(bin(), new byte[6]);
        try (TokenFile file = TokenFile.open(bin())) {
            assertTrue(assertThrows(MalformedFileException.class, file::verify).getMessage()
                    .contains("has 0 as its largest id, but its description says 3"));
        }
        Files.write(bin(), new byte[7]);
        assertTrue(assertThrows(MalformedFileException.class, () -> TokenFile.openRaw(bin(), TokenType.UINT16, 9))
                .getMessage().contains("no whole number"));
    }

    @Test
    void refusesWhatIsMissingOrNoFile() throws IOException {
        assertTrue(assertThrows(IOException.class, () -> TokenFile.open(bin())).getMessage().contains("no such file"));
        assertTrue(assertThrows(IOException.class, () -> TokenFile.openRaw(bin(), TokenType.UINT16, 9)).getMessage()
                .contains("no such file"));
        Files.write(bin(), new byte[2]);
        assertTrue(assertThrows(IOException.class, () -> TokenFile.open(bin())).getMessage()
                .contains("its description " + json() + " is missing"));
        assertTrue(assertThrows(IOException.class, () -> TokenFile.open(temp)).getMessage().contains("is not a file"));
        assertThrows(IllegalArgumentException.class, () -> TokenFile.openRaw(bin(), TokenType.UINT16, 65_537));
        assertThrows(IllegalArgumentException.class, () -> TokenFile.openRaw(bin(), TokenType.UINT16, 0));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', value = {
        "dtype | \"int16\" | dtype must be", "dtype | null | dtype must be", "dtype | 16 | dtype must be",
        "dtype | \"uint32\" | has 6 bytes, but", "token_count | 4 | has 6 bytes, but",
        "token_count | 3.0 | token_count", "token_count | -1 | token_count",
        "token_count | 9223372036854775807 | token_count",
        "token_count | 99999999999999999999 | token_count", "token_count | \"3\" | token_count",
        "document_count | 4 | document_count", "document_count | -1 | document_count",
        "document_count | 0 | document_count",
        "text_bytes | -1 | text_bytes", "vocab_size | 0 | vocab_size", "vocab_size | 65537 | vocab_size",
        "vocab_size | 4294967297 | vocab_size", "vocab_size | 3 | max_token_id must be below",
        "max_token_id | 10 | max_token_id", "max_token_id | -1 | max_token_id",
        "max_token_id | 4294967296 | max_token_id",
        "language | \"\" | language", "language | \"a\\nb\" | language", "language | null | language",
        "tokenizer_sha256 | \"0\" | tokenizer_sha256", "tokenizer_sha256 | {} | tokenizer_sha256",
        "extra | 1 | the key 'extra' is not known"})
    void refusesADescriptionByKey(String key, String value, String complaint) throws IOException {
        write(10, new int[] {1, 2, 3});
        String text = Files.readString(json());
        String changed = text.replaceFirst("\"" + key + "\" : [^\\n,]+", "\"" + key + "\" : "
                + value.replace("\\", "\\\\"));
        if (key.equals("extra")) {
            changed = text.replaceFirst("\\{", "{\"extra\" : 1,");
        }
        assertFalse(text.equals(changed), "nothing was changed");
        Files.writeString(json(), changed);
        String message = assertThrows(MalformedFileException.class, () -> TokenFile.open(bin())).getMessage();
        assertTrue(message.contains(complaint), message);
        assertTrue(message.startsWith(bin().toString()), message);
        assertFalse(message.contains("\n"), message);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "[]", "{", "null", "{} {}", "{\"dtype\":\"uint16\",\"dtype\":\"uint16\"}", "\uFEFF{}"})
    void refusesADescriptionThatIsNoObject(String text) throws IOException {
        write(10, new int[] {1, 2, 3});
        Files.writeString(json(), text);
        assertTrue(assertThrows(MalformedFileException.class, () -> TokenFile.open(bin())).getMessage()
                .contains(json().toString()));
        Files.write(json(), new byte[20_000]);
        assertTrue(assertThrows(MalformedFileException.class, () -> TokenFile.open(bin())).getMessage()
                .contains("20000 bytes"));
        Files.delete(json());
        for (String key : List.of("dtype", "token_count", "language")) {
            write(10, new int[] {1, 2, 3});
            Files.writeString(json(), Files.readString(json()).replaceFirst("\"" + key + "\" : [^\\n,]+,", ""));
            assertTrue(assertThrows(MalformedFileException.class, () -> TokenFile.open(bin())).getMessage()
                    .contains(key + " must be there"));
        }
    }
}
