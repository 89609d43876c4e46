package io.saryu.autograd;

import io.saryu.backend.Backend;
import io.saryu.tensor.DType;
import io.saryu.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;

/**
 * A linear layer whose weight is frozen, with a trained addition of low rank (LoRA: Hu et al., arXiv:2106.09685). A layer may
 * be several modules of a model (q, k and v are one product), of which some are adapted; module p owns columns of the result:
 * {@code out_p = x W_p^T + s x A_p^T B_p^T}.
 *
 * <p>The A of a layer's modules lie stacked, so that {@code h = x (s A)^T} is one product. Gradients, from {@code L = f(out)}:
 * {@code dB_p = dOut_p^T h_p}, {@code dh_p = dOut_p B_p}, {@code dA = s dh^T x}, {@code dx = dOut W + dh (s A)}. W has none, and
 * no product is spent on it.
 *
 * <p>In training x may first go through dropout on its way to A, in one mask for all modules of a layer; backward draws the
 * mask again, where PEFT keeps one for each module.
 */
public final class LowRank {
    /**
     * One module's part.
     *
     * @param b        (columns, r), trained
     * @param copy     B in the type that products read; b itself where that is its type
     * @param firstRow of the module's A in the stack
     * @param from     first column of the layer's result that belongs to the module
     */
    public record Branch(Tensor b, Tensor copy, long firstRow, long from) {
        private Tensor own(Tensor out) {
            return out.columns(from, from + b.dim(0));
        }

        private Tensor rank(Tensor h) {
            return h.columns(firstRow, firstRow + b.dim(1));
        }
    }

    /**
     * What is added to one layer.
     *
     * @param a        (R, K), the modules' A stacked, trained
     * @param scaled   (R, K), s A in the type that products read, brought up to date before each pass
     * @param scale    (R, R), s on the diagonal, of a's type: a product with it scales without an op of its own
     * @param branches at least one
     * @param dropout  share of x that training leaves out
     * @param stream   tells this layer's dropout from that of others: {@link Tape#randomStream}
     */
    public record Factors(Tensor a, Tensor scaled, Tensor scale, List<Branch> branches, double dropout, int stream) {
        private Tensor[] trained(Tensor x) {
            List<Tensor> all = new ArrayList<>(List.of(x, a));
            branches.forEach(branch -> all.add(branch.b()));
            return all.toArray(Tensor[]::new);
        }
    }

    private LowRank() {
    }

    /**
     * @param x      (N, K)
     * @param copy   (M, K), W as products read it: of x's type, or narrow for inference ({@link Backend#matmulWeights})
     * @param scales (M) of a copy in I8, null otherwise
     * @param read   false where only the gradient of the result is wanted; its content is then undefined
     * @return (N, M), of x's type
     * @throws IllegalStateException when a gradient would have to pass through a narrow weight
     */
    public static Tensor apply(Tape tape, Tensor x, Tensor copy, Tensor scales, Factors factors, boolean read) {
        Backend backend = tape.backend();
        boolean narrow = copy.dtype() != x.dtype();
        Tensor[] inputs = factors.trained(x);
        boolean gradient = tape.needsGrad(inputs);
        if (gradient && narrow) {
            throw new IllegalStateException("the weight " + copy + " is for inference; its product has no gradient");
        }
        Tensor out = tape.activation("matmul", x.dtype(), x.dim(0), copy.dim(0));
        Tensor h = tape.activation("low rank", x.dtype(), x.dim(0), factors.a().dim(0));
        // Also where a part of a training pass runs that backward will run again.
        boolean drops = tape.isTraining() && factors.dropout() > 0;
        long stream = drops ? tape.randomStream(factors.stream()) : 0;
        try (Tensor dropped = drops ? dropped(tape, x, factors, stream) : null) {
            backend.matmul(tape.context(), h, drops ? dropped : x, false, factors.scaled(), true, false);
        }
        if (read) {
            if (narrow) {
                backend.matmulWeights(tape.context(), out, x, copy, scales);
            } else {
                backend.matmul(tape.context(), out, x, false, copy, true, false);
            }
            for (Branch branch : factors.branches()) {
                backend.matmul(tape.context(), branch.own(out), branch.rank(h), false, branch.copy(), true, true);
            }
        }
        if (gradient) {
            Tape.Node node = tape.record(new Tensor[] {out}, inputs).save(x, h);
            node.onBackward(() -> backward(tape, node, out, x, h, copy, factors, stream));
        }
        tape.free(h);
        return out;
    }

    private static Tensor dropped(Tape tape, Tensor x, Factors factors, long stream) {
        Tensor dropped = tape.context().acquire("dropped", x.dtype(), x.shape());
        tape.backend().dropout(tape.context(), dropped, x, tape.randomScalars(), factors.dropout(), stream, false);
        return dropped;
    }

    private static void backward(Tape tape, Tape.Node node, Tensor out, Tensor x, Tensor h, Tensor copy, Factors factors,
            long stream) {
        boolean drops = factors.dropout() > 0;
        Backend backend = tape.backend();
        Tensor dOut = tape.grad(out);
        try (Tensor dh = tape.context().acquire("gradient of low rank", h.dtype(), h.shape())) {
            for (Branch branch : factors.branches()) {
                Tensor own = branch.own(dOut);
                Tape.Target db = tape.target(branch.b());
                if (db != null) {
                    backend.matmul(tape.context(), db.grad(), own, true, branch.rank(h), false, db.accumulate());
                }
                backend.matmul(tape.context(), branch.rank(dh), own, false, branch.copy(), false, false);
            }
            Tape.Target da = tape.target(factors.a());
            if (da != null) {
                DType type = factors.a().dtype();
                try (Tensor unscaled = tape.context().acquire("gradient of " + factors.a().name(), type,
                        factors.a().shape());
                        Tensor dropped = drops ? dropped(tape, tape.value(x), factors, stream) : null) {
                    backend.matmul(tape.context(), unscaled, dh, true, drops ? dropped : tape.value(x), false, false);
                    backend.matmul(tape.context(), da.grad(), factors.scale(), false, unscaled, false, da.accumulate());
                }
            }
            // Before the memory of its gradient is asked for.
            node.release(x);
            Tape.Target dx = tape.target(x);
            if (dx != null) {
                backend.matmul(tape.context(), dx.grad(), dOut, false, copy, false, dx.accumulate());
                if (!drops) {
                    backend.matmul(tape.context(), dx.grad(), dh, false, factors.scaled(), false, true);
                    return;
                }
                try (Tensor through = tape.context().acquire("gradient of dropped", x.dtype(), x.shape())) {
                    backend.matmul(tape.context(), through, dh, false, factors.scaled(), false, false);
                    backend.dropout(tape.context(), dx.grad(), through, tape.randomScalars(), factors.dropout(), stream, true);
                }
            }
        }
    }
}
