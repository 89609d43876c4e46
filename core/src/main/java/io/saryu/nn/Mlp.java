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
    /** (N, C) normalised to (N, C), to be added to the residual stream. */
    public Tensor forward(Tape tape, Tensor x) {
        Tensor both = gateUp.forward(tape, x);
        Tensor active = Swiglu.apply(tape, both);
        tape.free(both);
        Tensor result = down.forward(tape, active);
        tape.free(active);
        return result;
    }
}
