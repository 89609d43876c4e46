package io.saryu.nn;

import io.saryu.autograd.Tape;
import io.saryu.backend.Backend;
import io.saryu.backend.ExecutionContext;
import io.saryu.backend.StepScalars;
import io.saryu.tensor.DType;
import io.saryu.tensor.Tensor;

/** Sums token losses of batches without gradients. One thread; close it. */
public final class LossEvaluator implements AutoCloseable {
    private final Qwen3 model;
    private final ExecutionContext ctx;
    private final ModelInput input;
    private final Tensor targets;
    private final Tensor scalars;
    private final Tensor hostScalars;

    /** Sequences of the given lengths laid end to end, the same for every call. */
    public LossEvaluator(Qwen3 model, ExecutionContext ctx, int... lengths) {
        Backend backend = model.backend();
        for (int length : lengths) {
            model.ensurePositions(ctx, length);
        }
        this.model = model;
        this.ctx = ctx;
        this.input = ModelInput.packed(backend, ctx, model.config(), lengths);
        this.targets = backend.allocate("targets", DType.I32, input.ids().count());
        this.scalars = backend.allocate("step scalars", DType.F64, StepScalars.COUNT);
        this.hostScalars = Tensor.allocate("step scalars", DType.F64, StepScalars.COUNT);
    }

    /**
     * The sum of the losses of all targets that are not -100, in nats.
     *
     * @param ids     (N)
     * @param targets (N)
     */
    public double lossSum(int[] ids, int[] targets) {
        return lossSum(ids, targets, null);
    }

    /**
     * The same with positions of the tokens that do not count from 0 in each sequence.
     *
     * @param positions (N), each below the longest sequence's length; null leaves them as they are
     */
    public double lossSum(int[] ids, int[] targets, int[] positions) {
        if (positions != null) {
            ModelInput.set(ctx, input.positions(), positions);
        }
        model.roundWeights(ctx);
        hostScalars.fillFrom(StepScalars.initial());
        ctx.backend().copyFromHost(ctx, scalars, hostScalars);
        input.setIds(ctx, ids);
        ModelInput.set(ctx, this.targets, targets);
        Tape tape = Tape.inference(ctx);
        try {
            model.loss(tape, input, this.targets, scalars);
        } finally {
            tape.reset();
        }
        ctx.backend().copyToHost(ctx, hostScalars, scalars);
        return hostScalars.get(StepScalars.LOSS_SUM);
    }

    @Override
    public void close() {
        input.close();
        targets.close();
        scalars.close();
        hostScalars.close();
    }
}
