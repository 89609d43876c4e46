package io.saryu.tokenizer;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class StreamingDecoderTest {
    private static final int[] FIRST_BYTES = {0xC0, 0xC2, 0xE0, 0xED, 0xEF, 0xF0, 0xF4, 0xF5};

    static String stream(Tokenizer tokenizer, int... ids) {
        StringBuilder text = new StringBuilder();
        StreamingDecoder decoder = new StreamingDecoder(tokenizer);
        for (int id : ids) {
            text.append(decoder.add(id));
        }
        return text.append(decoder.finish()).toString();
    }

    @Test
    void equalsDecodingAtOnceForTexts() throws IOException {
        Random random = new Random(2);
        for (byte[] model : List.of(SampleText.model(), GoldenTokenizerTest.model())) {
            try (Tokenizer tokenizer = Tokenizer.fromBytes(model)) {
                for (int i = 0; i < 2000; i++) {
                    int[] ids = tokenizer.encode(RandomText.of(random, random.nextInt(20)));
                    assertEquals(tokenizer.decode(ids), stream(tokenizer, ids), Arrays.toString(ids));
                }
            }
        }
    }

    /** A model may put out any ids: bytes that make no character, special pieces, blanks at the start. */
    @Test
    void equalsDecodingAtOnceForAnyIds() throws IOException {
        Random random = new Random(3);
        for (byte[] model : List.of(SampleText.model(), GoldenTokenizerTest.model())) {
            try (Tokenizer tokenizer = Tokenizer.fromBytes(model)) {
                int firstByte = tokenizer.pieceId("<0x00>");
                int blank = tokenizer.pieceId("▁");
                for (int i = 0; i < 20_000; i++) {
                    int[] ids = new int[random.nextInt(12)];
                    for (int k = 0; k < ids.length; k++) {
                        ids[k] = switch (random.nextInt(6)) {
                            case 0 -> random.nextInt(tokenizer.vocabSize());
                            case 1 -> random.nextInt(8);
                            case 2 -> blank;
                            case 3 -> firstByte + 0x80 + random.nextInt(0x80);
                            // The first bytes with special rules for the second.
                            case 4 -> firstByte + FIRST_BYTES[random.nextInt(FIRST_BYTES.length)];
                            default -> firstByte + 0x80 + random.nextInt(0x40);
                        };
                    }
                    assertEquals(tokenizer.decode(ids), stream(tokenizer, ids), Arrays.toString(ids));
                }
            }
        }
    }

    @Test
    void holdsBytesBackUntilTheyMakeACharacter() throws IOException {
        try (Tokenizer tokenizer = Tokenizer.fromBytes(SampleText.model())) {
            StreamingDecoder decoder = new StreamingDecoder(tokenizer);
            int firstByte = tokenizer.pieceId("<0x00>");
            byte[] bytes = "😀".getBytes(StandardCharsets.UTF_8);
            for (int i = 0; i < 3; i++) {
                assertEquals("", decoder.add(firstByte + (bytes[i] & 0xFF)));
            }
            assertEquals("😀", decoder.add(firstByte + (bytes[3] & 0xFF)));
            assertEquals("", decoder.add(firstByte + 0xE0));
            assertEquals("\uFFFD\n", decoder.add(tokenizer.pieceId("\n")));
            assertEquals("", decoder.finish());
            assertThrows(IllegalArgumentException.class, () -> decoder.add(tokenizer.vocabSize()));
        }
    }
}
