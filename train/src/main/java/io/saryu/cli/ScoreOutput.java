package io.saryu.cli;

import io.saryu.files.AtomicFile;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import picocli.CommandLine.Option;

/** Where scores go beside the table. */
final class ScoreOutput {
    @Option(names = "--json", paramLabel = "FILE", description = "Also write the figures as JSON; - prints them in the place of the table.")
    private String json;

    @Option(names = "--html", paramLabel = "FILE", description = "Also write a page with examples; it opens without a network.")
    private Path html;

    /** A page of the scores. */
    @FunctionalInterface
    interface Page {
        void write(Path file) throws IOException;
    }

    /**
     * Refuses names that would be a mistake, before the work begins.
     *
     * @param inputs files that are read
     */
    void check(List<Path> inputs) {
        for (Path file : Stream.of(json == null || json.equals("-") ? null : Path.of(json), html)
                .filter(Objects::nonNull).toList()) {
            // Everywhere else --json takes no value, so a data set may follow it by mistake.
            if (file.toString().matches(".*\\.(jsonl|txt)(\\.\\w+)?") || inputs.stream().anyMatch(input -> same(input, file))) {
                throw new IllegalArgumentException(file + " looks like texts, and would be replaced by the report; name a file of its own,"
                        + " such as report.json or report.html, or - to print JSON");
            }
        }
    }

    private static boolean same(Path a, Path b) {
        return a.toAbsolutePath().normalize().equals(b.toAbsolutePath().normalize());
    }

    /** Writes and prints what was asked for. */
    void write(SaryuSubcommand command, Object figures, Page page, Runnable table) throws IOException {
        if (html != null) {
            page.write(html);
            command.err().println("page: " + html);
        }
        if (json == null) {
            table.run();
        } else if (json.equals("-")) {
            command.printJson(figures);
        } else {
            table.run();
            AtomicFile.writeString(Path.of(json), SaryuSubcommand.toJson(figures) + "\n");
            command.err().println("figures: " + json);
        }
    }
}
