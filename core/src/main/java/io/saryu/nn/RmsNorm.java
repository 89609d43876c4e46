package io.saryu.nn;

import io.saryu.autograd.AddRmsNorm;
import io.saryu.autograd.Tape;
import io.saryu.tensor.Tensor;

/**
 * RMSNorm over rows, with the residual addition before it.
 *
 * @param weight (C)
 * @param eps    {@code rms_norm_eps}
 */
public record RmsNorm(Tensor weight, double eps) {
    /**
     * @param x     (N, C) residual stream
     * @param delta (N, C) to add first, or null
     */
    public AddRmsNorm.Result forward(Tape tape, Tensor x, Tensor delta) {
        return AddRmsNorm.apply(tape, x, delta, weight, eps);
    }
}
