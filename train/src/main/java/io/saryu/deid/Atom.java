package io.saryu.deid;

import io.saryu.tokenizer.TaskTags;
import java.util.ArrayList;
import java.util.List;

/**
 * The smallest stretch of a text that is copied or replaced as a whole: a run of letters, a run of digits, or one other
 * character, with the white space before it. White space is always copied.
 *
 * @param space  where the white space before it starts
 * @param start  where it starts itself
 * @param end    where it ends
 * @param kind   what it consists of
 */
record Atom(int space, int start, int end, Kind kind) {
    enum Kind {
        LETTERS, DIGITS, OTHER,
        /** A tag that the text holds itself, or white space at its end: never replaced. */
        FIXED
    }

    /** Whether it may begin a replaced stretch or end one. */
    boolean replaceable() {
        return kind != Kind.FIXED;
    }

    /** A text in atoms, in order and without gaps. */
    static List<Atom> of(String text) {
        List<Atom> atoms = new ArrayList<>();
        int at = 0;
        while (at < text.length()) {
            int start = at;
            while (start < text.length() && isSpace(text.charAt(start))) {
                start++;
            }
            if (start == text.length()) {
                atoms.add(new Atom(at, start, start, Kind.FIXED));
                break;
            }
            String tag = tagAt(text, start);
            Kind kind = tag != null ? Kind.FIXED : kind(text.codePointAt(start));
            int end = tag != null ? start + tag.length() : end(text, start, kind);
            atoms.add(new Atom(at, start, end, kind));
            at = end;
        }
        return atoms;
    }

    private static String tagAt(String text, int at) {
        if (text.charAt(at) != '[') {
            return null;
        }
        return TaskTags.all().stream().filter(tag -> text.startsWith(tag, at)).findFirst().orElse(null);
    }

    private static int end(String text, int start, Kind kind) {
        int end = start + Character.charCount(text.codePointAt(start));
        while (end < text.length()) {
            int c = text.codePointAt(end);
            // A mark belongs to what it marks; the joiners of Indic scripts stand within words.
            boolean within = isMark(c) || kind != Kind.OTHER && kind(c) == kind || kind == Kind.LETTERS && isJoiner(c);
            if (!within) {
                break;
            }
            end += Character.charCount(c);
        }
        return end;
    }

    private static Kind kind(int c) {
        if (Character.isLetter(c) || isMark(c)) {
            return Kind.LETTERS;
        }
        return Character.isDigit(c) ? Kind.DIGITS : Kind.OTHER;
    }

    private static boolean isMark(int c) {
        int type = Character.getType(c);
        return type == Character.NON_SPACING_MARK || type == Character.COMBINING_SPACING_MARK || type == Character.ENCLOSING_MARK;
    }

    private static boolean isJoiner(int c) {
        return c == 0x200C || c == 0x200D;
    }

    private static boolean isSpace(char c) {
        return Character.isWhitespace(c) || Character.isSpaceChar(c);
    }
}
