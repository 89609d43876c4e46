package io.saryu.nn;

import io.saryu.autograd.MatMul;
import io.saryu.autograd.Tape;
import io.saryu.tensor.Tensor;

/**
 * A projection without bias.
 *
 * @param weight (out features, in features)
 * @param copy   what products read: the weight rounded to 16 bits in mixed precision, the weight itself otherwise
 */
public record Linear(Tensor weight, Tensor copy) {
    /** (N, in features) to (N, out features), in the type of x, which is the copy's. */
    public Tensor forward(Tape tape, Tensor x) {
        return MatMul.apply(tape, x, weight, copy, x.dtype());
    }
}
