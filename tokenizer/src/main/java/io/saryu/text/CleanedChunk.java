package io.saryu.text;

import java.util.Arrays;

/** What became of a chunk: the text of its documents, end to end, and all that was counted. */
final class CleanedChunk {
    /** UTF-8 text of all documents, in order; each line ends with a newline. */
    byte[] bytes;
    int length;
    int documents;
    /** Where each document ends in {@link #bytes}. */
    int[] ends = new int[1024];
    /** Lines with text of each document. */
    int[] lines = new int[1024];
    /** Two longs a document, where duplicates are to be dropped. */
    long[] hashes = new long[2048];
    CleanTally clean;
    FilterTally filtered;
    ReadTally read;

    CleanedChunk(int size) {
        this.bytes = new byte[size];
    }

    void reset() {
        length = 0;
        documents = 0;
        clean = new CleanTally();
        filtered = new FilterTally();
        read = new ReadTally();
    }

    void append(byte[] from, int start, int count) {
        reserve(count + 1);
        System.arraycopy(from, start, bytes, length, count);
        length += count;
    }

    void append(char ascii) {
        reserve(1);
        bytes[length++] = (byte) ascii;
    }

    /** Ends a document here. */
    void endDocument(int lineCount, ContentHash hash) {
        if (documents == ends.length) {
            ends = Arrays.copyOf(ends, 2 * documents);
            lines = Arrays.copyOf(lines, 2 * documents);
            hashes = Arrays.copyOf(hashes, 4 * documents);
        }
        ends[documents] = length;
        lines[documents] = lineCount;
        if (hash != null) {
            hashes[2 * documents] = hash.high();
            hashes[2 * documents + 1] = hash.low();
        }
        documents++;
    }

    private void reserve(int more) {
        if (length + more > bytes.length) {
            bytes = Arrays.copyOf(bytes, (int) Math.min(Math.max(2L * bytes.length, (long) length + more),
                    Integer.MAX_VALUE - 8L));
        }
    }
}
