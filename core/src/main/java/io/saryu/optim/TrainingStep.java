package io.saryu.optim;

import io.saryu.autograd.Tape;
import io.saryu.backend.Backend;
import io.saryu.backend.ExecutionContext;
import io.saryu.backend.StepScalars;
import io.saryu.dist.Communicator;
import io.saryu.nn.Qwen3;
import io.saryu.tensor.DType;
import io.saryu.tensor.Tensor;
import java.util.List;
import java.util.function.BooleanSupplier;
import java.util.function.Predicate;

/**
 * One rank's share of optimizer steps: forward and backward over the micro-batches of an accumulation, the reduction over
 * ranks, and the update. All memory is made at construction and during the first step; later steps allocate nothing native.
 *
 * <p>The loss is the sum over targets divided by all valid targets of the effective batch, over accumulation steps and
 * ranks (transformers' {@code num_items_in_batch}).
 *
 * <p>In fp16 the loss is scaled. Whether a step is skipped is decided on the device, from the reduced gradients and the
 * reduced loss, on all ranks alike: when one of them is not finite, or the loss is above the {@link LossWatch}'s limit.
 */
public final class TrainingStep implements AutoCloseable {
    /** More than there are ranks, and a power of two. */
    private static final double COUNT = 1 << 20;
    /** Target of a token that has none; PyTorch's {@code ignore_index}. */
    public static final int IGNORED = -100;

    /**
     * B x T tokens.
     *
     * @param ids     row-major (B, T)
     * @param targets row-major (B, T): the id that follows each token, or {@link #IGNORED}
     * @param lengths of the sequences that the tokens are, laid end to end, none longer than T: attention does not pass from one
     *                to another; null for B sequences of T
     * @param positions (B, T), of each token for its rotation, from 0 to below T; null where they count from 0 in each sequence.
     *                Given only with lengths
     */
    public record MicroBatch(int[] ids, int[] targets, int[] lengths, int[] positions) {
        /** B sequences of T tokens. */
        public MicroBatch(int[] ids, int[] targets) {
            this(ids, targets, null);
        }

        /** Sequences whose positions count from 0. */
        public MicroBatch(int[] ids, int[] targets, int[] lengths) {
            this(ids, targets, lengths, null);
        }

        long validTargets() {
            long n = 0;
            for (int t : targets) {
                if (t != IGNORED) {
                    n++;
                }
            }
            return n;
        }
    }

    /**
     * What a step did.
     *
     * @param loss         mean over the effective batch's targets, in nats, before the update
     * @param gradNorm     of all gradients, before clipping
     * @param validTargets of the effective batch
     * @param skipped      true when nothing was updated
     * @param lossScale    factor that the loss had in backward; 1 without fp16
     * @param verdict      whether the step was good
     * @param lossLimit    a loss above this would have been a jump
     */
    public record Result(double loss, double gradNorm, long validTargets, boolean skipped, double lossScale,
            LossWatch.Verdict verdict, double lossLimit) {
    }

    private final Qwen3 model;
    private final AdamW optimizer;
    private final ExecutionContext ctx;
    private final Communicator communicator;
    private final LossScaler scaler;
    private final LossWatch watch;
    private final StepBatches batches;
    private final Tensor scalars;
    private final Tensor hostScalars;
    private final Tape tape;
    /** Of random ops. */
    private long seed;
    /** Null for one rank. */
    private final GradientBuckets buckets;

    /**
     * @param batch  sequences of a micro-batch (B)
     * @param length tokens of a sequence (T)
     */
    public TrainingStep(Qwen3 model, AdamW optimizer, ExecutionContext ctx, Communicator communicator, int batch,
            int length) {
        this(model, optimizer, ctx, communicator, batch, length, LossScaler.none());
    }

    /** A step that may scale its loss; see the other constructor. */
    public TrainingStep(Qwen3 model, AdamW optimizer, ExecutionContext ctx, Communicator communicator, int batch,
            int length, LossScaler scaler) {
        this(model, optimizer, ctx, communicator, batch, length, scaler, LossWatch.none());
    }

    /**
     * A step that may scale its loss, and may skip an update because of it.
     *
     * @param batch  sequences of a micro-batch (B)
     * @param length tokens of a sequence (T)
     * @param scaler of this rank; told of each step
     * @param watch  of this rank; told of each step
     */
    public TrainingStep(Qwen3 model, AdamW optimizer, ExecutionContext ctx, Communicator communicator, int batch,
            int length, LossScaler scaler, LossWatch watch) {
        this(model, optimizer, ctx, communicator, batch, length, scaler, watch, GradientBuckets.DEFAULT_BYTES);
    }

