package io.saryu.deid;

/** What stands in the place of personal data. */
public enum ReplacementStyle {
    /** The tag: {@code [NAME]}. */
    TAG,
    /** The tag with a number, the same for the same value: {@code [NAME_1]}. */
    NUMBERED,
    /** An invented value of the same kind, the same for the same value and key. */
    SURROGATE
}
