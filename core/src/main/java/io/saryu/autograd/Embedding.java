package io.saryu.autograd;

import io.saryu.tensor.DType;
import io.saryu.tensor.Tensor;

/** Rows of a table by id: {@code out[n] = table[ids[n]]}. Gradient: each id's row collects its tokens' gradients. */
public final class Embedding {
    private Embedding() {
    }

    /**
     * @param table (V, C)
     * @param ids   I32 (N)
     * @return (N, C)
     */
    public static Tensor apply(Tape tape, Tensor table, Tensor ids) {
        Tensor out = tape.activation("embedding", table.dtype(), ids.count(), table.dim(1));
        tape.backend().gatherRows(tape.context(), out, table, ids);
        if (tape.needsGrad(table)) {
            tape.record(new Tensor[] {out}, table).onBackward(() -> {
                Tape.Target t = tape.target(table);
                tape.backend().gatherRowsBackward(tape.context(), t.grad(), t.accumulate(), tape.grad(out), ids);
            });
        }
        return out;
    }

    /**
     * Rows of a table that is stored narrow and never trained, widened.
     *
     * @param table  (V, C), of 16 bits or I8
     * @param scales (V), or null where the table is not I8
     * @param ids    I32 (N)
     * @return (N, C), F32
     */
    public static Tensor frozen(Tape tape, Tensor table, Tensor scales, Tensor ids) {
        Tensor out = tape.activation("embedding", DType.F32, ids.count(), table.dim(1));
        tape.backend().gatherWeights(tape.context(), out, table, scales, ids);
        return out;
    }
}
