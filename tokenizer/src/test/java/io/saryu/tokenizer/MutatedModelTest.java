package io.saryu.tokenizer;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.saryu.text.ProgressListener;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Broken and hostile model files: each is refused in one sentence, or read and then used without harm. */
class MutatedModelTest {
    private static final int ANY_BYTES = 5000;
    private static final int FIELDS = 4800;
    private static final int LARGE = 200;
    private static final List<String> TEXTS = List.of("", " ", "The cat, [NAME] and\n\n<|im_start|>", "राम 12 है।",
            "\0😀\t▁", "<s></s><0x41><unk>", "a".repeat(90));

    private int read;
    private int refused;

    private void use(byte[] model) {
        try (Tokenizer tokenizer = Tokenizer.fromBytes(model, Encoder.SENTENCEPIECE);
                Tokenizer own = Tokenizer.fromBytes(model)) {
            int[][] ids = tokenizer.encodeBatch(TEXTS, 1);
            assertArrayEquals(ids, own.encodeBatch(TEXTS, 1));
            assertEquals(TEXTS.size(), tokenizer.decodeBatch(List.of(ids), 1).size());
            int[] every = new int[Math.min(tokenizer.vocabSize(), 1000)];
            Arrays.setAll(every, i -> i);
            assertNotNull(tokenizer.decode(every));
            read++;
        } catch (TokenizerException e) {
            assertTrue(e.getMessage().length() < 1500 && e.getMessage().lines().count() == 1, e.getMessage());
            refused++;
        } catch (IllegalArgumentException e) {
            // SentencePiece may still find, when it encodes, that a model makes no sense.
            assertTrue(e.getMessage().lines().count() == 1, e.getMessage());
            refused++;
        }
    }

    @Test
    void noneEndsTheProcess(@TempDir Path folder) throws IOException {
        TokenizerTrainer.run(List.of(SampleText.corpus(folder, 100).toString()), folder,
                TokenizerTrainerOptions.DEFAULT.withVocabSize(420).withThreads(2), ProgressListener.NONE);
        byte[] small = Files.readAllBytes(folder.resolve(Tokenizer.FILE_NAME));
        Random random = new Random(4);
        for (int i = 0; i < ANY_BYTES; i++) {
            use(mutate(random, small));
        }
        Proto.Message message = Proto.parse(small);
        for (int i = 0; i < FIELDS; i++) {
            use(Proto.mutate(random, message));
        }
        byte[] large = GoldenTokenizerTest.model();
        for (int i = 0; i < LARGE; i++) {
            use(mutate(random, large));
        }
        assertEquals(ANY_BYTES + FIELDS + LARGE, read + refused);
        assertTrue(read > 1000 && refused > 1000, read + " read, " + refused + " refused");
    }

    private static byte[] mutate(Random random, byte[] original) {
        byte[] bytes = original.clone();
        for (int changes = 1 + random.nextInt(4); changes > 0; changes--) {
            int at = random.nextInt(Math.max(bytes.length, 1));
            switch (random.nextInt(10)) {
                case 0 -> bytes = Arrays.copyOf(bytes, at);
                case 1, 2 -> bytes = insert(random, bytes, at);
                case 3 -> bytes = delete(random, bytes, at);
                case 4, 5 -> bytes = with(bytes, at, (byte) random.nextInt());
                default -> bytes = with(bytes, at, bytes.length == 0 ? 0
                        : (byte) (bytes[at] ^ 1 << random.nextInt(8)));
            }
        }
        return bytes;
    }

    private static byte[] with(byte[] bytes, int at, byte value) {
        if (bytes.length > 0) {
            bytes[at] = value;
        }
        return bytes;
    }

    private static byte[] insert(Random random, byte[] bytes, int at) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.write(bytes, 0, Math.min(at, bytes.length));
        for (int n = 1 + random.nextInt(8); n > 0; n--) {
            out.write(random.nextInt(256));
        }
        out.write(bytes, Math.min(at, bytes.length), bytes.length - Math.min(at, bytes.length));
        return out.toByteArray();
    }

    private static byte[] delete(Random random, byte[] bytes, int at) {
        int end = Math.min(bytes.length, at + 1 + random.nextInt(8));
        List<Byte> left = new ArrayList<>(bytes.length);
        for (int i = 0; i < bytes.length; i++) {
            if (i < at || i >= end) {
                left.add(bytes[i]);
            }
        }
        byte[] result = new byte[left.size()];
        for (int i = 0; i < result.length; i++) {
            result[i] = left.get(i);
        }
        return result;
    }
}
