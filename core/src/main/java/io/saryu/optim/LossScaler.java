package io.saryu.optim;

/**
 * Dynamic loss scaling for fp16 (Micikevicius et al., arXiv:1710.03740), with the rules of PyTorch's {@code GradScaler}. The
 * loss is multiplied by a factor before backward, so that small gradients do not vanish below fp16's 2^-24, and the update
 * takes it out again. When a gradient overflows, the update is skipped and the factor halves; after so many good steps in a
 * row it doubles. The factor stays a power of two, so multiplying by it rounds nothing.
 *
 * <p>Ranks see the same reduced gradient norm, so their scalers stay equal.
 */
public final class LossScaler {
    /** {@code fp16_init_scale}, as PyTorch's. */
    public static final double DEFAULT_INIT_SCALE = 65536;
    /** {@code fp16_growth_interval}, as PyTorch's. */
    public static final long DEFAULT_GROWTH_INTERVAL = 2000;
    /** Below this, fp16's smallest normal number, gradients that overflow are no matter of scale. */
    public static final double LEAST = 0x1p-14;
    private static final double GROWTH = 2;
    private static final double BACKOFF = 0.5;

    /**
     * What a checkpoint keeps.
     *
     * @param scale     factor of the next step; 0 where losses are not scaled
     * @param goodSteps since the factor changed last
     * @param skipped   updates that were skipped since the start of the run
     */
    public record State(double scale, long goodSteps, long skipped) {
        /** Of a run that does not scale. */
        public static final State NONE = new State(0, 0, 0);

        /** @throws IllegalArgumentException for what no run can have left */
        public State {
            if (!(scale >= 0) || scale == Double.POSITIVE_INFINITY || goodSteps < 0 || skipped < 0) {
                throw new IllegalArgumentException("a loss scale of " + scale + " after " + goodSteps + " good and " + skipped
                        + " skipped steps is none that a run can have");
            }
        }
    }

    private final long growthInterval;
    private State state;

    private LossScaler(State state, long growthInterval) {
        this.state = state;
        this.growthInterval = growthInterval;
    }

    /** Leaves losses as they are: for fp32 and bf16, whose range needs no help. */
    public static LossScaler none() {
        return new LossScaler(State.NONE, 0);
    }

    /**
     * For fp16.
     *
     * @param initScale      {@code fp16_init_scale}, a power of two of at least {@link #LEAST}
     * @param growthInterval {@code fp16_growth_interval}, good steps until the factor doubles; at least 1
     */
    public static LossScaler dynamic(double initScale, long growthInterval) {
        if (!isPowerOfTwo(initScale) || initScale < LEAST || growthInterval < 1) {
            throw new IllegalArgumentException("a loss scale starts at a power of two of at least 2^-14 and grows after at"
                    + " least one step, not at " + initScale + " and after " + growthInterval);
        }
        return new LossScaler(new State(initScale, 0, 0), growthInterval);
    }

    /** Whether a factor can be taken out of a sum without rounding. */
    public static boolean isPowerOfTwo(double x) {
        return x > 0 && Double.isFinite(x) && x == Math.scalb(1.0, Math.getExponent(x));
    }

    /** Factor of the next step's loss. */
    public double scale() {
        return isDynamic() ? state.scale() : 1;
    }

    /** Whether overflows are expected and answered. */
    public boolean isDynamic() {
        return growthInterval > 0;
    }

    /** Updates skipped so far; AdamW's bias correction does not count them. */
    public long skipped() {
        return state.skipped();
    }

    /** Takes note of a step. */
    void update(boolean overflow) {
        if (!isDynamic()) {
            return;
        }
        if (overflow) {
            state = new State(state.scale() * BACKOFF, 0, state.skipped() + 1);
        } else if (state.goodSteps() + 1 >= growthInterval && state.scale() * GROWTH < Float.MAX_VALUE) {
            state = new State(state.scale() * GROWTH, 0, state.skipped());
        } else {
            state = new State(state.scale(), state.goodSteps() + 1, state.skipped());
        }
    }

    /** Whether the factor has fallen so low that overflows are not its fault. */
    public boolean isExhausted() {
        return isDynamic() && state.scale() < LEAST;
    }

    /** What to keep. */
    public State state() {
        return state;
    }

    /** Goes on from a checkpoint; from one of a run that did not scale, at this scaler's own start. */
    public void restore(State saved) {
        if (isDynamic() && saved.scale() > 0) {
            state = saved;
        }
    }
}
