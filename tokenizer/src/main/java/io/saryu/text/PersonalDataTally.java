package io.saryu.text;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/** Counts personal data. Not thread-safe: one per thread, then {@link #merge}. */
final class PersonalDataTally {
    private static final int MAX_EXAMPLES = 3;
    private static final PersonalDataKind[] KINDS = PersonalDataKind.values();

    private long lines;
    private final long[] found = new long[KINDS.length];
    private final long[] linesByKind = new long[KINDS.length];
    private final List<List<CleanReport.Example>> examples = new ArrayList<>();

    PersonalDataTally() {
        for (int i = 0; i < KINDS.length; i++) {
            examples.add(new ArrayList<>());
        }
    }

    /** Goes on from a report. */
    PersonalDataTally(PersonalDataReport before) {
        this();
        lines = before.lines();
        before.kinds().forEach((kind, count) -> {
            found[kind.ordinal()] = count.found();
            linesByKind[kind.ordinal()] = count.lines();
            examples.get(kind.ordinal()).addAll(count.examples());
        });
    }

    /**
     * A line with personal data.
     *
     * @param spans  what was found, at least one
     * @param before the line
     * @param after  what became of that
     */
    void add(List<PersonalData.Span> spans, String before, String after) {
        lines++;
        int seen = 0;
        for (PersonalData.Span span : spans) {
            int i = span.kind().ordinal();
            found[i]++;
            if ((seen & 1 << i) == 0) {
                seen |= 1 << i;
                linesByKind[i]++;
                if (examples.get(i).size() < MAX_EXAMPLES) {
                    examples.get(i).add(CleanReport.Example.of(PersonalData.hide(before), PersonalData.hide(after)));
                }
            }
        }
    }

    /** Adds what {@code later}, a tally of text that follows, has counted. */
    void merge(PersonalDataTally later) {
        lines += later.lines;
        for (int i = 0; i < KINDS.length; i++) {
            found[i] += later.found[i];
            linesByKind[i] += later.linesByKind[i];
            List<CleanReport.Example> own = examples.get(i);
            own.addAll(later.examples.get(i).subList(0, Math.min(MAX_EXAMPLES - own.size(), later.examples.get(i).size())));
        }
    }

    PersonalDataReport report() {
        Map<PersonalDataKind, PersonalDataReport.Count> kinds = new EnumMap<>(PersonalDataKind.class);
        for (int i = 0; i < KINDS.length; i++) {
            kinds.put(KINDS[i], new PersonalDataReport.Count(found[i], linesByKind[i], List.copyOf(examples.get(i))));
        }
        return new PersonalDataReport(lines, kinds);
    }
}
