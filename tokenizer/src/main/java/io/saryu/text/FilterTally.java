package io.saryu.text;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/** Counts what {@link LineFilters} finds. Not thread-safe: one per thread, then {@link #merge}. */
final class FilterTally {
    private static final int MAX_EXAMPLES = 3;
    private static final LineFilter[] FILTERS = LineFilter.values();

    private final PersonalDataTally personalData;
    private long dropped;
    private boolean hides;
    private final long[] lines = new long[FILTERS.length];
    private final List<List<String>> examples = new ArrayList<>();

    FilterTally() {
        this(new PersonalDataTally());
    }

    private FilterTally(PersonalDataTally personalData) {
        this.personalData = personalData;
        for (int i = 0; i < FILTERS.length; i++) {
            examples.add(new ArrayList<>());
        }
    }

    /** Goes on from a report. */
    FilterTally(FilterReport before) {
        this(new PersonalDataTally(before.personalData()));
        dropped = before.droppedLines();
        before.filters().forEach((filter, count) -> {
            lines[filter.ordinal()] = count.lines();
            examples.get(filter.ordinal()).addAll(count.examples());
        });
    }

    void found(LineFilter filter, String line) {
        int i = filter.ordinal();
        lines[i]++;
        if (examples.get(i).size() < MAX_EXAMPLES) {
            examples.get(i).add(CleanReport.Example.of(hides ? PersonalData.hide(line) : line, "").before());
        }
    }

    /** From now on examples are shown without the personal data in them. */
    void hidePersonalData() {
        hides = true;
    }

    PersonalDataTally personalData() {
        return personalData;
    }

    void drop() {
        dropped++;
    }

    /** Adds what {@code later}, a tally of text that follows, has counted. */
    void merge(FilterTally later) {
        dropped += later.dropped;
        personalData.merge(later.personalData);
        for (int i = 0; i < FILTERS.length; i++) {
            lines[i] += later.lines[i];
            List<String> own = examples.get(i);
            for (String example : later.examples.get(i)) {
                if (own.size() < MAX_EXAMPLES) {
                    own.add(example);
                }
            }
        }
    }

    FilterReport report() {
        Map<LineFilter, FilterReport.Count> filters = new EnumMap<>(LineFilter.class);
        for (int i = 0; i < FILTERS.length; i++) {
            filters.put(FILTERS[i], new FilterReport.Count(lines[i], List.copyOf(examples.get(i))));
        }
        return new FilterReport(dropped, filters, personalData.report());
    }
}
