package io.saryu.text;

/** A reason to leave out a whole line, looked at after cleaning; each is off unless {@link FilterOptions} turns it on. */
public enum LineFilter {
    /** Fewer characters than asked. */
    SHORT,
    /** Too large a share of digits, punctuation and symbols. */
    SYMBOLS,
    /** One character or one word too often in a row. */
    REPETITION,
    /**
     * UTF-8 that another program took for Windows-1252 or Latin-1, such as {@code donâ€™t} or {@code à¤¹à¥ˆ}. Always
     * counted; such lines are left out only where that is asked.
     */
    MOJIBAKE
}
