package io.saryu.train;

import io.saryu.backend.AdamWOptions;
import io.saryu.backend.Backend;
import io.saryu.backend.ExecutionContext;
import io.saryu.dist.SingleProcess;
import io.saryu.eval.EvalReport;
import io.saryu.eval.Evaluator;
import io.saryu.nn.Qwen3;
import io.saryu.nn.Qwen3Weights;
import io.saryu.optim.AdamW;
import io.saryu.optim.LearningRateSchedule;
import io.saryu.optim.LossScaler;
import io.saryu.optim.TrainingStep;
import io.saryu.optim.TrainingStep.MicroBatch;
import io.saryu.tensor.DType;
import io.saryu.tensor.Tensor;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.BooleanSupplier;

/**
 * Pretrains a model: steps with accumulation, metrics, evaluation, checkpoints, resume. Everything that the rest of a run
 * depends on is in its checkpoints, so a run that was stopped and resumed ends with the bits of one that was not.
 */
public final class Pretrainer implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger(Pretrainer.class.getName());

    /**
     * How a run ended.
     *
     * @param steps   optimizer steps done
     * @param stopped true when it was asked to stop before the last step
     * @param report  of the validation data after the last step; null without such data, or when stopped
     */
    public record Outcome(long steps, boolean stopped, EvalReport report) {
    }

    private final TrainConfig config;
    private final TrainingData data;
    private final RunFolder run;
    private final ExecutionContext ctx;
    private final Qwen3 model;
    private final AdamW optimizer;
    private final TrainingStep step;
    private final LossScaler scaler;
    private final LearningRateSchedule schedule;
    private final long windowsPerStep;
    private final TrainerState start;
    private long stepsDone;
    /** Step of the checkpoint written or read last. */
    private long saved = -1;
    private double loss;

    /**
     * A run from its start; {@link #resume} continues from a checkpoint.
     *
     * @param config resolved: {@code model.vocab_size} is set
     */
    public Pretrainer(TrainConfig config, TrainingData data, RunFolder run, Backend backend, int threads) {
        TrainArguments t = config.train();
        this.config = config;
        this.data = data;
        this.run = run;
        this.ctx = backend.newContext(threads);
        this.model = new Qwen3(backend, ctx, config.toModelConfig(), DType.F32, t.computeType());
        Qwen3Weights.initialize(model, ctx, t.seed());
        model.parameters().enableTraining();
        model.gradientCheckpointing(t.gradientCheckpointing());
        this.optimizer = new AdamW(backend, model.parameters(),
                new AdamWOptions(t.adamBeta1(), t.adamBeta2(), t.adamEpsilon(), t.weightDecay()), t.maxGradNorm());
        this.scaler = t.lossScaler();
        this.step = new TrainingStep(model, optimizer, ctx, new SingleProcess(), t.perDeviceTrainBatchSize(),
                config.data().contextLength(), scaler);
        this.windowsPerStep = (long) t.perDeviceTrainBatchSize() * t.gradientAccumulationSteps();
        long total = t.maxSteps() > 0 ? t.maxSteps() : data.batches().steps(t.numTrainEpochs(), windowsPerStep);
        this.schedule = new LearningRateSchedule(t.lrSchedulerType(), t.learningRate(), t.warmupSteps(), total);
        this.start = state(0, backend.description() + ", " + threads + " threads");
    }

    private TrainerState state(long steps, String key) {
        return new TrainerState(steps, steps * windowsPerStep, steps * windowsPerStep * config.data().contextLength(),
                config.train().seed(), 0, scaler.state(), key, Fingerprint.of(model.config().toString()), data.tokenizerHash(),
                data.dataHash());
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
        state.checkAgainst(start).forEach(w -> LOG.log(System.Logger.Level.WARNING, w));
        if (state.position() != state.step() * windowsPerStep) {
            throw new ConfigException("the checkpoint of step " + state.step() + " was written with another batch size or"
                    + " gradient_accumulation_steps; give them back as they were, or start a new run");
        }
        if (state.step() > schedule.totalSteps()) {
            throw new ConfigException("the checkpoint of step " + state.step() + " is past the end of this run at step "
                    + schedule.totalSteps() + "; raise train.max_steps or train.num_train_epochs, or resume from an older"
                    + " checkpoint with --resume=step-N");
        }
        Map<String, Tensor> weights = hostLike(model.namedWeights());
        Map<String, Tensor> moments = hostLike(moments());
        try {
            checkpoint.readWeights(weights);
            checkpoint.readOptimizer(moments);
            upload(weights, model.namedWeights());
            upload(moments, moments());
        } finally {
            weights.values().forEach(Tensor::close);
            moments.values().forEach(Tensor::close);
        }
        scaler.restore(state.lossScale());
        stepsDone = state.step();
        saved = stepsDone;
    }

    private Map<String, Tensor> moments() {
        Map<String, Tensor> all = new LinkedHashMap<>();
        model.parameters().named(optimizer.expAvg()).forEach((name, t) -> all.put("exp_avg." + name, t));
        model.parameters().named(optimizer.expAvgSq()).forEach((name, t) -> all.put("exp_avg_sq." + name, t));
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
        try (SampleTexts texts = SampleTexts.open(config, data.validation(), model, ctx);
                RunLog log = RunLog.open(run, session);
                Progress.Task task = progress.start("training", schedule.totalSteps(), "steps")) {
            Meter meter = new Meter();
            while (stepsDone < schedule.totalSteps()) {
                TrainingStep.Result r = oneStep(stop);
                if (r == null) {
                    checkpoint(log);
                    log.ended(RunState.STOPPED, stepsDone);
                    return new Outcome(stepsDone, true, null);
                }
                meter.add(r);
                boolean last = stepsDone == schedule.totalSteps();
                task.update(stepsDone, meter.detail(r));
                if (last || stepsDone % t.loggingSteps() == 0) {
                    log.stepped(meter.flush());
                    meter.restart();
                }
                boolean evaluate = !data.validation().isEmpty()
                        && (last || t.evalSteps() > 0 && stepsDone % t.evalSteps() == 0);
                if (evaluate) {
                    report = evaluate(last ? progress : Progress.NONE);
                    log.evaluated(stepsDone, report, texts);
                    if (!last) {
                        progress.line(summary(report));
                    }
                    meter.restart();
                }
                boolean stopping = !last && stop.getAsBoolean();
                if (last || stopping || t.saveSteps() > 0 && stepsDone % t.saveSteps() == 0) {
                    checkpoint(log);
                    meter.restart();
                }
                if (stopping) {
                    log.ended(RunState.STOPPED, stepsDone);
                    return new Outcome(stepsDone, true, null);
                }
            }
            log.ended(RunState.FINISHED, stepsDone);
        }
        if (report == null && !data.validation().isEmpty()) {
            // Resumed after the last step: nothing was left to train.
            report = evaluate(progress);
        }
        return new Outcome(stepsDone, false, report);
    }

    private TrainingStep.Result oneStep(BooleanSupplier stop) throws IOException {
        int batch = config.train().perDeviceTrainBatchSize();
        int tokens = batch * config.data().contextLength();
        List<MicroBatch> microBatches = new ArrayList<>();
        for (int m = 0; m < config.train().gradientAccumulationSteps(); m++) {
            MicroBatch b = new MicroBatch(new int[tokens], new int[tokens]);
            data.batches().fill(stepsDone * windowsPerStep + (long) m * batch, batch, b.ids(), b.targets());
            microBatches.add(b);
        }
        long number = stepsDone + 1;
        TrainingStep.Result r = step.run(number, schedule.at(number), microBatches, stop);
        if (r == null) {
            return null;
        }
        // An overflow of scaled gradients is no fault of the training: the scaler answers it.
        boolean overflow = scaler.isDynamic() && r.skipped() && Double.isFinite(r.loss());
        if (overflow && scaler.isExhausted()) {
            throw new IOException("training broke down at step " + number + ": gradients overflow fp16 even with a loss scale of "
                    + r.lossScale() + ", after " + scaler.skipped() + " skipped updates; lower learning_rate, or train with"
                    + " --set train.fp16=false and, where the range is wanted, --set train.bf16=true");
        }
        if (r.skipped() && !overflow || !Double.isFinite(r.loss())) {
            throw new IOException("training broke down at step " + number + ": the loss is " + r.loss()
                    + " and the gradient norm " + r.gradNorm() + "; the weights of that step were not updated. Lower"
                    + " learning_rate or max_grad_norm and start again, or resume from an older checkpoint in "
                    + run.path().resolve("checkpoints"));
        }
        stepsDone = number;
        loss = r.loss();
        return r;
    }

    /** Training tokens seen so far. */
    public long tokens() {
        return stepsDone * windowsPerStep * config.data().contextLength();
    }

    /** Loss of the last step, in nats per token. */
    public double lastLoss() {
        return loss;
    }

    private EvalReport evaluate(Progress progress) {
        return new Evaluator(model, ctx, config.train().perDeviceEvalBatchSize()).run(data.validation(), progress);
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
        Map<String, Tensor> weights = Qwen3Weights.onHost(model.namedWeights(), ctx);
        Map<String, Tensor> moments = Qwen3Weights.onHost(moments(), ctx);
        try {
            CheckpointWriter.write(run, state(stepsDone, start.reproducibilityKey()), weights, moments);
        } finally {
            weights.values().forEach(Tensor::close);
            moments.values().forEach(Tensor::close);
        }
        saved = stepsDone;
        run.prune(config.train().saveTotalLimit());
        log.saved(stepsDone);
    }

    /** Means over the steps since the last line of metrics, and the speed. */
    private final class Meter {
        private long from = stepsDone;
        private long started = System.nanoTime();
        private double lossSum;
        private double normSum;
        private int steps;
        private int updates;
        private double lossScale;

        void add(TrainingStep.Result r) {
            lossSum += r.loss();
            if (!r.skipped()) {
                normSum += r.gradNorm();
                updates++;
            }
            lossScale = r.lossScale();
            steps++;
        }

        private double tokensPerSecond() {
            double seconds = Math.max(1e-9, (System.nanoTime() - started) / 1e9);
            return (stepsDone - from) * windowsPerStep * config.data().contextLength() / seconds;
        }

        String detail(TrainingStep.Result r) {
            if (r.skipped()) {
                return String.format(Locale.ROOT, "loss %.3f overflow, update skipped, loss scale %s", r.loss(), scaler.scale());
            }
            return String.format(Locale.ROOT, "loss %.3f ppl %.1f lr %.2e norm %.2f %,.0f tok/s", r.loss(),
                    Math.exp(r.loss()), schedule.at(stepsDone), r.gradNorm(), tokensPerSecond());
        }

        MetricsLogger.StepMetrics flush() {
            long windows = stepsDone * windowsPerStep;
            MetricsLogger.StepMetrics line = new MetricsLogger.StepMetrics(stepsDone,
                    (double) windows / data.batches().windowsPerEpoch(), lossSum / steps, schedule.at(stepsDone),
                    updates == 0 ? null : normSum / updates, tokensPerSecond(), windows * config.data().contextLength(),
                    MemoryFigures.now(ctx.workspace().bytesHeld()), scaler.isDynamic() ? lossScale : null,
                    scaler.isDynamic() ? scaler.skipped() : null);
            lossSum = 0;
            normSum = 0;
            steps = 0;
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
        step.close();
        optimizer.close();
        model.close();
        ctx.close();
    }
}