    /**
     * A step whose ranks sum their gradients in buckets of another size; the results are the same, to the bit.
     *
     * @param batch       sequences of a micro-batch (B)
     * @param length      tokens of a sequence (T)
     * @param scaler      of this rank; told of each step
     * @param watch       of this rank; told of each step
     * @param bucketBytes see {@link GradientBuckets}
     */
    public TrainingStep(Qwen3 model, AdamW optimizer, ExecutionContext ctx, Communicator communicator, int batch,
            int length, LossScaler scaler, LossWatch watch, long bucketBytes) {
        this(model, optimizer, ctx, communicator, batch, length, 0, scaler, watch, bucketBytes);
    }

    /**
     * A step whose micro-batches may be divided into sequences of any lengths up to T.
     *
     * @param batch         B; a micro-batch has B x T tokens
     * @param length        tokens of the longest sequence (T)
     * @param mostSequences that a micro-batch may have, or 0 for B of T tokens only
     * @param scaler        of this rank; told of each step
     * @param watch         of this rank; told of each step
     * @param bucketBytes   see {@link GradientBuckets}
     */
    public TrainingStep(Qwen3 model, AdamW optimizer, ExecutionContext ctx, Communicator communicator, int batch,
            int length, int mostSequences, LossScaler scaler, LossWatch watch, long bucketBytes) {
        Backend backend = model.backend();
        model.ensurePositions(ctx, length);
        model.trainable().enableTraining();
        this.model = model;
        this.optimizer = optimizer;
        this.ctx = ctx;
        this.communicator = communicator;
        this.scaler = scaler;
        this.watch = watch;
        this.batches = new StepBatches(ctx, model.config(), batch, length, mostSequences);
        this.scalars = backend.allocate("step scalars", DType.F64, StepScalars.COUNT);
        this.hostScalars = Tensor.allocate("step scalars", DType.F64, StepScalars.COUNT);
        this.tape = Tape.training(ctx);
        this.buckets = communicator.worldSize() == 1 ? null
                : new GradientBuckets(model.trainable(), communicator, bucketBytes);
    }

    /** Sets the seed of dropout, the same on all ranks; 0 at first. Its lower 52 bits count. */
    public void seed(long value) {
        this.seed = value & (1L << 52) - 1;
    }

    /**
     * Runs one optimizer step.
     *
     * @param step         number of the step, counted from 1
     * @param learningRate of this step
     * @param microBatches this rank's, at least one; all ranks bring equally many
     * @throws IllegalArgumentException when no micro-batch of any rank has a target
     */
    public Result run(long step, double learningRate, List<MicroBatch> microBatches) {
        return run(step, learningRate, microBatches, () -> false, () -> { });
    }

    /**
     * As {@link #run(long, double, List)}, but can be given up: a step of many micro-batches takes minutes on a CPU. Where the
     * context records steps, it can be given up only at its start.
     *
     * @param giveUp asked between micro-batches; the step is given up on all ranks when one rank is told so, and a rank that
     *               others should not compute in vain for is best told soon
     * @param beside runs when all of the step is issued, while the device may still compute it; see {@link #prepare}
     * @return null when given up, on all ranks: weights and moments are then as they were before the step
     */
    public Result run(long step, double learningRate, List<MicroBatch> microBatches, BooleanSupplier giveUp,
            Runnable beside) {
        long own = microBatches.stream().mapToLong(MicroBatch::validTargets).sum();
        long valid = (long) communicator.allReduceSum((double) own);
        if (valid == 0) {
            throw new IllegalArgumentException("the batch of step " + step + " has no targets to learn from");
        }
        setScalars(step, learningRate, valid);
        batches.use(ctx, microBatches);
        if (ctx.replays()) {
            // One record holds the whole step, so it can be given up only before.
            ExecutionContext.Replay how = agreeOnReplay(giveUp.getAsBoolean());
            if (how == null) {
                return null;
            }
            ctx.replay(batches.memory(), how, () -> compute(microBatches.size(), last -> false));
        } else if (!compute(microBatches.size(), last -> givesUp(giveUp.getAsBoolean(), last))) {
            return null;
        }
        beside.run();
        ctx.backend().copyToHost(ctx, hostScalars, scalars);
        return judged(valid);
    }

