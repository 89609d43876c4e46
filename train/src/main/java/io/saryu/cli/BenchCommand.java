package io.saryu.cli;

import io.saryu.backend.Backends;
import io.saryu.benchmark.DecodeBenchmark;
import io.saryu.benchmark.DecodeProfile;
import io.saryu.benchmark.ReplayBenchmark;
import io.saryu.benchmark.StepBenchmark;
import io.saryu.benchmark.StepProfile;
import io.saryu.benchmark.StepWorker;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

@Command(name = "bench", description = "Measures whole training steps, in turn with PyTorch's where a Python with it is given.")
final class BenchCommand extends SaryuSubcommand {
    @Option(names = "--size", defaultValue = "6.8m", paramLabel = "6.8m|88.5m",
            description = "Model of bench/models (default ${DEFAULT-VALUE}): 6.8m takes batches of 8 x 256, 88.5m of 4 x 512.")
    private String size;

    @Option(names = "--config", paramLabel = "FILE", description = "Another model's config.json, in place of --size.")
    private Path config;

    @Option(names = "--batch", paramLabel = "N", description = "Sequences of a step.")
    private Integer batch;

    @Option(names = "--length", paramLabel = "T", description = "Tokens of a sequence.")
    private Integer length;

    @Option(names = "--rounds", defaultValue = "7", paramLabel = "N",
            description = "Measured rounds of each (default ${DEFAULT-VALUE}): of a step on cpu, of ten on cuda.")
    private int rounds;

    @Option(names = "--threads", defaultValue = "0", paramLabel = "N",
            description = "CPU threads; 0 takes SARYU_THREADS or all cores.")
    private int threads;

    @Option(names = "--python", paramLabel = "FILE", description = "A Python with torch and transformers to compare with.")
    private String python;

    @Option(names = "--device", defaultValue = "cpu", paramLabel = "cpu|cuda",
            description = "Where the steps run (default ${DEFAULT-VALUE}). On cuda, 88.5m takes batches of 16 x 1024.")
    private String device;

    @Option(names = "--precision", paramLabel = "fp32|bf16|fp16",
            description = "Of what products read; fp32 weights either way (default fp32 on cpu, bf16 on cuda).")
    private String precision;

    @Option(names = "--lora", arity = "0..1", fallbackValue = "16", defaultValue = "0", paramLabel = "RANK",
            description = "Train a LoRA adapter on attention's projections instead, in turn with PEFT's (rank 16 when none is said).")
    private int lora;

    @Option(names = "--decode", description = "Measure greedy decoding at batch 1 instead, in turn with transformers'.")
    private boolean decode;

    @Option(names = "--dtype", split = ",", paramLabel = "TYPE",
            description = "With --decode: what Saryu keeps its weights in (default fp32,bf16,fp16,int8).")
    private List<String> dtypes;

    @Option(names = "--profile", description = "Measure every op of Saryu's step, or with --decode of a token: time, GFLOP/s, GB/s, share of the"
            + " roof.")
    private boolean profile;

    @Option(names = "--replay", paramLabel = "YAML",
            description = "Take the first steps of this training configuration here and in PyTorch instead, from equal weights on"
                    + " equal batches, and compare the losses; needs --python.")
    private Path replay;

    @Option(names = "--steps", defaultValue = "300", paramLabel = "N",
            description = "With --replay: steps to take (default ${DEFAULT-VALUE}).")
    private int steps;

    @Option(names = "--json", description = "Print the result as JSON.")
    private boolean json;

