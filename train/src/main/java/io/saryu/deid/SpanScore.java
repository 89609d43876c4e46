package io.saryu.deid;

import java.util.BitSet;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * Compares what was found with what is there. Strict: a find counts when start, end and tag are those of a mark. Relaxed: a find
 * and a mark count when they share a character and the tag (the "type" of SemEval-2013 task 9). Apart from tags: which characters
 * of personal data are left as they were, and which of all others were replaced.
 */
public final class SpanScore {
    private final Map<String, Counts> tags = new TreeMap<>();
    private final Map<String, SpanScore> languages = new TreeMap<>();
    private final SpanMisses misses = new SpanMisses();
    private long texts;
    private long marks;
    private long leakedMarks;
    private long markedCharacters;
    private long leakedCharacters;
    private long otherCharacters;
    private long maskedCharacters;

    /** Of one tag. */
    private static final class Counts {
        private int there;
        private int found;
        private int correct;
        private int touched;
        private int touching;

        void add(Counts other) {
            there += other.there;
            found += other.found;
            correct += other.correct;
            touched += other.touched;
            touching += other.touching;
        }
    }

    /**
     * Precision, recall and F1.
     *
     * @param precision of the finds, the share that is correct; 1 without finds
     * @param recall    of the marks, the share that was found; 1 without marks
     * @param f1        the harmonic mean of the two
     */
    public record Rates(double precision, double recall, double f1) {
        static Rates of(int correctFinds, int finds, int foundMarks, int marks) {
            double precision = finds == 0 ? 1 : (double) correctFinds / finds;
            double recall = marks == 0 ? 1 : (double) foundMarks / marks;
            return new Rates(precision, recall, precision + recall == 0 ? 0 : marks + finds == 0 ? 1
                    : correctFinds + foundMarks == 0 ? 0 : 2 * precision * recall / (precision + recall));
        }
    }

    /**
     * Of one tag, or of all.
     *
     * @param tag     its name
     * @param there   marks
     * @param found   finds
     * @param correct finds that are marks
     * @param strict  by these
     * @param relaxed where sharing a character is enough
     */
    public record Row(String tag, int there, int found, int correct, Rates strict, Rates relaxed) {
        private static Row of(String tag, Counts c) {
            return new Row(tag, c.there, c.found, c.correct, Rates.of(c.correct, c.found, c.correct, c.there),
                    Rates.of(c.touching, c.found, c.touched, c.there));
        }
    }

    /**
     * All figures. Characters are counted without white space.
     *
     * @param texts      how many
     * @param all        of all tags together
     * @param tags       by tag
     * @param leakRate   of the characters of personal data, the share left as it was
     * @param leakedRate of the marks, the share with a character left
     * @param overMasked of all other characters, the share replaced
     * @param languages  the same by language, where texts name more than one
     */
    public record Result(long texts, Row all, List<Row> tags, double leakRate, double leakedRate, double overMasked,
            Map<String, Result> languages) {
    }

    /** Adds a text whose finds are all scored. */
    public void add(MarkedText text, List<Span> found) {
        add(text, found, null);
    }

    /**
     * Adds a text.
     *
     * @param found  all that was replaced
     * @param scored the tags that marks may have: finds with others hide what they cover, and are neither right nor wrong; null for all
     */
    public void add(MarkedText text, List<Span> found, Collection<String> scored) {
        count(text, found.stream().filter(s -> scored == null || scored.contains(s.tag())).toList(), found);
        if (text.language() != null) {
            languages.computeIfAbsent(text.language(), l -> new SpanScore()).count(text,
                    found.stream().filter(s -> scored == null || scored.contains(s.tag())).toList(), found);
        }
    }

    private void count(MarkedText text, List<Span> finds, List<Span> all) {
        texts++;
        List<MarkedText.Mark> known = text.spans().stream().filter(m -> m.tag() != null).toList();
        Set<Span> right = new HashSet<>();
        for (MarkedText.Mark mark : known) {
            Counts c = counts(mark.tag());
            c.there++;
            c.touched += finds.stream().anyMatch(s -> touches(s, mark)) ? 1 : 0;
            Span exact = finds.stream().filter(s -> s.start() == mark.start() && s.end() == mark.end() && s.tag().equals(mark.tag())
                    && !right.contains(s)).findFirst().orElse(null);
            if (exact != null) {
                c.correct++;
                right.add(exact);
            }
        }
        for (Span span : finds) {
            Counts c = counts(span.tag());
            c.found++;
            c.touching += known.stream().anyMatch(m -> touches(span, m)) ? 1 : 0;
        }
        characters(text, known, finds, all);
        misses.add(text, known, finds, covered(all));
    }

    private static boolean touches(Span span, MarkedText.Mark mark) {
        return span.tag().equals(mark.tag()) && span.start() < mark.end() && mark.start() < span.end();
    }

    private static BitSet covered(List<Span> spans) {
        BitSet covered = new BitSet();
        spans.forEach(s -> covered.set(s.start(), s.end()));
        return covered;
    }

    private void characters(MarkedText text, List<MarkedText.Mark> known, List<Span> finds, List<Span> all) {
        BitSet hidden = covered(all);
        BitSet replaced = covered(finds);
        // What is marked but not asked for is personal data, too: to replace it is no fault.
        BitSet personal = new BitSet();
        text.spans().forEach(m -> personal.set(m.start(), m.end()));
        for (MarkedText.Mark mark : known) {
            long left = 0;
            for (int i = mark.start(); i < mark.end(); i++) {
                if (counts(text.text(), i)) {
                    markedCharacters++;
                    left += hidden.get(i) ? 0 : 1;
                }
            }
            marks++;
            leakedCharacters += left;
            leakedMarks += left > 0 ? 1 : 0;
        }
        for (int i = 0; i < text.text().length(); i++) {
            if (!personal.get(i) && counts(text.text(), i)) {
                otherCharacters++;
                maskedCharacters += replaced.get(i) ? 1 : 0;
            }
        }
    }

    /** Whether a character begins here that is no white space. */
    private static boolean counts(String text, int i) {
        char c = text.charAt(i);
        return !Character.isWhitespace(c) && !(Character.isLowSurrogate(c) && i > 0 && Character.isHighSurrogate(text.charAt(i - 1)));
    }

    private Counts counts(String tag) {
        return tags.computeIfAbsent(tag, t -> new Counts());
    }

    /** The figures of all texts so far. */
    public Result result() {
        Counts sum = new Counts();
        tags.values().forEach(sum::add);
        Map<String, Result> byLanguage = new LinkedHashMap<>();
        if (languages.size() > 1) {
            languages.forEach((language, score) -> byLanguage.put(language, score.result()));
        }
        return new Result(texts, Row.of("all", sum), tags.entrySet().stream().map(e -> Row.of(e.getKey(), e.getValue())).toList(),
                share(leakedCharacters, markedCharacters), share(leakedMarks, marks), share(maskedCharacters, otherCharacters), byLanguage);
    }

    private static double share(long part, long whole) {
        return whole == 0 ? 0 : (double) part / whole;
    }

    /** Examples of what went wrong. */
    public List<SpanMisses.Miss> misses() {
        return misses.examples();
    }
}
