package io.saryu.benchmark;

import com.fasterxml.jackson.databind.JsonNode;
import io.saryu.nn.Qwen3Config;
import io.saryu.train.ModelFlops;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.function.Consumer;

/**
 * Training steps of Saryu and of PyTorch side by side: one process each, one step of each per round, in turn, so that a
 * noisy machine is noisy for all. Every process first runs warm-up steps that are not counted.
 */
public final class StepBenchmark {
    /**
     * What to compare.
     *
     * @param config  a Hugging Face config.json
     * @param batch   sequences of a step
     * @param length  tokens of a sequence
     * @param threads of each process
     * @param rounds  measured steps of each
     * @param python  a Python with torch and transformers, or null for Saryu alone
     * @param peers   the folder of pytorch_step.py and pytorch_gpu_step.py
     * @param device  cpu or cuda
     * @param precision of what products read: fp32, bf16 or fp16
     */
    public record Options(Path config, int batch, int length, int threads, int rounds, String python, Path peers,
            String device, String precision) {
        private boolean onCpu() {
            return device.equals("cpu");
        }
    }

    /**
     * One row.
     *
     * @param seconds  of each measured step, sorted
     * @param peakRss  most resident bytes of the process; 0 where unknown
     */
    public record Row(String name, String description, double[] seconds, long peakRss) {
        /** The middle of the measured steps. */
        public double median() {
            return seconds[seconds.length / 2];
        }
    }

    /**
     * All rows, and the matrix products alone.
     *
     * @param tokens      of a step
     * @param gemmSeconds median time of one step's matrix products at the same shapes, in the same run
     * @param stepFlops   operations that a step asks for, by {@link ModelFlops}
     * @param peakFlops   best rate of square products, measured in the same run
     */
    public record Result(long parameters, int tokens, double gemmSeconds, double stepFlops, double peakFlops,
            List<Row> rows) {
        /** A table for people; ratios are of tokens/s, Saryu's over the peer's. */
        public String table() {
            StringBuilder s = new StringBuilder();
            s.append(String.format(Locale.ROOT, "%,d parameters, %,d tokens a step; matrix products alone %.4f s; MFU is of"
                    + " %.3f TFLOP/s, the best product of this run%n", parameters, tokens, gemmSeconds, peakFlops / 1e12));
            s.append(String.format("%-20s %10s %25s %10s %10s %6s %9s%n", "", "tokens/s", "s a step (min..max)", "peak MB",
                    "GEMM share", "MFU", "saryu is"));
            double ours = rows.getFirst().median();
            for (Row r : rows) {
                s.append(String.format(Locale.ROOT, "%-20s %10.0f %8.4f (%.4f..%.4f) %10d %10.2f %6.2f %8.2fx%n", r.name(),
                        tokens / r.median(), r.median(), r.seconds()[0], r.seconds()[r.seconds().length - 1],
                        r.peakRss() >> 20, gemmSeconds / r.median(), stepFlops / r.median() / peakFlops, r.median() / ours));
            }
            s.append("N of L: gradient checkpointing, N of L layers are computed again in backward")
                    .append(System.lineSeparator());
            for (Row r : rows) {
                s.append(r.name()).append(": ").append(r.description()).append(System.lineSeparator());
            }
            return s.toString();
        }
    }

    private StepBenchmark() {
    }

    /** Runs the comparison; {@code progress} hears a line now and then. */
    public static Result run(Options o, Consumer<String> progress) throws IOException {
        Qwen3Config config = Qwen3Config.read(o.config());
        Path log = Files.createTempFile("saryu-bench", ".log");
        List<BenchmarkProcess> processes = new ArrayList<>();
        List<String> work = List.of(o.config().toString(), String.valueOf(o.batch()), String.valueOf(o.length()),
                String.valueOf(o.threads()));
        try (BenchmarkProcess roof = new BenchmarkProcess("products",
                java(GemmWorker.class, with(work, o.device(), o.precision())), log)) {
            processes.add(new BenchmarkProcess("saryu", java(StepWorker.class, with(work, "0", o.device(), o.precision())), log));
            // With gradient checkpointing of a quarter of the layers, and of all.
            for (int layers : new int[] {Math.max(1, config.numHiddenLayers() / 4), config.numHiddenLayers()}) {
                processes.add(new BenchmarkProcess("saryu, " + layers + " of " + config.numHiddenLayers(),
                        java(StepWorker.class, with(work, String.valueOf(layers), o.device(), o.precision())), log));
            }
            if (o.python() != null) {
                for (String mode : o.onCpu() ? List.of("eager", "compile") : List.of("eager", "compile", "pure")) {
                    processes.add(new BenchmarkProcess("torch " + mode, pythonCommand(o, work, mode), log));
                }
            }
            roof.ask("gemm 1", log);
            for (BenchmarkProcess p : processes) {
                progress.accept("warming up " + p.name() + ": " + p.description());
                p.ask("step 2", log);
            }
            double flops = roof.ask("peak", log).path("flops").asDouble();
            double[][] seconds = new double[processes.size()][o.rounds()];
            long[] peak = new long[processes.size()];
            double[] gemm = new double[o.rounds()];
            for (int round = 0; round < o.rounds(); round++) {
                for (int i = 0; i < processes.size(); i++) {
                    JsonNode a = processes.get(i).ask("step 1", log);
                    seconds[i][round] = a.path("seconds").asDouble();
                    peak[i] = a.path("peak_rss_bytes").asLong();
                }
                gemm[round] = roof.ask("gemm 1", log).path("seconds").asDouble();
                progress.accept("round " + (round + 1) + " of " + o.rounds());
            }
            Arrays.sort(gemm);
            List<Row> rows = new ArrayList<>();
            for (int i = 0; i < processes.size(); i++) {
                Arrays.sort(seconds[i]);
                rows.add(new Row(processes.get(i).name(), processes.get(i).description(), seconds[i], peak[i]));
            }
            int tokens = o.batch() * o.length();
            return new Result(processes.getFirst().parameters(), tokens, gemm[o.rounds() / 2],
                    tokens * ModelFlops.perToken(config, o.length()), flops, rows);
        } finally {
            processes.forEach(BenchmarkProcess::close);
        }
    }

    /** The command that runs a worker in a JVM like this one. */
    static List<String> java(Class<?> worker, String... arguments) {
        List<String> command = new ArrayList<>(List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--enable-native-access=ALL-UNNAMED", "-Xms16m", "-Xmx512m", "-XX:+UseSerialGC", "-cp",
                System.getProperty("java.class.path"), worker.getName()));
        command.addAll(List.of(arguments));
        return command;
    }

    private static String[] with(List<String> arguments, String... more) {
        List<String> all = new ArrayList<>(arguments);
        all.addAll(List.of(more));
        return all.toArray(String[]::new);
    }

    private static List<String> pythonCommand(Options o, List<String> work, String mode) {
        List<String> command = new ArrayList<>(List.of(o.python(),
                o.peers().resolve(o.onCpu() ? "pytorch_step.py" : "pytorch_gpu_step.py").toString()));
        command.addAll(work);
        command.add(mode);
        if (!o.onCpu()) {
            command.add(o.precision());
        }
        return command;
    }
}
