package io.saryu.train;

import io.saryu.backend.BackendProvider;
import io.saryu.backend.Backends;
import io.saryu.dist.CommunicatorAbortedException;
import io.saryu.dist.LaunchEnvironment;
import io.saryu.dist.ProcessGroup;
import io.saryu.dist.Rendezvous;
import io.saryu.instruct.RowReport;
import io.saryu.lora.LoraAdapter;
import io.saryu.model.AdapterFolder;
import io.saryu.model.ModelFolder;
import io.saryu.tokenizer.Tokenizer;
import java.io.IOException;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Set;
import java.util.function.BooleanSupplier;
import java.util.stream.Collectors;

/**
 * A whole training run, from files to a run folder: what pretraining and finetuning have in common. A run may be several
 * processes, on one host or on many, as {@link LaunchEnvironment} says; process 0 alone writes the folder and has a result.
 */
final class TrainingRun {
    private static final System.Logger LOG = System.getLogger(Pretraining.class.getName());
    private static final int MOST_CHANGES = 8;

    private TrainingRun() {
    }

    /** Starts a run; see {@link Pretraining#start}. */
    static Pretraining.Result start(TrainConfig config, String name, Progress progress, BooleanSupplier stop) throws IOException {
        String out = config.train().outputDir();
        Path folder = out != null ? Path.of(out) : RunFolder.newPath(Path.of("runs"), name, LocalDateTime.now());
        return run(config.withOutputDir(folder.toString()), folder, null, false, progress, stop);
    }

    /** Takes up a run; see {@link Pretraining#resume}. */
    static Pretraining.Result resume(TrainConfig config, String checkpoint, Progress progress, BooleanSupplier stop)
            throws IOException {
        if (config.train().outputDir() == null) {
            throw new ConfigException("which run to resume is not said; give its folder with"
                    + " --set train.output_dir=FOLDER, or its own configuration with --config FOLDER/config.yaml");
        }
        return run(config, Path.of(config.train().outputDir()), checkpoint, true, progress, stop);
    }

    private static Pretraining.Result run(TrainConfig given, Path folder, String checkpoint, boolean resume, Progress progress,
            BooleanSupplier stop) throws IOException {
        LaunchEnvironment env = LaunchEnvironment.current();
        int ranks = RankDevices.perProcess(given, env);
        // Before waiting for the others, who will find the same.
        RankDevices.require(given.device(), env);
        try (ProcessGroup processes = Rendezvous.join(env, ranks)) {
            try {
                Prepared run = prepare(given, processes, env, progress);
                if (!processes.isLeader()) {
                    follow(run, stop);
                    return null;
                }
                return lead(run, folder, checkpoint, resume, progress, stop);
            } catch (CommunicatorAbortedException e) {
                throw e;
            } catch (IOException | RuntimeException | Error e) {
                processes.abort(failed(processes, e));
                throw e;
            }
        }
    }

    /** For the other processes; a rank that failed in a step has named itself. */
    private static String failed(ProcessGroup processes, Throwable e) {
        String why = e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
        return e instanceof RankFailedException ? why : processes.name(processes.process()) + " failed: " + why;
    }

    /** What a process of a run has before it trains. */
    private record Prepared(TrainConfig config, Path tokenizer, String tokenizerHash, RankDevices devices) {
        TrainingSet openData() throws IOException {
            TrainingSet data = config.finetune() != null ? InstructionSet.open(config)
                    : TrainingData.open(config, tokenizerHash, config.model().vocabSize());
            try {
                devices.processes().agree(RunFacts.of(config, data), RunFacts.WHAT_TO_DO);
                return data;
            } catch (RuntimeException e) {
                data.close();
                throw e;
            }
        }
    }

    private static void sayWhatAutoTook(TrainConfig config, Progress progress) {
        if (config.device().equals("auto")) {
            BackendProvider taken = Backends.provider("auto");
            Backends.passedOver(taken).forEach(why -> progress.line("device: auto takes " + taken.name() + "; " + why));
        }
    }

