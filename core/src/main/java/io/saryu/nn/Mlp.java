package io.saryu.nn;

import io.saryu.autograd.Swiglu;
import io.saryu.autograd.Tape;
import io.saryu.tensor.Tensor;

/**
 * SwiGLU feed-forward block.
 *
 * @param gateUp (2F, C): the rows of gate_proj, then of up_proj
 * @param down   (C, F)
 */
public record Mlp(Linear gateUp, Linear down) {
    /**
     * (N, C) normalised to (N, C), to be added to the residual stream.
     *
     * @param read false when nobody will read the result's content, only its gradient is wanted
     */
    public Tensor forward(Tape tape, Tensor x, boolean read) {
        Tensor both = gateUp.forward(tape, x);
        Tensor active = read ? Swiglu.apply(tape, both) : Swiglu.unread(tape, both);
        tape.free(both);
        Tensor result = read ? down.forward(tape, active) : down.forwardUnread(tape, active);
        tape.free(active);
        return result;
    }
}
