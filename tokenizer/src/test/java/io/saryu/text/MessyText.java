package io.saryu.text;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Random;

/** Text by chance with all that a corpus has: repeats, invisible characters, bad bytes, empty lines, several scripts. */
final class MessyText {
    private static final String[] WORDS = {"the", "house", "Dr.", "3.14", "said.", "Who?", "\"No!\"", "घर", "है।", "वह",
        "क्या?", "ज़मीन", "क्\u200Dष", "cafe\u0301", "naïve", "A\u200BB", "\uFEFF", "soft\u00ADhyphen", "  ", "\t", "😀", "don’t",
        "donâ€™t", "12", "।।१२।।", "x\u0007y", "\u00A0", "Σ"};

    private MessyText() {
    }

    /** About {@code lines} lines; equal seeds give equal bytes. */
    static byte[] of(long seed, int lines) {
        Random random = new Random(seed);
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        if (random.nextInt(3) == 0) {
            out.writeBytes("\uFEFF".getBytes(StandardCharsets.UTF_8));
        }
        for (int i = 0; i < lines; i++) {
            out.writeBytes(line(random).getBytes(StandardCharsets.UTF_8));
            if (random.nextInt(50) == 0) {
                out.write(0x80 + random.nextInt(0x80));
            }
            if (random.nextInt(200) == 0) {
                out.write(0);
            }
            if (random.nextInt(4) == 0) {
                out.write('\r');
            }
            if (i + 1 < lines || random.nextBoolean()) {
                out.write('\n');
            }
        }
        return out.toByteArray();
    }

    private static String line(Random random) {
        int kind = random.nextInt(10);
        if (kind == 0) {
            return " ".repeat(random.nextInt(3));
        }
        if (kind == 1) {
            return "\u200B";
        }
        if (kind < 5) {
            return "line " + random.nextInt(60) + ". It comes again.";
        }
        StringBuilder line = new StringBuilder();
        int words = random.nextInt(kind == 9 ? 200 : 12);
        for (int i = 0; i < words; i++) {
            line.append(WORDS[random.nextInt(WORDS.length)]).append(random.nextInt(12) == 0 ? "" : " ");
        }
        return line.toString();
    }
}
