package io.saryu.report;

import io.saryu.files.AtomicFile;
import io.saryu.train.ConfigException;
import io.saryu.train.RunState;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Writes pages that show runs: one file with all that it needs inside, which opens without a network. */
public final class Report {
    private Report() {
    }

    /**
     * Writes the report of one run, or a comparison of several, from what their folders hold; the file is replaced whole.
     *
     * @param runs run folders, at least one
     * @throws ConfigException when one of them is no run folder, or has no metrics yet
     * @throws IOException     when a file cannot be read or written
     */
    public static void write(List<Path> runs, Path file) throws IOException {
        List<RunData> data = new ArrayList<>();
        for (Path run : runs) {
            data.add(RunData.read(run));
        }
        String page = data.size() == 1 ? RunPage.of(data.getFirst(), data.getFirst().state()) : ComparisonPage.of(data);
        AtomicFile.writeString(file, page);
    }

    /** As {@link #write}, of one run by the process that works on it and knows how it is. */
    static void write(Path run, RunState state, Path file) throws IOException {
        AtomicFile.writeString(file, RunPage.of(RunData.read(run), state));
    }
}
