package io.saryu.train;

import io.saryu.backend.Backend;
import io.saryu.backend.ExecutionContext;
import io.saryu.tensor.DType;
import io.saryu.tensor.Tensor;

/**
 * What a context multiplies at best: the roof that MFU is stated against. A CPU has no datasheet with its rate at the clock
 * that all cores hold, and a GPU's is not what its power allows, so large products are timed; nothing of it is kept, and no
 * result of the run depends on it.
 */
public final class PeakFlops {
    private static final int SMALLEST = 128;
    private static final int LARGEST = 1024;
    /** A GPU's rate is reached by larger products only. */
    private static final int LARGEST_ON_DEVICE = 8192;
    /** A product that takes this long is large enough, and no larger one is tried: the reference backend is slow. */
    private static final double LONG_SECONDS = 0.04;
    private static final int REPEATS = 4;
    /** A device computes while the host issues; several in a row hide what a wait costs. */
    private static final int IN_A_ROW_ON_DEVICE = 10;

    private PeakFlops() {
    }

    /**
     * The best rate among square products of growing size, two operations a multiply-add.
     *
     * @param operands type of the factors; the result is F32
     * @return operations per second
     */
    public static double measure(ExecutionContext ctx, DType operands) {
        double best = 0;
        for (int n = SMALLEST; n <= (ctx.backend().device().isHost() ? LARGEST : LARGEST_ON_DEVICE); n *= 2) {
            double seconds = fastest(ctx, operands, n);
            best = Math.max(best, 2.0 * n * n * n / seconds);
            if (seconds > LONG_SECONDS) {
                break;
            }
        }
        return best;
    }

    private static double fastest(ExecutionContext ctx, DType operands, int n) {
        Backend backend = ctx.backend();
        try (Tensor a = backend.allocate("peak a", operands, n, n);
                Tensor b = backend.allocate("peak b", operands, n, n);
                Tensor out = backend.allocate("peak out", DType.F32, n, n)) {
            RandomOperands.fill(ctx, a);
            RandomOperands.fill(ctx, b);
            int inARow = backend.device().isHost() ? 1 : IN_A_ROW_ON_DEVICE;
            double best = Double.POSITIVE_INFINITY;
            for (int i = 0; i <= REPEATS && (i < 2 || best < LONG_SECONDS); i++) {
                long start = System.nanoTime();
                for (int r = 0; r < inARow; r++) {
                    backend.matmul(ctx, out, a, false, b, true, false);
                }
                ctx.synchronize();
                best = Math.min(best, Math.max(1, System.nanoTime() - start) / 1e9 / inARow);
            }
            return best;
        }
    }
}
