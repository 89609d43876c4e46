package io.saryu.bench;

import io.saryu.tensor.DType;
import io.saryu.tensor.Tensor;
import io.saryu.train.RandomOperands;

/**
 * The most that a device did just before a benchmark: memory traffic of a large copy, products of a square matrix
 * multiplication in the benchmark's type. What fits a cache can be faster than the copy.
 *
 * @param bytesPerSecond read and written
 * @param flopsPerSecond a multiply-add counting two
 */
record Roof(double bytesPerSecond, double flopsPerSecond) {
    private static final int ROUNDS = 5;
    /** Elements of the copy for each token, so that 2048 tokens copy 134 MB. */
    private static final long COPIED = 16_384;
    private static final int LARGEST_SIDE = 8192;

    /** Measures a device, best of some rounds. */
    static Roof of(KernelState s) {
        long n = COPIED * s.tokens;
        int side = Math.min(s.tokens, LARGEST_SIDE);
        double copy;
        try (Tensor from = s.backend.allocate("from", DType.F32, n); Tensor to = s.backend.allocate("to", DType.F32, n)) {
            copy = s.fastest(ROUNDS, () -> s.backend.copy(s.ctx, to, from));
        }
        try (Tensor a = s.backend.allocate("a", s.dtype, side, side); Tensor b = s.backend.allocate("b", s.dtype, side, side);
                Tensor c = s.backend.allocate("c", s.dtype, side, side)) {
            RandomOperands.fill(s.ctx, a);
            RandomOperands.fill(s.ctx, b);
            double product = s.fastest(ROUNDS, () -> s.backend.matmul(s.ctx, c, a, false, b, true, false));
            return new Roof(2.0 * Float.BYTES * n / copy, 2.0 * side * side * side / product);
        }
    }
}
