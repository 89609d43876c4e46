package io.saryu.cli;

import picocli.CommandLine;
import picocli.CommandLine.Command;

/** Tuned models on their tasks. */
@Command(name = "score", synopsisSubcommandLabel = "COMMAND", description = "Measures a tuned model, or outputs of any system, on a task.",
        subcommands = {ScoreDeidentifyCommand.class, ScoreSimplifyCommand.class})
final class ScoreCommand implements Runnable {
    @CommandLine.Spec
    private CommandLine.Model.CommandSpec spec;

    @Override
    public void run() {
        throw new CommandLine.ParameterException(spec.commandLine(), "name a task: deidentify or simplify");
    }
}