    private static Prepared prepare(TrainConfig given, ProcessGroup processes, LaunchEnvironment env, Progress progress)
            throws IOException {
        Path tokenizerFolder = Path.of(given.data().tokenizer());
        String tokenizerHash;
        int pieces;
        try (Tokenizer tokenizer = Tokenizer.load(tokenizerFolder)) {
            tokenizerHash = tokenizer.sha256();
            pieces = tokenizer.vocabSize();
            SampleTexts.check(given, tokenizer);
        }
        if (given.model().vocabSize() != 0 && given.model().vocabSize() < pieces) {
            throw new ConfigException("model.vocab_size is " + given.model().vocabSize() + ", but the tokenizer has " + pieces
                    + " pieces; set model.vocab_size=" + pieces + ", or 0 to take the tokenizer's");
        }
        TrainConfig config = given.model().vocabSize() != 0 ? given : given.withVocabSize(pieces);
        RankDevices devices = RankDevices.open(config.device(), processes, env.local());
        devices.requireType(config.train().computeType());
        // Ranks with a device each have its memory for themselves.
        TrainConfig together = devices.shared() ? config : config.withDevices(1, config.train().gradientAccumulationSteps());
        MemoryPlan memory = MemoryPlan.of(together, devices.backends().getFirst().chunkBytes());
        long available = devices.availableBytes() < 0 ? MemoryPlan.available() : devices.availableBytes();
        memory.requireFits(available, together);
        if (processes.isLeader()) {
            sayWhatAutoTook(config, progress);
            memory.table(together, available).lines().forEach(progress::line);
        }
        return new Prepared(config, tokenizerFolder, tokenizerHash, devices);
    }

    /** Does what process 0 says, which alone knows and writes the run folder. */
    private static void follow(Prepared prepared, BooleanSupplier stop) throws IOException {
        try (TrainingSet data = prepared.openData();
                WorkerGroup workers = new WorkerGroup(prepared.config(), prepared.devices(),
                        Backends.threads(prepared.config().threads()))) {
            workers.serve(data.batches(), stop);
        }
    }

    private static Pretraining.Result lead(Prepared prepared, Path folder, String checkpoint, boolean resume, Progress progress,
            BooleanSupplier stop) throws IOException {
        TrainConfig config = prepared.config();
        int threads = Backends.threads(config.threads());
        try (TrainingSet data = prepared.openData();
                RunFolder run = resume ? RunFolder.resume(folder) : RunFolder.create(folder);
                Pretrainer pretrainer = new Pretrainer(config, data, run, prepared.devices(), threads)) {
            if (resume) {
                pretrainer.resume(run.openCheckpoint(checkpoint));
                warnOfChanges(run, config);
            }
            run.writeConfig(config);
            if (data instanceof InstructionSet examples) {
                tell(examples, config, progress);
            } else if (data instanceof TrainingData tokens) {
                tokens.mixture(config.data()).forEach(progress::line);
            }
            Pretrainer.Outcome outcome = pretrainer.train(progress, stop);
            Path result = outcome.stopped() ? null : finish(prepared, run, pretrainer, data, outcome);
            pretrainer.end();
            return new Pretraining.Result(folder, result, outcome);
        }
    }

    private static void tell(InstructionSet examples, TrainConfig config, Progress progress) {
        RowReport.table(examples.reports()).lines().forEach(progress::line);
        progress.line(String.format(Locale.ROOT, "%,d examples an epoch in %,d windows of %,d tokens, %.0f %% full",
                examples.packed().examples(), examples.packed().windowsPerEpoch(), config.data().contextLength(),
                100 * examples.packed().fill()));
    }

    /** Writes what was trained, and says where. */
    private static Path finish(Prepared prepared, RunFolder run, Pretrainer trained, TrainingSet data, Pretrainer.Outcome outcome)
            throws IOException {
        TrainConfig config = prepared.config();
        long tokens = trained.tokens(outcome.modelStep());
        if (!(data instanceof InstructionSet examples)) {
            ModelFolder.write(run.modelFolder(), trained.model(), trained.context(), prepared.tokenizer(),
                    ModelCard.text(config, trained.model().config(), (TrainingData) data, outcome.modelStep(), tokens,
                            outcome.report()));
            return run.modelFolder();
        }
        String card = FinetuneCard.text(config, trained.model().config(), examples, outcome.modelStep(), tokens, outcome.report());
        Path base = Path.of(config.finetune().model());
        if (trained.model().adapter() instanceof LoraAdapter adapter) {
            AdapterFolder.write(run.adapterFolder(), adapter, trained.context(), base, examples.template(), card);
            return run.adapterFolder();
        }
        ModelFolder.write(run.modelFolder(), trained.model(), trained.context(), prepared.tokenizer(), card,
                examples.template(), examples.endMarker());
        return run.modelFolder();
    }

    /** A run may go on with other settings, which is at times what one wants; but it should be known. */
    private static void warnOfChanges(RunFolder run, TrainConfig config) throws IOException {
        TrainConfig before = TrainConfig.load(run.configFile(), List.of());
        if (before.train().equals(config.train()) && before.data().equals(config.data())
                && Objects.equals(before.finetune(), config.finetune())) {
            return;
        }
        Set<String> old = before.toYaml().lines().map(String::strip).collect(Collectors.toSet());
        String changed = config.toYaml().lines().map(String::strip).filter(line -> !old.contains(line)).limit(MOST_CHANGES)
                .collect(Collectors.joining(", "));
        LOG.log(System.Logger.Level.WARNING, "the run goes on with other settings than it had ({0}); it will not end as one"
                + " that was not stopped", changed);
    }
}
