package io.saryu.data;

import java.util.Objects;

/** Tokens in memory: {@code first, first + 1, ...}, so that a token tells where it stood. */
record ArrayTokens(String name, int first, long count) implements TokenSequence {
    @Override
    public void read(long from, int[] out, int at, int length) {
        Objects.checkFromIndexSize(from, length, count);
        for (int i = 0; i < length; i++) {
            out[at + i] = first + (int) from + i;
        }
    }
}
