package io.saryu.text;

/**
 * UTF-8 that was taken for Windows-1252 or Latin-1: a letter that a lead byte became, followed by the characters that
 * its continuation bytes became. Only leads are looked for that begin what is frequent in our languages and that such
 * characters do not follow in real text: C2 and C3 (accented Latin), E0 A4 and E0 A5 (Devanagari), E2 80 to E2 84
 * (quotes, dashes, signs), EF BB BF (byte order mark) and F0 9F (emoji).
 */
final class Mojibake {
    /** What Windows-1252 has for the bytes 0x80 to 0x9F; U+0000 for the five that it leaves open. */
    private static final String WINDOWS_1252 = "\u20AC\0\u201A\u0192\u201E\u2026\u2020\u2021\u02C6\u2030\u0160\u2039\u0152\0"
            + "\u017D\0\0\u2018\u2019\u201C\u201D\u2022\u2013\u2014\u02DC\u2122\u0161\u203A\u0153\0\u017E\u0178";

    private Mojibake() {
    }

    /** Whether there is some in the first {@code length} characters. */
    static boolean isIn(char[] line, int length) {
        for (int i = 0; i + 1 < length; i++) {
            char c = line[i];
            if (c >= 0xC2 && c <= 0xF0 && starts(line, i, length, c)) {
                return true;
            }
        }
        return false;
    }

    private static boolean starts(char[] line, int i, int length, char lead) {
        int second = continuation(line, i + 1, length);
        int third = continuation(line, i + 2, length);
        return switch (lead) {
            // A word may end in either of the two before a closing quote or a sign, so not all that UTF-8 allows counts.
            case 0xC2 -> second >= 0xA0 && line[i + 1] < 0x100 && second != 0xBB && !letterBefore(line, i);
            case 0xC3 -> second >= 0x80 && second != 0xBB && second != 0x94 && second != 0x99;
            case 0xE0 -> (second == 0xA4 || second == 0xA5) && third >= 0;
            case 0xE2 -> second >= 0x80 && second <= 0x84 && third >= 0;
            case 0xEF -> second == 0xBB && third == 0xBF;
            case 0xF0 -> second == 0x9F && third >= 0;
            default -> false;
        };
    }

    private static boolean letterBefore(char[] line, int i) {
        return i > 0 && Character.isUpperCase(line[i - 1]);
    }

    /** The byte from 0x80 to 0xBF that became the character at {@code i}; -1 when none did. */
    private static int continuation(char[] line, int i, int length) {
        if (i >= length) {
            return -1;
        }
        char c = line[i];
        if (c >= 0x80 && c <= 0xBF) {
            return c;
        }
        int index = c < 0x100 ? -1 : WINDOWS_1252.indexOf(c);
        return index < 0 ? -1 : 0x80 + index;
    }
}
