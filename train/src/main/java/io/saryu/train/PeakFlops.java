package io.saryu.train;

import io.saryu.backend.Backend;
import io.saryu.backend.ExecutionContext;
import io.saryu.tensor.DType;
import io.saryu.tensor.Tensor;

/**
 * What a context multiplies at best: the roof that MFU is stated against. A CPU has no datasheet with its rate at the clock that all cores hold, so one large
 * product is timed; nothing of it is kept, and no result of the run depends on it.
 */
public final class PeakFlops {
    private static final int SMALLEST = 128;
    private static final int LARGEST = 1024;
    /** A GPU's rate is reached by larger products only. */
    private static final int LARGEST_ON_DEVICE = 8192;
    /** A product that takes this long is large enough, and no larger one is tried: the reference backend is slow. */
    private static final double LONG_SECONDS = 0.04;
    private static final int REPEATS = 4;

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
            backend.fill(ctx, a, 0.5);
            backend.fill(ctx, b, 0.25);
            double best = Double.POSITIVE_INFINITY;
            for (int i = 0; i <= REPEATS && (i < 2 || best < LONG_SECONDS); i++) {
                long start = System.nanoTime();
                backend.matmul(ctx, out, a, false, b, true, false);
                ctx.synchronize();
                best = Math.min(best, Math.max(1, System.nanoTime() - start) / 1e9);
            }
            return best;
        }
    }
}
