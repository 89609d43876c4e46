package io.saryu.nn;

import io.saryu.autograd.AddRmsNorm;
import io.saryu.autograd.Embedding;
import io.saryu.autograd.LinearCrossEntropy;
import io.saryu.autograd.SelfAttention;
import io.saryu.autograd.Tape;
import io.saryu.backend.Backend;
import io.saryu.backend.ExecutionContext;
import io.saryu.tensor.DType;
import io.saryu.tensor.Tensor;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The Qwen3 decoder (dense), as in transformers' {@code Qwen3ForCausalLM}.
 *
 * <p>Holds parameters and rotary tables only; activations live on the {@link Tape} that a pass is given, so one model
 * serves several contexts that only read it. Close it to give the weights back.
 */
public final class Qwen3 implements AutoCloseable {
    private final Qwen3Config config;
    private final Backend backend;
    private final DType dtype;
    private final DType compute;
    /** Null where the weights are frozen. */
    private final FlatParameters parameters;
    private final FrozenParameters frozen;
    private final Tensor embedding;
    private final Linear head;
    private final List<DecoderLayer> layers = new ArrayList<>();
    /** By the names of their parameters. */
    private final Map<String, Linear> linears = new HashMap<>();
    private final RmsNorm finalNorm;
    private RopeTables rope;
    /** How many of the first layers are computed again in backward. */
    private int checkpointedLayers;
    /** Null where the model computes with its own weights alone. */
    private Adapter adapter;
    /** Whether the copies that products read are those of the weights, which nobody changes beside an adapter. */
    private boolean rounded;

    /**
     * A model with zeroed weights; {@link Qwen3Weights} initialises, loads and saves them.
     *
     * @param dtype of weights and activations: F32, or F64 on the reference backend
     */
    public Qwen3(Backend backend, ExecutionContext ctx, Qwen3Config config, DType dtype) {
        this(backend, ctx, config, dtype, dtype);
    }

    /**
     * A model with zeroed weights that computes in mixed precision, by the recipe of transformers under
     * {@code torch.autocast}: weights, their gradients, the residual stream, norms, softmax, logits and loss in fp32; the
     * inputs and results of products and of attention, and the gradients of those, in 16 bits. Call {@link #roundWeights}
     * before each pass whose weights are new.
     *
     * @param dtype   of weights: F32, or F64 on the reference backend
     * @param compute of what products and attention read and write: BF16 or F16 with F32 weights, or dtype
     */
    public Qwen3(Backend backend, ExecutionContext ctx, Qwen3Config config, DType dtype, DType compute) {
        this(backend, ctx, config, dtype, compute, null);
    }

    /**
     * A model that only computes, with zeroed weights that are stored narrow: matrices, a tied embedding once, in 16 bits or
     * in I8 with a scale for each row; norms in F32. Activations, the key/value cache and logits are F32, and products read
     * the weights as they are stored ({@link Backend#matmulWeights}).
     *
     * @param weights F16, BF16 or I8
     */
    public static Qwen3 frozen(Backend backend, ExecutionContext ctx, Qwen3Config config, DType weights) {
        return new Qwen3(backend, ctx, config, DType.F32, DType.F32,
                new FrozenParameters(backend, weights, Qwen3Layout.groups(config)));
    }

    private Qwen3(Backend backend, ExecutionContext ctx, Qwen3Config config, DType dtype, DType compute,
            FrozenParameters frozen) {
        if (compute != dtype && !(dtype == DType.F32 && compute.isHalf())) {
            throw new IllegalArgumentException("mixed precision computes in BF16 or F16 with weights in F32, not in " + compute
                    + " with weights in " + dtype);
        }
        this.config = config;
        this.backend = backend;
        this.dtype = dtype;
        this.compute = compute;
        this.frozen = frozen;
        this.parameters = frozen != null ? null : new FlatParameters(backend, dtype, compute, Qwen3Layout.groups(config));
        this.embedding = group(Qwen3Layout.EMBEDDING);
        this.head = linear(config.tieWordEmbeddings() ? Qwen3Layout.EMBEDDING : Qwen3Layout.HEAD);
        for (int i = 0; i < config.numHiddenLayers(); i++) {
            layers.add(layer(i));
        }
        this.finalNorm = norm(Qwen3Layout.FINAL_NORM);
        this.rope = new RopeTables(backend, ctx, dtype, Math.min(config.maxPositionEmbeddings(), 2048), config.headDim(),
                config.ropeTheta());
    }

