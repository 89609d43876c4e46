package io.saryu.cli;

import picocli.CommandLine;
import picocli.CommandLine.Command;

/** Instruction data for finetuning. */
@Command(name = "data", synopsisSubcommandLabel = "COMMAND", description = "Makes instruction data to finetune a model on.",
        subcommands = {DataDeidentifyCommand.class, DataSimplifyCommand.class})
final class DataCommand implements Runnable {
    @CommandLine.Spec
    private CommandLine.Model.CommandSpec spec;

    @Override
    public void run() {
        throw new CommandLine.ParameterException(spec.commandLine(), "name one of deidentify, simplify");
    }
}
