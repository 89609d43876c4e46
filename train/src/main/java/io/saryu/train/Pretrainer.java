package io.saryu.train;

import io.saryu.backend.Backend;
import io.saryu.backend.ExecutionContext;
import io.saryu.eval.EvalReport;
import io.saryu.files.IOConsumer;
import io.saryu.nn.NonFinite;
import io.saryu.nn.Qwen3;
import io.saryu.nn.Qwen3Weights;
import io.saryu.optim.AdamW;
import io.saryu.optim.LearningRateSchedule;
import io.saryu.optim.LossScaler;
import io.saryu.optim.LossWatch;
import io.saryu.optim.TrainingStep;
import io.saryu.tensor.DType;
import io.saryu.tensor.Tensor;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.BooleanSupplier;

/**
 * Trains a model, or an adapter of one: steps with accumulation, metrics, evaluation, checkpoints, resume. Everything that the rest of a run
 * depends on is in its checkpoints, so a run that was stopped and resumed ends with the bits of one that was not.
 */
public final class Pretrainer implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger(Pretrainer.class.getName());

    /**
     * How a run ended.
     *
     * @param steps     optimizer steps done
     * @param stopped   true when it was asked to stop before the last step
     * @param report    of the validation data, for the weights of {@code modelStep}; null without such data, or when stopped
     * @param best      the best evaluation
     * @param early     true when evaluations that did not improve ended it before the last step
     * @param modelStep step that the weights are of: the last one, or the best with {@code load_best_model_at_end}
     */
    public record Outcome(long steps, boolean stopped, EvalReport report, BestEvaluation best, boolean early, long modelStep) {
    }

    private final TrainConfig config;
    private final TrainingSet data;
    private final RunFolder run;
    private final WorkerGroup workers;
    /** Rank 0's, which evaluates and is what checkpoints hold; the others are equal to it after each step. */
    private final ExecutionContext ctx;
    private final Qwen3 model;
    private final AdamW optimizer;
    private final LossScaler scaler;
    private final LossWatch watch;
    private final BadSteps badSteps;
    private final LearningRateSchedule schedule;
    private final long windowsPerStep;
    private final TrainerState start;
    private BestEvaluation best = BestEvaluation.NONE;
    private long stepsDone;
    /** Step of the checkpoint written or read last. */
    private long saved = -1;
    private double loss;

    /**
     * A run from its start; {@link #resume} continues from a checkpoint.
     *
     * @param config  resolved: {@code model.vocab_size} is set
     * @param threads CPU threads of all ranks together
     */
    public Pretrainer(TrainConfig config, TrainingSet data, RunFolder run, Backend backend, int threads) {
        this(config, data, run, RankDevices.sharing(backend, config.numDevices()), threads);
    }

    /** On process 0 of a run that may have several: the others {@link WorkerGroup#serve}. */
    Pretrainer(TrainConfig config, TrainingSet data, RunFolder run, RankDevices devices, int threads) {
        TrainArguments t = config.train();
        this.config = config;
        this.data = data;
        this.run = run;
        this.windowsPerStep = (long) config.numDevices() * t.perDeviceTrainBatchSize() * t.gradientAccumulationSteps();
        long total = t.maxSteps() > 0 ? t.maxSteps() : data.batches().steps(t.numTrainEpochs(), windowsPerStep);
        this.schedule = new LearningRateSchedule(t.lrSchedulerType(), t.learningRate(), t.warmupSteps(), total);
        this.workers = new WorkerGroup(config, devices, threads);
        this.ctx = workers.first().context();
        this.model = workers.first().model();
        this.optimizer = workers.first().optimizer();
        this.scaler = workers.first().scaler();
        this.watch = workers.first().watch();
        this.badSteps = new BadSteps(t, scaler, watch, model, ctx, run.path().resolve("checkpoints"));
        this.start = state(0, devices.backends().getFirst().description() + ", " + workers.description());
    }

    private TrainerState state(long steps, String key) {
        return new TrainerState(steps, steps * windowsPerStep, steps * windowsPerStep * config.data().contextLength(),
                config.train().seed(), 0, scaler.state(), watch.state(), best, key,
                Fingerprint.of(model.config() + data.modelIdentity()), data.tokenizerHash(), data.dataHash());
    }

    /** The model, as far as it is trained. */
    public Qwen3 model() {
        return model;
    }

    /** The context that the model runs in. */
    public ExecutionContext context() {
        return ctx;
    }

    /** Optimizer steps of the whole run. */
    public long totalSteps() {
        return schedule.totalSteps();
    }

    /**
     * Takes weights, moments and position from a checkpoint.
     *
     * @throws ConfigException when it belongs to another model, tokenizer or data
     */
    public void resume(CheckpointReader checkpoint) throws IOException {
        TrainerState state = checkpoint.state();
        List<String> warnings = state.checkAgainst(start);
        if (state.position() != state.step() * windowsPerStep) {
            throw new ConfigException("the checkpoint of step " + state.step() + " was written with another batch size,"
                    + " gradient_accumulation_steps or num_devices; give them back as they were, or start a new run");
        }
        if (state.step() > schedule.totalSteps()) {
            throw new ConfigException("the checkpoint of step " + state.step() + " is past the end of this run at step "
                    + schedule.totalSteps() + "; raise train.max_steps or train.num_train_epochs, or resume from an older"
                    + " checkpoint with --resume=step-N");
        }
        warnings.forEach(w -> LOG.log(System.Logger.Level.WARNING, w));
        readWeights(checkpoint);
        read(checkpoint, moments(), checkpoint::readOptimizer);
        scaler.restore(state.lossScale());
        watch.restore(state.lossWatch());
        best = state.best();
        workers.followFirst();
        stepsDone = state.step();
        saved = stepsDone;
        setLaterAside(stepsDone);
        if (best.isExhausted(config.train().earlyStoppingPatience()) && stepsDone < schedule.totalSteps()) {
            LOG.log(System.Logger.Level.WARNING, "the run had stopped early at step " + stepsDone + " and is not trained"
                    + " further; raise train.early_stopping_patience to go on");
        }
    }

    /** Who resumes from an older checkpoint gives up what came after it, but may want it back. */
    private void setLaterAside(long step) throws IOException {
        Path aside = run.setAsideAfter(step);
        if (aside != null) {
            LOG.log(System.Logger.Level.WARNING, "the run goes on from step " + step + "; its later checkpoints were moved to "
                    + aside + " (delete them when you do not need them)");
        }
    }

    private void readWeights(CheckpointReader checkpoint) throws IOException {
        read(checkpoint, model.trainable().named(), checkpoint::readWeights);
    }

    private void read(CheckpointReader checkpoint, Map<String, Tensor> target, IOConsumer<Map<String, Tensor>> reader)
            throws IOException {
        Map<String, Tensor> host = hostLike(target);
        try {
            reader.accept(host);
            requireFinite(checkpoint, host);
            upload(host, target);
        } finally {
            host.values().forEach(Tensor::close);
        }
    }

    private void requireFinite(CheckpointReader checkpoint, Map<String, Tensor> tensors) {
        NonFinite.first(tensors, ctx).ifPresent(found -> {
            throw new ConfigException("the checkpoint of step " + checkpoint.state().step() + " holds what no training can go on"
                    + " from, the first " + found + "; resume from an older one with --resume=step-N, or start again with a"
                    + " lower learning_rate");
        });
    }

    private Map<String, Tensor> moments() {
        Map<String, Tensor> all = new LinkedHashMap<>();
        model.trainable().named(optimizer.expAvg()).forEach((name, t) -> all.put("exp_avg." + name, t));
        model.trainable().named(optimizer.expAvgSq()).forEach((name, t) -> all.put("exp_avg_sq." + name, t));
        return all;
    }

    private static Map<String, Tensor> hostLike(Map<String, Tensor> device) {
        Map<String, Tensor> host = new LinkedHashMap<>();
        device.forEach((name, t) -> host.put(name, Tensor.allocate(name, DType.F32, t.shape())));
        return host;
    }

    private void upload(Map<String, Tensor> host, Map<String, Tensor> device) {
        device.forEach((name, t) -> ctx.backend().copyFromHost(ctx, t, host.get(name)));
        ctx.synchronize();
    }

    /**
     * Trains to the last step, or until {@code stop} says so; a checkpoint is written in both cases.
     *
     * @param stop asked after each micro-batch; a step that is not complete is given up and not part of the checkpoint
     */
    public Outcome train(Progress progress, BooleanSupplier stop) throws IOException {
        TrainArguments t = config.train();
        EvalReport report = null;
        RunSession session = RunSession.begin(config, stepsDone, schedule.totalSteps(),
                windowsPerStep * config.data().contextLength(), model, ctx);
        try (SampleTexts texts = data.samples(config, model, ctx);
                RunLog log = RunLog.open(run, session);
                Progress.Task task = progress.start("training", schedule.totalSteps(), "steps")) {
            Meter meter = new Meter();
            while (stepsDone < schedule.totalSteps() && !best.isExhausted(t.earlyStoppingPatience())) {
                TrainingStep.Result r = oneStep(stop);
                if (r == null) {
                    checkpoint(log);
                    log.ended(RunState.STOPPED, stepsDone);
                    return stopped();
                }
                meter.add(r);
                boolean last = stepsDone == schedule.totalSteps();
                task.update(stepsDone, meter.detail(r));
                if (last || stepsDone % t.loggingSteps() == 0) {
                    log.stepped(meter.flush());
                    meter.restart();
                }
                boolean evaluate = data.hasValidation()
                        && (last || t.evalSteps() > 0 && stepsDone % t.evalSteps() == 0);
                if (evaluate) {
                    report = evaluate(last ? progress : Progress.NONE);
                    log.evaluated(stepsDone, report, texts);
                    best = best.after(stepsDone, report.overall().loss(), t.earlyStoppingThreshold());
                    if (!last) {
                        progress.line(summary(report));
                    }
                    meter.restart();
                }
                boolean ending = last || best.isExhausted(t.earlyStoppingPatience());
                boolean stopping = !ending && stop.getAsBoolean();
                boolean keepBest = t.loadBestModelAtEnd() && best.step() == stepsDone;
                if (ending || stopping || keepBest || t.saveSteps() > 0 && stepsDone % t.saveSteps() == 0) {
                    checkpoint(log);
                    meter.restart();
                }
                if (stopping) {
                    log.ended(RunState.STOPPED, stepsDone);
                    return stopped();
                }
            }
            log.ended(RunState.FINISHED, stepsDone);
        }
        if (report == null && data.hasValidation()) {
            // Resumed after the last step: nothing was left to train.
            report = evaluate(progress);
        }
        boolean early = stepsDone < schedule.totalSteps();
        if (!t.loadBestModelAtEnd() || best.step() == 0 || best.step() == stepsDone) {
            return new Outcome(stepsDone, false, report, best, early, stepsDone);
        }
        readWeights(run.openBest(best.step()));
        return new Outcome(stepsDone, false, evaluate(progress), best, early, best.step());
    }

    /** Tells the other processes of the run that it has ended as it should; nothing can be trained afterwards. */
    void end() {
        workers.end();
    }

    private Outcome stopped() {
        return new Outcome(stepsDone, true, null, best, false, stepsDone);
    }

    private TrainingStep.Result oneStep(BooleanSupplier stop) throws IOException {
        long number = stepsDone + 1;
        TrainingStep.Result r = workers.step(number, schedule.at(number), data.batches(), stepsDone * windowsPerStep, stop);
        if (r == null) {
            return null;
        }
        badSteps.check(number, r);
        stepsDone = number;
        loss = r.loss();
        return r;
    }

    /** Training tokens of so many steps. */
    public long tokens(long steps) {
        return steps * windowsPerStep * config.data().contextLength();
    }

    /** Loss of the last step, in nats per token. */
    public double lastLoss() {
        return loss;
    }

    private EvalReport evaluate(Progress progress) {
        return data.evaluate(model, ctx, config.train().perDeviceEvalBatchSize(), progress);
    }

    private String summary(EvalReport report) {
        StringBuilder s = new StringBuilder("step " + stepsDone + ": perplexity");
        report.results().forEach(r -> s.append(String.format(Locale.ROOT, " %s %.1f", r.name(), r.perplexity())));
        return s.toString();
    }

    private void checkpoint(RunLog log) throws IOException {
        if (saved == stepsDone) {
            return;
        }
        Map<String, Tensor> weights = Qwen3Weights.onHost(model.trainable().named(), ctx);
        Map<String, Tensor> moments = Qwen3Weights.onHost(moments(), ctx);
        try {
            CheckpointWriter.write(run, state(stepsDone, start.reproducibilityKey()), weights, moments);
        } finally {
            weights.values().forEach(Tensor::close);
            moments.values().forEach(Tensor::close);
        }
        saved = stepsDone;
        run.prune(config.train().saveTotalLimit(), best.step());
        log.saved(stepsDone);
    }

    /** Means over the steps since the last line of metrics, and the speed. */
    private final class Meter {
        private long from = stepsDone;
        private long started = System.nanoTime();
        private double lossSum;
        private double normSum;
        private int losses;
        private int updates;
        private double lossScale;

        void add(TrainingStep.Result r) {
            if (BadSteps.counts(r)) {
                lossSum += r.loss();
                losses++;
            }
            if (!r.skipped()) {
                normSum += r.gradNorm();
                updates++;
            }
            lossScale = r.lossScale();
        }

        private double tokensPerSecond() {
            double seconds = Math.max(1e-9, (System.nanoTime() - started) / 1e9);
            return (stepsDone - from) * windowsPerStep * config.data().contextLength() / seconds;
        }

        String detail(TrainingStep.Result r) {
            if (!BadSteps.counts(r)) {
                return String.format(Locale.ROOT, "loss %.3f bad, update skipped", r.loss());
            }
            if (r.skipped()) {
                return String.format(Locale.ROOT, "loss %.3f overflow, update skipped, loss scale %s", r.loss(), scaler.scale());
            }
            return String.format(Locale.ROOT, "loss %.3f ppl %.1f lr %.2e norm %.2f %,.0f tok/s", r.loss(),
                    Math.exp(r.loss()), schedule.at(stepsDone), r.gradNorm(), tokensPerSecond());
        }

        MetricsLogger.StepMetrics flush() {
            long windows = stepsDone * windowsPerStep;
            MetricsLogger.StepMetrics line = new MetricsLogger.StepMetrics(stepsDone,
                    (double) windows / data.batches().windowsPerEpoch(), losses == 0 ? null : lossSum / losses,
                    schedule.at(stepsDone), updates == 0 ? null : normSum / updates, tokensPerSecond(), windows * config.data().contextLength(),
                    MemoryFigures.now(workers.bytesHeld()), scaler.isDynamic() ? lossScale : null,
                    scaler.isDynamic() ? scaler.skipped() : null, watch.state().bad());
            lossSum = 0;
            normSum = 0;
            losses = 0;
            updates = 0;
            restart();
            return line;
        }

        /** Leaves what was not training out of the speed. */
        void restart() {
            from = stepsDone;
            started = System.nanoTime();
        }
    }

    @Override
    public void close() {
        workers.close();
    }
}
