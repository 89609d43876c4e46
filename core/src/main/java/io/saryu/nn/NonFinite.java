package io.saryu.nn;

import io.saryu.backend.ExecutionContext;
import io.saryu.tensor.Tensor;
import java.util.Map;
import java.util.Optional;

/** Finds what is infinite or not a number, to tell where a model broke; reads everything, so it is for when it did. */
public final class NonFinite {
    private static final int CHUNK = 1 << 14;

    private NonFinite() {
    }

    /**
     * The first such value.
     *
     * @param tensors by name, in the order to look in; host or device, contiguous
     * @return such as {@code model.norm.weight[17] = NaN}
     */
    public static Optional<String> first(Map<String, Tensor> tensors, ExecutionContext ctx) {
        for (Map.Entry<String, Tensor> e : tensors.entrySet()) {
            // One at a time: together they may not fit into the host's memory.
            try (Tensor host = Qwen3Weights.onHost(Map.of(e.getKey(), e.getValue()), ctx).get(e.getKey())) {
                Optional<String> found = first(e.getKey(), host);
                if (found.isPresent()) {
                    return found;
                }
            }
        }
        return Optional.empty();
    }

    private static Optional<String> first(String name, Tensor host) {
        for (long from = 0; from < host.count(); from += CHUNK) {
            float[] values = new float[(int) Math.min(CHUNK, host.count() - from)];
            host.copyTo(from, values);
            for (int i = 0; i < values.length; i++) {
                if (!Float.isFinite(values[i])) {
                    return Optional.of(name + "[" + (from + i) + "] = " + values[i]);
                }
            }
        }
        return Optional.empty();
    }
}
