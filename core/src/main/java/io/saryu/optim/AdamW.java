package io.saryu.optim;

import io.saryu.backend.AdamWOptions;
import io.saryu.backend.Backend;
import io.saryu.backend.ExecutionContext;
import io.saryu.nn.FlatParameters;
import io.saryu.tensor.Tensor;

/**
 * AdamW (arXiv:1711.05101) over flat buffers: one norm with clipping, one update. Weight decay only where a segment is
 * marked for it: matrices, not norms.
 */
public final class AdamW implements AutoCloseable {
    private final FlatParameters parameters;
    private final AdamWOptions options;
    private final double maxGradNorm;
    private final Tensor expAvg;
    private final Tensor expAvgSq;
    private final Tensor segments;

    /**
     * @param maxGradNorm {@code max_grad_norm}; 0 for no clipping
     */
    public AdamW(Backend backend, FlatParameters parameters, AdamWOptions options, double maxGradNorm) {
        this.parameters = parameters;
        this.options = options;
        this.maxGradNorm = maxGradNorm;
        Tensor w = parameters.weights();
        this.expAvg = backend.allocate("exp_avg", w.dtype(), w.count());
        this.expAvgSq = backend.allocate("exp_avg_sq", w.dtype(), w.count());
        this.segments = parameters.segments();
    }

    /**
     * Updates the weights from the gradients that backward left. LEARNING_RATE and STEP must be set in {@code scalars};
     * GRAD_NORM and GRAD_FACTOR are, afterwards. A gradient that is not finite, or a loss above LOSS_LIMIT, sets SKIP and
     * changes nothing.
     */
    public void step(ExecutionContext ctx, Tensor scalars) {
        ctx.backend().gradientNorm(ctx, scalars, parameters.grads(), maxGradNorm);
        ctx.backend().adamW(ctx, parameters.weights(), parameters.grads(), expAvg, expAvgSq, segments, scalars, options);
    }

    /** First moments, flat, in the parameters' layout. */
    public Tensor expAvg() {
        return expAvg;
    }

    /** Second moments, flat, in the parameters' layout. */
    public Tensor expAvgSq() {
        return expAvgSq;
    }

    @Override
    public void close() {
        expAvg.close();
        expAvgSq.close();
        segments.close();
    }
}
