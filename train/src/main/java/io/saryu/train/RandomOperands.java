package io.saryu.train;

import io.saryu.backend.ExecutionContext;
import io.saryu.tensor.DType;
import io.saryu.tensor.Tensor;
import java.util.SplittableRandom;

/**
 * What products are timed on. A processor whose power is limited multiplies constants faster than anything that training has:
 * fewer of its wires change from one product to the next.
 */
public final class RandomOperands {
    /** Drawn once and repeated: as good for that purpose, and gigabytes are filled in no time. */
    private static final int DRAWN = 1 << 20;

    private RandomOperands() {
    }

    /** Fills a contiguous tensor of floating type with values that are uniform in (-1, 1). */
    public static void fill(ExecutionContext ctx, Tensor tensor) {
        int drawn = (int) Math.min(DRAWN, tensor.count());
        SplittableRandom random = new SplittableRandom(tensor.count());
        Tensor flat = tensor.reshape(tensor.count());
        try (Tensor host = Tensor.allocate("random values", DType.F32, drawn)) {
            for (int i = 0; i < drawn; i++) {
                host.set(i, random.nextDouble(-1, 1));
            }
            for (long from = 0; from < flat.count(); from += drawn) {
                long n = Math.min(drawn, flat.count() - from);
                ctx.backend().copyFromHost(ctx, flat.slice(tensor.name(), from, n), host.slice("random values", 0, n));
            }
            ctx.synchronize();
        }
    }
}
