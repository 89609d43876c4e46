package io.saryu.model;

import io.saryu.tensor.DType;
import java.util.Map;

/**
 * How to open a model.
 *
 * @param device  {@code auto}, {@code cpu} or {@code reference}
 * @param threads CPU threads; 0 takes {@code SARYU_THREADS} or else all cores
 * @param weights what matrices are kept in: F32 as they were trained; BF16 or F16, half the memory; I8 with an fp32 scale for
 *                each row, a quarter. Norms, activations and the key/value cache are fp32 in every case. Reading the weights
 *                is most of the time of a new token, so that fewer bytes are more tokens a second.
 */
public record OpenOptions(String device, int threads, DType weights) {
    // Before the default below, whose check reads it.
    private static final Map<String, DType> NAMES =
            Map.of("fp32", DType.F32, "bf16", DType.BF16, "fp16", DType.F16, "int8", DType.I8);

    /** The best device that is there, all threads, weights in fp32. */
    public static final OpenOptions DEFAULT = new OpenOptions("auto", 0, DType.F32);

    /** @throws IllegalArgumentException for another type of weights */
    public OpenOptions {
        if (!NAMES.containsValue(weights)) {
            throw new IllegalArgumentException("weights are kept in F32, BF16, F16 or I8, not in " + weights);
        }
    }

    /** These options with another type of weights. */
    public OpenOptions withWeights(DType type) {
        return new OpenOptions(device, threads, type);
    }

    /**
     * The type that a name stands for: fp32, bf16, fp16 or int8.
     *
     * @throws IllegalArgumentException for another name
     */
    public static DType weights(String name) {
        DType type = NAMES.get(name);
        if (type == null) {
            throw new IllegalArgumentException("there is no type of weights '" + name + "'; give fp32, bf16, fp16 or int8");
        }
        return type;
    }
}
