package io.saryu.autograd;

import io.saryu.backend.AttentionLayout;
import io.saryu.tensor.Tensor;

/**
 * From projected {@code [q | k | v]} rows to attention's output: per-head norm of q and k, rotary positions, causal
 * attention, with or without a key/value cache.
 *
 * <p>Gradient: with P = softmax(scale q k^T) and D = rowsum(dOut * out), {@code dV = P^T dOut},
 * {@code dS = P * (dOut v^T - D)}, {@code dq = scale dS k}, {@code dk = scale dS^T q} (arXiv:2205.14135, appendix B); then
 * the rotation is undone and the norms' gradients follow. dq, dk and dv are written straight into the column ranges of the
 * projection's gradient.
 */
public final class SelfAttention {
    private SelfAttention() {
    }

    /**
     * What attention needs besides its input.
     *
     * @param qNorm     (HS) weight of the norm of q
     * @param kNorm     (HS) weight of the norm of k
     * @param eps       of both norms
     * @param cos       (P, HS/2)
     * @param sin       (P, HS/2)
     * @param positions I32 (N)
     * @param layout    which queries meet which keys
     */
    public record Inputs(Tensor qNorm, Tensor kNorm, double eps, Tensor cos, Tensor sin, Tensor positions,
            AttentionLayout layout) {
    }

    /**
     * Keys and values of earlier tokens; inference only.
     *
     * @param keys   (rows, KVH*HS)
     * @param values (rows, KVH*HS)
     * @param rows   I32 (N): where each new token's key and value go
     */
    public record Cache(Tensor keys, Tensor values, Tensor rows) {
    }

    /**
     * @param qkv   (N, (NH + 2 KVH) HS)
     * @param cache null in training
     * @return (N, NH*HS)
     */
    public static Tensor apply(Tape tape, Tensor qkv, Inputs in, Cache cache) {
        AttentionLayout layout = in.layout();
        long n = qkv.dim(0);
        long qWidth = (long) layout.heads() * layout.headDim();
        long kWidth = (long) layout.kvHeads() * layout.headDim();
        Tensor qRaw = qkv.columns(0, qWidth);
        Tensor kRaw = qkv.columns(qWidth, qWidth + kWidth);
        Tensor v = qkv.columns(qWidth + kWidth, qWidth + 2 * kWidth);

        Tensor q = tape.activation("q", qkv.dtype(), n, qWidth);
        Tensor k = tape.activation("k", qkv.dtype(), n, kWidth);
        Tensor rstd = tape.activation("qk_rstd", AddRmsNorm.statistics(qkv), n, layout.heads() + layout.kvHeads());
        tape.backend().qkNormRope(tape.context(), q, k, rstd, qRaw, kRaw, in.qNorm(), in.kNorm(), in.cos(), in.sin(),
                in.positions(), in.eps());

        Tensor out = tape.activation("attention", qkv.dtype(), n, qWidth);
        Tensor lse = tape.activation("lse", AddRmsNorm.statistics(qkv), n, layout.heads());
        if (cache == null) {
            tape.backend().attention(tape.context(), out, lse, q, k, v, layout);
        } else {
            if (tape.isTraining()) {
                throw new IllegalStateException("a key/value cache is for inference; its attention has no gradient");
            }
            tape.backend().scatterRows(tape.context(), cache.keys(), k, cache.rows());
            tape.backend().scatterRows(tape.context(), cache.values(), v, cache.rows());
            tape.backend().attention(tape.context(), out, lse, q, cache.keys(), cache.values(), layout);
        }
        if (tape.needsGrad(qkv, in.qNorm(), in.kNorm())) {
            tape.record(new Tensor[] {out}, qkv, in.qNorm(), in.kNorm()).save(qkv, out, lse)
                    .onBackward(() -> backward(tape, qkv, out, lse, in));
        }
        tape.free(q, k, rstd, lse);
        return out;
    }

    private static void backward(Tape tape, Tensor projected, Tensor out, Tensor lse, Inputs in) {
        Tensor qkv = tape.value(projected);
        AttentionLayout layout = in.layout();
        long qWidth = (long) layout.heads() * layout.headDim();
        long kWidth = (long) layout.kvHeads() * layout.headDim();
        Tape.Target target = tape.target(projected);
        if (target.accumulate()) {
            throw new IllegalStateException("attention's input has a second consumer; give it a copy");
        }
        Tensor dQ = target.grad().columns(0, qWidth);
        Tensor dK = target.grad().columns(qWidth, qWidth + kWidth);
        Tensor dV = target.grad().columns(qWidth + kWidth, qWidth + 2 * kWidth);
        Tensor v = qkv.columns(qWidth + kWidth, qWidth + 2 * kWidth);
        Tensor qRaw = qkv.columns(0, qWidth);
        Tensor kRaw = qkv.columns(qWidth, qWidth + kWidth);
        long n = qkv.dim(0);
        // Computed again: it costs a pass over q and k, and keeping them would be a sixth of all activations.
        try (Tensor q = tape.scratch("q", qkv.dtype(), n, qWidth);
                Tensor k = tape.scratch("k", qkv.dtype(), n, kWidth);
                Tensor rstd = tape.scratch("qk_rstd", lse.dtype(), n, layout.heads() + layout.kvHeads())) {
            tape.backend().qkNormRope(tape.context(), q, k, rstd, qRaw, kRaw, in.qNorm(), in.kNorm(), in.cos(), in.sin(),
                    in.positions(), in.eps());
            tape.backend().attentionBackward(tape.context(), dQ, dK, dV, tape.grad(out), out, lse, q, k, v, layout);
            Tape.Target dqw = tape.target(in.qNorm());
            Tape.Target dkw = tape.target(in.kNorm());
            tape.backend().qkNormRopeBackward(tape.context(), dQ, dK, dqw == null ? null : dqw.grad(),
                    dkw == null ? null : dkw.grad(), dqw != null && dqw.accumulate(), dQ, dK, qRaw, kRaw, in.qNorm(),
                    in.kNorm(), rstd, in.cos(), in.sin(), in.positions());
        }
    }
}
