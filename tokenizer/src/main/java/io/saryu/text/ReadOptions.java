package io.saryu.text;

/**
 * How {@link LineReader} takes bad lines.
 *
 * @param maxLineBytes bytes that a line may have, 1 to 1,073,741,824; a longer one counts as bad
 * @param strict       true to refuse the corpus at the first bad line, false to count bad lines and leave them out
 */
public record ReadOptions(int maxLineBytes, boolean strict) {
    /** Lines up to 1 MiB, bad lines counted and left out. */
    public static final ReadOptions DEFAULT = new ReadOptions(1 << 20, false);

    /** Checks the bound. */
    public ReadOptions {
        if (maxLineBytes < 1 || maxLineBytes > 1 << 30) {
            throw new IllegalArgumentException("maxLineBytes is " + maxLineBytes + "; give 1 to " + (1 << 30));
        }
    }
}
