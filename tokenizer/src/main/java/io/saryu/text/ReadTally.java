package io.saryu.text;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/** Adds up what was read: of a chunk with lines counted from its start, or of a corpus. Not thread-safe. */
final class ReadTally {
    private static final int MAX_SAMPLES = 10;

    private long files;
    private long emptyFiles;
    private long lines;
    private long byteOrderMarks;
    private final Map<ReadReport.Kind, Long> badLines = new EnumMap<>(ReadReport.Kind.class);
    private final List<ReadReport.BadLine> samples = new ArrayList<>();

    ReadTally() {
    }

    /** Goes on from a report. */
    ReadTally(ReadReport before) {
        files = before.files();
        emptyFiles = before.emptyFiles();
        lines = before.lines();
        byteOrderMarks = before.byteOrderMarks();
        badLines.putAll(before.badLines());
        samples.addAll(before.badLineSamples());
    }

    void file() {
        files++;
    }

    void emptyFile() {
        emptyFiles++;
    }

    void line() {
        lines++;
    }

    void byteOrderMark() {
        byteOrderMarks++;
    }

    /** One bad line; {@code line} is its number. */
    void bad(long line, ReadReport.Kind kind, String detail) {
        badLines.merge(kind, 1L, Long::sum);
        if (samples.size() < MAX_SAMPLES) {
            samples.add(new ReadReport.BadLine("", line, kind, detail));
        }
    }

    /** Adds what a chunk of {@code file} counted, before which the file had {@code linesBefore} lines. */
    void add(ReadTally chunk, String file, long linesBefore) {
        lines += chunk.lines;
        byteOrderMarks += chunk.byteOrderMarks;
        chunk.badLines.forEach((kind, count) -> badLines.merge(kind, count, Long::sum));
        for (ReadReport.BadLine sample : chunk.samples) {
            if (samples.size() < MAX_SAMPLES) {
                samples.add(new ReadReport.BadLine(file, linesBefore + sample.line(), sample.kind(), sample.detail()));
            }
        }
    }

    /** Bad lines of all kinds. */
    long badCount() {
        return badLines.values().stream().mapToLong(Long::longValue).sum();
    }

    long lines() {
        return lines;
    }

    /** The first bad line; null when there is none. */
    ReadReport.BadLine firstBad() {
        return samples.isEmpty() ? null : samples.get(0);
    }

    ReadReport report(long bytes) {
        Map<ReadReport.Kind, Long> bad = new EnumMap<>(ReadReport.Kind.class);
        bad.putAll(badLines);
        return new ReadReport(files, emptyFiles, bytes, lines, byteOrderMarks, bad, List.copyOf(samples));
    }
}
