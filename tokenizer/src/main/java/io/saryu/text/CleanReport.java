package io.saryu.text;

import java.util.Arrays;
import java.util.List;
import java.util.Map;

/**
 * What cleaning changed.
 *
 * @param lines        lines looked at, blank ones included
 * @param blankLines   lines of nothing but white space; the rules do not count what they do to these
 * @param changedLines lines with text that came out different
 * @param emptiedLines of those, lines of which nothing was left
 * @param rules        each rule's count, every rule present
 */
public record CleanReport(long lines, long blankLines, long changedLines, long emptiedLines,
                          Map<CleanRule, RuleCount> rules) {
    /**
     * What one rule did.
     *
     * @param lines      lines that it changed
     * @param characters code points that it took out or replaced; for {@link CleanRule#NORMALIZE} passes over a line
     * @param examples   up to three lines that it changed, the first ones found
     */
    public record RuleCount(long lines, long characters, List<Example> examples) {
    }

    /**
     * A line before and after all rules: about 120 characters around the first one that differs, invisible characters
     * as a backslash, u and their hex.
     */
    public record Example(String before, String after) {
        private static final int MAX_LENGTH = 120;
        private static final int CONTEXT = 40;

        static Example of(String before, String after) {
            int same = Arrays.mismatch(before.toCharArray(), after.toCharArray());
            int from = same <= CONTEXT ? 0 : same - CONTEXT;
            if (from > 0 && Character.isLowSurrogate(before.charAt(from))) {
                from--;
            }
            return new Example(visible(before, from), visible(after, from));
        }

        private static String visible(String text, int from) {
            StringBuilder out = new StringBuilder(from > 0 ? "…" : "");
            for (int i = from; i < text.length() && out.length() < MAX_LENGTH; ) {
                int c = text.codePointAt(i);
                i += Character.charCount(c);
                if (CharacterClass.of(c) >= CharacterClass.OTHER_SPACE) {
                    out.append(c < 0x10000 ? String.format("\\u%04X", c) : String.format("\\u{%X}", c));
                } else {
                    out.appendCodePoint(c);
                }
            }
            return out.toString();
        }
    }
}
