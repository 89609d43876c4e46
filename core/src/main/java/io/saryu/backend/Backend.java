package io.saryu.backend;

import io.saryu.tensor.DType;
import io.saryu.tensor.Device;
import io.saryu.tensor.Tensor;

/**
 * The ops of one kind of device. Letters in shapes: N tokens (all sequences of the batch laid end to end), C hidden size,
 * F feed-forward size, V vocabulary, NH query heads, KVH key/value heads, HS head size, B sequences.
 *
 * <p>Every op takes an {@link ExecutionContext} first and then its outputs, its inputs, its constants. Outputs are
 * overwritten unless a parameter named {@code accumulate} says that the result is added to what is there. Matrices may have
 * a row stride; other tensors are contiguous. Ops check shapes, types and devices and throw
 * {@link IllegalArgumentException} naming the tensors before they touch memory.
 *
 * <p>Types: weights, their gradients, the residual stream, logits and statistics are F32 (F64 on the reference backend). What
 * is marked <em>narrow</em> may be of that type too, or all of it in one 16-bit type: this is mixed precision. Ops compute in
 * fp32 or better from what they are given and round to 16 bits, to nearest even, once, when a narrow output is stored.
 *
 * <p>Every op of a backend gives the same bits for the same inputs and the same number of threads.
 *
 * <p>A new op is one method here, one kernel per backend, its gradient beside its forward in {@code io.saryu.autograd}, and
 * a row in the op test; CONTRIBUTING.md walks through one.
 */
public interface Backend {
    /** {@link #chunkBytes} of a backend that does not ask for more. */
    long DEFAULT_CHUNK_BYTES = 32L << 20;

    /** Short name: {@code reference}, {@code cpu}, {@code cuda}. */
    String name();

    /** The device that this backend's tensors live on. */
    Device device();

    /** Whether activations and weights may have this type. */
    boolean supports(DType dtype);

    /** One line on what was found and chosen: instruction set, libraries and versions. Part of the reproducibility key. */
    String description();

    /**
     * A new context.
     *
     * @param threads CPU worker threads including the caller; ignored on other devices
     * @throws IllegalArgumentException for less than one thread
     */
    ExecutionContext newContext(int threads);

    /** Zeroed memory on the device, aligned to {@link Tensor#ALIGNMENT}; the caller closes it. */
    Tensor allocate(String name, DType dtype, long... shape);

    /**
     * Most bytes of intermediate results that work in chunks of rows should hold at a time: few enough to be no burden, many
     * enough that a chunk keeps the whole device busy.
     */
    default long chunkBytes() {
        return DEFAULT_CHUNK_BYTES;
    }

    /** Bytes that can still be allocated on the device; -1 where its memory is the host's. */
    default long availableBytes() {
        return -1;
    }

    // ---- movement ----

    /**
     * Copies a host tensor to the device, converting between floating types when they differ. The host tensor may be changed
     * or closed when this returns.
     */
    void copyFromHost(ExecutionContext ctx, Tensor out, Tensor host);

    /** Copies to a host tensor, converting between floating types when they differ; waits until it is there. */
    void copyToHost(ExecutionContext ctx, Tensor host, Tensor in);

    /** {@code out = in} for equal shapes on this device, converting between floating types when they differ. */
    void copy(ExecutionContext ctx, Tensor out, Tensor in);

    /** Sets every element. */
    void fill(ExecutionContext ctx, Tensor out, double value);

    /** {@code out = a + b} elementwise, for contiguous tensors of equal count and type; {@code out} may be {@code a} or {@code b}. */
    void add(ExecutionContext ctx, Tensor out, Tensor a, Tensor b);

    // ---- rows ----

    /** {@code out[n, :] = table[ids[n], :]}: out (N, C), table (V, C) of out's type, ids I32 (N), each in [0, V). */
    void gatherRows(ExecutionContext ctx, Tensor out, Tensor table, Tensor ids);

    /**
     * Gradient of {@link #gatherRows}: {@code dTable[ids[n], :] += dOut[n, :]}, adding equal ids in order of n. Without
     * {@code accumulate} the table is zeroed first.
     */
    void gatherRowsBackward(ExecutionContext ctx, Tensor dTable, boolean accumulate, Tensor dOut, Tensor ids);

