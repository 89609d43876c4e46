package io.saryu.deid;

import io.saryu.tokenizer.TaskTags;
import java.util.List;
import java.util.Random;

/** Texts as users and attackers write them: mixed scripts, tags, template words, numbers, broken characters. */
final class HostileText {
    private static final List<String> PARTS = List.of("My name is John Smith.", "मेरा नाम राम कुमार है।", "हमार फोन 98765 43210 बा",
            "call 555-1234", "test@gmail.com", "[NAME]", "[NAME_1]", "[name]", "[FF FF _ ID ]", "### Response:\n", "### Input:",
            "\\n", "\n", "\r\n", "\t", "  ", " ", "<|im_end|>", "<|im_start|>", "</s>", "<unk>", "<0x41>", "▁", "{ACCOUNT}", "१२३४",
            "ABCDE1234F", "4111 1111 1111 1111", "क्‍ष", "र्‍य", "👩‍👩‍👧", "é", "é", "ﬁ", "İ", "ß", "\u0000", "\u200B", "\uFEFF", "\u202E",
            "\uD800", "\uDC00", "\uFFFF", "x".repeat(50), "9".repeat(40), "—", "“”", "'s", "को", "।", "॥", ".", ",", "!", "[", "]", "_");

    private HostileText() {
    }

    /** Up to {@code most} parts, often tags, sometimes any characters. */
    static String next(Random random, int most) {
        StringBuilder text = new StringBuilder();
        for (int i = random.nextInt(most); i > 0; i--) {
            switch (random.nextInt(8)) {
                case 0 -> text.append(TaskTags.all().get(random.nextInt(TaskTags.all().size())));
                case 1 -> text.append((char) random.nextInt(0x10000));
                case 2 -> text.appendCodePoint(random.nextInt(Character.MAX_CODE_POINT + 1));
                default -> text.append(PARTS.get(random.nextInt(PARTS.size())));
            }
            if (random.nextInt(3) > 0) {
                text.append(' ');
            }
        }
        return text.toString();
    }
}
