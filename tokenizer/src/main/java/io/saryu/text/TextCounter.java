package io.saryu.text;

import java.lang.Character.UnicodeBlock;
import java.lang.Character.UnicodeScript;

/** Adds up the code points of lines by class. Not thread-safe. */
final class TextCounter {
    private enum Kind { DEVANAGARI, LATIN, OTHER_LETTER, DIGIT, PUNCTUATION, SYMBOL, SPACE, OTHER }

    private static final byte[] BASIC_PLANE = new byte[0x10000];

    static {
        for (int c = 0; c < BASIC_PLANE.length; c++) {
            BASIC_PLANE[c] = (byte) kindOf(c).ordinal();
        }
    }

    private final long[] counts = new long[Kind.values().length];
    private long lines;
    private long blankLines;
    private long bytes;
    private long words;
    private long longest;
    private long devanagariBlock;

    void add(String line) {
        if (line.isBlank()) {
            blankLines++;
        } else {
            lines++;
        }
        int characters = 0;
        boolean inWord = false;
        for (int i = 0; i < line.length(); ) {
            int c = line.codePointAt(i);
            i += Character.charCount(c);
            int kind = c < 0x10000 ? BASIC_PLANE[c] : kindOf(c).ordinal();
            counts[kind]++;
            characters++;
            bytes += c < 0x80 ? 1 : c < 0x800 ? 2 : c < 0x10000 ? 3 : 4;
            devanagariBlock += isDevanagariBlock(c) ? 1 : 0;
            boolean space = kind == Kind.SPACE.ordinal();
            words += !space && !inWord ? 1 : 0;
            inWord = !space;
        }
        longest = Math.max(longest, characters);
    }

    /** Words of one line: runs of what is not white space. */
    static long words(String line) {
        TextCounter counter = new TextCounter();
        counter.add(line);
        return counter.words;
    }

    CorpusStatistics.Language result(String language, long files, long badLines) {
        long characters = 0;
        for (long count : counts) {
            characters += count;
        }
        double fraction = characters == 0 ? 0 : (double) devanagariBlock / characters;
        return new CorpusStatistics.Language(language, files, lines, blankLines, badLines, characters, bytes, words,
                longest, fraction, new CorpusStatistics.Classes(count(Kind.DEVANAGARI), count(Kind.LATIN),
                        count(Kind.OTHER_LETTER), count(Kind.DIGIT), count(Kind.PUNCTUATION), count(Kind.SYMBOL),
                        count(Kind.SPACE), count(Kind.OTHER)));
    }

    private long count(Kind kind) {
        return counts[kind.ordinal()];
    }

    /** The blocks whole, danda and digits too, as the usual test by range does. */
    private static boolean isDevanagariBlock(int c) {
        return (c >= 0x0900 && c <= 0x097F) || (c >= 0xA8E0 && c <= 0xA8FF) || (c >= 0x11B00 && c <= 0x11B5F);
    }

    private static Kind kindOf(int c) {
        if ((c >= '\t' && c <= '\r') || c == 0x85 || Character.isSpaceChar(c)) {
            return Kind.SPACE;
        }
        return switch (Character.getType(c)) {
            case Character.DECIMAL_DIGIT_NUMBER -> Kind.DIGIT;
            case Character.UPPERCASE_LETTER, Character.LOWERCASE_LETTER, Character.TITLECASE_LETTER,
                 Character.MODIFIER_LETTER, Character.OTHER_LETTER, Character.NON_SPACING_MARK,
                 Character.COMBINING_SPACING_MARK, Character.ENCLOSING_MARK -> letter(c);
            case Character.DASH_PUNCTUATION, Character.START_PUNCTUATION, Character.END_PUNCTUATION,
                 Character.CONNECTOR_PUNCTUATION, Character.OTHER_PUNCTUATION, Character.INITIAL_QUOTE_PUNCTUATION,
                 Character.FINAL_QUOTE_PUNCTUATION -> Kind.PUNCTUATION;
            case Character.MATH_SYMBOL, Character.CURRENCY_SYMBOL, Character.MODIFIER_SYMBOL, Character.OTHER_SYMBOL,
                 Character.LETTER_NUMBER, Character.OTHER_NUMBER -> Kind.SYMBOL;
            default -> Kind.OTHER;
        };
    }

    private static Kind letter(int c) {
        UnicodeScript script = UnicodeScript.of(c);
        if (script == UnicodeScript.DEVANAGARI || UnicodeBlock.of(c) == UnicodeBlock.DEVANAGARI) {
            return Kind.DEVANAGARI;
        }
        return script == UnicodeScript.LATIN ? Kind.LATIN : Kind.OTHER_LETTER;
    }
}
