package io.saryu.tokenizer;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** The ids of Saryu's encoder against those of the SentencePiece library. */
class UnigramEncoderTest {
    private static void assertSameIds(byte[] model, List<String> texts) throws IOException {
        try (Tokenizer own = Tokenizer.fromBytes(model, Encoder.JAVA);
                Tokenizer library = Tokenizer.fromBytes(model, Encoder.SENTENCEPIECE)) {
            assertEquals(Encoder.JAVA, own.encoder());
            assertEquals(Encoder.SENTENCEPIECE, library.encoder());
            int[][] expected = library.encodeBatch(texts, 2);
            for (int threads : new int[] {1, 2, 7}) {
                int[][] ids = own.encodeBatch(texts, threads);
                for (int i = 0; i < ids.length; i++) {
                    assertArrayEquals(expected[i], ids[i], texts.get(i));
                }
            }
        }
    }

    private static List<String> sample() throws IOException {
        List<String> texts = new ArrayList<>();
        for (String language : SampleText.LANGUAGES) {
            texts.addAll(SampleText.lines(language, Integer.MAX_VALUE));
        }
        return texts;
    }

    private static List<String> hostile() {
        List<String> texts = new ArrayList<>(List.of("", " ", "   ", "▁", "▁ ▁", "\n\n", "a\uD800b\uDC00", "\uDC00\uD800",
                "[NAME", "[NAME][NAME]", "<|im_start|><|im_end|>x", "\0\0", "<0x41><s></s><unk>", "1234 १२३४",
                "a".repeat(5000), "ab".repeat(90), "क्".repeat(3000), "\uD83D\uDE00".repeat(200), "x \n y"));
        Random random = new Random(7);
        for (int i = 0; i < 5000; i++) {
            texts.add(RandomText.of(random, random.nextInt(40)));
        }
        return texts;
    }

    @Test
    void givesTheIdsOfTheLibrary() throws IOException {
        List<String> texts = sample();
        texts.addAll(hostile());
        // Sums of scores that a float no longer holds exactly.
        texts.add(String.join(" ", sample().subList(0, 3000)));
        texts.add(String.join("\n", sample()));
        assertSameIds(SampleText.model(), texts);
    }

    /** Scores of any fraction, unused pieces, pieces over blanks, no byte fallback: what other trainers write. */
    @Test
    void givesTheIdsOfTheLibraryForOtherModels() throws IOException {
        Proto.Message model = Proto.parse(SampleText.model());
        List<String> texts = sample().subList(0, 4000);
        texts.addAll(hostile());
        texts.add(String.join(" ", sample().subList(0, 1000)));
        assertSameIds(variant(model, true, true, false).bytes(), texts);
        assertSameIds(variant(model, true, false, false).bytes(), texts);
        assertSameIds(variant(model, false, true, true).bytes(), texts);
    }

    private static Proto.Message variant(Proto.Message model, boolean anyScores, boolean overBlanks,
                                         boolean withoutBytes) {
        Random random = new Random(3);
        List<Proto.Field> fields = new ArrayList<>();
        for (Proto.Field field : model.fields()) {
            Proto.Message message = (Proto.Message) field.value();
            if (field.number() == 1) {
                long type = (Long) message.fields().stream().filter(f -> f.number() == 3).map(Proto.Field::value)
                        .findFirst().orElse(1L);
                if (type == 6 && withoutBytes) {
                    continue;
                }
                List<Proto.Field> piece = new ArrayList<>();
                for (Proto.Field part : message.fields()) {
                    if (part.number() == 2 && anyScores && type == 1) {
                        piece.add(new Proto.Field(2, (Float) part.value() - random.nextFloat()));
                    } else {
                        piece.add(part);
                    }
                }
                if (type == 1 && random.nextInt(20) == 0) {
                    piece.add(new Proto.Field(3, 5L));
                }
                fields.add(new Proto.Field(1, new Proto.Message(piece)));
            } else if (field.number() == 2 && withoutBytes) {
                List<Proto.Field> spec = new ArrayList<>(message.fields());
                spec.removeIf(f -> f.number() == 35);
                fields.add(new Proto.Field(2, new Proto.Message(spec)));
            } else {
                fields.add(field);
            }
        }
        if (overBlanks) {
            for (String piece : List.of("▁of▁the▁", "▁▁", "a▁", "है▁।", "e▁a")) {
                fields.add(new Proto.Field(1, new Proto.Message(List.of(
                        new Proto.Field(1, piece.getBytes(java.nio.charset.StandardCharsets.UTF_8)),
                        new Proto.Field(2, -4f - random.nextFloat())))));
            }
        }
        return new Proto.Message(fields);
    }

    @Test
    void leavesModelsThatChangeTextToTheLibrary() throws IOException {
        byte[] golden = GoldenTokenizerTest.model();
        try (Tokenizer tokenizer = Tokenizer.fromBytes(golden)) {
            assertEquals(Encoder.SENTENCEPIECE, tokenizer.encoder());
        }
        String message = assertThrows(TokenizerException.class,
                () -> Tokenizer.fromBytes(golden, Encoder.JAVA)).getMessage();
        assertTrue(message.contains("let SentencePiece encode"), message);
    }
}
