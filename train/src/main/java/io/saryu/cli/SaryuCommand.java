package io.saryu.cli;

import io.saryu.train.SaryuVersion;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.ScopeType;

/** The top of the command line: global options and the list of commands. */
@Command(name = "saryu", synopsisSubcommandLabel = "COMMAND",
        description = "Trains small language models from raw text, on the JVM.%n",
        versionProvider = SaryuCommand.Version.class,
        subcommands = {QuickstartCommand.class, DoctorCommand.class, CorpusCommand.class, TokenizerCommand.class, DataCommand.class,
            TrainCommand.class, FinetuneCommand.class, LaunchCommand.class, ReportCommand.class, EvalCommand.class,
            GenerateCommand.class, SimplifyCommand.class, DeidentifyCommand.class, ScoreCommand.class,
            BenchCommand.class},
        footer = {"", "The launcher has more: 'test' runs the test suite, 'jmh' the kernel benchmarks, 'bundle' packs them for a GPU"
            + " machine, 'parquet' builds the reader of parquet files.",
            "Exit codes: 0 done, 1 failed, 2 used wrongly, 130 stopped by Ctrl-C."})
final class SaryuCommand implements Runnable {
    @CommandLine.Spec
    private CommandLine.Model.CommandSpec spec;

    @Option(names = "--debug", scope = ScopeType.INHERIT, description = "Print the stack trace of an error.")
    private boolean debug;

    @Option(names = {"-v", "--verbose"}, scope = ScopeType.INHERIT, description = "Print what is logged, not only warnings.")
    private boolean verbose;

    @Option(names = {"-q", "--quiet"}, scope = ScopeType.INHERIT, description = "Show no progress.")
    private boolean quiet;

    @Option(names = {"-h", "--help"}, usageHelp = true, scope = ScopeType.INHERIT, description = "Show this help.")
    private boolean help;

    @Option(names = "--version", versionHelp = true, description = "Print the version.")
    private boolean version;

    boolean debug() {
        return debug;
    }

    boolean verbose() {
        return verbose;
    }

    boolean quiet() {
        return quiet;
    }

    @Override
    public void run() {
        throw new CommandLine.ParameterException(spec.commandLine(), "no command was given; try 'saryu quickstart'");
    }

    /** The version that Maven put into the jar. */
    static final class Version implements CommandLine.IVersionProvider {
        @Override
        public String[] getVersion() {
            return new String[] {"saryu " + SaryuVersion.get(), "Java " + System.getProperty("java.version")};
        }
    }
}