    @Override
    void execute() throws Exception {
        refuseContradictions();
        if (replay != null) {
            replay();
            return;
        }
        boolean large = size.equals("88.5m");
        if (!large && !size.equals("6.8m")) {
            throw new IllegalArgumentException("--size is '" + size + "'; give 6.8m or 88.5m, or another model with --config");
        }
        boolean cpu = device.equals("cpu");
        int sequences = batch != null ? batch : large ? cpu ? 4 : 16 : 8;
        int tokens = length != null ? length : large ? cpu ? 512 : 1024 : 256;
        if (sequences < 1 || tokens < 2 || rounds < 1) {
            throw new IllegalArgumentException("--batch and --rounds must be at least 1 and --length at least 2");
        }
        Path bench = Path.of(System.getProperty("saryu.home", "."), "bench");
        Path model = config != null ? config : bench.resolve("models").resolve(size).resolve("config.json");
        if (!Files.isRegularFile(model)) {
            throw new IllegalArgumentException("there is no " + model + "; run ./saryu in its own folder, or give --config FILE");
        }
        int workers = Backends.threads(threads);
        StepBenchmark.Options options = new StepBenchmark.Options(model, sequences, tokens, workers, rounds, python,
                bench.resolve("peers"), device, precision != null ? precision : cpu ? "fp32" : "bf16", lora);
        if (decode && profile) {
            List<DecodeProfile.Result> measured = new ArrayList<>();
            for (String type : types()) {
                measured.add(Interrupt.stop(() -> DecodeProfile.run(model, workers, type, rounds)));
            }
            print(measured, measured.stream().map(DecodeProfile.Result::table).collect(Collectors.joining("\n")));
        } else if (decode) {
            DecodeBenchmark.Result measured = Interrupt.stop(() -> DecodeBenchmark.run(options, types(), progress()::line));
            print(measured, measured.table());
        } else if (profile) {
            StepProfile.Result measured =
                    Interrupt.stop(() -> StepProfile.run(model, sequences, tokens, workers, rounds));
            print(measured, measured.table());
        } else {
            // Here rather than in a worker, whose sentence would be in a log.
            if (!Backends.get(device).supports(StepWorker.precision(options.precision()))) {
                throw new IllegalArgumentException("device '" + device + "' does not compute in " + options.precision()
                        + "; give another --precision");
            }
            StepBenchmark.Result measured = Interrupt.stop(() -> StepBenchmark.run(options, progress()::line));
            print(measured, measured.table());
        }
    }

    private List<String> types() {
        return dtypes != null ? dtypes : List.of("fp32", "bf16", "fp16", "int8");
    }

    private void print(Object result, String table) {
        if (json) {
            printJson(result);
        } else {
            out().print(table);
        }
    }

    /** An option that the chosen measurement would not look at was given for a reason: better to say so than to ignore it. */
    private void refuseContradictions() {
        refuse((replay != null || decode || profile) && (given("--device") || precision != null), "--device and --precision",
                "--decode, --profile and --replay, which are for the CPU in fp32; leave them out");
        if (replay != null) {
            refuse(decode, "--decode", "--replay, which trains; leave one of the two out");
            refuse(profile, "--profile", "--replay, which compares losses; leave one of the two out");
            refuse(given("--size") || config != null || batch != null || length != null || given("--rounds")
                    || given("--threads"), "--size, --config, --batch, --length, --rounds and --threads",
                    "--replay, which takes all that from its configuration; leave them out");
        } else {
            refuse(given("--steps"), "--steps", "anything but --replay; say how much to measure with --rounds");
        }
        if (decode) {
            refuse(batch != null || length != null, "--batch and --length",
                    "--decode, which generates one text of 64 tokens at a time; leave them out");
        } else {
            refuse(dtypes != null, "--dtype", "anything but --decode; training steps are measured in fp32");
        }
        refuse(given("--lora") && (replay != null || decode || profile), "--lora",
                "--decode, --profile and --replay; leave one of them out");
        if (given("--lora") && lora < 1) {
            throw new IllegalArgumentException("--lora is rank " + lora + "; it must be at least 1");
        }
        refuse(given("--lora") && python != null && device.equals("cuda"), "--lora with --python", "--device cuda: PEFT's step is for the"
                + " CPU; leave --python out");
        refuse(profile && python != null, "--python", "--profile, which measures Saryu alone; leave one of the two out");
        refuse(config != null && given("--size"), "--size", "--config, which names another model; leave one of the two out");
        if (config != null && config.toString().matches(".*\\.ya?ml")) {
            throw new IllegalArgumentException("--config is " + config + ", a training configuration; bench takes a model's"
                    + " config.json there");
        }
    }

    private boolean given(String option) {
        return line().getParseResult().hasMatchedOption(option);
    }

    private static void refuse(boolean given, String option, String why) {
        if (given) {
            throw new IllegalArgumentException(option + " cannot be combined with " + why);
        }
    }

    private void replay() throws Exception {
        if (python == null) {
            throw new IllegalArgumentException("--replay compares with PyTorch; give --python FILE, a Python with torch and"
                    + " transformers");
        }
        if (steps < 1) {
            throw new IllegalArgumentException("--steps must be at least 1");
        }
        Path peers = Path.of(System.getProperty("saryu.home", "."), "bench", "peers");
        ReplayBenchmark.Result result =
                Interrupt.stop(() -> ReplayBenchmark.run(replay, steps, python, peers, progress()));
        print(result, result.table());
    }
}
