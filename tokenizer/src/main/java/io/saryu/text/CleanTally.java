package io.saryu.text;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/** Counts what a {@link TextCleaner} does, rule by rule. Not thread-safe: one per thread, then {@link #merge}. */
public final class CleanTally {
    private static final int MAX_EXAMPLES = 3;
    private static final CleanRule[] RULES = CleanRule.values();

    private long lines;
    private long changedLines;
    private long emptiedLines;
    private long blankLines;
    private final long[] linesByRule = new long[RULES.length];
    private final long[] charactersByRule = new long[RULES.length];
    private final List<List<CleanReport.Example>> examples = new ArrayList<>();
    private boolean hides;

    /** A tally at zero. */
    public CleanTally() {
        for (int i = 0; i < RULES.length; i++) {
            examples.add(new ArrayList<>());
        }
    }

    /** Goes on from a report. */
    CleanTally(CleanReport before) {
        this();
        lines = before.lines();
        changedLines = before.changedLines();
        emptiedLines = before.emptiedLines();
        blankLines = before.blankLines();
        before.rules().forEach((rule, count) -> {
            linesByRule[rule.ordinal()] = count.lines();
            charactersByRule[rule.ordinal()] = count.characters();
            examples.get(rule.ordinal()).addAll(count.examples());
        });
    }

    /** From now on examples are shown without the personal data in them. */
    void hidePersonalData() {
        hides = true;
    }

    void untouched(boolean empty) {
        lines++;
        if (empty) {
            blankLines++;
        }
    }

    void add(String before, String after, int[] hits) {
        lines++;
        if (before.isBlank()) {
            blankLines++;
            return;
        }
        if (after.isEmpty()) {
            emptiedLines++;
        }
        if (!after.equals(before)) {
            changedLines++;
        }
        for (int i = 0; i < RULES.length; i++) {
            if (hits[i] > 0) {
                linesByRule[i]++;
                charactersByRule[i] += hits[i];
                if (examples.get(i).size() < MAX_EXAMPLES) {
                    examples.get(i).add(hides ? CleanReport.Example.of(PersonalData.hide(before), PersonalData.hide(after))
                            : CleanReport.Example.of(before, after));
                }
            }
        }
    }

    /** As {@link #add(String, String, int[])}, for a line that is in arrays before and after. */
    void add(char[] before, int lengthBefore, char[] after, int lengthAfter, int[] hits) {
        boolean wanted = false;
        for (int i = 0; i < RULES.length; i++) {
            wanted |= hits[i] > 0 && examples.get(i).size() < MAX_EXAMPLES;
        }
        if (wanted) {
            add(new String(before, 0, lengthBefore), new String(after, 0, lengthAfter), hits);
            return;
        }
        lines++;
        int text = 0;
        while (text < lengthBefore && Character.isWhitespace(before[text])) {
            text++;
        }
        if (text == lengthBefore) {
            blankLines++;
            return;
        }
        emptiedLines += lengthAfter == 0 ? 1 : 0;
        changedLines += Arrays.equals(before, 0, lengthBefore, after, 0, lengthAfter) ? 0 : 1;
        for (int i = 0; i < RULES.length; i++) {
            linesByRule[i] += hits[i] > 0 ? 1 : 0;
            charactersByRule[i] += hits[i];
        }
    }

    /** Adds what {@code later}, a tally of text that follows, has counted. */
    public void merge(CleanTally later) {
        lines += later.lines;
        changedLines += later.changedLines;
        emptiedLines += later.emptiedLines;
        blankLines += later.blankLines;
        for (int i = 0; i < RULES.length; i++) {
            linesByRule[i] += later.linesByRule[i];
            charactersByRule[i] += later.charactersByRule[i];
            List<CleanReport.Example> own = examples.get(i);
            for (CleanReport.Example example : later.examples.get(i)) {
                if (own.size() < MAX_EXAMPLES) {
                    own.add(example);
                }
            }
        }
    }

    /** The counts so far. */
    public CleanReport report() {
        Map<CleanRule, CleanReport.RuleCount> rules = new EnumMap<>(CleanRule.class);
        for (int i = 0; i < RULES.length; i++) {
            rules.put(RULES[i],
                    new CleanReport.RuleCount(linesByRule[i], charactersByRule[i], List.copyOf(examples.get(i))));
        }
        return new CleanReport(lines, blankLines, changedLines, emptiedLines, rules);
    }
}
