package io.saryu.text;

import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Path;

/**
 * A format of files whose records hold text, such as parquet; found by {@link java.util.ServiceLoader}, so that what
 * reads it, and the libraries it needs, can be a module of its own. A file is of the format that its first bytes name,
 * whatever its own name is.
 */
public interface RecordFormat {
    /** What to call it in messages, such as {@code parquet}. */
    String name();

    /** Whether a file that begins with these bytes (16, or all of a shorter file) is of this format. */
    boolean recognizes(byte[] head);

    /**
     * Opens a file.
     *
     * @param file  the file, which may be read at any place
     * @param field the field or column that holds the text
     * @throws CorpusException when the file is not whole, or has no such field; its sentence names the file, the field
     *                         and the fields there are
     */
    Records open(Path file, String field) throws IOException;

    /** The records of one file, in order. Not thread-safe. */
    interface Records extends Closeable {
        /** Steps to the next record; false after the last one. */
        boolean next() throws IOException;

        /** The text of the record, line ends and all; null when it has none. */
        String text();

        /** Bytes of the file that have been read, about, for progress. */
        long bytesRead();
    }
}
