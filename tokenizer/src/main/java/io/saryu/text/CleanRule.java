package io.saryu.text;

/** One thing that {@link TextCleaner} does to a line. Each can be switched off and each has its own counter. */
public enum CleanRule {
    /** Unicode normalization form C. Letters with a nukta stay decomposed, as NFC demands (U+0958 is ka + nukta). */
    NORMALIZE,
    /** U+FEFF, byte order mark or zero-width no-break space, anywhere in the line. */
    BYTE_ORDER_MARK,
    /** U+200B zero-width space. */
    ZERO_WIDTH_SPACE,
    /** U+200C and U+200D, except where Devanagari or an emoji sequence needs them (see {@link Joiners}). */
    JOINER,
    /** Marks, embeddings, overrides and isolates of text direction (U+200E, U+202A, U+2066 and their kin). */
    BIDI_CONTROL,
    /** U+00AD soft hyphen. */
    SOFT_HYPHEN,
    /** Other characters without a glyph: word joiner, invisible operators, U+034F, annotation and tag characters. */
    INVISIBLE,
    /** C0 and C1 controls that are not white space. */
    CONTROL,
    /** Code points without a character in the JDK's Unicode version. */
    UNASSIGNED,
    /** Private use code points: nobody else knows what they mean. */
    PRIVATE_USE,
    /** U+FDD0 to U+FDEF and the last two code points of each plane. */
    NONCHARACTER,
    /** Half of a surrogate pair. */
    SURROGATE,
    /** U+FFFC and U+FFFD: what another program left where it could not keep the text. */
    REPLACEMENT,
    /**
     * Combining marks after the 30th in a row (the limit of Unicode's stream-safe format, UAX #15): no language needs
     * more, and sorting a million of them takes minutes.
     */
    EXCESS_MARKS,
    /** Every run of white space becomes one space, none stays at the ends of the line. */
    WHITE_SPACE;

    /** The bit of this rule in a mask over all rules. */
    int bit() {
        return 1 << ordinal();
    }
}
