package io.saryu.benchmark;

import com.fasterxml.jackson.databind.JsonNode;
import io.saryu.tokenizer.Encoder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.function.Consumer;

/** Encoding of the same lines with the same model by Saryu's encoders and by the Python package, in turn. */
public final class EncodeBenchmark {
    private static final int WARM_UP = 2;

    /**
     * One row.
     *
     * @param bytesPerSecond of text, of each round, sorted
     * @param tokens         of all lines
     * @param checksum       of the ids: equal for equal ids
     * @param peakRss        most resident bytes of the process
     */
    public record Row(String name, String description, double[] bytesPerSecond, long tokens, long checksum,
            long peakRss) {
        /** The middle of the rounds. */
        public double median() {
            return bytesPerSecond[bytesPerSecond.length / 2];
        }
    }

    /**
     * All rows.
     *
     * @param bytes of the files
     */
    public record Result(long bytes, List<Row> rows) {
        /** A table for people. */
        public String table() {
            Row last = rows.getLast();
            StringBuilder s = new StringBuilder(String.format(Locale.ROOT, "%,d bytes of text%n%-22s %9s %18s %12s %20s %9s"
                    + "  by %s%n", bytes, "", "MB/s", "(min..max)", "tokens", "checksum", "peak MB", last.name()));
            for (Row r : rows) {
                s.append(String.format(Locale.ROOT, "%-22s %9.1f %18s %12d %20d %9d  %.2fx%n", r.name(), r.median() / 1e6,
                        String.format(Locale.ROOT, "(%.1f..%.1f)", r.bytesPerSecond[0] / 1e6,
                                r.bytesPerSecond[r.bytesPerSecond.length - 1] / 1e6), r.tokens, r.checksum, r.peakRss >> 20,
                        r.median() / last.median()));
            }
            rows.forEach(r -> s.append(r.name()).append(": ").append(r.description()).append(System.lineSeparator()));
            return s.toString();
        }
    }

    private EncodeBenchmark() {
    }

    /**
     * Runs the comparison.
     *
     * @param model   a tokenizer.model
     * @param files   plain text in UTF-8
     * @param python  one with sentencepiece; null for Saryu's encoders alone
     * @param peers   the folder of {@code sentencepiece_encode.py}
     */
    public static Result run(Path model, List<Path> files, int threads, int rounds, String python, Path peers,
            Consumer<String> progress) throws IOException {
        long bytes = 0;
        List<String> last = new ArrayList<>();
        for (Path file : files) {
            bytes += Files.size(file);
            last.add(file.toString());
        }
        Path logs = BenchmarkProcess.newLogs();
        List<BenchmarkProcess> processes = new ArrayList<>();
        try {
            for (Encoder encoder : List.of(Encoder.JAVA, Encoder.SENTENCEPIECE)) {
                String name = encoder.name().toLowerCase(Locale.ROOT);
                List<String> command = new ArrayList<>(StepBenchmark.java(EncodeWorker.class, model.toString(),
                        String.valueOf(threads), name));
                // The lines are in memory before the clock starts.
                command.replaceAll(word -> word.equals("-Xmx512m") ? "-Xmx4g" : word);
                command.addAll(last);
                processes.add(new BenchmarkProcess("saryu " + name, command, logs));
            }
            if (python != null) {
                List<String> command = new ArrayList<>(List.of(python, peers.resolve("sentencepiece_encode.py").toString(),
                        model.toString(), String.valueOf(threads)));
                command.addAll(last);
                processes.add(new BenchmarkProcess("python", command, logs));
            }
            for (BenchmarkProcess process : processes) {
                progress.accept("warming up " + process.name() + ": " + process.description());
                for (int i = 0; i < WARM_UP; i++) {
                    process.ask("encode");
                }
            }
            return new Result(bytes, measure(bytes, rounds, processes, progress));
        } finally {
            processes.forEach(BenchmarkProcess::close);
            BenchmarkProcess.removeIfEmpty(logs);
        }
    }

    private static List<Row> measure(long bytes, int rounds, List<BenchmarkProcess> processes, Consumer<String> progress)
            throws IOException {
        double[][] rates = new double[processes.size()][rounds];
        JsonNode[] answers = new JsonNode[processes.size()];
        for (int round = 0; round < rounds; round++) {
            for (int i = 0; i < answers.length; i++) {
                answers[i] = processes.get(i).ask("encode");
                rates[i][round] = bytes / answers[i].path("seconds").asDouble();
            }
            progress.accept("round " + (round + 1) + " of " + rounds);
        }
        List<Row> rows = new ArrayList<>();
        for (int i = 0; i < answers.length; i++) {
            Arrays.sort(rates[i]);
            rows.add(new Row(processes.get(i).name(), processes.get(i).description(), rates[i],
                    answers[i].path("tokens").asLong(), answers[i].path("checksum").asLong(),
                    answers[i].path("peak_rss_bytes").asLong()));
        }
        return rows;
    }
}
