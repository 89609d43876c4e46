package io.saryu.train;

import java.io.IOException;
import java.util.function.BooleanSupplier;

/**
 * A whole finetuning run: a model and instruction data in, a run folder with checkpoints, metrics and the adapter, or the model
 * where all its weights are trained, out. It is {@link Pretraining}'s loop, on several ranks and processes as there.
 */
public final class Finetuning {
    private Finetuning() {
    }

    /**
     * Starts a run.
     *
     * @param config with a block {@code finetune}; the rest is as in {@link Pretraining#start}
     * @return null on processes of the run other than process 0
     * @throws ConfigException when the configuration and the files do not fit
     * @throws IOException     when a file cannot be read or written, or the loss is not a number
     */
    public static Pretraining.Result start(TrainConfig config, String name, Progress progress, BooleanSupplier stop)
            throws IOException {
        requireBlock(config);
        return TrainingRun.start(config, name, progress, stop);
    }

    /**
     * Takes up a run from a checkpoint of its folder, as {@link Pretraining#resume}.
     *
     * @param checkpoint {@code step-N}, or null for the newest
     */
    public static Pretraining.Result resume(TrainConfig config, String checkpoint, Progress progress, BooleanSupplier stop)
            throws IOException {
        requireBlock(config);
        return TrainingRun.resume(config, checkpoint, progress, stop);
    }

    /**
     * Refuses a configuration that is not of a finetuning run.
     *
     * @throws ConfigException without a block {@code finetune}
     */
    public static void requireBlock(TrainConfig config) {
        if (config.finetune() == null) {
            throw new ConfigException("this configuration has no block finetune, which names the base model and the data; start from"
                    + " train/configs/lora-120m.yaml, or pretrain it with saryu train");
        }
    }
}