    /** {@code out[rows[n], :] = in[n, :]}: out (M, C), in (N, C) of out's type, rows I32 (N), distinct, each in [0, M). */
    void scatterRows(ExecutionContext ctx, Tensor out, Tensor in, Tensor rows);

    // ---- linear algebra ----

    /**
     * {@code out = op(a) op(b)}, or {@code out += ...} with {@code accumulate}: out (M, N), op(a) (M, K), op(b) (K, N),
     * where op transposes when its flag is set. Sums in fp32 or better. a and b are of one type, and out is of that type too,
     * or in F32 where they are narrow: weight gradients are never rounded to 16 bits.
     */
    void matmul(ExecutionContext ctx, Tensor out, Tensor a, boolean transposeA, Tensor b, boolean transposeB,
            boolean accumulate);

    // ---- weights that stay narrow in memory, for models that only compute ----

    /**
     * {@code out = x weights^T}, where only the weights are narrow: products and sums are fp32 or better, of the weights as
     * they are stored. In I8 the weight is {@code weights[n, k] * scales[n]}.
     *
     * @param out     (M, N), of x's type
     * @param x       (M, K), F32 (F64 on the reference backend)
     * @param weights (N, K): of x's type, BF16, F16 or I8
     * @param scales  (N), F32 (F64 on the reference backend); null exactly when the weights are not I8
     */
    void matmulWeights(ExecutionContext ctx, Tensor out, Tensor x, Tensor weights, Tensor scales);

    /**
     * {@code out[n, :] = table[ids[n], :]}, widened: {@link #gatherRows} from a table of weights as
     * {@link #matmulWeights} has them.
     *
     * @param out    (N, C), F32 (F64 on the reference backend)
     * @param table  (V, C): of out's type, BF16, F16 or I8
     * @param scales (V), or null, as for matmulWeights
     * @param ids    I32 (N), each in [0, V)
     */
    void gatherWeights(ExecutionContext ctx, Tensor out, Tensor table, Tensor scales, Tensor ids);

    /**
     * Symmetric quantisation to int8 by rows: {@code scales[n] = max|in[n, :]| / 127} rounded to fp32, {@code out[n, k] =
     * in[n, k] / scales[n]} rounded to the nearest integer, ties to even, within [-127, 127]. A row of zeros has scale 0; one
     * that holds a number that is not finite has scale NaN, so that it stays visible.
     *
     * @param out    I8 (N, K)
     * @param scales (N), F32 (F64 on the reference backend)
     * @param in     (N, K), F32 (F64 on the reference backend)
     */
    void quantize(ExecutionContext ctx, Tensor out, Tensor scales, Tensor in);

    // ---- normalisation ----

    /**
     * RMSNorm (Zhang and Sennrich, arXiv:1910.07467) with the residual addition before it:
     * {@code s = x + delta; rstd = 1/sqrt(mean(s^2) + eps); out = s * rstd * weight}, rows of (N, C).
     *
     * @param out    (N, C), narrow
     * @param rstd   (N), F32 (F64 on the reference backend), kept for backward
     * @param sum    (N, C) receives x + delta; null exactly when delta is null
     * @param x      (N, C)
     * @param delta  (N, C) or null, narrow, of out's type
     * @param weight (C)
     */
    void rmsNorm(ExecutionContext ctx, Tensor out, Tensor rstd, Tensor sum, Tensor x, Tensor delta, Tensor weight,
            double eps);

    /**
     * Gradient of {@link #rmsNorm} with respect to its normalised input s (which x and delta share):
     * {@code dS = rstd * (w*dOut - s * rstd^2 * mean(w*dOut*s)) + dSum}.
     *
     * @param dS               (N, C); may be the same tensor as dSum
     * @param dWeight          (C), or null when the weight is frozen
     * @param accumulateWeight add to dWeight instead of overwriting it
     * @param dOut             (N, C), narrow
     * @param dSum             (N, C) gradient that reaches the sum by the residual path, or null
     * @param s                (N, C) what was normalised: the sum, or x when there was no delta
     */
    void rmsNormBackward(ExecutionContext ctx, Tensor dS, Tensor dWeight, boolean accumulateWeight, Tensor dOut,
            Tensor dSum, Tensor s, Tensor weight, Tensor rstd);

