package io.saryu.text;

import java.io.Closeable;
import java.io.IOException;

/** Cuts one file into chunks, in order. */
interface FileChunks extends Closeable {
    /** Fills the bytes, format, records, bad lines and position of a chunk; false when nothing is left of the file. */
    boolean next(Chunk chunk) throws IOException;

    /** Passes over all before {@code position}, that of an earlier reader's chunk. */
    void skip(long position) throws IOException;

    /** Bytes of the file read from disk, about. */
    long bytesRead();
}
