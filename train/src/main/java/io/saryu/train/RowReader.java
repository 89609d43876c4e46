package io.saryu.train;

import io.saryu.instruct.RowReport;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/** Reads a file of instruction data. */
interface RowReader {
    /**
     * The rows that can be used.
     *
     * @param report counts them all, and why others are left out
     */
    List<EncodedRow> read(Path file, RowReport report) throws IOException;
}
