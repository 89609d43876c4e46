package io.saryu.optim;

/**
 * Tells the losses that a run should not train on: those that are not finite, and those that jump. A jump is a loss whose
 * z-score against the run's own recent losses, (loss - mean) / deviation, is above a threshold. Mean and variance are
 * exponentially weighted with bias correction, by the incremental form of T. Finch, Incremental calculation of weighted mean
 * and variance (2009): with a = (1 - b) / (1 - b^n), {@code d = x - mean; mean += a d; variance = (1 - a)(variance + a d^2)}.
 * Only losses fall for long, so the mean lags above them and the watch is slow to cry.
 *
 * <p>The greatest loss that passes is known before the step, so the device can skip the update without the host having to
 * look. Ranks see the same reduced loss and norm, so their watches stay equal.
 */
public final class LossWatch {
    /** b: a loss counts half after 34 steps. */
    private static final double DECAY = 0.98;
    /** Losses to see before one can jump; until then mean and variance tell little. */
    public static final long WARMUP = 50;
    /** The deviation counts as at least this share of the mean: the noise of losses that hardly move is no measure. */
    private static final double LEAST_DEVIATION = 0.005;
    /** A loss above this counts as this: squares must stay finite. */
    private static final double MOST = 1e150;

    /** What a step was. */
    public enum Verdict {
        /** As it should be. */
        GOOD,
        /** Scaled gradients overflowed, which the {@link LossScaler} answers. */
        OVERFLOW,
        /** The loss is far above those before. */
        JUMP,
        /** The loss is infinite or not a number. */
        LOSS_NOT_FINITE,
        /** The loss is finite, but the gradient norm is not. */
        GRADIENT_NOT_FINITE
    }

    /**
     * What a checkpoint keeps.
     *
     * @param seen         losses in mean and variance
     * @param mean         of the recent ones, in nats per token
     * @param variance     of the recent ones
     * @param bad          steps that were neither good nor an overflow, since the start of the run
     * @param skipped      those of them whose update was skipped
     * @param skippedInRow those of these since the last good one
     */
    public record State(long seen, double mean, double variance, long bad, long skipped, long skippedInRow) {
        /** Of a run's start. */
        public static final State NONE = new State(0, 0, 0, 0, 0, 0);

        /** @throws IllegalArgumentException for what no run can have left */
        public State {
            if (!Double.isFinite(mean) || !(variance >= 0) || variance == Double.POSITIVE_INFINITY || seen < 0
                    || skippedInRow < 0 || skipped < skippedInRow || bad < skipped) {
                throw new IllegalArgumentException("a mean loss of " + mean + " with variance " + variance + " after " + seen
                        + " good, " + bad + " bad and " + skipped + " skipped steps is none that a run can have");
            }
        }
    }

    private final double zscore;
    private final boolean skipJumps;
    private State state = State.NONE;

    /**
     * @param zscore    above this a loss jumps; 0 for no limit
     * @param skipJumps whether the update of such a step is skipped, as it always is where a loss or norm is not finite
     */
    public LossWatch(double zscore, boolean skipJumps) {
        if (!(zscore >= 0)) {
            throw new IllegalArgumentException("a z-score limit is 0 (none) or more, not " + zscore);
        }
        this.zscore = zscore;
        this.skipJumps = skipJumps;
    }

    /** Looks for what is not finite only. */
    public static LossWatch none() {
        return new LossWatch(0, false);
    }

    /** The greatest loss of the next step that is no jump, in nats per token; {@link Double#MAX_VALUE} for any. */
    public double limit() {
        if (zscore == 0 || state.seen() < WARMUP) {
            return Double.MAX_VALUE;
        }
        double deviation = Math.max(Math.sqrt(state.variance()), LEAST_DEVIATION * state.mean());
        return Math.min(Double.MAX_VALUE, state.mean() + zscore * deviation);
    }

    /** Updates that were skipped and not for an overflow; AdamW's bias correction does not count them. */
    public long skipped() {
        return state.skipped();
    }

    /** The greatest sum of {@code targets} losses of the next step that the device may train on. */
    double updateLimit(long targets) {
        return skipJumps ? limitOfSum(targets) : Double.MAX_VALUE;
    }

    private double limitOfSum(long targets) {
        return Math.min(Double.MAX_VALUE, limit() * targets);
    }

    /**
     * Judges a step and takes note of it.
     *
     * @param lossSum over all targets of the effective batch
     * @param skipped whether the update was
     * @param scaled  whether gradients were scaled, so that they may overflow
     */
    Verdict judge(double lossSum, long targets, boolean skipped, boolean scaled) {
        Verdict verdict = verdict(lossSum, targets, skipped, scaled);
        boolean bad = verdict != Verdict.GOOD && verdict != Verdict.OVERFLOW;
        if (bad && skipped) {
            state = new State(state.seen(), state.mean(), state.variance(), state.bad() + 1, state.skipped() + 1,
                    state.skippedInRow() + 1);
        } else {
            // A jump that was trained on counts no more than the limit, so that the next one is seen too.
            see(Math.min(lossSum / targets, limit()), bad);
        }
        return verdict;
    }

    private Verdict verdict(double lossSum, long targets, boolean skipped, boolean scaled) {
        if (!Double.isFinite(lossSum)) {
            return Verdict.LOSS_NOT_FINITE;
        }
        boolean jump = lossSum > limitOfSum(targets);
        if (skipped && !(jump && skipJumps)) {
            return scaled ? Verdict.OVERFLOW : Verdict.GRADIENT_NOT_FINITE;
        }
        return jump ? Verdict.JUMP : Verdict.GOOD;
    }

    private void see(double loss, boolean bad) {
        long n = state.seen() + 1;
        double a = (1 - DECAY) / (1 - StrictMath.pow(DECAY, n));
        double d = Math.min(loss, MOST) - state.mean();
        state = new State(n, state.mean() + a * d, (1 - a) * (state.variance() + a * d * d), state.bad() + (bad ? 1 : 0),
                state.skipped(), 0);
    }

    /** What to keep. */
    public State state() {
        return state;
    }

    /** Goes on from a checkpoint. */
    public void restore(State saved) {
        state = saved;
    }
}
