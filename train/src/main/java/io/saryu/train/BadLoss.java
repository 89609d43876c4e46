package io.saryu.train;

import io.saryu.optim.LossWatch;

/** {@code bad_loss}: what to do with a step whose loss or gradient norm is not finite, or whose loss jumps. */
public enum BadLoss {
    /** End the run; the update is skipped. */
    STOP,
    /** Skip the update and go on. */
    SKIP,
    /** Train on a loss that jumps, and say so; what is not finite is skipped. */
    WARN;

    /** A watch at its start. */
    LossWatch watch(double zscore) {
        return new LossWatch(zscore, this != WARN);
    }
}
