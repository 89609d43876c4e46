package io.saryu.bench.text;

import com.ibm.icu.text.BreakIterator;
import com.ibm.icu.text.FilteredBreakIteratorBuilder;
import com.ibm.icu.util.ULocale;
import io.saryu.text.SentenceBoundaries;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.IntStream;

/** Saryu's sentence splitter and what runs in Java beside it. */
final class Splitters {
    /** What people write who have no library at hand. */
    private static final Pattern REGEX = Pattern.compile("(?<=[.!?।॥])\\s+");

    private Splitters() {
    }

    /** Cuts a text; not for use by two threads at once. */
    interface Splitter {
        /** Indexes after each sentence of a text, ascending. */
        int[] ends(String text);

        /** Number of sentences; what is timed. */
        default int count(GoldText text) {
            return ends(text.text()).length;
        }
    }

    /** Splitters by name, for a language. */
    static Map<String, Splitter> of(String language) {
        Map<String, Splitter> all = new LinkedHashMap<>();
        all.put("Saryu", new Saryu(new SentenceBoundaries()));
        all.put("regex in Java", text -> REGEX.matcher(text).results().mapToInt(result -> result.end()).toArray());
        ULocale locale = new ULocale(language.equals("en") ? "en" : "hi");
        all.put("ICU", icu(BreakIterator.getSentenceInstance(locale)));
        if (language.equals("en")) {
            all.put("ICU with suppressions", icu(FilteredBreakIteratorBuilder.getInstance(locale)
                    .wrapIteratorWithFilter(BreakIterator.getSentenceInstance(locale))));
        }
        return all;
    }

    private record Saryu(SentenceBoundaries boundaries) implements Splitter {
        @Override
        public int[] ends(String text) {
            int count = boundaries.find(text.toCharArray(), 0, text.length());
            return IntStream.range(0, count).map(boundaries::end).toArray();
        }

        @Override
        public int count(GoldText text) {
            return boundaries.find(text.signs(), 0, text.signs().length);
        }
    }

    private static Splitter icu(BreakIterator iterator) {
        return text -> {
            iterator.setText(text);
            IntStream.Builder ends = IntStream.builder();
            iterator.first();
            for (int end = iterator.next(); end != BreakIterator.DONE; end = iterator.next()) {
                ends.add(end);
            }
            return ends.build().toArray();
        };
    }
}
