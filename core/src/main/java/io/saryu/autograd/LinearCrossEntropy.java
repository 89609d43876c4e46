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
 *
 * <p>In mixed precision h, W and dLogits are of 16 bits; the logits stay as the product sums them, in fp32.
 */
public final class LinearCrossEntropy {
    private LinearCrossEntropy() {
    }

    /**
     * Adds the sum of the rows' losses to LOSS_SUM, and in training computes the gradients of its inputs.
     *
     * @param hidden  (N, C)
     * @param weight  (V, C)
     * @param copy    (V, C), the weight in hidden's type; the weight itself where that is its type, or where it is stored
     *                narrow and not trained
     * @param scales  (V), or null where the weight is not I8
     * @param targets I32 (N), -100 where a row has no target
     * @param scalars step scalars on the device
     */
    public static void apply(Tape tape, Tensor hidden, Tensor weight, Tensor copy, Tensor scales, Tensor targets,
            Tensor scalars) {
        boolean gradient = tape.needsGrad(hidden, weight);
        if (gradient) {
            tape.record(new Tensor[0], hidden, weight).onBackward(() -> { });
        }
        Tape.Target dHidden = gradient ? tape.target(hidden) : null;
        if (dHidden != null && dHidden.accumulate()) {
            throw new IllegalStateException("the loss must be the first consumer of the hidden states to have a gradient");
        }
        long n = hidden.dim(0);
        DType wide = AddRmsNorm.statistics(hidden);
        boolean apart = gradient && hidden.dtype() != wide;
        long chunkBytes = tape.backend().chunkBytes();
        long rows = gradient ? trainingRows(n, weight.dim(0), hidden.dtype(), chunkBytes)
                : chunkRows(n, weight.dim(0) * wide.bytes(), chunkBytes);
        for (long from = 0; from < n; from += rows) {
            long to = Math.min(n, from + rows);
            try (Tensor logits = tape.scratch("logits", wide, to - from, weight.dim(0));
                    Tensor rowLoss = tape.scratch("row loss", wide, to - from);
                    Tensor dLogits = apart ? tape.scratch("gradient of logits", hidden.dtype(), logits.shape())
                            : null) {
                Tensor h = hidden.rows(from, to);
                if (copy.dtype() == h.dtype()) {
                    tape.backend().matmul(tape.context(), logits, h, false, copy, true, false);
                } else {
                    tape.backend().matmulWeights(tape.context(), logits, h, copy, scales);
                }
                Tensor d = apart ? dLogits : gradient ? logits : null;
                tape.backend().crossEntropy(tape.context(), rowLoss, d, logits,
                        targets.slice("targets", from, to - from), scalars);
                if (dHidden != null) {
                    tape.backend().matmul(tape.context(), dHidden.grad().rows(from, to), d, false, copy, false, false);
                }
                Tape.Target dWeight = gradient ? tape.target(weight) : null;
                if (dWeight != null) {
                    tape.backend().matmul(tape.context(), dWeight.grad(), d, true, h, false, dWeight.accumulate());
                }
            }
        }
    }

    /**
     * Rows that are projected at once in training, for who measures such products alone.
     *
     * @param n          rows of all
     * @param vocabulary V
     * @param type       of the hidden states
     * @param chunkBytes of the backend: {@link io.saryu.backend.Backend#chunkBytes}
     */
    public static long trainingRows(long n, long vocabulary, DType type, long chunkBytes) {
        DType wide = AddRmsNorm.statistics(type);
        // Of logits, and of their gradient where it is apart.
        return chunkRows(n, vocabulary * (wide.bytes() + (type == wide ? 0 : type.bytes())), chunkBytes);
    }

    /** Chunks of equal size, a multiple of 8 rows, within that many bytes. */
    static long chunkRows(long n, long bytesOfRow, long chunkBytes) {
        long most = Math.max(8, chunkBytes / bytesOfRow);
        long chunks = Math.max(1, (n + most - 1) / most);
        return Math.max(1, ((n + chunks - 1) / chunks + 7) / 8 * 8);
    }
}
