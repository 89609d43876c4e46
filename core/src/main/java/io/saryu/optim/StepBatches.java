package io.saryu.optim;

import io.saryu.backend.Backend;
import io.saryu.backend.ExecutionContext;
import io.saryu.nn.ModelInput;
import io.saryu.nn.Qwen3Config;
import io.saryu.optim.TrainingStep.MicroBatch;
import io.saryu.tensor.DType;
import io.saryu.tensor.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * The micro-batches of one step in device memory, always at the same addresses, and those of the next step beside them while
 * they are on their way.
 */
final class StepBatches implements AutoCloseable {
    private final Backend backend;
    private final int tokens;
    /** One micro-batch, whose positions and layout serve all. */
    private final ModelInput first;
    /** I32 (2 M N): the ids of M micro-batches of N tokens, then their targets. */
    private Tensor current;
    /** Two, used in turn: the copy out of one may still be under way when the next batch comes. */
    private final Tensor[] coming = new Tensor[2];
    private int turn;
    private Tensor host;
    private final List<ModelInput> inputs = new ArrayList<>();
    private List<MicroBatch> prefetched;

    /**
     * @param batch  sequences of a micro-batch (B)
     * @param length tokens of a sequence (T)
     */
    StepBatches(ExecutionContext ctx, Qwen3Config config, int batch, int length) {
        this.backend = ctx.backend();
        this.tokens = Math.multiplyExact(batch, length);
        this.first = ModelInput.dense(backend, ctx, config, batch, length);
    }

    /** Makes these the step's micro-batches. */
    void use(ExecutionContext ctx, List<MicroBatch> microBatches) {
        boolean there = prefetched == microBatches;
        prefetched = null;
        makeRoom(microBatches.size());
        ctx.finishPrefetch();
        if (there) {
            backend.copy(ctx, current, coming[turn]);
        } else {
            fillHost(microBatches);
            backend.copyFromHost(ctx, current, host);
        }
    }

    /** Begins to copy the next step's micro-batches; as many as the step has that is computed meanwhile. */
    void prefetch(ExecutionContext ctx, List<MicroBatch> next) {
        if (current == null || current.count() != 2L * next.size() * tokens) {
            // A step of another size has other memory; it is brought when it comes.
            return;
        }
        turn = 1 - turn;
        if (coming[turn] == null) {
            coming[turn] = backend.allocate("next batches", DType.I32, current.count());
        }
        fillHost(next);
        ctx.prefetch(coming[turn], host);
        prefetched = next;
    }

    /** What a record of a step belongs to: another object where the memory is another. */
    Object memory() {
        return current;
    }

    /** The ids, positions and layout of micro-batch m. */
    ModelInput input(int m) {
        return inputs.get(m);
    }

    /** I32 (N), the targets of micro-batch m. */
    Tensor targets(int m) {
        return current.slice("targets", (long) (inputs.size() + m) * tokens, tokens);
    }

    private void makeRoom(int count) {
        if (inputs.size() == count) {
            return;
        }
        closeAll();
        current = backend.allocate("batches", DType.I32, 2L * count * tokens);
        host = Tensor.allocate("batches", DType.I32, current.count());
        for (int m = 0; m < count; m++) {
            inputs.add(new ModelInput(current.slice("input_ids", (long) m * tokens, tokens), first.positions(),
                    first.layout()));
        }
    }

    private void fillHost(List<MicroBatch> microBatches) {
        int count = microBatches.size();
        for (int m = 0; m < count; m++) {
            MicroBatch b = microBatches.get(m);
            if (b.ids().length != tokens || b.targets().length != tokens) {
                throw new IllegalArgumentException("a micro-batch takes " + tokens + " token ids and as many targets, not "
                        + b.ids().length + " and " + b.targets().length);
            }
            host.slice("input_ids", (long) m * tokens, tokens).fillFrom(b.ids(), 0, tokens);
            host.slice("targets", (long) (count + m) * tokens, tokens).fillFrom(b.targets(), 0, tokens);
        }
    }

    private void closeAll() {
        for (Tensor t : new Tensor[] {current, coming[0], coming[1], host}) {
            if (t != null) {
                t.close();
            }
        }
        current = null;
        Arrays.fill(coming, null);
        inputs.clear();
    }

    @Override
    public void close() {
        closeAll();
        first.close();
    }
}
