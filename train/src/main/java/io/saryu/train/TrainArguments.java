package io.saryu.train;

import io.saryu.optim.LearningRateSchedule;
import io.saryu.optim.LossScaler;
import io.saryu.optim.LossWatch;
import io.saryu.tensor.DType;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/**
 * How to train, with the names of transformers' {@code TrainingArguments}.
 *
 * @param outputDir                 run folder; null makes a new one under {@code runs/}
 * @param seed                      of the first weights and of the data's order
 * @param perDeviceTrainBatchSize   sequences of a micro-batch
 * @param perDeviceEvalBatchSize    windows evaluated at once
 * @param gradientAccumulationSteps micro-batches of one optimizer step, per device
 * @param numTrainEpochs            how often to go through the data, when {@code max_steps} is not above 0
 * @param maxSteps                  optimizer steps; -1 leaves it to {@code num_train_epochs}
 * @param learningRate              at the end of the warm-up
 * @param warmupSteps               steps in which the rate grows linearly
 * @param lrSchedulerType           shape after the warm-up
 * @param weightDecay               AdamW's decoupled decay of matrices
 * @param adamBeta1                 decay of the first moment
 * @param adamBeta2                 decay of the second moment
 * @param adamEpsilon               added to the root of the second moment
 * @param maxGradNorm               clipping; 0 for none
 * @param fp16                      mixed precision in half, with dynamic loss scaling
 * @param bf16                      mixed precision in bfloat16
 * @param gradientCheckpointing     compute activations again in backward: less memory, more time
 * @param gradientCheckpointingLayers of how many of the first layers; 0 for all
 * @param fp16InitScale             loss scale at the start, a power of two
 * @param fp16GrowthInterval        steps without overflow after which the loss scale doubles
 * @param loggingSteps              a line of metrics every so many steps
 * @param evalSteps                 perplexity of the validation data every so many steps; 0 at the end only
 * @param saveSteps                 a checkpoint every so many steps; 0 at the end only
 * @param saveTotalLimit            checkpoints kept, the best one among them; 0 keeps all
 * @param loadBestModelAtEnd        the finished model is that of the lowest validation loss; an evaluation that is the best so
 *                                  far then leaves a checkpoint
 * @param earlyStoppingPatience     evaluations in a row without an improvement after which the run ends; 0 for never
 * @param earlyStoppingThreshold    an improvement is a validation loss lower by more than this, in nats per token
 * @param badLoss                   what to do with a step whose loss or gradient norm is not finite, or whose loss jumps
 * @param badLossZscore             a loss this many standard deviations above its recent mean jumps; 0 for none
 * @param maxBadSteps               skipped bad steps in a row that end the run
 * @param samplePrompts             texts that the model continues at each evaluation; empty for none, null for the first
 *                                  words of the validation data
 */
public record TrainArguments(String outputDir, long seed, int perDeviceTrainBatchSize, int perDeviceEvalBatchSize,
        int gradientAccumulationSteps, double numTrainEpochs, long maxSteps, double learningRate, long warmupSteps,
        LearningRateSchedule.Type lrSchedulerType, double weightDecay, double adamBeta1, double adamBeta2,
        double adamEpsilon, double maxGradNorm, boolean fp16, boolean bf16, boolean gradientCheckpointing,
        int gradientCheckpointingLayers, double fp16InitScale, long fp16GrowthInterval, int loggingSteps, int evalSteps,
        int saveSteps, int saveTotalLimit, boolean loadBestModelAtEnd, int earlyStoppingPatience, double earlyStoppingThreshold,
        BadLoss badLoss, double badLossZscore, int maxBadSteps, List<String> samplePrompts) {
    public TrainArguments {
        samplePrompts = samplePrompts == null ? null : Collections.unmodifiableList(new ArrayList<>(samplePrompts));
    }

    /** What products and attention compute in: BF16 or F16 in mixed precision, else F32. */
    public DType computeType() {
        return bf16 ? DType.BF16 : fp16 ? DType.F16 : DType.F32;
    }

    /** How many of the model's first layers are computed again in backward. */
    public int checkpointedLayers(ModelArguments model) {
        return !gradientCheckpointing ? 0
                : gradientCheckpointingLayers == 0 ? model.numHiddenLayers() : gradientCheckpointingLayers;
    }

    /** A loss scaler at its start. */
    public LossScaler lossScaler() {
        return fp16 ? LossScaler.dynamic(fp16InitScale, fp16GrowthInterval) : LossScaler.none();
    }

    /** A loss watch at its start. */
    public LossWatch lossWatch() {
        return badLoss.watch(badLossZscore);
    }
}
