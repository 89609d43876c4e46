package io.saryu.autograd;

import io.saryu.backend.Backend;
import io.saryu.tensor.DType;
import io.saryu.tensor.Tensor;

/**
 * The product of a linear layer, {@code out = x W^T}. Gradients, from {@code L = f(out)}:
 * {@code dx = dOut W} and {@code dW = dOut^T x}.
 *
 * <p>In mixed precision x, out and their gradients are of 16 bits and so is the copy of the weight that the products read;
 * {@code dW} is summed and kept in the type of the weight itself.
 */
public final class MatMul {
    private MatMul() {
    }

    /**
     * @param x      (N, K)
     * @param weight (M, K), as PyTorch stores {@code nn.Linear.weight}
     * @param copy   (M, K), the weight in x's type; the weight itself where that is its type
     * @param type   of the result
     * @return (N, M)
     */
    public static Tensor apply(Tape tape, Tensor x, Tensor weight, Tensor copy, DType type) {
        Tensor out = unread(tape, x, weight, copy, type);
        tape.backend().matmul(tape.context(), out, x, false, copy, true, false);
        return out;
    }

    /**
     * As {@link #apply}, but does not compute the result, of which only the gradient is wanted: where a part of the forward
     * pass is run again, nobody reads its last product.
     */
    public static Tensor unread(Tape tape, Tensor x, Tensor weight, Tensor copy, DType type) {
        Tensor out = tape.activation("matmul", type, x.dim(0), weight.dim(0));
        if (tape.needsGrad(x, weight)) {
            Tape.Node node = tape.record(new Tensor[] {out}, x, weight).save(x);
            node.onBackward(() -> {
                Tensor dOut = tape.grad(out);
                Tape.Target dw = tape.target(weight);
                if (dw != null) {
                    tape.backend().matmul(tape.context(), dw.grad(), dOut, true, tape.value(x), false, dw.accumulate());
                }
                // Before the memory of its gradient is asked for.
                node.release(x);
                Tape.Target dx = tape.target(x);
                if (dx != null) {
                    tape.backend().matmul(tape.context(), dx.grad(), dOut, false, copy, false, dx.accumulate());
                }
            });
        }
        return out;
    }

    /**
     * The product with a weight that is stored narrow and never trained: {@link Backend#matmulWeights}. It has no gradient.
     *
     * @param x      (N, K)
     * @param weight (M, K), of 16 bits or I8
     * @param scales (M), or null where the weight is not I8
     * @return (N, M), of x's type
     * @throws IllegalStateException when a gradient would have to pass
     */
    public static Tensor frozen(Tape tape, Tensor x, Tensor weight, Tensor scales) {
        if (tape.needsGrad(x)) {
            throw new IllegalStateException("the weight " + weight + " is for inference; its product has no gradient");
        }
        Tensor out = tape.activation("matmul", x.dtype(), x.dim(0), weight.dim(0));
        tape.backend().matmulWeights(tape.context(), out, x, weight, scales);
        return out;
    }
}
