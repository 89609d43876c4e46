package io.saryu.cli;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import picocli.CommandLine;

/** The command {@code saryu}. */
public final class Main {
    private Main() {
    }

    /** Runs a command and ends the JVM with its exit code: 0, 1 for failure, 2 for misuse, 130 after Ctrl-C. */
    public static void main(String[] args) {
        // UTF-8 whatever the locale: Devanagari would come out as question marks under LANG=C.
        PrintWriter out = new PrintWriter(new FileOutputStream(FileDescriptor.out), false, StandardCharsets.UTF_8);
        PrintWriter err = new PrintWriter(new FileOutputStream(FileDescriptor.err), true, StandardCharsets.UTF_8);
        System.exit(run(args, out, err));
    }

    /**
     * Runs a command inside another program; neither prints elsewhere nor exits.
     *
     * @return the exit code
     */
    public static int run(String[] args, PrintWriter out, PrintWriter err) {
        CommandLine line = new CommandLine(new SaryuCommand());
        line.setOut(out).setErr(err).setCaseInsensitiveEnumValuesAllowed(true).setUsageHelpAutoWidth(true)
                .setParameterExceptionHandler(Main::misused).setExecutionExceptionHandler(Main::failed)
                .setExecutionStrategy(result -> {
                    SaryuCommand root = result.commandSpec().root().commandLine().getCommand();
                    LogLines.install(err, root.verbose());
                    return new CommandLine.RunLast().execute(result);
                });
        return Interrupt.command(() -> {
            try {
                return line.execute(args);
            } finally {
                out.flush();
                err.flush();
            }
        });
    }

    private static int misused(CommandLine.ParameterException e, String[] args) {
        CommandLine line = e.getCommandLine();
        Throwable cause = e.getCause();
        boolean ours = cause instanceof IllegalArgumentException && !(cause instanceof CommandLine.PicocliException);
        line.getErr().println("saryu: " + (ours ? cause.getMessage() : e.getMessage()));
        if (!CommandLine.UnmatchedArgumentException.printSuggestions(e, line.getErr())) {
            line.getErr().println("see " + line.getCommandSpec().qualifiedName() + " --help");
        }
        SaryuCommand root = line.getCommandSpec().root().commandLine().getCommand();
        if (root.debug()) {
            e.printStackTrace(line.getErr());
        }
        return Failures.MISUSE;
    }

    private static int failed(Exception e, CommandLine line, CommandLine.ParseResult result) {
        // What was printed so far belongs before the complaint.
        line.getOut().flush();
        line.getErr().println("saryu: " + Failures.sentence(e));
        SaryuCommand root = line.getCommandSpec().root().commandLine().getCommand();
        if (root.debug()) {
            e.printStackTrace(line.getErr());
        }
        return Failures.exitCode(e);
    }
}
