package io.saryu.nn;

import io.saryu.backend.Backend;
import io.saryu.backend.ExecutionContext;
import io.saryu.tensor.DType;
import io.saryu.tensor.Tensor;

/**
 * Cosines and sines of rotary positions: (P, HS/2) each, angle {@code p * theta^(-2i/HS)}.
 *
 * <p>transformers computes frequencies, angles and their cosines in fp32 whatever the model's type; so does this, so that
 * far positions agree to the last bit that matters.
 */
public final class RopeTables implements AutoCloseable {
    private final Tensor cos;
    private final Tensor sin;

    public RopeTables(Backend backend, ExecutionContext ctx, DType dtype, int positions, int headDim, double theta) {
        int half = headDim / 2;
        DType stored = dtype == DType.F64 ? DType.F64 : DType.F32;
        this.cos = backend.allocate("cos", stored, positions, half);
        this.sin = backend.allocate("sin", stored, positions, half);
        try (Tensor c = Tensor.allocate("cos", stored, positions, half);
                Tensor s = Tensor.allocate("sin", stored, positions, half)) {
            for (int i = 0; i < half; i++) {
                float inverse = (float) (1.0 / (float) Math.pow((float) theta, (float) (2 * i) / headDim));
                for (int p = 0; p < positions; p++) {
                    float angle = p * inverse;
                    c.setAt((long) p * half + i, (float) Math.cos(angle));
                    s.setAt((long) p * half + i, (float) Math.sin(angle));
                }
            }
            backend.copyFromHost(ctx, cos, c);
            backend.copyFromHost(ctx, sin, s);
            ctx.synchronize();
        }
    }

    public Tensor cos() {
        return cos;
    }

    public Tensor sin() {
        return sin;
    }

    /** Positions in the tables (P). */
    public int positions() {
        return (int) cos.dim(0);
    }

    @Override
    public void close() {
        cos.close();
        sin.close();
    }
}
