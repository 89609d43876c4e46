package io.saryu.text;

import java.nio.file.Path;
import java.util.Locale;
import java.util.regex.Pattern;

/** How text lies in a file, once it is unpacked. */
public enum InputFormat {
    /** By the name without .gz, .xz or .zst: .jsonl, .ndjson, .csv and .tsv are what they say, all others are text. */
    AUTO,
    /** Lines of text. */
    TEXT,
    /** A JSON object a line; one of its fields, named by {@link ReadOptions#field()}, is the text. */
    JSONL,
    /** Rows with commas, quoted as RFC 4180 says; the first row names the columns, one of which is the text. */
    CSV,
    /** As CSV, with tabs in place of the commas. */
    TSV;

    private static final Pattern PACKED = Pattern.compile("\\.(gz|xz|zst)$");

    /** What {@link #AUTO} means for this file; all others mean themselves. */
    InputFormat of(Path file) {
        if (this != AUTO) {
            return this;
        }
        String name = PACKED.matcher(file.getFileName().toString().toLowerCase(Locale.ROOT)).replaceFirst("");
        String extension = name.substring(name.lastIndexOf('.') + 1);
        return switch (extension) {
            case "jsonl", "ndjson" -> JSONL;
            case "csv" -> CSV;
            case "tsv" -> TSV;
            default -> TEXT;
        };
    }
}
