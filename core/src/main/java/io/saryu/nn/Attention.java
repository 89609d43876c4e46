package io.saryu.nn;

import io.saryu.autograd.SelfAttention;
import io.saryu.autograd.Tape;
import io.saryu.tensor.Tensor;

/**
 * Qwen3's attention block: one product for q, k and v, per-head norms, rotary positions, grouped-query attention, output
 * projection.
 *
 * @param qkv   ((NH + 2 KVH) HS, C): the rows of q_proj, k_proj, v_proj
 * @param qNorm (HS)
 * @param kNorm (HS)
 * @param out   (C, NH HS)
 * @param eps   {@code rms_norm_eps}
 */
public record Attention(Linear qkv, Tensor qNorm, Tensor kNorm, Linear out, double eps) {
    /**
     * @param x     (N, C), normalised
     * @param cache null in training
     * @return (N, C), to be added to the residual stream
     */
    public Tensor forward(Tape tape, Tensor x, ModelInput input, RopeTables rope, SelfAttention.Cache cache) {
        Tensor projected = qkv.forward(tape, x);
        Tensor mixed = SelfAttention.apply(tape, projected, new SelfAttention.Inputs(qNorm, kNorm, eps, rope.cos(),
                rope.sin(), input.positions(), input.layout()), cache);
        tape.free(projected);
        Tensor result = out.forward(tape, mixed);
        tape.free(mixed);
        return result;
    }
}
