package io.saryu.cli;

import io.saryu.instruct.RowReport;
import io.saryu.train.Finetuning;
import io.saryu.train.InstructionSet;
import io.saryu.train.Pretraining;
import io.saryu.train.Progress;
import io.saryu.train.TrainConfig;
import java.io.IOException;
import java.util.List;
import java.util.function.BooleanSupplier;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

@Command(name = "finetune", description = "Tunes a model on instruction data, by a LoRA adapter or whole, as a configuration says.")
final class FinetuneCommand extends TrainingCommand {
    @Option(names = "--check", description = "Only read the data: counts by data set, task and language, what is left out and why."
            + " Exit code 1 when rows are.")
    private boolean check;

    @Override
    void execute() throws Exception {
        if (!check) {
            super.execute();
            return;
        }
        TrainConfig config = resolved();
        Finetuning.requireBlock(config);
        List<RowReport> reports;
        try (InstructionSet data = InstructionSet.open(config)) {
            reports = data.reports();
        }
        if (json()) {
            printJson(reports.stream().map(RowReport::counts).toList());
        } else {
            out().print(RowReport.table(reports));
        }
        long refused = reports.stream().mapToLong(RowReport::refusedCount).sum();
        if (refused > 0) {
            throw new IOException(refused + " of " + reports.stream().mapToLong(RowReport::rows).sum() + " rows cannot be used;"
                    + " correct them, or train without them as they are left out");
        }
    }

    @Override
    String command() {
        return "finetune";
    }

    @Override
    Pretraining.Result start(TrainConfig run, String name, Progress progress, BooleanSupplier stop) throws IOException {
        return Finetuning.start(run, name, progress, stop);
    }

    @Override
    Pretraining.Result resume(TrainConfig run, String checkpoint, Progress progress, BooleanSupplier stop) throws IOException {
        return Finetuning.resume(run, checkpoint, progress, stop);
    }
}
