package io.saryu.benchmark;

import com.fasterxml.jackson.databind.JsonNode;
import io.saryu.model.OpenOptions;
import io.saryu.nn.Qwen3Config;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.function.Consumer;

/**
 * Greedy decoding at batch 1, of Saryu and of transformers in turn, with weights of several types, beside the memory bandwidth
 * that bounds it.
 */
public final class DecodeBenchmark {
    private static final int TOKENS = 64;
    /** Of memory at a time: about as long as a run takes. */
    static final int READS = 48;
    /** Runs before the first measured one: Java compiles what runs often while it runs. */
    private static final int WARM_UP = 4;
    /** What the launcher runs {@code saryu generate} with: on two cores the optimising compiler halves the speed while it compiles. */
    private static final String QUICK_COMPILER = "-XX:TieredStopAtLevel=1";
    private static final List<String> PEER_TYPES = List.of("fp32", "bf16");

    /**
     * One row.
     *
     * @param tokensPerSecond of each measured run of {@value #TOKENS} tokens, sorted; the prompt's pass is part of the run
     * @param peakRss         most resident bytes of the process
     * @param weightBytes     that one token's pass reads
     * @param share           of the memory bandwidth measured just before and after: of the bytes of weights read a second,
     *                        the median over the rounds
     */
    public record Row(String name, String description, double[] tokensPerSecond, long peakRss, long weightBytes,
            double share) {
        /** The middle of the runs. */
        public double median() {
            return tokensPerSecond[tokensPerSecond.length / 2];
        }
    }

    /**
     * All rows.
     *
     * @param parameters weights of the model
     * @param bandwidth  bytes a second read from memory in the same run, the median over the rounds
     */
    public record Result(long parameters, double bandwidth, List<Row> rows) {
        /** A table for people. */
        public String table() {
            Row peer = rows.stream().filter(r -> r.name().startsWith("transformers")).findFirst().orElse(null);
            StringBuilder s = new StringBuilder(String.format(Locale.ROOT, "%,d parameters; memory read at %.1f GB/s%n%-18s"
                    + " %10s %18s %10s %10s %8s", parameters, bandwidth / 1e9, "", "tokens/s", "(min..max)", "peak MB",
                    "MB/token", "share"));
            s.append(peer == null ? "" : "  by " + peer.name()).append(System.lineSeparator());
            for (Row r : rows) {
                s.append(String.format(Locale.ROOT, "%-18s %10.1f %18s %10d %10.1f %8.2f", r.name(), r.median(),
                        String.format(Locale.ROOT, "(%.1f..%.1f)", r.tokensPerSecond()[0],
                                r.tokensPerSecond()[r.tokensPerSecond().length - 1]),
                        r.peakRss() >> 20, r.weightBytes() / 1e6, r.share()));
                s.append(peer == null ? "" : String.format(Locale.ROOT, "  %.2fx", r.median() / peer.median()))
                        .append(System.lineSeparator());
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
     * @param types   of Saryu's weights, each measured: fp32, bf16, fp16, int8
     */
    public static Result run(StepBenchmark.Options options, List<String> types, Consumer<String> progress)
            throws IOException {
        Qwen3Config.read(options.config());
        types.forEach(OpenOptions::weights);
        Path logs = BenchmarkProcess.newLogs();
        List<BenchmarkProcess> processes = new ArrayList<>();
        try (BenchmarkProcess roof = new BenchmarkProcess("memory",
                java(ReadWorker.class, String.valueOf(options.threads())), logs)) {
            roof.ask("read " + READS);
            for (String type : types) {
                processes.add(new BenchmarkProcess("saryu " + type, java(DecodeWorker.class,
                        options.config().toString(), String.valueOf(options.threads()), type), logs));
            }
            for (String type : options.python() == null ? List.<String>of() : PEER_TYPES) {
                processes.add(new BenchmarkProcess("transformers " + type, List.of(options.python(),
                        options.peers().resolve("transformers_decode.py").toString(), options.config().toString(),
                        String.valueOf(options.threads()), type), logs));
            }
            for (BenchmarkProcess p : processes) {
                progress.accept("warming up " + p.name() + ": " + p.description());
                for (int i = 0; i < WARM_UP; i++) {
                    p.ask("decode " + TOKENS);
                }
            }
            return measure(options.rounds(), roof, processes, progress);
        } finally {
            processes.forEach(BenchmarkProcess::close);
            BenchmarkProcess.removeIfEmpty(logs);
        }
    }

    private static List<String> java(Class<?> worker, String... arguments) {
        List<String> command = new ArrayList<>(StepBenchmark.java(worker, arguments));
        command.add(1, QUICK_COMPILER);
        return command;
    }

    /** Reads memory before each run and after the last: who shares the machine changes the bandwidth within seconds. */
    private static Result measure(int rounds, BenchmarkProcess roof, List<BenchmarkProcess> processes,
            Consumer<String> progress) throws IOException {
        int rows = processes.size();
        double[] bandwidth = new double[rounds];
        double[][] speed = new double[rows][rounds];
        double[][] share = new double[rows][rounds];
        long[] peak = new long[rows];
        for (int round = 0; round < rounds; round++) {
            double before = read(roof);
            for (int i = 0; i < rows; i++) {
                BenchmarkProcess p = processes.get(i);
                JsonNode a = p.ask("decode " + TOKENS);
                double after = read(roof);
                speed[i][round] = TOKENS / a.path("seconds").asDouble();
                share[i][round] = speed[i][round] * p.weightBytes() / ((before + after) / 2);
                peak[i] = a.path("peak_rss_bytes").asLong();
                bandwidth[round] += (before + after) / 2 / rows;
                before = after;
            }
            progress.accept("round " + (round + 1) + " of " + rounds);
        }
        List<Row> result = new ArrayList<>();
        for (int i = 0; i < rows; i++) {
            BenchmarkProcess p = processes.get(i);
            Arrays.sort(speed[i]);
            result.add(new Row(p.name(), p.description(), speed[i], peak[i], p.weightBytes(), median(share[i])));
        }
        return new Result(processes.getFirst().parameters(), median(bandwidth), result);
    }

    private static double read(BenchmarkProcess roof) throws IOException {
        return roof.ask("read " + READS).path("bandwidth").asDouble();
    }

    private static double median(double[] values) {
        Arrays.sort(values);
        return values[values.length / 2];
    }
}
