package io.saryu.train;

/** How a data set's rows become what a model is asked and what it should answer. */
public enum RowFormat {
    /** The row's instruction and input, and its output as it stands. */
    PLAIN,
    /** The row's input, to be said again with tags around what the row's spans name: what {@code saryu deidentify} asks for. */
    MARKED
}
