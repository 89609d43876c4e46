package io.saryu.text;

import java.io.Serializable;

/**
 * How files are read.
 *
 * @param maxLineBytes bytes that a line, or a record's text, may have, 1 to 1,073,741,824; a longer one counts as bad
 * @param strict       true to refuse the corpus at the first bad line, false to count bad lines and leave them out
 * @param format       what the files are
 * @param field        the field or column that holds the text where records have several
 */
public record ReadOptions(int maxLineBytes, boolean strict, InputFormat format, String field) implements Serializable {
    /** Lines up to 1 MiB, bad lines counted and left out, formats by name, text in the field {@code text}. */
    public static final ReadOptions DEFAULT = new ReadOptions(1 << 20, false);

    /** Checks the bound. */
    public ReadOptions {
        if (maxLineBytes < 1 || maxLineBytes > 1 << 30) {
            throw new IllegalArgumentException("maxLineBytes is " + maxLineBytes + "; give 1 to " + (1 << 30));
        }
        if (field.isEmpty()) {
            throw new IllegalArgumentException("the name of the field is empty; give the one that holds the text");
        }
    }

    /** Formats by name, text in the field {@code text}. */
    public ReadOptions(int maxLineBytes, boolean strict) {
        this(maxLineBytes, strict, InputFormat.AUTO, "text");
    }
}
