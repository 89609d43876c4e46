package io.saryu.data;

/** Token ids laid end to end, documents separated by the end-of-text id; a token file, in general. */
public interface TokenSequence {
    /** Name for messages: the file. */
    String name();

    /** Number of tokens. */
    long count();

    /** Copies tokens {@code [from, from + length)} to {@code out} at {@code at}. */
    void read(long from, int[] out, int at, int length);
}
