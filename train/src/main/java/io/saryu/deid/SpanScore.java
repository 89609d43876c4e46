package io.saryu.deid;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Compares what was found with what is there. A find counts when start, end and tag are those of a mark (strict F1); a mark leaks
 * when any character of it but white space is left as it was.
 */
public final class SpanScore {
    private final Map<String, int[]> counts = new TreeMap<>();
    private long leaked;
    private long marks;
    private long leakedCharacters;
    private long markedCharacters;
    private long texts;

    /**
     * Of one tag, or of all.
     *
     * @param tag     its name
     * @param there   marks
     * @param found   finds
     * @param correct finds that are marks
     */
    public record Row(String tag, int there, int found, int correct) {
        /** Of the finds, the share that is correct; 1 without finds. */
        public double precision() {
            return found == 0 ? 1 : (double) correct / found;
        }

        /** Of the marks, the share that was found; 1 without marks. */
        public double recall() {
            return there == 0 ? 1 : (double) correct / there;
        }

        /** The harmonic mean of the two. */
        public double f1() {
            return there + found == 0 ? 1 : 2.0 * correct / (there + found);
        }
    }

    /**
     * All figures.
     *
     * @param texts         how many
     * @param all           of all tags together
     * @param tags          by tag
     * @param leakRate      of the marks, the share with a character left
     * @param characterRate of the marked characters, the share left
     */
    public record Result(long texts, Row all, List<Row> tags, double leakRate, double characterRate) {
    }

    /** Adds a text; finds with tags that no mark can have are for the caller to leave out. */
    public void add(MarkedText text, List<Span> found) {
        texts++;
        Set<String> keys = new TreeSet<>();
        BitSet covered = new BitSet(text.text().length());
        for (Span span : found) {
            covered.set(span.start(), span.end());
            keys.add(key(span.start(), span.end(), span.tag()));
            row(span.tag())[1]++;
        }
        for (MarkedText.Mark mark : text.spans()) {
            if (mark.tag() == null) {
                continue;
            }
            row(mark.tag())[0]++;
            if (keys.remove(key(mark.start(), mark.end(), mark.tag()))) {
                row(mark.tag())[2]++;
            }
            marks++;
            long open = mark.start() <= mark.end() ? text.text().substring(mark.start(), mark.end()).chars()
                    .filter(c -> !Character.isWhitespace(c)).count() : 0;
            long left = 0;
            for (int i = covered.nextClearBit(mark.start()); i < mark.end(); i = covered.nextClearBit(i + 1)) {
                left += Character.isWhitespace(text.text().charAt(i)) ? 0 : 1;
            }
            markedCharacters += open;
            leakedCharacters += left;
            leaked += left > 0 ? 1 : 0;
        }
    }

    private static String key(int start, int end, String tag) {
        return start + " " + end + " " + tag;
    }

    private int[] row(String tag) {
        return counts.computeIfAbsent(tag, t -> new int[3]);
    }

    /** The figures of all texts so far. */
    public Result result() {
        int[] sum = new int[3];
        List<Row> rows = new ArrayList<>();
        counts.forEach((tag, c) -> {
            rows.add(new Row(tag, c[0], c[1], c[2]));
            for (int i = 0; i < sum.length; i++) {
                sum[i] += c[i];
            }
        });
        return new Result(texts, new Row("all", sum[0], sum[1], sum[2]), rows, marks == 0 ? 0 : (double) leaked / marks,
                markedCharacters == 0 ? 0 : (double) leakedCharacters / markedCharacters);
    }
}
