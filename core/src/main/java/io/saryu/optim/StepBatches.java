package io.saryu.optim;

import io.saryu.backend.AttentionLayout;
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
    private final int length;
    /** Most sequences of a micro-batch; 0 where all of them are rows of equal length. */
    private final int mostSequences;
    /** One micro-batch; where all rows are of equal length, its positions and layout serve all. */
    private final ModelInput first;
    /**
     * I32: the ids of M micro-batches of N tokens, their targets, and where they are packed their positions, their cu_seqlens
     * (S + 1 each), and the starts and lengths of their sequences (S each).
     */
    private Tensor current;
    /** Two, used in turn: the copy out of one may still be under way when the next batch comes. */
    private final Tensor[] coming = new Tensor[2];
    private int turn;
    private Tensor host;
    private final List<ModelInput> inputs = new ArrayList<>();
    private List<MicroBatch> prefetched;

    /**
     * @param batch         sequences of a micro-batch (B)
     * @param length        tokens of a sequence (T)
     * @param mostSequences that a micro-batch may be divided into (S), or 0 for rows of equal length only
     */
    StepBatches(ExecutionContext ctx, Qwen3Config config, int batch, int length, int mostSequences) {
        this.backend = ctx.backend();
        this.tokens = Math.multiplyExact(batch, length);
        this.length = length;
        this.mostSequences = mostSequences;
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
        if (current == null || current.count() != count(next.size())) {
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
        current = backend.allocate("batches", DType.I32, count(count));
        host = Tensor.allocate("batches", DType.I32, current.count());
        for (int m = 0; m < count; m++) {
            Tensor ids = current.slice("input_ids", (long) m * tokens, tokens);
            inputs.add(mostSequences == 0 ? new ModelInput(ids, first.positions(), first.layout()) : packed(ids, m, count));
        }
    }

    /** Elements of so many micro-batches. */
    private long count(int microBatches) {
        return microBatches * (mostSequences == 0 ? 2L * tokens : 3L * tokens + 3L * mostSequences + 1);
    }

    /** First element of what micro-batch m has after ids, targets and positions. */
    private long layoutAt(int m, int count) {
        return 3L * count * tokens + m * (3L * mostSequences + 1);
    }

    private ModelInput packed(Tensor ids, int m, int count) {
        long at = layoutAt(m, count);
        AttentionLayout rows = first.layout();
        return new ModelInput(ids, current.slice("position_ids", (2L * count + m) * tokens, tokens),
                new AttentionLayout(current.slice("cu_seqlens", at, mostSequences + 1L),
                        current.slice("key_start", at + mostSequences + 1, mostSequences),
                        current.slice("key_length", at + 2L * mostSequences + 1, mostSequences), length, length,
                        rows.heads(), rows.kvHeads(), rows.headDim(), rows.scale()));
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
            if (mostSequences > 0) {
                fillLayout(b, m, count);
            } else if (b.lengths() != null || b.positions() != null) {
                throw new IllegalArgumentException("this step takes rows of " + length + " tokens, not sequences of other"
                        + " lengths");
            }
        }
    }

    /** Sequences that there are not have no tokens, after the last one. */
    private void fillLayout(MicroBatch b, int m, int count) {
        int[] lengths = b.lengths();
        if (lengths == null) {
            lengths = new int[tokens / length];
            Arrays.fill(lengths, length);
        }
        if (lengths.length > mostSequences || Arrays.stream(lengths).sum() != tokens
                || Arrays.stream(lengths).anyMatch(n -> n < 1 || n > length)) {
            throw new IllegalArgumentException("a micro-batch takes at most " + mostSequences + " sequences of 1 to " + length
                    + " tokens, " + tokens + " in all, not " + Arrays.toString(lengths));
        }
        int[] positions = new int[tokens];
        int[] layout = new int[3 * mostSequences + 1];
        int from = 0;
        for (int s = 0; s < mostSequences; s++) {
            int own = s < lengths.length ? lengths[s] : 0;
            for (int i = 0; i < own; i++) {
                positions[from + i] = i;
            }
            layout[mostSequences + 1 + s] = from;
            layout[2 * mostSequences + 1 + s] = own;
            from += own;
            layout[s + 1] = from;
        }
        host.slice("position_ids", (2L * count + m) * tokens, tokens).fillFrom(given(b.positions(), positions), 0, tokens);
        host.slice("layout", layoutAt(m, count), layout.length).fillFrom(layout, 0, layout.length);
    }

    private int[] given(int[] positions, int[] counted) {
        if (positions != null && (positions.length != tokens || Arrays.stream(positions).anyMatch(p -> p < 0 || p >= length))) {
            throw new IllegalArgumentException("a micro-batch takes " + tokens + " positions from 0 to below " + length);
        }
        return positions == null ? counted : positions;
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
