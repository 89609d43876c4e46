package io.saryu.cli;

import io.saryu.text.DocumentUnit;
import io.saryu.text.ReadOptions;
import picocli.CommandLine.Option;

/** Options of all commands that read text. */
final class ReadingOptions {
    @Option(names = "--max-line-bytes", defaultValue = "1048576", paramLabel = "N",
            description = "Longer lines count as bad (default ${DEFAULT-VALUE}).")
    private int maxLineBytes;

    @Option(names = "--strict", description = "Refuse the corpus at the first bad line instead of leaving such lines out.")
    private boolean strict;

    ReadOptions options() {
        return new ReadOptions(maxLineBytes, strict);
    }

    /** The option that says what a document is. */
    static final class Unit {
        @Option(names = "--unit", defaultValue = "line", paramLabel = "line|paragraph",
                description = "What a document is: each line, or lines up to a blank one (default ${DEFAULT-VALUE}).")
        private DocumentUnit unit;

        DocumentUnit unit() {
            return unit;
        }
    }
}
