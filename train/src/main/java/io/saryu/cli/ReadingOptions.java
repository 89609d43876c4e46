package io.saryu.cli;

import io.saryu.text.DocumentUnit;
import io.saryu.text.InputFormat;
import io.saryu.text.ReadOptions;
import picocli.CommandLine.Option;

/** Options of all commands that read text. */
final class ReadingOptions {
    @Option(names = "--max-line-bytes", defaultValue = "1048576", paramLabel = "N",
            description = "Longer lines count as bad (default ${DEFAULT-VALUE}).")
    private int maxLineBytes;

    @Option(names = "--strict", description = "Refuse the corpus at the first bad line instead of leaving such lines out.")
    private boolean strict;

    @Option(names = "--format", defaultValue = "auto", paramLabel = "auto|text|jsonl|csv|tsv",
            description = "What the files are (default ${DEFAULT-VALUE}: by their names).")
    private InputFormat format;

    @Option(names = "--field", defaultValue = "text", paramLabel = "NAME",
            description = "Field or column of the text in .jsonl, .csv and .tsv (default ${DEFAULT-VALUE}).")
    private String field;

    ReadOptions options() {
        return new ReadOptions(maxLineBytes, strict, format, field);
    }

    /** The option that says what a document is. */
    static final class Unit {
        @Option(names = "--unit", defaultValue = "line", paramLabel = "line|paragraph",
                description = "What a document is: each line, or lines up to a blank one, of records the whole text (default"
                        + " ${DEFAULT-VALUE}).")
        private DocumentUnit unit;

        DocumentUnit unit() {
            return unit;
        }
    }
}
