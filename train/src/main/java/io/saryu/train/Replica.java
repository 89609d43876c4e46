package io.saryu.train;

import io.saryu.backend.AdamWOptions;
import io.saryu.backend.Backend;
import io.saryu.backend.ExecutionContext;
import io.saryu.data.BatchSource;
import io.saryu.dist.Communicator;
import io.saryu.lora.LoraAdapter;
import io.saryu.nn.Qwen3;
import io.saryu.nn.Qwen3Weights;
import io.saryu.optim.AdamW;
import io.saryu.optim.GradientBuckets;
import io.saryu.optim.LossScaler;
import io.saryu.optim.LossWatch;
import io.saryu.optim.TrainingStep;
import io.saryu.optim.TrainingStep.MicroBatch;
import io.saryu.tensor.DType;
import io.saryu.tensor.Tensor;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.function.BooleanSupplier;

/**
 * What one rank has of a run: its copy of the model and of the optimizer's moments, its context, and its share of each step.
 * One thread at a time.
 */
final class Replica implements AutoCloseable {
    private final Communicator communicator;
    private final ExecutionContext ctx;
    private final Qwen3 model;
    /** Null where the model's own weights are trained. */
    private final LoraAdapter adapter;
    private final AdamW optimizer;
    private final LossScaler scaler;
    private final LossWatch watch;
    private final TrainingStep step;
    private final int batch;
    private final int length;
    private final int accumulation;
    /** What the next step will most likely ask for, read ahead; the position is -1 where nothing was. */
    private List<MicroBatch> next;
    private long nextPosition = -1;
    private final Deque<Runnable> owned = new ArrayDeque<>();

    /**
     * A replica with zeroed weights.
     *
     * @param threads CPU threads of this rank
     */
    Replica(TrainConfig config, Backend backend, int threads, Communicator communicator) {
        TrainArguments t = config.train();
        this.communicator = communicator;
        this.batch = t.perDeviceTrainBatchSize();
        this.length = config.data().contextLength();
        this.accumulation = t.gradientAccumulationSteps();
        this.scaler = t.lossScaler();
        this.watch = t.lossWatch();
        owned.push(communicator::close);
        try {
            this.ctx = backend.newContext(threads);
            owned.push(ctx::close);
            ctx.workspace().reserve(MemoryPlan.steps(config, communicator.rank() == 0, backend.chunkBytes())
                    .workspace());
            this.model = new Qwen3(backend, ctx, config.toModelConfig(), DType.F32, t.computeType());
            owned.push(model::close);
            if (config.lora() != null) {
                LoraAdapter adapter = LoraAdapter.of(model, ctx, config.lora());
                owned.push(adapter::close);
                model.useAdapter(adapter);
                this.adapter = adapter;
            } else {
                this.adapter = null;
            }
            model.trainable().enableTraining();
            model.gradientCheckpointing(t.checkpointedLayers(config.model()));
            this.optimizer = new AdamW(backend, model.trainable(),
                    new AdamWOptions(t.adamBeta1(), t.adamBeta2(), t.adamEpsilon(), t.weightDecay()), t.maxGradNorm());
            owned.push(optimizer::close);
            this.step = new TrainingStep(model, optimizer, ctx, communicator, batch, length, config.mostSequences(batch),
                    scaler, watch, GradientBuckets.DEFAULT_BYTES);
            step.seed(t.seed());
            owned.push(step::close);
        } catch (RuntimeException | Error e) {
            close();
            throw e;
        }
    }

    Communicator communicator() {
        return communicator;
    }

    ExecutionContext context() {
        return ctx;
    }

    Qwen3 model() {
        return model;
    }

    /**
     * The first weights: those of the base model, which every rank reads, since what is frozen is not sent; where there is none,
     * random ones on one rank alone, which the others follow.
     *
     * @param first whether this rank is the one that others follow
     */
    void initialize(TrainConfig config, boolean first) {
        if (config.finetune() != null) {
            try {
                Qwen3Weights.load(model, ctx, Path.of(config.finetune().model()));
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        } else if (first) {
            Qwen3Weights.initialize(model, ctx, config.train().seed());
        }
        if (adapter != null) {
            adapter.initialize(ctx, config.train().seed());
        }
    }

    /** The adapter that is trained; null where the model's own weights are. */
    LoraAdapter adapter() {
        return adapter;
    }

    AdamW optimizer() {
        return optimizer;
    }

    LossScaler scaler() {
        return scaler;
    }

    LossWatch watch() {
        return watch;
    }

    /**
     * This rank's share of a step: of the step's windows, one after the other, rank r takes the r-th part, in micro-batches.
     *
     * @param position of the step's first window
     * @return null when the step was given up
     */
    TrainingStep.Result step(long number, double learningRate, BatchSource data, long position, BooleanSupplier giveUp) {
        List<MicroBatch> own = position == nextPosition ? next : read(data, position);
        nextPosition = -1;
        return step.run(number, learningRate, own, giveUp,
                () -> readAhead(data, position + (long) communicator.worldSize() * accumulation * batch));
    }

    /** While a device computes, the host brings what comes next: nearly always the following windows. */
    private void readAhead(BatchSource data, long position) {
        if (!ctx.replays()) {
            // A CPU has computed the step by now, and would wait for this as it would later.
            return;
        }
        try {
            next = read(data, position);
        } catch (RuntimeException e) {
            // It fails again when the step comes that needs it, and then tells.
            return;
        }
        nextPosition = position;
        step.prepare(next);
    }

    private List<MicroBatch> read(BatchSource data, long position) {
        long from = position + (long) communicator.rank() * accumulation * batch;
        List<MicroBatch> microBatches = new ArrayList<>();
        for (int m = 0; m < accumulation; m++) {
            long at = from + (long) m * batch;
            MicroBatch b = new MicroBatch(new int[batch * length], new int[batch * length], data.lengths(at, batch),
                    data.positions(at, batch));
            data.fill(at, batch, b.ids(), b.targets());
            microBatches.add(b);
        }
        return microBatches;
    }

    /** Takes rank 0's weights and moments; all ranks must call it. */
    void follow(LossScaler.State lossScale, LossWatch.State losses) {
        for (Tensor t : List.of(model.trainable().weights(), optimizer.expAvg(), optimizer.expAvgSq())) {
            communicator.broadcast(ctx, t, 0);
        }
        scaler.restore(lossScale);
        watch.restore(losses);
    }

    /** Gives everything back, also where something of it cannot be. */
    @Override
    public void close() {
        RuntimeException first = null;
        while (!owned.isEmpty()) {
            try {
                owned.pop().run();
            } catch (RuntimeException e) {
                if (first == null) {
                    first = e;
                } else {
                    first.addSuppressed(e);
                }
            }
        }
        if (first != null) {
            throw first;
        }
    }
}
