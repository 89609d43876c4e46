package io.saryu.text;

/** What a document is in a text file. */
public enum DocumentUnit {
    /** Each line with text in it. */
    LINE,
    /** Lines with text in them up to a blank line or the end of the file. */
    PARAGRAPH
}
