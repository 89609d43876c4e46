package io.saryu.benchmark;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;

/**
 * A row of the step benchmark in the making. When its process does not start or ends, that is what the row says: the other
 * rows are not lost with it.
 */
final class MeasuredProcess implements AutoCloseable {
    private final String name;
    private final List<String> command;
    private final double[] seconds;
    private String description = "";
    private long parameters;
    private long peak;
    private BenchmarkProcess process;
    private String failure;

    MeasuredProcess(String name, List<String> command, int rounds) {
        this.name = name;
        this.command = command;
        this.seconds = new double[rounds];
    }

    private interface Work {
        void run() throws IOException;
    }

    private void unlessFailed(Consumer<String> progress, Work work) {
        if (failure != null) {
            return;
        }
        try {
            work.run();
        } catch (IOException e) {
            failure = e.getMessage();
            progress.accept(name + " is not measured: " + failure);
            close();
        }
    }

    /** Starts it and takes steps that do not count. */
    void start(Path logs, int warmUp, Consumer<String> progress) {
        unlessFailed(progress, () -> {
            process = new BenchmarkProcess(name, command, logs);
            description = process.description();
            parameters = process.parameters();
            progress.accept("warming up " + name + ": " + description);
            process.ask("step " + warmUp);
        });
    }

    /** Takes some steps; the round's result is the mean of them. */
    void measure(int round, int steps, Consumer<String> progress) {
        unlessFailed(progress, () -> {
            JsonNode answer = process.ask("step " + steps);
            seconds[round] = answer.path("seconds").asDouble() / steps;
            peak = answer.path("peak_rss_bytes").asLong();
        });
    }

    boolean failed() {
        return failure != null;
    }

    /** Parameters of its model; 0 before it has started. */
    long parameters() {
        return parameters;
    }

    /** After the last round. */
    StepBenchmark.Row row() {
        if (failure != null) {
            return new StepBenchmark.Row(name, description, new double[0], 0, failure);
        }
        double[] sorted = seconds.clone();
        Arrays.sort(sorted);
        return new StepBenchmark.Row(name, description, sorted, peak, null);
    }

    /** Ends the process, which gives its memory back. */
    @Override
    public void close() {
        if (process != null) {
            process.close();
            process = null;
        }
    }
}
