package io.saryu.text;

/** What single characters mean to the sentence rules. */
final class SentenceSigns {
    private static final String CLOSING = "\"'”’)]}»";
    private static final String OPENING = "\"'“‘([{«";

    private SentenceSigns() {
    }

    /** Whether the rules need to look at a character at all. */
    static boolean isCandidate(char c) {
        return c < 128 ? c == '.' || c == '?' || c == '!' || c == '|' : c == '।' || c == '॥' || c == '…';
    }

    static boolean isTerminator(char[] text, int start, int i) {
        char c = text[i];
        return c == '.' || c == '?' || c == '!' || c == '…' || isDanda(text, start, i);
    }

    static boolean isDanda(char[] text, int start, int i) {
        char c = text[i];
        return c == '।' || c == '॥' || c == '|' && followsDevanagari(text, start, i);
    }

    private static boolean followsDevanagari(char[] text, int start, int i) {
        int before = i - 1;
        // A few characters are enough for "है ||", and a line of bars alone stays cheap.
        while (before >= start && before > i - 4 && (text[before] == ' ' || text[before] == '|')) {
            before--;
        }
        return before >= start && isDevanagari(text[before]);
    }

    static boolean isClosing(char c) {
        return CLOSING.indexOf(c) >= 0;
    }

    static boolean isOpening(char c) {
        return OPENING.indexOf(c) >= 0;
    }

    /** A letter, sign or digit of Devanagari; dandas are none. */
    static boolean isDevanagari(char c) {
        return c >= 0x0900 && c <= 0x097F && c != '।' && c != '॥';
    }

    /** White space, that which does not break included. */
    static boolean isSpace(char c) {
        return c == ' ' || c < ' ' && c >= '\t' && (c <= '\r' || c >= 0x1C)
                || c >= 0x85 && (c == 0x85 || c == 0xA0 || c == 0x1680 || c >= 0x2000 && isWideSpace(c));
    }

    private static boolean isWideSpace(char c) {
        return c <= 0x200A || c == 0x2028 || c == 0x2029 || c == 0x202F || c == 0x205F || c == 0x3000;
    }

    static int skipSpaces(char[] text, int from, int to) {
        int i = from;
        while (i < to && isSpace(text[i])) {
            i++;
        }
        return i;
    }

    static int skipSpacesBack(char[] text, int start, int from) {
        int i = from;
        while (i > start && isSpace(text[i - 1])) {
            i--;
        }
        return i;
    }

    static int skipOpening(char[] text, int from, int to) {
        int i = from;
        while (i < to && isOpening(text[i])) {
            i++;
        }
        return i;
    }

    /** Index after closing quotation marks and brackets, and the marks that combine with what is before them. */
    static int skipClosing(char[] text, int from, int to) {
        int i = from;
        while (i < to) {
            int marks = skipMarks(text, i, to);
            if (marks == i && !isClosing(text[i])) {
                break;
            }
            i = Math.max(marks, i + (marks == i ? 1 : 0));
        }
        return i;
    }

    /** Index after characters that combine with the one before them: marks, joiners, variation selectors. */
    static int skipMarks(char[] text, int from, int to) {
        int i = from;
        while (i < to && text[i] >= 0x300) {
            int c = Character.codePointAt(text, i, to);
            if (!isMark(c)) {
                break;
            }
            i += Character.charCount(c);
        }
        return i;
    }

    private static boolean isMark(int c) {
        int type = Character.getType(c);
        return type == Character.NON_SPACING_MARK || type == Character.COMBINING_SPACING_MARK
                || type == Character.ENCLOSING_MARK || c == 0x200C || c == 0x200D;
    }
}
