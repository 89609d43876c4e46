package io.saryu.train;

import io.saryu.dist.LaunchEnvironment;
import java.io.IOException;
import java.nio.file.Path;
import java.util.function.BooleanSupplier;

/**
 * A whole pretraining run: token files in, a run folder with checkpoints, metrics and the finished model out. A run may be
 * several processes, on one host or on many, as {@link LaunchEnvironment} says; process 0 alone writes the folder and has a
 * result.
 */
public final class Pretraining {
    /**
     * What a run left.
     *
     * @param runFolder   its folder
     * @param modelFolder the finished model, or the adapter where one was trained; null when the run was stopped
     * @param outcome     how it ended
     */
    public record Result(Path runFolder, Path modelFolder, Pretrainer.Outcome outcome) {
    }

    private Pretraining() {
    }

    /**
     * Starts a run; a run that was stopped half-way is taken up by {@link #resume}.
     *
     * @param config   a new folder {@code runs/NAME-TIME} is made where {@code train.output_dir} is null
     * @param name     NAME of such a folder
     * @param progress hears how far it is
     * @param stop     asked after each micro-batch; a checkpoint is written before the run stops
     * @return null on processes of the run other than process 0
     * @throws ConfigException               when the configuration and the files do not fit
     * @throws UnsupportedOperationException when it asks for what this version cannot do
     * @throws IOException                   when a file cannot be read or written, or the loss is not a number
     */
    public static Result start(TrainConfig config, String name, Progress progress, BooleanSupplier stop) throws IOException {
        check(config);
        return TrainingRun.start(config, name, progress, stop);
    }

    /**
     * Takes up a run from a checkpoint of its folder. It ends with the bits of a run that was not stopped, where the
     * threads, the processor and the libraries are the same.
     *
     * @param checkpoint {@code step-N}, or null for the newest
     * @throws ConfigException when there is no such run or checkpoint, or it belongs to another configuration
     * @throws IOException     as {@link #start}
     */
    public static Result resume(TrainConfig config, String checkpoint, Progress progress, BooleanSupplier stop)
            throws IOException {
        check(config);
        return TrainingRun.resume(config, checkpoint, progress, stop);
    }

    private static void check(TrainConfig config) {
        if (config.finetune() != null) {
            throw new ConfigException("this configuration has a block finetune; start it with saryu finetune, or leave the block out");
        }
    }
}
