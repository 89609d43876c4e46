package io.saryu.text;

/** What the cleaner does with a code point, looked up in a table for the basic plane. */
final class CharacterClass {
    /** Stays, and no neighbour of this class can make normalization change it. */
    static final byte SAFE = 0;
    /** Stays, but normalization may reorder, compose or decompose it. */
    static final byte KEPT = 1;
    /** Stays, a combining mark: counted for {@link CleanRule#EXCESS_MARKS}. */
    static final byte MARK = 2;
    /** U+093C, so frequent in Hindi that the fast path looks at what it follows. */
    static final byte NUKTA = 3;
    static final byte SPACE = 4;
    /** White space other than U+0020. */
    static final byte OTHER_SPACE = 5;
    /** Values from here on are {@code FIRST_RULE + rule.ordinal()}: taken out by that rule. */
    static final byte FIRST_RULE = 6;

    private static final byte[] BASIC_PLANE = new byte[0x10000];

    static {
        for (int c = 0; c < BASIC_PLANE.length; c++) {
            BASIC_PLANE[c] = classify(c);
        }
    }

    private CharacterClass() {
    }

    static byte of(char c) {
        return BASIC_PLANE[c];
    }

    static byte of(int codePoint) {
        return codePoint < 0x10000 ? BASIC_PLANE[codePoint] : classify(codePoint);
    }

    private static byte classify(int c) {
        if (c == ' ') {
            return SPACE;
        }
        if ((c >= '\t' && c <= '\r') || c == 0x85 || Character.isSpaceChar(c)) {
            return OTHER_SPACE;
        }
        CleanRule rule = removedBy(c);
        if (rule != null) {
            return (byte) (FIRST_RULE + rule.ordinal());
        }
        if (c == 0x093C) {
            return NUKTA;
        }
        if (isMark(c)) {
            return isPlainDevanagariSign(c) ? SAFE : MARK;
        }
        // Hangul vowels and finals are letters, but compose with what stands before them.
        boolean composes = c >= 0x1160 && c <= 0x11FF;
        return c < 0x10000 && !composes && java.text.Normalizer.isNormalized(Character.toString(c),
                java.text.Normalizer.Form.NFC) ? SAFE : KEPT;
    }

    private static boolean isMark(int c) {
        int type = Character.getType(c);
        return type == Character.NON_SPACING_MARK || type == Character.COMBINING_SPACING_MARK
                || type == Character.ENCLOSING_MARK;
    }

    /** Signs of combining class 0, and the virama, whose class 9 is above the nukta's 7 and so already in order. */
    private static boolean isPlainDevanagariSign(int c) {
        return c >= 0x0900 && c <= 0x0963 && !(c >= 0x0951 && c <= 0x0954);
    }

    private static CleanRule removedBy(int c) {
        if ((c & 0xFFFE) == 0xFFFE || (c >= 0xFDD0 && c <= 0xFDEF)) {
            return CleanRule.NONCHARACTER;
        }
        return switch (c) {
            case 0xFEFF -> CleanRule.BYTE_ORDER_MARK;
            case 0x200B -> CleanRule.ZERO_WIDTH_SPACE;
            case Joiners.ZWNJ, Joiners.ZWJ -> CleanRule.JOINER;
            case 0x00AD -> CleanRule.SOFT_HYPHEN;
            case 0xFFFC, 0xFFFD -> CleanRule.REPLACEMENT;
            case 0x061C, 0x200E, 0x200F -> CleanRule.BIDI_CONTROL;
            case 0x034F, 0x180E, 0xE0001 -> CleanRule.INVISIBLE;
            default -> removedByRange(c);
        };
    }

    private static CleanRule removedByRange(int c) {
        if ((c >= 0x202A && c <= 0x202E) || (c >= 0x2066 && c <= 0x2069)) {
            return CleanRule.BIDI_CONTROL;
        }
        // Format characters that are not listed here (Arabic and Kaithi number signs) are visible and stay.
        if ((c >= 0x2060 && c <= 0x206F) || (c >= 0xFFF9 && c <= 0xFFFB) || (c >= 0x1D173 && c <= 0x1D17A)
                || (c >= 0xE0020 && c <= 0xE007F)) {
            return CleanRule.INVISIBLE;
        }
        return switch (Character.getType(c)) {
            case Character.CONTROL -> CleanRule.CONTROL;
            case Character.UNASSIGNED -> CleanRule.UNASSIGNED;
            case Character.PRIVATE_USE -> CleanRule.PRIVATE_USE;
            case Character.SURROGATE -> CleanRule.SURROGATE;
            default -> null;
        };
    }
}
