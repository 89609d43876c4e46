package io.saryu.cli;

import io.saryu.dist.LaunchEnvironment;
import io.saryu.train.Pretrainer;
import io.saryu.train.Pretraining;
import io.saryu.train.Progress;
import io.saryu.train.TrainConfig;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.BooleanSupplier;
import picocli.CommandLine.Option;

/** What the commands that train have in common. */
abstract class TrainingCommand extends SaryuSubcommand {
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
        TrainConfig resolved = resolved();
        // Process 0 of a run speaks for all; the others only say what went wrong.
        Progress progress = LaunchEnvironment.current().process() == 0 ? progress() : Progress.NONE;
        String name = config.getFileName().toString().replaceFirst("\\.ya?ml$", "");
        Pretraining.Result result = Interrupt.save(
                () -> progress.line("stopping; a checkpoint will be written"),
                interrupt -> resume == null
                        ? start(resolved, name, progress, interrupt::requested)
                        : resume(resolved, resume.isEmpty() ? null : resume, progress, interrupt::requested));
        if (result == null) {
            return;
        }
        if (json) {
            printJson(result);
        } else if (result.outcome().stopped()) {
            out().printf("stopped after step %,d; continue with: %s %s --config %s --resume%n",
                    result.outcome().steps(), self(), command(), result.runFolder().resolve("config.yaml"));
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
                out().printf(Locale.ROOT, "the %s is that of step %,d, the best%n", result(resolved), outcome.modelStep());
            }
            out().printf("%-8s %s%n%-8s %s%n", result(resolved) + ":", result.modelFolder(), "run:", result.runFolder());
        }
    }

    /** The configuration with what the options say over it. */
    TrainConfig resolved() throws IOException {
        if (threads != null) {
            overrides.add("threads=" + threads);
        }
        return TrainConfig.load(config, overrides);
    }

    boolean json() {
        return json;
    }

    private static String result(TrainConfig config) {
        return config.lora() == null ? "model" : "adapter";
    }

    /** The command's name. */
    abstract String command();

    abstract Pretraining.Result start(TrainConfig run, String name, Progress progress, BooleanSupplier stop) throws IOException;

    abstract Pretraining.Result resume(TrainConfig run, String checkpoint, Progress progress, BooleanSupplier stop)
            throws IOException;
}
