package io.saryu.deid.data;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** The text files in the jar: UTF-8, one entry a line, comments with #. */
final class Resource {
    private Resource() {
    }

    /** The entries of a file; null when there is no such file. */
    static List<String> linesOrNull(String name) {
        try (InputStream in = Resource.class.getResourceAsStream(name)) {
            return in == null ? null : new String(in.readAllBytes(), StandardCharsets.UTF_8).lines()
                    .filter(line -> !line.isBlank() && !line.startsWith("#")).toList();
        } catch (IOException e) {
            throw new UncheckedIOException(name + " cannot be read from the jar", e);
        }
    }

    /** The entries of a file that must be there. */
    static List<String> lines(String name) {
        List<String> lines = linesOrNull(name);
        if (lines == null) {
            throw new IllegalStateException("the jar lacks " + name + "; build it again");
        }
        return lines;
    }
}
