package io.saryu.tokenizer;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** The tags of the de-identification task, such as {@code [NAME]}: one list, {@code task-tags.txt}, for all users. */
public final class TaskTags {
    private static final List<String> TAGS = read();

    private TaskTags() {
    }

    /** All tags, in the order of their ids. */
    public static List<String> all() {
        return TAGS;
    }

    private static List<String> read() {
        try (InputStream in = TaskTags.class.getResourceAsStream("task-tags.txt")) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8).lines()
                    .filter(line -> !line.isBlank() && !line.startsWith("#")).toList();
        } catch (IOException e) {
            throw new UncheckedIOException("task-tags.txt cannot be read from the jar", e);
        }
    }
}
