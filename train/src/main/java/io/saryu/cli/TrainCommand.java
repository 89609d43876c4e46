package io.saryu.cli;

import io.saryu.train.Pretraining;
import io.saryu.train.Progress;
import io.saryu.train.TrainConfig;
import java.io.IOException;
import java.util.function.BooleanSupplier;
import picocli.CommandLine.Command;

@Command(name = "train", description = "Pretrains a model on token files, as a configuration says.")
final class TrainCommand extends TrainingCommand {
    @Override
    String command() {
        return "train";
    }

    @Override
    Pretraining.Result start(TrainConfig run, String name, Progress progress, BooleanSupplier stop) throws IOException {
        return Pretraining.start(run, name, progress, stop);
    }

    @Override
    Pretraining.Result resume(TrainConfig run, String checkpoint, Progress progress, BooleanSupplier stop) throws IOException {
        return Pretraining.resume(run, checkpoint, progress, stop);
    }
}
