package io.saryu.tokenizer;

import java.io.IOException;

/** Takes words one by one. */
@FunctionalInterface
interface WordSink {
    /** A word, valid during the call. */
    void accept(char[] units, int from, int length, long count) throws IOException;
}
