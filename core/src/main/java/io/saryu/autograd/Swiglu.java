package io.saryu.autograd;

import io.saryu.tensor.Tensor;

/**
 * {@code out = silu(gate) * up}. Gradients with s = sigmoid(gate): {@code dUp = dOut * gate * s} and
 * {@code dGate = dOut * up * s * (1 + gate * (1 - s))}. Backward computes {@code out} again where it is asked for.
 */
public final class Swiglu {
    private Swiglu() {
    }

    /**
     * @param gateUp (N, 2F): gate, then up
     * @return (N, F)
     */
    public static Tensor apply(Tape tape, Tensor gateUp) {
        Tensor out = unread(tape, gateUp);
        tape.backend().swiglu(tape.context(), out, gateUp);
        return out;
    }

    /**
     * As {@link #apply}, but leaves the result's content to backward, which computes it when it needs it: for a result that
     * nobody reads before.
     */
    public static Tensor unread(Tape tape, Tensor gateUp) {
        Tensor out = tape.activation("swiglu", gateUp.dtype(), gateUp.dim(0), gateUp.dim(1) / 2);
        if (tape.needsGrad(gateUp)) {
            tape.record(new Tensor[] {out}, gateUp).save(gateUp).onBackward(() -> {
                Tape.Target t = tape.targetInPlace(gateUp);
                if (t.accumulate()) {
                    throw new IllegalStateException("swiglu's input has a second consumer; give it a copy");
                }
                tape.backend().swigluBackward(tape.context(), t.grad(), tape.grad(out), tape.value(gateUp));
            });
            tape.rebuildable(out, again -> tape.backend().swiglu(tape.context(), again, tape.value(gateUp)));
        }
        return out;
    }
}
