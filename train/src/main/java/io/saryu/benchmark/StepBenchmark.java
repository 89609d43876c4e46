package io.saryu.benchmark;

import io.saryu.nn.Qwen3Config;
import io.saryu.train.ModelFlops;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Consumer;

/**
 * Training steps of Saryu and of PyTorch side by side, one process each. On the CPU all take one step per round, in turn, so
 * that a noisy machine is noisy for all. On a GPU, whose memory they could not share, one process follows the other, and a
 * round is ten steps in a row, as what a program issues ahead of the GPU is part of its speed. Every process first runs
 * warm-up steps that are not counted.
 */
public final class StepBenchmark {
    /** A step that compiles, one that is recorded, one that is like all that follow. */
    private static final int WARM_UP = 3;
    private static final int STEPS_ON_GPU = 10;

    /**
     * What to compare.
     *
     * @param config  a Hugging Face config.json
     * @param batch   sequences of a step
     * @param length  tokens of a sequence
     * @param threads of each process
     * @param rounds  measured rounds of each: a step, or on a GPU the mean of ten
     * @param python  a Python with torch and transformers, or null for Saryu alone
     * @param peers   the folder of pytorch_step.py and pytorch_gpu_step.py
     * @param device  cpu or cuda
     * @param precision of what products read: fp32, bf16 or fp16
     * @param loraRank of the adapter on attention's projections that is trained; 0 to train all weights
     */
    public record Options(Path config, int batch, int length, int threads, int rounds, String python, Path peers,
            String device, String precision, int loraRank) {
        private boolean onCpu() {
            return device.equals("cpu");
        }

        private int stepsOfRound() {
            return onCpu() ? 1 : STEPS_ON_GPU;
        }

        private boolean lora() {
            return loraRank > 0;
        }

        /** What all workers are told first. */
        private List<String> work() {
            return List.of(config.toString(), String.valueOf(batch), String.valueOf(length), String.valueOf(threads));
        }
    }

    /**
     * One row.
     *
     * @param seconds  of a step in each round, sorted; none when it failed
     * @param peakRss  most resident bytes of the process; 0 where unknown
     * @param failure  why there are no figures, in one line or several; null when there are
     */
    public record Row(String name, String description, double[] seconds, long peakRss, String failure) {
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
                if (r.failure() != null) {
                    s.append(String.format("%-20s was not measured, see below%n", r.name()));
                    continue;
                }
                s.append(String.format(Locale.ROOT, "%-20s %10.0f %8.4f (%.4f..%.4f) %10d %10.2f %6.2f %8.2fx%n", r.name(),
                        tokens / r.median(), r.median(), r.seconds()[0], r.seconds()[r.seconds().length - 1],
                        r.peakRss() >> 20, gemmSeconds / r.median(), stepFlops / r.median() / peakFlops, r.median() / ours));
            }
            if (rows.stream().anyMatch(r -> r.name().contains(" of "))) {
                s.append("N of L: gradient checkpointing, N of L layers are computed again in backward")
                        .append(System.lineSeparator());
            }
            for (Row r : rows) {
                s.append(r.name()).append(": ").append(r.description());
                if (r.failure() != null) {
                    s.append(r.description().isEmpty() ? "" : "; ").append("not measured: ").append(r.failure());
                }
                s.append(System.lineSeparator());
            }
            return s.toString();
        }
    }

    private StepBenchmark() {
    }

    /**
     * Runs the comparison.
     *
     * @param progress hears a line now and then
     * @throws IOException when the products' process fails, or the one of Saryu that all are compared with
     */
    public static Result run(Options o, Consumer<String> progress) throws IOException {
        Qwen3Config config = Qwen3Config.read(o.config());
        Path logs = BenchmarkProcess.newLogs();
        List<String> work = o.work();
        List<MeasuredProcess> processes = programs(o, config, work);
        try (BenchmarkProcess roof = new BenchmarkProcess("products",
                java(GemmWorker.class, o.lora() ? with(work, o.device(), o.precision(), "frozen")
                        : with(work, o.device(), o.precision())), logs)) {
            roof.ask("gemm 1");
            double flops = roof.ask("peak").path("flops").asDouble();
            // Together they would not fit into a GPU's memory.
            List<List<MeasuredProcess>> together = o.onCpu() ? List.of(processes) : processes.stream().map(List::of).toList();
            List<Double> gemm = new ArrayList<>();
            for (List<MeasuredProcess> group : together) {
                measure(o, group, roof, gemm, logs, progress);
                if (processes.getFirst().failed()) {
                    // The others would be compared with nothing.
                    throw new IOException(processes.getFirst().row().failure());
                }
            }
            List<Row> rows = processes.stream().map(MeasuredProcess::row).toList();
            int tokens = o.batch() * o.length();
            return new Result(processes.getFirst().parameters(), tokens, gemm.stream().sorted().toList().get(gemm.size() / 2),
                    tokens * (o.lora() ? ModelFlops.perTokenFrozen(config, o.length(), processes.getFirst().parameters())
                            : ModelFlops.perToken(config, o.length())), flops, rows);
        } finally {
            BenchmarkProcess.removeIfEmpty(logs);
        }
    }

    private static List<MeasuredProcess> programs(Options o, Qwen3Config config, List<String> work) {
        List<MeasuredProcess> all = new ArrayList<>();
        all.add(new MeasuredProcess("saryu", java(StepWorker.class, step(o, work, 0)), o.rounds()));
        // With gradient checkpointing of a quarter of the layers, and of all; frozen weights leave memory enough.
        for (int layers : o.lora() ? new int[0] : new int[] {Math.max(1, config.numHiddenLayers() / 4), config.numHiddenLayers()}) {
            all.add(new MeasuredProcess("saryu, " + layers + " of " + config.numHiddenLayers(),
                    java(StepWorker.class, step(o, work, layers)), o.rounds()));
        }
        if (o.python() != null) {
            for (String mode : o.onCpu() ? List.of("eager", "compile") : List.of("eager", "compile", "pure")) {
                all.add(new MeasuredProcess((o.lora() ? "peft " : "torch ") + mode, pythonCommand(o, work, mode), o.rounds()));
            }
        }
        return all;
    }

    private static String[] step(Options o, List<String> work, int checkpointed) {
        String[] all = with(work, String.valueOf(checkpointed), o.device(), o.precision());
        return o.lora() ? with(List.of(all), String.valueOf(o.loraRank())) : all;
    }

    private static void measure(Options o, List<MeasuredProcess> group, BenchmarkProcess roof, List<Double> gemm, Path logs,
            Consumer<String> progress) throws IOException {
        try {
            group.forEach(p -> p.start(logs, WARM_UP, progress));
            for (int round = 0; round < o.rounds() && !group.stream().allMatch(MeasuredProcess::failed); round++) {
                for (MeasuredProcess p : group) {
                    p.measure(round, o.stepsOfRound(), progress);
                }
                gemm.add(roof.ask("gemm 1").path("seconds").asDouble());
                progress.accept("round " + (round + 1) + " of " + o.rounds());
            }
        } finally {
            group.forEach(MeasuredProcess::close);
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
                o.peers().resolve(o.lora() ? "peft_step.py" : o.onCpu() ? "pytorch_step.py" : "pytorch_gpu_step.py").toString()));
        command.addAll(work);
        command.add(mode);
        if (o.lora()) {
            command.add(String.valueOf(o.loraRank()));
        } else if (!o.onCpu()) {
            command.add(o.precision());
        }
        return command;
    }
}
