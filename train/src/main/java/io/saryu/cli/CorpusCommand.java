package io.saryu.cli;

import picocli.CommandLine;
import picocli.CommandLine.Command;

/** Raw text to clean, split and sampled text. */
@Command(name = "corpus", synopsisSubcommandLabel = "COMMAND",
        description = "Cleans, splits, samples, counts, checks and mixes text.",
        subcommands = {CorpusCleanCommand.class, CorpusSplitCommand.class, CorpusSampleCommand.class,
            CorpusStatsCommand.class, CorpusCheckCommand.class, CorpusCheckTrainCommand.class, CorpusMixCommand.class})
final class CorpusCommand implements Runnable {
    @CommandLine.Spec
    private CommandLine.Model.CommandSpec spec;

    @Override
    public void run() {
        throw new CommandLine.ParameterException(spec.commandLine(),
                "name one of clean, split, sample, stats, check, check-train, mix");
    }
}
