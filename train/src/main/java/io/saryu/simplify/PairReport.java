package io.saryu.simplify;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** What was read and what was left out, with the first examples. Not thread-safe. */
final class PairReport {
    /** Why a pair is left out. */
    enum Problem {
        /** Not JSON, not three columns, not text. */
        BROKEN_LINE,
        /** No text in one of the fields. */
        EMPTY,
        /** Nothing is simpler in it. */
        SAME,
        /** The one is many times as long as the other: they do not belong together. */
        MISALIGNED,
        /** It came before. */
        DUPLICATE
    }

    private static final int MOST_EXAMPLES = 5;

    private final Map<Problem, Long> counts = new EnumMap<>(Problem.class);
    private final List<String> examples = new ArrayList<>();

    void leaveOut(Problem problem, String where) {
        counts.merge(problem, 1L, Long::sum);
        if (examples.size() < MOST_EXAMPLES && problem == Problem.BROKEN_LINE) {
            examples.add(where);
        }
    }

    /** Counts by problem in small letters. */
    Map<String, Long> counts() {
        Map<String, Long> named = new LinkedHashMap<>();
        counts.forEach((p, n) -> named.put(p.name().toLowerCase(Locale.ROOT), n));
        return named;
    }

    List<String> examples() {
        return List.copyOf(examples);
    }
}
