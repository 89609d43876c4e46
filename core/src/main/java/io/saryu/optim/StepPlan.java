package io.saryu.optim;

import io.saryu.backend.AdamWOptions;
import io.saryu.backend.Backend;
import io.saryu.backend.DryBackend;
import io.saryu.backend.ExecutionContext;
import io.saryu.dist.SingleProcess;
import io.saryu.lora.LoraAdapter;
import io.saryu.lora.LoraConfig;
import io.saryu.nn.Qwen3;
import io.saryu.nn.Qwen3Config;
import io.saryu.optim.TrainingStep.MicroBatch;
import io.saryu.tensor.DType;
import java.util.Collections;
import java.util.function.BiConsumer;

/**
 * The memory of a rank's training steps, in bytes, found by walking through one on a {@link DryBackend}.
 *
 * @param weights     the model, its rounded copy in mixed precision, and its tables, and an adapter
 * @param gradients   one fp32 value a weight that is trained
 * @param optimizer   AdamW's two moments
 * @param activations most of all else at a time: the workspace, and inputs and caches outside of it
 * @param workspace   what {@link io.saryu.tensor.Workspace#reserve} needs, so that all activations and scratch lie in one
 *                    region
 */
public record StepPlan(long weights, long gradients, long optimizer, long activations, long workspace) {
    /**
     * What a step computes.
     *
     * @param computeType        type of what products read: F32, BF16 or F16
     * @param checkpointedLayers how many layers are computed again in backward
     * @param batch              sequences of a micro-batch
     * @param length             tokens of a sequence
     * @param microBatches       of a step
     * @param chunkBytes         of the backend: {@link Backend#chunkBytes}
     * @param mostSequences      of a micro-batch whose sequences are packed; 0 for rows of equal length
     * @param lora               what is trained beside frozen weights; null where the weights are
     */
    public record Work(DType computeType, int checkpointedLayers, int batch, int length, int microBatches,
            long chunkBytes, int mostSequences, LoraConfig lora) {
        /** Training of all weights, on rows of equal length. */
        public Work(DType computeType, int checkpointedLayers, int batch, int length, int microBatches, long chunkBytes) {
            this(computeType, checkpointedLayers, batch, length, microBatches, chunkBytes, 0, null);
        }
    }

    /** Walks through one step. */
    public static StepPlan of(Qwen3Config config, Work work) {
        return of(config, work, (model, ctx) -> { });
    }

    /**
     * Walks through one step, and then what else is done with the model in the same context.
     *
     * @param rest given a model and a context of a {@link DryBackend}
     */
    public static StepPlan of(Qwen3Config config, Work work, BiConsumer<Qwen3, ExecutionContext> rest) {
        DryBackend dry = new DryBackend(work.chunkBytes());
        try (ExecutionContext ctx = dry.backend().newContext(1);
                Qwen3 model = new Qwen3(dry.backend(), ctx, config, DType.F32, work.computeType());
                LoraAdapter adapter = work.lora() == null ? null : LoraAdapter.of(model, ctx, work.lora())) {
            model.useAdapter(adapter);
            long weights = dry.bytes();
            model.trainable().enableTraining();
            model.gradientCheckpointing(work.checkpointedLayers());
            long gradients = dry.bytes() - weights;
            try (AdamW optimizer = new AdamW(dry.backend(), model.trainable(), new AdamWOptions(0.9, 0.999, 1e-8, 0), 1)) {
                long moments = dry.bytes() - weights - gradients;
                try (TrainingStep step = new TrainingStep(model, optimizer, ctx, new SingleProcess(), work.batch(),
                        work.length(), work.mostSequences(), LossScaler.none(), LossWatch.none(),
                        GradientBuckets.DEFAULT_BYTES)) {
                    int tokens = Math.multiplyExact(work.batch(), work.length());
                    // The second micro-batch needs scratch of its own; more need no more.
                    step.run(1, 0, Collections.nCopies(Math.min(2, work.microBatches()),
                            new MicroBatch(new int[tokens], new int[tokens])));
                    rest.accept(model, ctx);
                    return new StepPlan(weights, gradients, moments, dry.peakBytes() - weights - gradients - moments,
                            ctx.workspace().extent());
                }
            }
        }
    }
}
