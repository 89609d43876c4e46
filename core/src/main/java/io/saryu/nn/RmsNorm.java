package io.saryu.nn;

import io.saryu.autograd.AddRmsNorm;
import io.saryu.autograd.Tape;
import io.saryu.tensor.DType;
import io.saryu.tensor.Tensor;

/**
 * RMSNorm over rows, with the residual addition before it.
 *
 * @param weight (C)
 * @param eps    {@code rms_norm_eps}
 * @param type   of the result: what the products after it compute in
 */
public record RmsNorm(Tensor weight, double eps, DType type) {
    /**
     * @param x     (N, C) residual stream
     * @param delta (N, C) to add first, or null
     */
    public AddRmsNorm.Result forward(Tape tape, Tensor x, Tensor delta) {
        return AddRmsNorm.apply(tape, x, delta, weight, eps, type);
    }
}
