package io.saryu.text;

import java.text.Normalizer;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.Set;

/**
 * Cleans one line of text by the rules of {@link CleanRule}; immutable, one instance may serve many threads.
 *
 * <p>The result is a fixed point: {@code clean(clean(x)).equals(clean(x))}. Taking characters out can bring a letter
 * and a mark together that then compose, and composing can move a joiner's neighbour, so the rules run until nothing
 * changes; nearly every line is left alone by the first look.
 *
 * <p>Which code points are assigned, and how new ones normalize, is the Unicode version of the JDK at hand (15.1 in
 * JDK 22, 16.0 in JDK 25); text in characters that both know comes out the same.
 */
public final class TextCleaner {
    private static final int MAX_MARKS = 30;

    private final Set<CleanRule> rules;
    private final int mask;

    /** A cleaner with every rule on. */
    public TextCleaner() {
        this(EnumSet.allOf(CleanRule.class));
    }

    /** A cleaner with these rules on and all others off. */
    public TextCleaner(Set<CleanRule> rules) {
        this.rules = Set.copyOf(rules);
        this.mask = rules.stream().mapToInt(CleanRule::bit).reduce(0, (a, b) -> a | b);
    }

    /** The rules that are on. */
    public Set<CleanRule> rules() {
        return rules;
    }

    /** The cleaned line, empty when nothing is left. */
    public String clean(String line) {
        return isClean(line.toCharArray(), line.length()) ? line : rewrite(line, new int[CleanRule.values().length]);
    }

    /** As {@link #clean(String)}, counting in {@code tally} the line and every rule that changed it. */
    public String clean(String line, CleanTally tally) {
        if (isClean(line.toCharArray(), line.length())) {
            tally.untouched(line.isEmpty());
            return line;
        }
        return cleanDirty(line, tally);
    }

    /** As {@link #clean(String, CleanTally)}, for a line that did not pass {@link #isClean}. */
    String cleanDirty(String line, CleanTally tally) {
        int[] hits = new int[CleanRule.values().length];
        String cleaned = rewrite(line, hits);
        tally.add(line, cleaned, hits);
        return cleaned;
    }

    /**
     * Cleans {@code text[0 .. length)} in one pass, which is enough for nearly all lines, without making strings.
     *
     * @param out  at least {@code length} long
     * @param hits what each rule changed is added here
     * @return the number of characters in {@code out}, none of them a surrogate; -1 where one pass is not enough
     */
    int cleanOnce(char[] text, int length, char[] out, int[] hits) {
        int kept = filter(text, length, out, hits);
        return isClean(out, kept) ? kept : -1;
    }

    /** A quick look that says yes only when no rule, on or off, could change the first {@code length} characters. */
    static boolean isClean(char[] line, int length) {
        int last = CharacterClass.SPACE;
        char before = 0;
        for (int i = 0; i < length; i++) {
            char c = line[i];
            byte kind = CharacterClass.of(c);
            boolean fine = switch (kind) {
                case CharacterClass.SAFE -> true;
                case CharacterClass.SPACE -> last != CharacterClass.SPACE;
                case CharacterClass.NUKTA -> staysApart(before);
                default -> false;
            };
            if (!fine) {
                return false;
            }
            last = kind;
            before = c;
        }
        return length == 0 || last != CharacterClass.SPACE;
    }

    /** A consonant with which the nukta does not compose (na, ra and lla are the three that do). */
    private static boolean staysApart(char c) {
        return c >= 0x0915 && c <= 0x0939 && c != 0x0928 && c != 0x0930 && c != 0x0933;
    }

    private String rewrite(String line, int[] hits) {
        char[] before = line.toCharArray();
        int length = before.length;
        while (true) {
            char[] filtered = new char[length];
            int kept = filter(before, length, filtered, hits);
            boolean same = kept == length && Arrays.equals(before, 0, length, filtered, 0, kept);
            // Nearly always one pass is enough, and a look is cheaper than normalizing and a second pass.
            if (same && !isOn(CleanRule.NORMALIZE) || isClean(filtered, kept)) {
                return new String(filtered, 0, kept);
            }
            if (!isOn(CleanRule.NORMALIZE)) {
                before = filtered;
                length = kept;
                continue;
            }
            String text = new String(filtered, 0, kept);
            String normal = Normalizer.normalize(text, Normalizer.Form.NFC);
            if (!normal.equals(text)) {
                hits[CleanRule.NORMALIZE.ordinal()]++;
            } else if (same) {
                return normal;
            }
            before = normal.toCharArray();
            length = before.length;
            if (isClean(before, length)) {
                return normal;
            }
        }
    }

    /** Writes to {@code out} what stays of a line, and says how many characters that are. */
    private int filter(char[] text, int length, char[] out, int[] hits) {
        int o = 0;
        int previous = -1;
        int marks = 0;
        int pendingSpaces = 0;
        boolean pendingPlain = false;
        int next;
        for (int i = 0; i < length; i = next) {
            char unit = text[i];
            if (pendingSpaces == 0 && CharacterClass.of(unit) == CharacterClass.SAFE) {
                out[o++] = unit;
                previous = unit;
                marks = 0;
                next = i + 1;
                continue;
            }
            int c = Character.codePointAt(text, i, length);
            next = i + Character.charCount(c);
            byte kind = CharacterClass.of(c);
            if (isOn(CleanRule.WHITE_SPACE) && (kind == CharacterClass.SPACE || kind == CharacterClass.OTHER_SPACE)) {
                pendingSpaces++;
                pendingPlain |= kind == CharacterClass.SPACE;
                previous = ' ';
                marks = 0;
                continue;
            }
            if (kind != CharacterClass.SAFE) {
                int following = next < length ? Character.codePointAt(text, next, length) : -1;
                CleanRule rule = ruleAgainst(c, kind, previous, following, marks);
                if (rule != null) {
                    hits[rule.ordinal()]++;
                    continue;
                }
            }
            if (pendingSpaces > 0) {
                boolean kept = o > 0;
                if (kept) {
                    out[o++] = ' ';
                }
                hits[CleanRule.WHITE_SPACE.ordinal()] += changed(pendingSpaces, kept, pendingPlain);
                pendingSpaces = 0;
                pendingPlain = false;
            }
            marks = kind == CharacterClass.MARK || kind == CharacterClass.NUKTA ? marks + 1 : 0;
            o += Character.toChars(c, out, o);
            previous = c;
        }
        hits[CleanRule.WHITE_SPACE.ordinal()] += changed(pendingSpaces, false, pendingPlain);
        return o;
    }

    /** How many characters of a run of white space do not stay as they were. */
    private static int changed(int run, boolean kept, boolean plain) {
        return kept && plain ? run - 1 : run;
    }

    private CleanRule ruleAgainst(int c, byte kind, int previous, int next, int marks) {
        CleanRule rule = null;
        if (kind >= CharacterClass.FIRST_RULE) {
            rule = RULES[kind - CharacterClass.FIRST_RULE];
            if (rule == CleanRule.JOINER && Joiners.needed(c, previous, next)) {
                rule = null;
            }
        } else if ((kind == CharacterClass.MARK || kind == CharacterClass.NUKTA) && marks >= MAX_MARKS) {
            rule = CleanRule.EXCESS_MARKS;
        }
        return rule != null && isOn(rule) ? rule : null;
    }

    private boolean isOn(CleanRule rule) {
        return (mask & rule.bit()) != 0;
    }

    private static final CleanRule[] RULES = CleanRule.values();
}
