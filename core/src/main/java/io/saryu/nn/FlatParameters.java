package io.saryu.nn;

import io.saryu.autograd.Tape;
import io.saryu.backend.Backend;
import io.saryu.backend.ExecutionContext;
import io.saryu.tensor.DType;
import io.saryu.tensor.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * All parameters of a model in one buffer, and their gradients in another of the same layout: one AdamW call, one norm,
 * and all-reduce buckets that are ranges. Groups lie in the order in which backward finishes them, each aligned to
 * {@link Tensor#ALIGNMENT} bytes, so that the first buckets can be reduced while earlier layers still compute.
 *
 * <p>A group is what one op uses (the q, k and v projections are one matrix product); its parts are what a checkpoint
 * names.
 */
public final class FlatParameters implements AutoCloseable {
    /**
     * A named tensor of the model, as checkpoints know it.
     *
     * @param name  for example {@code model.layers.0.self_attn.q_proj.weight}
     * @param shape one or two dimensions
     */
    public record Part(String name, long... shape) {
        long count() {
            return Arrays.stream(shape).reduce(1, Math::multiplyExact);
        }
    }

    /**
     * Parts that lie without a gap, stacked along their first dimension.
     *
     * @param name  of the stack
     * @param decay whether weight decay applies
     * @param parts at least one; with equal last dimensions
     */
    public record Group(String name, boolean decay, List<Part> parts) {
        /** A group of one part. */
        public static Group of(String name, boolean decay, long... shape) {
            return new Group(name, decay, List.of(new Part(name, shape)));
        }
    }

    private final Tensor weights;
    private Tensor grads;
    private final Tensor rounded;
    private final Map<String, Tensor> copies = new LinkedHashMap<>();
    private final Map<String, Tensor> groups = new LinkedHashMap<>();
    private final Map<String, Long> offsets = new LinkedHashMap<>();
    private final Map<String, Tensor> named = new LinkedHashMap<>();
    private final List<Group> layout;
    private final Backend backend;

    /**
     * Allocates zeroed weights.
     *
     * @param groups in the order in which backward finishes them
     */
    public FlatParameters(Backend backend, DType dtype, List<Group> groups) {
        this(backend, dtype, dtype, groups);
    }

    /**
     * Allocates zeroed weights, and where {@code compute} is another type a second buffer for copies rounded to it, which
     * {@link #round} fills.
     *
     * @param groups in the order in which backward finishes them
     */
    public FlatParameters(Backend backend, DType dtype, DType compute, List<Group> groups) {
        this.backend = backend;
        this.layout = List.copyOf(groups);
        int align = Tensor.ALIGNMENT / dtype.bytes();
        long total = 0;
        for (Group g : groups) {
            offsets.put(g.name(), total);
            long count = g.parts().stream().mapToLong(Part::count).reduce(0, Math::addExact);
            total = Math.addExact(total, (count + align - 1) / align * align);
        }
        this.weights = backend.allocate("weights", dtype, total);
        this.rounded = compute == dtype ? null : backend.allocate("weights in " + compute, compute, total);
        for (Group g : groups) {
            this.groups.put(g.name(), view(weights, g));
            copies.put(g.name(), rounded == null ? this.groups.get(g.name()) : view(rounded, g));
            long from = offsets.get(g.name());
            for (Part p : g.parts()) {
                named.put(p.name(), weights.slice(p.name(), from, p.shape()));
                from += p.count();
            }
        }
    }

    private Tensor view(Tensor flat, Group g) {
        long[] shape = g.parts().getFirst().shape().clone();
        shape[0] = g.parts().stream().mapToLong(p -> p.shape()[0]).sum();
        return flat.slice(g.name(), offsets.get(g.name()), shape);
    }

    /** Allocates the gradients and makes every group a trained parameter. Does nothing the second time. */
    public void enableTraining() {
        if (grads == null) {
            grads = backend.allocate("gradients", weights.dtype() == DType.F64 ? DType.F64 : DType.F32, weights.count());
            for (Group g : layout) {
                groups.get(g.name()).withGrad(view(grads, g));
            }
        }
    }

    /** Whether {@link #enableTraining} was called. */
    public boolean hasGrads() {
        return grads != null;
    }

    /** First element of a group in the flat buffers. */
    public long offset(String group) {
        return offsets.get(group);
    }

    /** The parameter that an op uses, with its gradient when training. */
    public Tensor group(String name) {
        return groups.get(name);
    }

    /** The same parameter in the type that products compute in: the parameter itself when that is its own. */
    public Tensor copy(String name) {
        return copies.get(name);
    }

    /** Brings the copies up to date with the weights, in one pass; nothing to do where there are none. */
    public void round(ExecutionContext ctx) {
        if (rounded != null) {
            backend.copy(ctx, rounded, weights);
        }
    }

    /** All groups, in the order in which backward finishes them. */
    public Iterable<Tensor> groups() {
        return Collections.unmodifiableCollection(groups.values());
    }

    /** Views on the weights under their checkpoint names, in layout order. */
    public Map<String, Tensor> named() {
        return Collections.unmodifiableMap(named);
    }

    /** Views on another flat buffer of this layout (gradients, moments) under the checkpoint names. */
    public Map<String, Tensor> named(Tensor flat) {
        Map<String, Tensor> out = new LinkedHashMap<>();
        for (Group g : layout) {
            long from = offsets.get(g.name());
            for (Part p : g.parts()) {
                out.put(p.name(), flat.slice(p.name(), from, p.shape()));
                from += p.count();
            }
        }
        return out;
    }

    /** The flat weights; padding between groups is zero. */
    public Tensor weights() {
        return weights;
    }

    /**
     * The flat gradients.
     *
     * @throws IllegalStateException before {@link #enableTraining()}
     */
    public Tensor grads() {
        if (grads == null) {
            throw new IllegalStateException("the model has no gradients: call enableTraining() first");
        }
        return grads;
    }

    /**
     * Lends a tape the memory of the gradients of groups that this pass uses no more ({@link Tape#lend}). Padding stays zero.
     *
     * @param prefix of the groups' names
     */
    void lendGradients(Tape tape, String prefix) {
        if (grads != null) {
            for (Group g : layout) {
                if (g.name().startsWith(prefix)) {
                    tape.lend(grads, offsets.get(g.name()), groups.get(g.name()).count());
                }
            }
        }
    }

    /** Number of parameters, without padding. */
    public long count() {
        return named.values().stream().mapToLong(Tensor::count).sum();
    }

    /** What AdamW walks over: I64 (S, 3) of first element, elements, weight decay flag. The caller closes it. */
    public Tensor segments() {
        Tensor t = Tensor.allocate("segments", DType.I64, layout.size(), 3);
        List<Group> all = new ArrayList<>(layout);
        for (int i = 0; i < all.size(); i++) {
            Group g = all.get(i);
            t.set(3L * i, offsets.get(g.name()));
            t.set(3L * i + 1, groups.get(g.name()).count());
            t.set(3L * i + 2, g.decay() ? 1 : 0);
        }
        return t;
    }

    @Override
    public void close() {
        weights.close();
        if (rounded != null) {
            rounded.close();
        }
        if (grads != null) {
            grads.close();
        }
    }
}
