package io.saryu.benchmark;

import com.fasterxml.jackson.databind.JsonNode;
import io.saryu.nn.Qwen3Config;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.function.Consumer;

/** Greedy decoding at batch 1, of Saryu and of transformers in turn, beside the memory bandwidth that bounds it. */
public final class DecodeBenchmark {
    private static final int TOKENS = 64;

    /**
     * One row.
     *
     * @param tokensPerSecond of each measured run of {@value #TOKENS} tokens, sorted
     * @param peakRss         most resident bytes of the process
     */
    public record Row(String name, String description, double[] tokensPerSecond, long peakRss) {
        /** The middle of the runs. */
        public double median() {
            return tokensPerSecond[tokensPerSecond.length / 2];
        }
    }

    /**
     * All rows.
     *
     * @param parameters weights, each read once a token
     * @param bandwidth  bytes a second read from memory in the same run, the median
     */
    public record Result(long parameters, double bandwidth, List<Row> rows) {
        /** Tokens a second if reading the weights were all. */
        public double roof() {
            return bandwidth / (4.0 * parameters);
        }

        /** A table for people. */
        public String table() {
            StringBuilder s = new StringBuilder(String.format(Locale.ROOT, "%,d parameters; memory read at %.1f GB/s, which"
                    + " bounds decoding at %.1f tokens/s%n%-16s %10s %22s %10s %8s %10s%n", parameters, bandwidth / 1e9,
                    roof(), "", "tokens/s", "(min..max)", "peak MB", "roof", "saryu is"));
            for (Row r : rows) {
                s.append(String.format(Locale.ROOT, "%-16s %10.1f %22s %10d %8.2f %9.2fx%n", r.name(), r.median(),
                        String.format(Locale.ROOT, "(%.1f..%.1f)", r.tokensPerSecond()[0],
                                r.tokensPerSecond()[r.tokensPerSecond().length - 1]),
                        r.peakRss() >> 20, r.median() / roof(), rows.getFirst().median() / r.median()));
            }
            rows.forEach(r -> s.append(r.name()).append(": ").append(r.description()).append(System.lineSeparator()));
            return s.toString();
        }
    }

    private DecodeBenchmark() {
    }

    /**
     * Runs the comparison.
     *
     * @param options batch and length are not looked at
     */
    public static Result run(StepBenchmark.Options options, Consumer<String> progress) throws IOException {
        Qwen3Config.read(options.config());
        Path log = Files.createTempFile("saryu-bench", ".log");
        List<BenchmarkProcess> processes = new ArrayList<>();
        try {
            processes.add(new BenchmarkProcess("saryu", StepBenchmark.java(DecodeWorker.class, options.config().toString(),
                    String.valueOf(options.threads())), log));
            if (options.python() != null) {
                processes.add(new BenchmarkProcess("transformers", List.of(options.python(),
                        options.peers().resolve("transformers_decode.py").toString(), options.config().toString(),
                        String.valueOf(options.threads())), log));
            }
            for (BenchmarkProcess p : processes) {
                progress.accept("warming up " + p.name() + ": " + p.description());
                p.ask("decode " + TOKENS, log);
            }
            double[] bandwidth = new double[options.rounds()];
            double[][] speed = new double[processes.size()][options.rounds()];
            long[] peak = new long[processes.size()];
            for (int round = 0; round < options.rounds(); round++) {
                for (int i = 0; i < processes.size(); i++) {
                    JsonNode a = processes.get(i).ask("decode " + TOKENS, log);
                    speed[i][round] = TOKENS / a.path("seconds").asDouble();
                    peak[i] = a.path("peak_rss_bytes").asLong();
                }
                JsonNode read = processes.getFirst().ask("read 5", log);
                bandwidth[round] = read.path("bytes").asDouble() / read.path("seconds").asDouble();
                progress.accept("round " + (round + 1) + " of " + options.rounds());
            }
            Arrays.sort(bandwidth);
            List<Row> rows = new ArrayList<>();
            for (int i = 0; i < processes.size(); i++) {
                Arrays.sort(speed[i]);
                rows.add(new Row(processes.get(i).name(), processes.get(i).description(), speed[i], peak[i]));
            }
            return new Result(processes.getFirst().parameters(), bandwidth[options.rounds() / 2], rows);
        } finally {
            processes.forEach(BenchmarkProcess::close);
        }
    }
}