    /**
     * Per-head RMSNorm of q and k, then rotary position embedding in the rotate-half form (Su et al., arXiv:2104.09864;
     * transformers' {@code apply_rotary_pos_emb}): with y the normalised head, {@code out[i] = y[i] cos[i] - y[i+HS/2] sin[i]}
     * and {@code out[i+HS/2] = y[i+HS/2] cos[i] + y[i] sin[i]} for i below HS/2. q and k, raw and turned, are narrow, of one
     * type.
     *
     * @param qOut      (N, NH*HS)
     * @param kOut      (N, KVH*HS)
     * @param rstd      (N, NH+KVH): of the q heads, then of the k heads
     * @param q         (N, NH*HS), may have a row stride
     * @param k         (N, KVH*HS), may have a row stride
     * @param qWeight   (HS)
     * @param kWeight   (HS)
     * @param cos       (P, HS/2) table over positions
     * @param sin       (P, HS/2)
     * @param positions I32 (N), each in [0, P)
     */
    void qkNormRope(ExecutionContext ctx, Tensor qOut, Tensor kOut, Tensor rstd, Tensor q, Tensor k, Tensor qWeight,
            Tensor kWeight, Tensor cos, Tensor sin, Tensor positions, double eps);

    /**
     * Gradient of {@link #qkNormRope}: rotates dQOut and dKOut back, then the RMSNorm gradient per head. All but the weights,
     * their gradients, rstd and the tables are narrow, of one type.
     *
     * @param dQ                (N, NH*HS), may have a row stride; may be the same memory as dQOut
     * @param dK                (N, KVH*HS), may have a row stride; may be the same memory as dKOut
     * @param dQWeight          (HS), or null
     * @param dKWeight          (HS), or null
     * @param accumulateWeights add to the weights' gradients instead of overwriting them
     */
    void qkNormRopeBackward(ExecutionContext ctx, Tensor dQ, Tensor dK, Tensor dQWeight, Tensor dKWeight,
            boolean accumulateWeights, Tensor dQOut, Tensor dKOut, Tensor q, Tensor k, Tensor qWeight, Tensor kWeight,
            Tensor rstd, Tensor cos, Tensor sin, Tensor positions);

    // ---- attention ----

    /**
     * Causal softmax attention by {@link AttentionLayout}, without a (T, T) matrix in memory (Dao et al.,
     * arXiv:2205.14135). q, k, v and out are narrow, of one type; scores and softmax are fp32.
     *
     * @param out (Nq, NH*HS)
     * @param lse (Nq, NH) log-sum-exp of the scaled scores, kept for backward; F32 (F64 on the reference backend)
     * @param q   (Nq, NH*HS), may have a row stride
     * @param k   (Nk, KVH*HS), may have a row stride
     * @param v   (Nk, KVH*HS), may have a row stride
     */
    void attention(ExecutionContext ctx, Tensor out, Tensor lse, Tensor q, Tensor k, Tensor v, AttentionLayout layout);

    /**
     * Gradient of {@link #attention}; rows of dK and dV that no sequence owns are left as they are.
     *
     * <p>Sequences must not share key rows, whose gradients they would both write; such a layout is refused.
     *
     * @param dQ (Nq, NH*HS), may have a row stride
     * @param dK (Nk, KVH*HS), may have a row stride
     * @param dV (Nk, KVH*HS), may have a row stride
     */
    void attentionBackward(ExecutionContext ctx, Tensor dQ, Tensor dK, Tensor dV, Tensor dOut, Tensor out, Tensor lse,
            Tensor q, Tensor k, Tensor v, AttentionLayout layout);

    // ---- feed-forward ----

    /**
     * SwiGLU (Shazeer, arXiv:2002.05202): {@code out = silu(gate) * up} with {@code silu(x) = x / (1 + exp(-x))}. All narrow,
     * of one type.
     *
     * @param out    (N, F)
     * @param gateUp (N, 2F): gate in the first F columns, up in the rest
     */
    void swiglu(ExecutionContext ctx, Tensor out, Tensor gateUp);

