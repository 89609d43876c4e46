package io.saryu.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.saryu.text.ProgressListener;
import io.saryu.train.Progress;
import java.io.PrintWriter;
import java.util.concurrent.Callable;
import picocli.CommandLine;

/** What all commands share: where they print, how they show progress. */
abstract class SaryuSubcommand implements Callable<Integer> {
    private static final JsonMapper JSON =
            JsonMapper.builder().propertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE).build();

    @CommandLine.Spec
    private CommandLine.Model.CommandSpec spec;

    /** Does the work; exceptions become one sentence and an exit code. */
    abstract void execute() throws Exception;

    @Override
    public final Integer call() throws Exception {
        try {
            execute();
        } catch (OutOfMemoryError e) {
            // Not an exception to picocli, but one sentence to the user.
            throw new IllegalStateException(Failures.sentence(e), e);
        }
        return 0;
    }

    /** For exceptions about options that do not go together. */
    CommandLine line() {
        return spec.commandLine();
    }

    /** How the user called us, for advice that can be copied. */
    static String self() {
        return System.getProperty("saryu.command", "saryu");
    }

    PrintWriter out() {
        return spec.commandLine().getOut();
    }

    PrintWriter err() {
        return spec.commandLine().getErr();
    }

    /** Prints a value as one JSON document with names in snake case. */
    void printJson(Object value) {
        out().println(toJson(value));
    }

    /** One JSON document with names in snake case. */
    static String toJson(Object value) {
        try {
            return JSON.writerWithDefaultPrettyPrinter().writeValueAsString(value);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("cannot write the result as JSON: " + e.getOriginalMessage(), e);
        }
    }

    /** Prints a value as JSON on one line. */
    void printJsonLine(Object value) {
        try {
            out().println(JSON.writeValueAsString(value));
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("cannot write the result as JSON: " + e.getOriginalMessage(), e);
        }
    }

    /** A bar on a terminal, lines elsewhere, nothing with {@code --quiet}. */
    Progress progress() {
        SaryuCommand root = spec.root().commandLine().getCommand();
        if (root.quiet()) {
            return Progress.NONE;
        }
        boolean terminal = System.console() != null && System.console().isTerminal();
        return terminal ? new TerminalProgress(err()) : new PlainProgress(err(), System::nanoTime);
    }

    /** Work on text: shows its progress and ends it at Ctrl-C. */
    <T> T textStage(String name, TextStage<T> stage) throws Exception {
        return textStage(progress(), name, stage);
    }

    static <T> T textStage(Progress progress, String name, TextStage<T> stage) throws Exception {
        return stage(progress, name, "bytes", stage);
    }

    /** Work on anything: shows its progress in some unit and ends it at Ctrl-C. */
    static <T> T stage(Progress progress, String name, String unit, TextStage<T> stage) throws Exception {
        return Interrupt.stop(() -> {
            try (StageTask task = new StageTask(progress, name, unit)) {
                return stage.run(task);
            }
        });
    }

    /** One stage of {@code io.saryu.text}. */
    @FunctionalInterface
    interface TextStage<T> {
        T run(ProgressListener listener) throws Exception;
    }

    /** The total is told with the first step, so the bar starts then. */
    static final class StageTask implements ProgressListener, AutoCloseable {
        private final Progress progress;
        private final String name;
        private final String unit;
        private Progress.Task task;

        StageTask(Progress progress, String name, String unit) {
            this.progress = progress;
            this.name = name;
            this.unit = unit;
        }

        @Override
        public void onProgress(long done, long total) {
            if (task == null) {
                task = progress.start(name, total, unit);
            }
            task.update(done, "");
        }

        @Override
        public void close() {
            if (task != null) {
                task.close();
                task = null;
            }
        }
    }
}
