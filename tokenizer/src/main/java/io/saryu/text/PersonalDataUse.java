package io.saryu.text;

/** What {@link CleanCorpus} does about what {@link PersonalData} finds in a cleaned line. */
public enum PersonalDataUse {
    /** Does not look for it. */
    IGNORE,
    /** Counts it, and leaves the text as it is. */
    COUNT,
    /** Counts it, and puts a tag such as {@code [EMAIL]} in its place. */
    MASK,
    /** Counts it, and leaves out the line. */
    DROP
}