    private DecoderLayer layer(int i) {
        String p = Qwen3Layout.layer(i);
        Attention attention = new Attention(linear(p + Qwen3Layout.QKV),
                group(p + Qwen3Layout.Q_NORM), group(p + Qwen3Layout.K_NORM),
                linear(p + Qwen3Layout.O_PROJ), config.rmsNormEps());
        Mlp mlp = new Mlp(linear(p + Qwen3Layout.GATE_UP), linear(p + Qwen3Layout.DOWN_PROJ));
        return new DecoderLayer(norm(p + Qwen3Layout.INPUT_NORM), attention, norm(p + Qwen3Layout.POST_NORM), mlp);
    }

    private RmsNorm norm(String name) {
        return new RmsNorm(group(name), config.rmsNormEps(), compute);
    }

    private Linear linear(String name) {
        Linear linear = new Linear(group(name), frozen != null ? group(name) : parameters.copy(name), scales(name));
        linears.put(name, linear);
        return linear;
    }

    private Tensor group(String name) {
        return frozen != null ? frozen.group(name) : parameters.group(name);
    }

    public Qwen3Config config() {
        return config;
    }

    public Backend backend() {
        return backend;
    }

    /** Type of the weights, the residual stream and the logits. */
    public DType dtype() {
        return dtype;
    }

    /** Type of what products and attention read and write: {@link #dtype} without mixed precision. */
    public DType computeType() {
        return compute;
    }

    /**
     * Rounds the weights into the copies that products read in mixed precision, in one pass; without it there is nothing to
     * do. The copies do not follow the weights by themselves: training and evaluation call this before they compute. It also
     * brings an adapter up to date, beside which the model's own weights are rounded only once.
     */
    public void roundWeights(ExecutionContext ctx) {
        if (parameters != null && !rounded) {
            parameters.round(ctx);
            rounded = adapter != null;
        }
        if (adapter != null) {
            adapter.refresh(ctx);
        }
    }

    /**
     * Computes with an adapter from now on, and freezes the model's own weights: only the adapter's have gradients then, and
     * no memory and no product is spent on others'. The adapter stays its owner's.
     *
     * @param added made for a model of this configuration; null to compute without one
     * @throws IllegalStateException when the model's own weights are being trained
     */
    public void useAdapter(Adapter added) {
        if (added != null && parameters != null && parameters.hasGrads()) {
            throw new IllegalStateException("the model's own weights are being trained; open it again to train an adapter");
        }
        this.adapter = added;
        this.rounded = false;
        linears.forEach((name, linear) -> linear.adapt(added == null ? null : added.factors(name)));
    }

    /** What {@link #useAdapter} was given last, or null. */
    public Adapter adapter() {
        return adapter;
    }

    /**
     * What training changes: the adapter's parameters where there is one, the model's own otherwise.
     *
     * @throws IllegalStateException for a {@link #frozen} model without an adapter
     */
    public FlatParameters trainable() {
        return adapter != null ? adapter.parameters() : parameters();
    }

    /**
     * The model's own parameters.
     *
     * @throws IllegalStateException for a {@link #frozen} model
     */
    public FlatParameters parameters() {
        if (parameters == null) {
            throw new IllegalStateException("this model's weights are in " + embedding.dtype()
                    + " for inference; open it in F32 to train or to save it");
        }
        return parameters;
    }

    /**
     * Whether training keeps of each layer only the residual stream before it and computes the rest again in backward: less
     * memory, one more forward pass of the layers, the same bits. The last layer is kept: its backward comes first, when
     * that memory would be needed anyway. Off at first.
     */
    public void gradientCheckpointing(boolean on) {
        gradientCheckpointing(on ? layers.size() : 0);
    }

    /**
     * As {@link #gradientCheckpointing(boolean)}, for the first layers only: as much time for memory as is needed. The first
     * ones, because what they keep is held longest, and when they are computed again the others' is free.
     *
     * @param count of layers, 0 for none
     * @throws IllegalArgumentException when there are not so many
     */
    public void gradientCheckpointing(int count) {
        if (count < 0 || count > layers.size()) {
            throw new IllegalArgumentException("gradient checkpointing of " + count + " layers is impossible in a model of "
                    + layers.size());
        }
        this.checkpointedLayers = count;
    }

    /**
     * Makes sure that positions below {@code length} have rotary tables.
     *
     * @throws IllegalArgumentException beyond {@code max_position_embeddings}
     */
    public void ensurePositions(ExecutionContext ctx, int length) {
        if (length > config.maxPositionEmbeddings()) {
            throw new IllegalArgumentException("a sequence of " + length + " tokens is longer than the model's"
                    + " max_position_embeddings of " + config.maxPositionEmbeddings());
        }
        if (length > rope.positions()) {
            RopeTables longer = new RopeTables(backend, ctx, dtype,
                    Math.min(config.maxPositionEmbeddings(), Math.max(length, 2 * rope.positions())), config.headDim(),
                    config.ropeTheta());
            rope.close();
            rope = longer;
        }
    }

