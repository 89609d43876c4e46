package io.saryu.nn;

import io.saryu.autograd.LowRank;
import io.saryu.autograd.MatMul;
import io.saryu.autograd.Tape;
import io.saryu.tensor.DType;
import io.saryu.tensor.Tensor;

/** A projection without bias, to which an adapter may add. */
public final class Linear {
    private final Tensor weight;
    private final Tensor copy;
    private final Tensor scales;
    /** Null without an adapter. */
    private LowRank.Factors added;

    /**
     * @param weight (out features, in features)
     * @param copy   what products read: the weight rounded to 16 bits in mixed precision, the weight itself otherwise
     * @param scales (out features) of a weight in I8, null otherwise
     */
    public Linear(Tensor weight, Tensor copy, Tensor scales) {
        this.weight = weight;
        this.copy = copy;
        this.scales = scales;
    }

    public Tensor weight() {
        return weight;
    }

    public Tensor copy() {
        return copy;
    }

    public Tensor scales() {
        return scales;
    }

    /** Adds from now on; null to add nothing. */
    void adapt(LowRank.Factors factors) {
        this.added = factors;
    }

    /** (N, in features) to (N, out features), in the type of x. */
    public Tensor forward(Tape tape, Tensor x) {
        return added != null ? LowRank.apply(tape, x, copy, scales, added, true) : forward(tape, x, x.dtype());
    }

    /** As {@link #forward(Tape, Tensor)} in training, for a result whose content is not read: it stays undefined. */
    Tensor forwardUnread(Tape tape, Tensor x) {
        return added != null ? LowRank.apply(tape, x, copy, scales, added, false)
                : MatMul.unread(tape, x, weight, copy, x.dtype());
    }

    /** (N, in features) to (N, out features) without an adapter, in the given type: that of x, or F32 in mixed precision. */
    public Tensor forward(Tape tape, Tensor x, DType type) {
        // A copy of another type than x is no copy: the weight itself is stored so, to be read and not trained.
        return copy.dtype() == x.dtype() ? MatMul.apply(tape, x, weight, copy, type)
                : MatMul.frozen(tape, x, weight, scales);
    }
}
