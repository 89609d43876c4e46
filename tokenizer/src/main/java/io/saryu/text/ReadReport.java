package io.saryu.text;

import java.util.List;
import java.util.Map;

/**
 * What {@link LineReader} has read.
 *
 * @param files          files opened
 * @param emptyFiles     of those, files without a line
 * @param bytes          bytes read from disk
 * @param lines          lines found, in files of records the records; bad ones included
 * @param byteOrderMarks files that began with a UTF-8 byte order mark, which is not part of their text
 * @param badLines       lines left out, by kind; kinds that did not occur are absent
 * @param badLineSamples the first ten lines left out
 */
public record ReadReport(long files, long emptyFiles, long bytes, long lines, long byteOrderMarks,
                         Map<Kind, Long> badLines, List<BadLine> badLineSamples) {
    /** Why a line is left out. */
    public enum Kind {
        /** Bytes that are not UTF-8. */
        INVALID_UTF8,
        /** Longer than {@link ReadOptions#maxLineBytes()}. */
        TOO_LONG,
        /** A NUL byte: binary data, or UTF-16 without a byte order mark. */
        NUL_BYTE,
        /** A line that should be a JSON object and is not, or a row that does not go with its file's first one. */
        INVALID_RECORD,
        /** A record without the field that holds the text, or with something else in it. */
        MISSING_FIELD
    }

    /**
     * One line left out.
     *
     * @param file   where
     * @param line   counted from 1
     * @param kind   why
     * @param detail what was found, for people
     */
    public record BadLine(String file, long line, Kind kind, String detail) {
    }

    /** Lines left out, of all kinds. */
    public long badLineCount() {
        return badLines.values().stream().mapToLong(Long::longValue).sum();
    }
}
