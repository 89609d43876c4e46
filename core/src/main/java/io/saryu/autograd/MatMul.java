package io.saryu.autograd;

import io.saryu.tensor.Tensor;

/**
 * The product of a linear layer, {@code out = x W^T}. Gradients, from {@code L = f(out)}:
 * {@code dx = dOut W} and {@code dW = dOut^T x}.
 */
public final class MatMul {
    private MatMul() {
    }

    /**
     * @param x      (N, K)
     * @param weight (M, K), as PyTorch stores {@code nn.Linear.weight}
     * @return (N, M)
     */
    public static Tensor apply(Tape tape, Tensor x, Tensor weight) {
        Tensor out = tape.activation("matmul", x.dtype(), x.dim(0), weight.dim(0));
        tape.backend().matmul(tape.context(), out, x, false, weight, true, false);
        if (tape.needsGrad(x, weight)) {
            tape.record(new Tensor[] {out}, x, weight).save(x).onBackward(() -> {
                Tensor dOut = tape.grad(out);
                Tape.Target dx = tape.target(x);
                if (dx != null) {
                    tape.backend().matmul(tape.context(), dx.grad(), dOut, false, weight, false, dx.accumulate());
                }
                Tape.Target dw = tape.target(weight);
                if (dw != null) {
                    tape.backend().matmul(tape.context(), dw.grad(), dOut, true, tape.value(x), false, dw.accumulate());
                }
            });
        }
        return out;
    }
}
