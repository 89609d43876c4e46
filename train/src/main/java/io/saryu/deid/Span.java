package io.saryu.deid;

/**
 * A stretch of a text that holds personal data.
 *
 * @param start      first UTF-16 unit
 * @param end        the one after the last; greater than {@code start}
 * @param tag        what stands for it, such as {@code [NAME]}
 * @param confidence 0 to 1: for the model, the probability of this choice among those that it had; 1 for a checksum that fits
 * @param source     what found it
 */
public record Span(int start, int end, String tag, double confidence, Source source) {
    /** What finds spans. */
    public enum Source {
        /** The language model. */
        MODEL,
        /** A pattern, often with a checksum. */
        PATTERN
    }

    public Span {
        if (start < 0 || end <= start) {
            throw new IllegalArgumentException("a span from " + start + " to " + end + " is no stretch of a text");
        }
    }

    /** Whether the two share a character. */
    public boolean overlaps(Span other) {
        return start < other.end && other.start < end;
    }

    /** Its characters. */
    public int length() {
        return end - start;
    }
}
