package io.saryu.train;

import io.saryu.backend.Backend;
import io.saryu.backend.Backends;
import io.saryu.model.ModelFolder;
import io.saryu.tokenizer.Tokenizer;
import java.io.IOException;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.util.List;
import java.util.Set;
import java.util.function.BooleanSupplier;
import java.util.stream.Collectors;

/** A whole pretraining run: token files in, a run folder with checkpoints, metrics and the finished model out. */
public final class Pretraining {
    /**
     * What a run left.
     *
     * @param runFolder   its folder
     * @param modelFolder the finished model; null when the run was stopped
     * @param outcome     how it ended
     */
    public record Result(Path runFolder, Path modelFolder, Pretrainer.Outcome outcome) {
    }

    private static final System.Logger LOG = System.getLogger(Pretraining.class.getName());
    private static final int MOST_CHANGES = 8;

    private Pretraining() {
    }

    /**
     * Starts a run; a run that was stopped half-way is taken up by {@link #resume}.
     *
     * @param config   a new folder {@code runs/NAME-TIME} is made where {@code train.output_dir} is null
     * @param name     NAME of such a folder
     * @param progress hears how far it is
     * @param stop     asked after each micro-batch; a checkpoint is written before the run stops
     * @throws ConfigException               when the configuration and the files do not fit
     * @throws UnsupportedOperationException when it asks for what this version cannot do
     * @throws IOException                   when a file cannot be read or written, or the loss is not a number
     */
    public static Result start(TrainConfig config, String name, Progress progress, BooleanSupplier stop)
            throws IOException {
        config.requireSupported();
        String out = config.train().outputDir();
        Path folder = out != null ? Path.of(out) : RunFolder.newPath(Path.of("runs"), name, LocalDateTime.now());
        return run(config.withOutputDir(folder.toString()), folder, null, false, progress, stop);
    }

    /**
     * Takes up a run from a checkpoint of its folder. It ends with the bits of a run that was not stopped, where the
     * threads, the processor and the libraries are the same.
     *
     * @param checkpoint {@code step-N}, or null for the newest
     * @throws ConfigException when there is no such run or checkpoint, or it belongs to another configuration
     * @throws IOException     as {@link #start}
     */
    public static Result resume(TrainConfig config, String checkpoint, Progress progress, BooleanSupplier stop)
            throws IOException {
        config.requireSupported();
        if (config.train().outputDir() == null) {
            throw new ConfigException("which run to resume is not said; give its folder with"
                    + " --set train.output_dir=FOLDER, or its own configuration with --config FOLDER/config.yaml");
        }
        return run(config, Path.of(config.train().outputDir()), checkpoint, true, progress, stop);
    }

    private static Result run(TrainConfig given, Path folder, String checkpoint, boolean resume, Progress progress,
            BooleanSupplier stop) throws IOException {
        Path tokenizerFolder = Path.of(given.data().tokenizer());
        String tokenizerHash;
        int pieces;
        try (Tokenizer tokenizer = Tokenizer.load(tokenizerFolder)) {
            tokenizerHash = tokenizer.sha256();
            pieces = tokenizer.vocabSize();
        }
        if (given.model().vocabSize() != 0 && given.model().vocabSize() < pieces) {
            throw new ConfigException("model.vocab_size is " + given.model().vocabSize() + ", but the tokenizer has " + pieces
                    + " pieces; set model.vocab_size=" + pieces + ", or 0 to take the tokenizer's");
        }
        TrainConfig config = given.model().vocabSize() != 0 ? given : given.withVocabSize(pieces);
        MemoryPlan memory = MemoryPlan.of(config);
        long available = MemoryPlan.available();
        memory.requireFits(available, config);
        memory.table(config, available).lines().forEach(progress::line);
        Backend backend = Backends.get(config.device());
        int threads = Backends.threads(config.threads());
        try (TrainingData data = TrainingData.open(config, tokenizerHash, config.model().vocabSize());
                RunFolder run = resume ? RunFolder.resume(folder) : RunFolder.create(folder);
                Pretrainer pretrainer = new Pretrainer(config, data, run, backend, threads)) {
            if (resume) {
                pretrainer.resume(run.openCheckpoint(checkpoint));
                warnOfChanges(run, config);
            }
            run.writeConfig(config);
            Pretrainer.Outcome outcome = pretrainer.train(progress, stop);
            if (outcome.stopped()) {
                return new Result(folder, null, outcome);
            }
            ModelFolder.write(run.modelFolder(), pretrainer.model(), pretrainer.context(), tokenizerFolder,
                    ModelCard.text(config, pretrainer.model().config(), data, outcome.modelStep(),
                            pretrainer.tokens(outcome.modelStep()), outcome.report()));
            return new Result(folder, run.modelFolder(), outcome);
        }
    }

    /** A run may go on with other settings, which is at times what one wants; but it should be known. */
    private static void warnOfChanges(RunFolder run, TrainConfig config) throws IOException {
        TrainConfig before = TrainConfig.load(run.configFile(), List.of());
        if (before.train().equals(config.train()) && before.data().equals(config.data())) {
            return;
        }
        Set<String> old = before.toYaml().lines().map(String::strip).collect(Collectors.toSet());
        String changed = config.toYaml().lines().map(String::strip).filter(line -> !old.contains(line)).limit(MOST_CHANGES)
                .collect(Collectors.joining(", "));
        LOG.log(System.Logger.Level.WARNING, "the run goes on with other settings than it had ({0}); it will not end as one"
                + " that was not stopped", changed);
    }
}
