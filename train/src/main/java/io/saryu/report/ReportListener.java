package io.saryu.report;

import io.saryu.train.ConfigException;
import io.saryu.train.MetricsLogger;
import io.saryu.train.RunListener;
import io.saryu.train.RunSession;
import io.saryu.train.RunState;
import io.saryu.train.Sample;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Writes {@code report.html} into a run's folder: after metrics, samples and checkpoints where ten seconds have passed, and at
 * the end. It takes at most about a hundredth of the run's time, however long the run and its files have become.
 */
public final class ReportListener implements RunListener {
    private static final long PAUSE_NANOS = 10_000_000_000L;
    private static final long LARGEST_SHARE = 100;
    private static final Pattern LEFTOVER = Pattern.compile("\\.report\\.html\\..*\\.tmp");

    private final Path run;
    private long nextTime;

    /** @param run its folder */
    public ReportListener(Path run) {
        this.run = run;
    }

    @Override
    public void started(RunSession session) throws IOException {
        nextTime = System.nanoTime() + PAUSE_NANOS;
        try (Stream<Path> files = Files.list(run)) {
            for (Path file : files.filter(f -> LEFTOVER.matcher(f.getFileName().toString()).matches()).toList()) {
                Files.delete(file);
            }
        }
    }

    @Override
    public void stepped(MetricsLogger.StepMetrics metrics) throws IOException {
        ifDue();
    }

    @Override
    public void sampled(long step, List<Sample> samples) throws IOException {
        ifDue();
    }

    @Override
    public void saved(long step) throws IOException {
        ifDue();
    }

    private void ifDue() throws IOException {
        if (System.nanoTime() - nextTime >= 0) {
            write(RunState.RUNNING);
        }
    }

    @Override
    public void ended(RunState state, long step) throws IOException {
        try {
            write(state);
        } catch (ConfigException e) {
            // Stopped before its first line of metrics: there is nothing to show.
        }
    }

    private void write(RunState state) throws IOException {
        long start = System.nanoTime();
        try {
            Report.write(run, state, run.resolve("report.html"));
        } finally {
            long end = System.nanoTime();
            nextTime = end + Math.max(PAUSE_NANOS, LARGEST_SHARE * (end - start));
        }
    }
}
