package io.saryu.nn;

import io.saryu.autograd.MatMul;
import io.saryu.autograd.Tape;
import io.saryu.tensor.Tensor;

/**
 * A projection without bias.
 *
 * @param weight (out features, in features)
 */
public record Linear(Tensor weight) {
    /** (N, in features) to (N, out features). */
    public Tensor forward(Tape tape, Tensor x) {
        return MatMul.apply(tape, x, weight);
    }
}
