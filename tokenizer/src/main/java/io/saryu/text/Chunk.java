package io.saryu.text;

import java.io.IOException;
import java.util.Arrays;

/** Some megabytes of a corpus: whole lines of one file, and in paragraph files whole paragraphs. */
final class Chunk {
    /** UTF-8 text, {@link #length} bytes of it; the array is used again for later chunks. */
    byte[] bytes;
    int length;
    /** Which file of the corpus. */
    int file;
    /** Whether it is the first one of its file. */
    boolean first;
    /** Whether its file ends here. */
    boolean last;
    /** What {@link #bytes} are: lines of text, lines of JSON, or null for the texts of records, each ended by an empty line. */
    InputFormat format;
    /** Records behind {@link #bytes}, bad ones included, where {@link #format} is null. */
    long records;
    /** Bad lines that the reader found, after the bytes; numbers count from the chunk's first line or record. */
    ReadTally bad = new ReadTally();
    /** Bytes, or records, of the file up to the end of this chunk: where a later reader goes on. */
    long position;
    /** Bytes of all files read from disk up to here. */
    long consumed;
    /** SHA-256 of the file as it lies on disk, where it ends here and a hash was asked for. */
    String sha256;
    /** What ended reading after the bytes; null when nothing did. */
    IOException failure;

    Chunk(int size) {
        this.bytes = new byte[size];
    }

    /** Makes it an empty one of another place. */
    void reset(int newFile, boolean isFirst) {
        length = 0;
        file = newFile;
        first = isFirst;
        last = false;
        format = InputFormat.TEXT;
        records = 0;
        bad = new ReadTally();
        position = 0;
        consumed = 0;
        sha256 = null;
        failure = null;
    }

    /** Makes room for {@code size} bytes in all. */
    void reserve(int size) {
        if (bytes.length < size) {
            bytes = Arrays.copyOf(bytes, size);
        }
    }

    void append(byte[] more, int count) {
        if (length + count > bytes.length) {
            reserve((int) Math.min(Math.max(2L * bytes.length, (long) length + count), Integer.MAX_VALUE - 8L));
        }
        System.arraycopy(more, 0, bytes, length, count);
        length += count;
    }
}
