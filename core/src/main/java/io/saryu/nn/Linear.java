package io.saryu.nn;

import io.saryu.autograd.MatMul;
import io.saryu.autograd.Tape;
import io.saryu.tensor.DType;
import io.saryu.tensor.Tensor;

/**
 * A projection without bias.
 *
 * @param weight (out features, in features)
 * @param copy   what products read: the weight rounded to 16 bits in mixed precision, the weight itself otherwise
 * @param scales (out features) of a weight in I8, null otherwise
 */
public record Linear(Tensor weight, Tensor copy, Tensor scales) {
    /** (N, in features) to (N, out features), in the type of x. */
    public Tensor forward(Tape tape, Tensor x) {
        return forward(tape, x, x.dtype());
    }

    /** As {@link #forward(Tape, Tensor)} in training, for a result whose content is not read: it stays undefined. */
    Tensor forwardUnread(Tape tape, Tensor x) {
        return MatMul.unread(tape, x, weight, copy, x.dtype());
    }

    /** (N, in features) to (N, out features), in the given type: that of x, or F32 in mixed precision. */
    public Tensor forward(Tape tape, Tensor x, DType type) {
        // A copy of another type than x is no copy: the weight itself is stored so, to be read and not trained.
        return copy.dtype() == x.dtype() ? MatMul.apply(tape, x, weight, copy, type)
                : MatMul.frozen(tape, x, weight, scales);
    }
}