    private void setScalars(long step, double learningRate, long valid) {
        hostScalars.fillFrom(StepScalars.initial());
        hostScalars.set(StepScalars.LEARNING_RATE, learningRate);
        // The moments have seen no skipped step, so their bias correction counts none.
        hostScalars.set(StepScalars.STEP, step - scaler.skipped() - watch.skipped());
        hostScalars.set(StepScalars.SEED, seed);
        // The number of the step, skipped ones too, so that a step that comes after one draws anew.
        hostScalars.set(StepScalars.OFFSET, step);
        hostScalars.set(StepScalars.LOSS_SCALE, scaler.scale());
        hostScalars.set(StepScalars.VALID_TARGETS, valid);
        hostScalars.set(StepScalars.LOSS_LIMIT, watch.updateLimit(valid));
        ctx.backend().copyFromHost(ctx, scalars, hostScalars);
    }

    /**
     * Issues the whole step; what it does depends on device memory only.
     *
     * @param givesUp asked between micro-batches, and told whether the next is the last
     * @return false when given up
     */
    private boolean compute(int count, Predicate<Boolean> givesUp) {
        model.roundWeights(ctx);
        try {
            for (int m = 0; m < count; m++) {
                boolean last = m == count - 1;
                if (m > 0 && givesUp.test(last)) {
                    return false;
                }
                tape.accumulateParameterGradients(m > 0);
                tape.random(scalars, (long) communicator.rank() * count + m);
                if (buckets != null && last) {
                    // Not before: a sum over micro-batches is this rank's own affair.
                    buckets.restart();
                    tape.onParameterGradient(p -> buckets.complete(ctx, p));
                }
                model.loss(tape, batches.input(m), batches.targets(m), scalars);
                tape.backward(model.trainable().groups());
            }
        } finally {
            tape.reset();
            tape.onParameterGradient(p -> { });
        }
        if (buckets != null) {
            buckets.finish(ctx);
            // The device compares the loss of all ranks with the limit, so that all skip the same steps.
            communicator.allReduceSum(ctx, scalars.slice("loss sum", StepScalars.LOSS_SUM, 1));
        }
        optimizer.step(ctx, scalars);
        return true;
    }

    private Result judged(long valid) {
        double lossSum = hostScalars.get(StepScalars.LOSS_SUM);
        boolean skipped = hostScalars.get(StepScalars.SKIP) != 0;
        double lossLimit = watch.limit();
        LossWatch.Verdict verdict = watch.judge(lossSum, valid, skipped, scaler.isDynamic());
        Result result = new Result(lossSum / valid, hostScalars.get(StepScalars.GRAD_NORM), valid, skipped, scaler.scale(),
                verdict, lossLimit);
        if (!skipped || verdict == LossWatch.Verdict.OVERFLOW) {
            scaler.update(skipped);
        }
        return result;
    }

    /**
     * Begins to bring the micro-batches of the next step to the device, for {@code beside}: when {@link #run} is then given
     * the same list, they are there already.
     */
    public void prepare(List<MicroBatch> next) {
        batches.prefetch(ctx, next);
    }

    /**
     * Ranks agree once a step, before any of them begins to sum gradients: the others then wait for the slowest once more.
     * A rank that is told to give up comes to the agreement at once, the others before their last micro-batch.
     */
    private boolean givesUp(boolean told, boolean last) {
        return (told || last) && communicator.allReduceSum(told ? 1.0 : 0.0) > 0;
    }

    /**
     * Ranks agree on giving up and, in the same exchange, on what all of them can do: NCCL asks that a collective be recorded,
     * or launched from the records of one time, on all ranks or on none ("Using NCCL with CUDA Graphs" in its user guide), and
     * a rank whose workspace has grown between two steps, as rank 0 evaluates, must first run the step again.
     *
     * @return null to give up
     */
    private ExecutionContext.Replay agreeOnReplay(boolean told) {
        if (communicator.worldSize() == 1) {
            return told ? null : ExecutionContext.Replay.LAUNCH;
        }
        ExecutionContext.Replay own = ctx.nextReplay(batches.memory());
        // Three counts of ranks in one exact sum.
        double sum = communicator.allReduceSum((told ? COUNT * COUNT : 0)
                + (own != ExecutionContext.Replay.LAUNCH ? COUNT : 0) + (own == ExecutionContext.Replay.RUN ? 1 : 0));
        if (sum >= COUNT * COUNT) {
            return null;
        }
        return sum == 0 ? ExecutionContext.Replay.LAUNCH
                : sum % COUNT == 0 ? ExecutionContext.Replay.RECORD : ExecutionContext.Replay.RUN;
    }

    @Override
    public void close() {
        tape.reset();
        batches.close();
        scalars.close();
        hostScalars.close();
    }
}