    /** Gradient of {@link #swiglu}; {@code dGateUp} (N, 2F) may be the same tensor as {@code gateUp}. */
    void swigluBackward(ExecutionContext ctx, Tensor dGateUp, Tensor dOut, Tensor gateUp);

    // ---- dropout ----

    /**
     * Inverted dropout (Srivastava et al., JMLR 15, 2014; PyTorch's {@code F.dropout}): {@code out = keep * in / (1 - p)}, or
     * {@code out += ...} with {@code accumulate}. Which elements are kept is a hash of SEED, OFFSET, the stream and their place,
     * so a second call keeps the same ones: the gradient is the same op on the gradient, and nothing is stored for it.
     *
     * <p>With {@code mix(a, b)} SplitMix64's finaliser of {@code a + 0x9E3779B97F4A7C15 (b + 1)}, {@code hash} Wellons'
     * lowbias32 and {@code row = mix(mix(mix(SEED, OFFSET), stream), n)}, element (n, c) is kept where
     * {@code hash(hash(c + low(row)) ^ high(row))}, unsigned, is at least {@code p 2^32}.
     *
     * @param out    (N, C), narrow; may be the same tensor as in
     * @param in     (N, C), of out's type
     * @param p      share to leave out, from 0 to below 1
     * @param stream tells the uses of a step apart
     */
    void dropout(ExecutionContext ctx, Tensor out, Tensor in, Tensor scalars, double p, long stream, boolean accumulate);

    // ---- loss ----

    /**
     * Softmax cross-entropy of rows of logits.
     *
     * <p>{@code rowLoss[n] = logsumexp(logits[n]) - logits[n, target]}, 0 where the target is -100. With dLogits, that becomes
     * the gradient {@code (softmax - onehot) * LOSS_SCALE / VALID_TARGETS}, 0 in rows with target -100. The sum of the row
     * losses is added, in order, to {@link StepScalars#LOSS_SUM}.
     *
     * @param rowLoss (N), F32 (F64 on the reference backend)
     * @param dLogits (N, V), narrow, may be the same tensor as logits; null for the loss alone
     * @param logits  (N, V)
     * @param targets I32 (N), each in [0, V) or -100
     */
    void crossEntropy(ExecutionContext ctx, Tensor rowLoss, Tensor dLogits, Tensor logits, Tensor targets, Tensor scalars);

    // ---- update ----

    /**
     * Norm, clipping factor and skip flag of one update: GRAD_NORM = |grads| / LOSS_SCALE;
     * GRAD_FACTOR = min(1, maxNorm / (GRAD_NORM + 1e-6)) / LOSS_SCALE (PyTorch's {@code clip_grad_norm_}), without clipping
     * when maxNorm is 0; SKIP becomes 1 when the norm is not finite or LOSS_SUM is not a number of at most LOSS_LIMIT, and is
     * left alone otherwise.
     *
     * @param grads   flat gradient buffer
     * @param maxNorm at least 0; 0 for no clipping
     */
    void gradientNorm(ExecutionContext ctx, Tensor scalars, Tensor grads, double maxNorm);

    /**
     * One AdamW step over flat buffers (arXiv:1711.05101, PyTorch's formulation) with g = grad * GRAD_FACTOR:
     * {@code w -= lr*wd*w; m = b1 m + (1-b1) g; v = b2 v + (1-b2) g^2; w -= lr/(1-b1^t) * m / (sqrt(v/(1-b2^t)) + eps)}.
     * Does nothing when SKIP is 1. Reads LEARNING_RATE, STEP (t), GRAD_FACTOR, SKIP.
     *
     * @param segments I64 (S, 3) on the host: first element, elements, 1 when weight decay applies; elements outside all
     *                 segments are padding and stay as they are
     */
    void adamW(ExecutionContext ctx, Tensor weights, Tensor grads, Tensor expAvg, Tensor expAvgSq, Tensor segments,
            Tensor scalars, AdamWOptions options);
}
