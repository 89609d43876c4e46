package io.saryu.tokenizer;

import java.util.Random;

/** Texts that are hard on a tokenizer: all of Unicode, blanks, newlines, symbols, controls. */
final class RandomText {
    private static final String[] BITS = {" ", "  ", "\n", "\n\n", "\t", "\r\n", "\u00A0", "\u200B", "\uFEFF", "\u200D",
        "[NAME]", "[NAME", "[", "]", "<|im_start|>", "<|im_end|>", "<s>", "</s>", "<unk>", "<pad>", "<0x41>", "\0",
        "क्ष", "राम", "है।", "1234", "१२", "the ", "and", "👩‍👩‍👧‍👦", "\uFFFD", "\uD83D\uDE00", "É", "é"};

    private RandomText() {
    }

    static String of(Random random, int parts) {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < parts; i++) {
            switch (random.nextInt(4)) {
                case 0 -> text.appendCodePoint(codePoint(random, 0x10FFFF));
                case 1 -> text.appendCodePoint(codePoint(random, 0xA00));
                default -> text.append(BITS[random.nextInt(BITS.length)]);
            }
        }
        return text.toString();
    }

    /** No surrogate, which is no text, and no U+2581, which SentencePiece keeps for the blank. */
    private static int codePoint(Random random, int below) {
        while (true) {
            int c = random.nextInt(below + 1);
            if (c != '▁' && (c < 0xD800 || c > 0xDFFF)) {
                return c;
            }
        }
    }
}