    /**
     * Final hidden states.
     *
     * @param cache keys and values of earlier tokens, one entry per layer, or null
     * @return (N, C), normalised; the caller frees it
     */
    public Tensor hidden(Tape tape, ModelInput input, List<SelfAttention.Cache> cache) {
        Tensor stream = frozen == null ? Embedding.apply(tape, embedding, input.ids())
                : Embedding.frozen(tape, embedding, scales(Qwen3Layout.EMBEDDING), input.ids());
        Tensor delta = null;
        for (int i = 0; i < layers.size(); i++) {
            DecoderLayer layer = layers.get(i);
            AddRmsNorm.Result before = advance(tape, layer.inputNorm(), stream, delta);
            stream = before.sum();
            SelfAttention.Cache past = cache == null ? null : cache.get(i);
            Tape.Segment block = (again, in) -> block(tape, layer, in[0], in[1], input, past, !again);
            // Backward would compute the last layer again at once, when all that it keeps has just been let go.
            Tensor[] after = i < Math.min(checkpointedLayers, layers.size() - 1)
                    ? tape.checkpoint(block, stream, before.out()) : block.run(false, stream, before.out());
            tape.free(stream, before.out());
            if (parameters != null) {
                parameters.lendGradients(tape, Qwen3Layout.layer(i));
            }
            stream = after[0];
            delta = after[1];
        }
        AddRmsNorm.Result last = advance(tape, finalNorm, stream, delta);
        tape.free(last.sum());
        return last.out();
    }

    /**
     * A layer after its first norm.
     *
     * @param stream (N, C), the residual stream
     * @param normed (N, C), the stream normalised
     * @param read   whether the content of the feed-forward block's result will be read
     * @return the stream with attention's share added, and what the feed-forward block adds to it, both (N, C)
     */
    private Tensor[] block(Tape tape, DecoderLayer layer, Tensor stream, Tensor normed, ModelInput input,
            SelfAttention.Cache past, boolean read) {
        Tensor mixed = layer.attention().forward(tape, normed, input, rope, past);
        AddRmsNorm.Result between = layer.postAttentionNorm().forward(tape, stream, mixed);
        tape.free(mixed);
        Tensor delta = layer.mlp().forward(tape, between.out(), read);
        tape.free(between.out());
        return new Tensor[] {between.sum(), delta};
    }

    /** Adds {@code delta} to the stream, normalises, and lets go of what was added up. */
    private static AddRmsNorm.Result advance(Tape tape, RmsNorm norm, Tensor stream, Tensor delta) {
        AddRmsNorm.Result r = norm.forward(tape, stream, delta);
        if (delta != null) {
            tape.free(stream, delta);
        }
        return r;
    }

    /**
     * Adds the batch's summed token loss to StepScalars.LOSS_SUM; on a training tape the gradients follow by
     * {@link Tape#backward}.
     *
     * @param targets I32 (N): the id that follows each token, or -100
     */
    public void loss(Tape tape, ModelInput input, Tensor targets, Tensor scalars) {
        Tensor h = hidden(tape, input, null);
        LinearCrossEntropy.apply(tape, h, head.weight(), head.copy(), head.scales(), targets, scalars);
        tape.free(h);
    }

    /**
     * Logits of chosen rows.
     *
     * @param hidden (N, C) from {@link #hidden}
     * @return (N, V); the caller frees it
     */
    public Tensor logits(Tape tape, Tensor hidden) {
        return head.forward(tape, hidden, dtype);
    }

    /** Weights under Hugging Face's names, in the types that they are stored in. */
    public Map<String, Tensor> namedWeights() {
        return frozen != null ? frozen.named() : parameters.named();
    }

    /** The scales of the rows of a weight in I8, under Hugging Face's name; null for others. */
    Tensor scales(String name) {
        return frozen == null ? null : frozen.scales(name);
    }

    /** Bytes of weights that one token's pass reads: all, but of an embedding that is not the output matrix too. */
    public long weightBytesPerToken() {
        long bytes = 0;
        for (Map.Entry<String, Tensor> e : namedWeights().entrySet()) {
            if (e.getKey().equals(Qwen3Layout.EMBEDDING) && !config.tieWordEmbeddings()) {
                continue;
            }
            Tensor scales = scales(e.getKey());
            bytes += e.getValue().count() * e.getValue().dtype().bytes() + (scales == null ? 0 : scales.count() * 4);
        }
        return bytes;
    }

    @Override
    public void close() {
        if (parameters != null) {
            parameters.close();
        } else {
            frozen.close();
        }
        rope.close();
    }
}
