package io.saryu.nn;

import io.saryu.backend.AttentionLayout;
import io.saryu.backend.Backend;
import io.saryu.backend.ExecutionContext;
import io.saryu.tensor.DType;
import io.saryu.tensor.Tensor;
import java.lang.foreign.Arena;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;

/**
 * Tokens of a batch laid end to end, with what attention must know about them. All tensors are on the model's device and
 * belong to this object.
 *
 * @param ids       I32 (N)
 * @param positions I32 (N), position of each token in its sequence
 * @param layout    which queries meet which keys
 */
public record ModelInput(Tensor ids, Tensor positions, AttentionLayout layout) implements AutoCloseable {
    /**
     * Memory for batches of B sequences of exactly T tokens without a cache; fill {@link #ids} before each pass.
     */
    public static ModelInput dense(Backend backend, ExecutionContext ctx, Qwen3Config config, int batch, int length) {
        int[] lengths = new int[batch];
        Arrays.fill(lengths, length);
        return packed(backend, ctx, config, lengths);
    }

    /** Memory for sequences of the given lengths laid end to end, positions from 0 in each. */
    public static ModelInput packed(Backend backend, ExecutionContext ctx, Qwen3Config config, int... lengths) {
        int batch = lengths.length;
        int[] cu = new int[batch + 1];
        int longest = 1;
        for (int b = 0; b < batch; b++) {
            cu[b + 1] = Math.addExact(cu[b], lengths[b]);
            longest = Math.max(longest, lengths[b]);
        }
        int[] positions = new int[cu[batch]];
        for (int b = 0; b < batch; b++) {
            for (int i = cu[b]; i < cu[b + 1]; i++) {
                positions[i] = i - cu[b];
            }
        }
        AttentionLayout layout = new AttentionLayout(upload(backend, ctx, "cu_seqlens", cu),
                upload(backend, ctx, "key_start", Arrays.copyOf(cu, batch)),
                upload(backend, ctx, "key_length", lengths),
                longest, longest, config.numAttentionHeads(), config.numKeyValueHeads(), config.headDim(),
                1 / Math.sqrt(config.headDim()));
        return new ModelInput(backend.allocate("input_ids", DType.I32, positions.length),
                upload(backend, ctx, "position_ids", positions), layout);
    }

    private static Tensor upload(Backend backend, ExecutionContext ctx, String name, int[] values) {
        Tensor device = backend.allocate(name, DType.I32, values.length);
        set(ctx, device, values);
        return device;
    }

    /**
     * Copies ints to an I32 device tensor of as many elements.
     */
    public static void set(ExecutionContext ctx, Tensor out, int[] values) {
        try (Arena arena = Arena.ofConfined()) {
            Tensor host = Tensor.wrap(out.name(), DType.I32, arena.allocateFrom(ValueLayout.JAVA_INT, values),
                    values.length);
            ctx.backend().copyFromHost(ctx, out, host);
        }
    }

    /** Sets the token ids, row by row. */
    public void setIds(ExecutionContext ctx, int[] values) {
        if (values.length != ids.count()) {
            throw new IllegalArgumentException(
                    "the batch takes " + ids.count() + " token ids, not " + values.length);
        }
        set(ctx, ids, values);
    }

    @Override
    public void close() {
        ids.close();
        positions.close();
        layout.cuSeqlensQ().close();
        layout.keyStart().close();
        layout.keyLength().close();
    }
}
