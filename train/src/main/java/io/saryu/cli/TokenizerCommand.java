package io.saryu.cli;

import picocli.CommandLine;
import picocli.CommandLine.Command;

/** Text to token ids and back. */
@Command(name = "tokenizer", synopsisSubcommandLabel = "COMMAND",
        description = "Trains a tokenizer, encodes and decodes text, counts tokens.",
        subcommands = {TokenizerTrainCommand.class, TokenizerEncodeCommand.class, TokenizerDecodeCommand.class,
            TokenizerStatsCommand.class, TokenizerBenchCommand.class})
final class TokenizerCommand implements Runnable {
    @CommandLine.Spec
    private CommandLine.Model.CommandSpec spec;

    @Override
    public void run() {
        throw new CommandLine.ParameterException(spec.commandLine(), "name one of train, encode, decode, stats, bench");
    }
}
