package io.saryu.lora;

import io.saryu.backend.ExecutionContext;
import io.saryu.nn.Qwen3;
import io.saryu.tensor.Tensor;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

/**
 * The adapters of one model by name, of which it uses one, or none, at a time; and merging, which puts the one in use into the
 * model's weights, so that computing costs nothing more. One thread at a time. It owns the adapters and not the model: close it
 * before the model.
 */
public final class Adapters implements AutoCloseable {
    private final Qwen3 model;
    private final ExecutionContext ctx;
    private final Map<String, LoraAdapter> adapters = new LinkedHashMap<>();
    /** The weights as they were, of the modules that are merged; empty when none is. */
    private final Map<String, Tensor> originals = new LinkedHashMap<>();
    /** Null when the model computes without one. */
    private String inUse;

    public Adapters(Qwen3 model, ExecutionContext ctx) {
        this.model = model;
        this.ctx = ctx;
    }

    /**
     * Takes over an adapter, which is closed with this.
     *
     * @throws IllegalArgumentException when the name is taken
     */
    public void add(String name, LoraAdapter adapter) {
        if (adapters.putIfAbsent(name, adapter) != null) {
            throw new IllegalArgumentException("there is an adapter '" + name + "' already; give this one another name");
        }
    }

    /** Names of all adapters. */
    public Set<String> names() {
        return Set.copyOf(adapters.keySet());
    }

    /** Name of the adapter in use, or null. */
    public String inUse() {
        return inUse;
    }

    /**
     * Computes with another adapter; one that is merged is taken out first.
     *
     * @param name null to compute without one
     * @throws IllegalArgumentException when there is none of that name
     */
    public void use(String name) {
        if (name != null && !adapters.containsKey(name)) {
            throw new IllegalArgumentException("there is no adapter '" + name + "'; there are " + adapters.keySet());
        }
        unmerge();
        model.useAdapter(adapters.get(name));
        inUse = name;
    }

    /** Whether the adapter in use is in the model's weights. */
    public boolean isMerged() {
        return !originals.isEmpty();
    }

    /**
     * Puts the adapter in use into the model's weights. The weights as they were are kept beside them, since subtracting again
     * would not give the same bits. Does nothing without an adapter, or the second time.
     *
     * @throws IllegalStateException for a model whose weights are narrow, for inference
     */
    public void merge() {
        if (inUse == null || isMerged()) {
            return;
        }
        Map<String, Tensor> weights = model.parameters().named();
        LoraAdapter adapter = adapters.get(inUse);
        for (String module : adapter.modules()) {
            Tensor weight = weights.get(module + ".weight");
            Tensor original = model.backend().allocate("original " + weight.name(), weight.dtype(), weight.shape());
            model.backend().copy(ctx, original, weight);
            originals.put(weight.name(), original);
        }
        adapter.addTo(ctx, weights);
        ctx.synchronize();
        model.useAdapter(null);
    }

    /** Gives the model its own weights back, to the bit, and adds the adapter again. Does nothing when none is merged. */
    public void unmerge() {
        if (!isMerged()) {
            return;
        }
        Map<String, Tensor> weights = model.parameters().named();
        originals.forEach((name, original) -> model.backend().copy(ctx, weights.get(name), original));
        ctx.synchronize();
        forgetOriginals();
        model.useAdapter(adapters.get(inUse));
    }

    private void forgetOriginals() {
        originals.values().forEach(Tensor::close);
        originals.clear();
    }

    /** Takes the adapter off the model, gives its weights back, and closes all adapters. */
    @Override
    public void close() {
        use(null);
        adapters.values().forEach(LoraAdapter::close);
        adapters.clear();
    }
}
