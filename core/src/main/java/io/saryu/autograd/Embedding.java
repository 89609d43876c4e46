package io.saryu.autograd;

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
}
