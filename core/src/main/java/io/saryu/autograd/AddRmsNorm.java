package io.saryu.autograd;

import io.saryu.tensor.DType;
import io.saryu.tensor.Tensor;

/**
 * The residual addition and the RMSNorm after it, in one pass over memory: {@code sum = x + delta},
 * {@code out = sum / rms(sum) * weight}.
 *
 * <p>Gradient: the sum receives dSum from the residual path and, through the norm with r = 1/rms and g = weight * dOut,
 * {@code r * (g - sum * r^2 * mean(g * sum))}; x and delta both receive the total, since d(x + delta) = dx + ddelta.
 * {@code dWeight = sum over rows of dOut * sum * r}. Backward computes {@code out} again where it is asked for.
 *
 * <p>In mixed precision the sum, the statistics and their gradients are fp32; delta, out and theirs are of 16 bits, so delta's
 * gradient is a rounded copy of the sum's.
 */
public final class AddRmsNorm {
    /**
     * @param sum (N, C): x + delta, or x itself when there was no delta
     * @param out (N, C): the normalised rows
     */
    public record Result(Tensor sum, Tensor out) {
    }

    private AddRmsNorm() {
    }

    /**
     * @param x      (N, C), the residual stream
     * @param delta  (N, C), what a block adds to it; null for a norm without addition
     * @param weight (C)
     * @param type   of out, and of delta: what the products around it compute in
     */
    public static Result apply(Tape tape, Tensor x, Tensor delta, Tensor weight, double eps, DType type) {
        long n = x.dim(0);
        Tensor out = tape.activation("rms_norm", type, n, x.dim(1));
        Tensor rstd = tape.activation("rstd", statistics(x), n);
        Tensor sum = delta == null ? null : tape.activation("residual", x.dtype(), n, x.dim(1));
        tape.backend().rmsNorm(tape.context(), out, rstd, sum, x, delta, weight, eps);
        Tensor normalised = delta == null ? x : sum;
        if (tape.needsGrad(x, delta, weight)) {
            Tensor[] outputs = delta == null ? new Tensor[] {out} : new Tensor[] {out, sum};
            tape.record(outputs, x, delta, weight).save(normalised, rstd)
                    .onBackward(() -> backward(tape, out, x, delta, normalised, weight, rstd));
            tape.rebuildable(out, again -> {
                try (Tensor scratch = tape.context().acquire("rstd", rstd.dtype(), n)) {
                    tape.backend().rmsNorm(tape.context(), again, scratch, null, tape.value(normalised), null, weight,
                            eps);
                }
            });
        }
        tape.free(rstd);
        return new Result(normalised, out);
    }

    /** @param normalised the sum, or x: without an addition its gradient may already hold the residual path's share */
    private static void backward(Tape tape, Tensor out, Tensor x, Tensor delta, Tensor normalised, Tensor weight,
            Tensor rstd) {
        Tensor s = tape.value(normalised);
        Tensor dOut = tape.grad(out);
        Tape.Target dw = tape.target(weight);
        Tensor dWeight = dw == null ? null : dw.grad();
        boolean accumulate = dw != null && dw.accumulate();
        if (normalised.requiresGrad()) {
            Tape.Target ds = tape.target(normalised);
            tape.backend().rmsNormBackward(tape.context(), ds.grad(), dWeight, accumulate, dOut,
                    ds.accumulate() ? ds.grad() : null, s, weight, rstd);
            if (delta != null) {
                tape.passGradient(normalised, x, delta);
            }
        } else {
            try (Tensor scratch = tape.context().acquire("unused gradient", x.dtype(), x.shape())) {
                tape.backend().rmsNormBackward(tape.context(), scratch, dWeight, accumulate, dOut, null, s, weight, rstd);
            }
        }
    }

    /** Row statistics are kept in fp32 whatever the activations' type; the oracle keeps them in double. */
    static DType statistics(Tensor x) {
        return statistics(x.dtype());
    }

    static DType statistics(DType type) {
        return type == DType.F64 ? DType.F64 : DType.F32;
    }
}
