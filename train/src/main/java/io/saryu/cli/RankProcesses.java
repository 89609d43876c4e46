package io.saryu.cli;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;

/**
 * The processes of a run on this host. What they print is passed on, each line with its rank before it; only what rank 0
 * prints as its result is passed on as it is. When one fails, the others are given time to end by themselves and then ended.
 * When this process ends, however it does, so do they: see {@link Launcher}.
 */
final class RankProcesses implements AutoCloseable {
    private static final String COMPLAINT = "saryu: ";
    private static final long POLL_MILLIS = 50;
    /** The others learn of a failure at once; a rank that does not end by then hangs. */
    private static final long GRACE_SECONDS = 20;
    private static final long KILL_SECONDS = 5;
    /** Exit codes above are 128 and a signal's number. */
    private static final int SIGNALS = 128;
    /** Of a rank that has saved and ended when it was told to: those of SIGINT and SIGTERM. */
    private static final Set<Integer> SAVED = Set.of(0, SIGNALS + 2, SIGNALS + 15);

    /**
     * Why a run failed.
     *
     * @param misuse whether the rank was used wrongly
     */
    record Failure(String sentence, boolean misuse) {
    }

    private static final class Rank {
        final int number;
        final Process process;
        final List<Thread> readers = new ArrayList<>();
        volatile String complaint;
        boolean killed;

        Rank(int number, Process process) {
            this.number = number;
            this.process = process;
        }

        boolean failed() {
            return !process.isAlive() && process.exitValue() != 0;
        }

        void kill() {
            killed |= process.isAlive();
            process.destroyForcibly();
        }
    }

    private final PrintWriter out;
    private final PrintWriter err;
    private final Duration patience;
    private final List<Rank> ranks = new ArrayList<>();

    /**
     * @param patience how long ranks that are asked to save and end may take
     */
    RankProcesses(PrintWriter out, PrintWriter err, Duration patience) {
        this.out = out;
        this.err = err;
        this.patience = patience;
    }

    /** Starts this program once more. */
    void start(int number, List<String> arguments, Map<String, String> variables) throws IOException {
        List<String> line = java();
        line.addAll(arguments);
        ProcessBuilder builder = new ProcessBuilder(line);
        builder.environment().putAll(variables);
        builder.environment().put(Launcher.VARIABLE, "1");
        // Its standard input stays open as long as this process lives, which is how it knows that it does.
        Rank rank = new Rank(number, builder.start());
        ranks.add(rank);
        String prefix = "[" + number + "] ";
        pass(rank, rank.process.getInputStream(), number == 0 ? out::println : text -> err.println(prefix + text));
        pass(rank, rank.process.getErrorStream(), text -> {
            if (text.startsWith(COMPLAINT)) {
                rank.complaint = text.substring(COMPLAINT.length());
            }
            err.println(prefix + text);
        });
    }

    /** The command that runs this program as it runs here. */
    private static List<String> java() {
        List<String> line = new ArrayList<>();
        line.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        line.addAll(ManagementFactory.getRuntimeMXBean().getInputArguments());
        String module = System.getProperty("jdk.module.main");
        String name = Main.class.getName();
        if (Main.class.getModule().isNamed() && module != null) {
            if (System.getProperty("jdk.module.path") != null) {
                line.addAll(List.of("-p", System.getProperty("jdk.module.path")));
            }
            line.addAll(List.of("-m", Main.class.getModule().getName() + "/" + name));
        } else {
            line.addAll(List.of("-cp", System.getProperty("java.class.path"), name));
        }
        return line;
    }

    private static void pass(Rank rank, InputStream from, Consumer<String> to) {
        rank.readers.add(Thread.ofPlatform().name("saryu-output-" + rank.number).daemon().start(() -> {
            try (BufferedReader lines = new BufferedReader(new InputStreamReader(from, StandardCharsets.UTF_8))) {
                lines.lines().forEach(to);
            } catch (IOException | UncheckedIOException e) {
                // The process was ended, and with it what it had to say.
            }
        }));
    }

    /**
     * Waits until all have ended.
     *
     * @param stop when true, all are asked to save and end
     * @return what went wrong; null when nothing did, also where all were asked to end and did
     */
    Failure await(BooleanSupplier stop) throws InterruptedException {
        boolean stopped = false;
        Rank first = null;
        long end = 0;
        while (ranks.stream().anyMatch(r -> r.process.isAlive())) {
            if (!stopped && stop.getAsBoolean()) {
                stopped = true;
                if (first == null) {
                    end = System.nanoTime() + patience.toNanos();
                }
                // Ctrl-C in a terminal has reached them already, and a second time does no harm.
                endAll();
            }
            if (first == null && !stopped) {
                first = ranks.stream().filter(Rank::failed).findFirst().orElse(null);
                end = System.nanoTime() + TimeUnit.SECONDS.toNanos(GRACE_SECONDS);
            }
            if ((first != null || stopped) && System.nanoTime() > end) {
                close();
            }
            Thread.sleep(POLL_MILLIS);
        }
        for (Rank rank : ranks) {
            for (Thread reader : rank.readers) {
                reader.join(TimeUnit.SECONDS.toMillis(KILL_SECONDS));
            }
        }
        out.flush();
        if (stopped || stop.getAsBoolean()) {
            return ranks.stream().filter(rank -> !SAVED.contains(rank.process.exitValue())).findFirst()
                    .map(rank -> rank.killed ? hung(rank) : failure(rank)).orElse(null);
        }
        return first != null ? failure(first) : ranks.stream().filter(Rank::failed).findFirst().map(RankProcesses::failure).orElse(null);
    }

    private Failure hung(Rank rank) {
        return new Failure("rank " + rank.number + " did not end within " + patience.toSeconds() + " s after it was told to save and"
                + " end, and was killed; go on from its last checkpoint with --resume", false);
    }

    private static Failure failure(Rank rank) {
        int code = rank.process.exitValue();
        String how = code > SIGNALS ? "was ended by signal " + (code - SIGNALS) : "failed with exit code " + code;
        return new Failure("rank " + rank.number + " " + how + (rank.complaint == null ? "; what it printed says why"
                : ": " + rank.complaint), code == Failures.MISUSE);
    }

    /** By their handles: what they still have to say would be lost with the streams that {@link Process#destroy} closes. */
    private void endAll() {
        ranks.forEach(r -> r.process.toHandle().destroy());
    }

    /** Ends those that still run. */
    @Override
    public void close() {
        endAll();
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(KILL_SECONDS);
        try {
            for (Rank rank : ranks) {
                if (!rank.process.waitFor(end - System.nanoTime(), TimeUnit.NANOSECONDS)) {
                    rank.kill();
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            ranks.forEach(Rank::kill);
        }
    }
}
