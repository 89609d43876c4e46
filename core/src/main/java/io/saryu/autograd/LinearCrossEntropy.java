package io.saryu.autograd;

import io.saryu.tensor.DType;
import io.saryu.tensor.Tensor;

/**
 * The output projection and the loss after it, in chunks of rows, so that neither the logits nor their gradient ever exist
 * whole: at a vocabulary of 50,000 they would be the largest tensors of the step.
 *
 * <p>The loss normaliser (StepScalars.VALID_TARGETS) is known before the forward pass, so the gradient of a chunk,
 * {@code dLogits = (softmax(h W^T) - onehot) * scale / validTargets}, is formed while its logits are at hand, and
 * {@code dh = dLogits W}, {@code dW += dLogits^T h} with it; backward then has nothing left to do.
 */
public final class LinearCrossEntropy {
    /** Most bytes of logits at a time. */
    static final long CHUNK_BYTES = 64L << 20;

    private LinearCrossEntropy() {
    }

    /**
     * Adds the sum of the rows' losses to LOSS_SUM, and in training computes the gradients of its inputs.
     *
     * @param hidden  (N, C)
     * @param weight  (V, C)
     * @param targets I32 (N), -100 where a row has no target
     * @param scalars step scalars on the device
     */
    public static void apply(Tape tape, Tensor hidden, Tensor weight, Tensor targets, Tensor scalars) {
        boolean gradient = tape.needsGrad(hidden, weight);
        if (gradient) {
            tape.record(new Tensor[0], hidden, weight).onBackward(() -> { });
        }
        Tape.Target dHidden = gradient ? tape.target(hidden) : null;
        if (dHidden != null && dHidden.accumulate()) {
            throw new IllegalStateException("the loss must be the first consumer of the hidden states to have a gradient");
        }
        long n = hidden.dim(0);
        long rows = chunkRows(n, weight.dim(0), hidden.dtype());
        DType lossType = AddRmsNorm.statistics(hidden);
        for (long from = 0; from < n; from += rows) {
            long to = Math.min(n, from + rows);
            Tensor h = hidden.rows(from, to);
            try (Tensor logits = tape.context().acquire("logits", hidden.dtype(), to - from, weight.dim(0));
                    Tensor rowLoss = tape.context().acquire("row loss", lossType, to - from)) {
                tape.backend().matmul(tape.context(), logits, h, false, weight, true, false);
                tape.backend().crossEntropy(tape.context(), logits, rowLoss, targets.slice("targets", from, to - from),
                        scalars, gradient);
                if (dHidden != null) {
                    tape.backend().matmul(tape.context(), dHidden.grad().rows(from, to), logits, false, weight, false,
                            false);
                }
                Tape.Target dWeight = gradient ? tape.target(weight) : null;
                if (dWeight != null) {
                    tape.backend().matmul(tape.context(), dWeight.grad(), logits, true, h, false, dWeight.accumulate());
                }
            }
        }
    }

    /** Chunks of equal size, a multiple of 8 rows, within {@link #CHUNK_BYTES}. */
    static long chunkRows(long n, long vocabulary, DType dtype) {
        long most = Math.max(8, CHUNK_BYTES / (vocabulary * dtype.bytes()));
        long chunks = Math.max(1, (n + most - 1) / most);
        return Math.max(1, ((n + chunks - 1) / chunks + 7) / 8 * 8);
    }
}
