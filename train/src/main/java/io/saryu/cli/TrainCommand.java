package io.saryu.cli;

import io.saryu.dist.LaunchEnvironment;
import io.saryu.train.Pretrainer;
import io.saryu.train.Pretraining;
import io.saryu.train.Progress;
import io.saryu.train.TrainConfig;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

@Command(name = "train", description = "Pretrains a model on token files, as a configuration says.")
final class TrainCommand extends SaryuSubcommand {
    @Option(names = "--config", required = true, paramLabel = "FILE", description = "YAML configuration, see train/configs.")
    private Path config;

    @Option(names = "--set", paramLabel = "KEY=VALUE",
            description = "Overrides a value of the configuration: train.max_steps=100. May be given several times.")
    private List<String> overrides = new ArrayList<>();

    @Option(names = "--resume", arity = "0..1", fallbackValue = "", paramLabel = "step-N",
            description = "Continue the run in train.output_dir from its newest checkpoint, or from the one named.")
    private String resume;

    @Option(names = "--threads", paramLabel = "N", description = "CPU threads; as --set threads=N.")
    private Integer threads;

    @Option(names = "--json", description = "Print the result as JSON.")
    private boolean json;

    @Override
    void execute() throws Exception {
        Launcher.follow();
        if (threads != null) {
            overrides.add("threads=" + threads);
        }
        TrainConfig resolved = TrainConfig.load(config, overrides);
        // Process 0 of a run speaks for all; the others only say what went wrong.
        Progress progress = LaunchEnvironment.current().process() == 0 ? progress() : Progress.NONE;
        String name = config.getFileName().toString().replaceFirst("\\.ya?ml$", "");
        Pretraining.Result result = Interrupt.save(
                () -> progress.line("stopping; a checkpoint will be written"),
                interrupt -> resume == null
                        ? Pretraining.start(resolved, name, progress, interrupt::requested)
                        : Pretraining.resume(resolved, resume.isEmpty() ? null : resume, progress, interrupt::requested));
        if (result == null) {
            return;
        }
        if (json) {
            printJson(result);
        } else if (result.outcome().stopped()) {
            out().printf("stopped after step %,d; continue with: %s train --config %s --resume%n",
                    result.outcome().steps(), self(), result.runFolder().resolve("config.yaml"));
        } else {
            Pretrainer.Outcome outcome = result.outcome();
            if (outcome.report() != null) {
                out().print(outcome.report().toText());
            }
            if (outcome.early()) {
                out().printf(Locale.ROOT, "stopped early at step %,d: best validation loss %.4f at step %,d, not improved enough in"
                        + " the last %d evaluations%n", outcome.steps(), outcome.best().loss(), outcome.best().step(),
                        outcome.best().evaluationsSince());
            }
            if (outcome.modelStep() != outcome.steps()) {
                out().printf(Locale.ROOT, "the model is that of step %,d, the best%n", outcome.modelStep());
            }
            out().printf("model: %s%nrun:   %s%n", result.modelFolder(), result.runFolder());
        }
    }
}
