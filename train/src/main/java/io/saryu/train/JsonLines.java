package io.saryu.train;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.saryu.files.AtomicFile;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;

/**
 * A file of JSON objects, one a line, that a run appends to; a line is on its way to the disk as soon as it is written. Half
 * a line, which a killed process may leave, is nobody's: {@link #open} drops it and {@link #read} passes over it.
 */
public final class JsonLines implements AutoCloseable {
    private static final JsonMapper JSON =
            JsonMapper.builder().propertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE).build();

    private final Path file;
    private final OutputStream out;

    private JsonLines(Path file, OutputStream out) {
        this.file = file;
        this.out = out;
    }

    /** Opens a file to append to, without the lines that {@code keep} does not want. */
    static JsonLines open(Path file, Predicate<JsonNode> keep) throws IOException {
        if (Files.exists(file)) {
            StringBuilder kept = new StringBuilder();
            boolean dropped = false;
            for (String line : lines(file)) {
                JsonNode json = parse(line);
                if (json != null && keep.test(json)) {
                    kept.append(line).append('\n');
                } else {
                    dropped = true;
                }
            }
            if (dropped) {
                AtomicFile.writeString(file, kept.toString());
            }
        }
        return new JsonLines(file, Files.newOutputStream(file, StandardOpenOption.CREATE, StandardOpenOption.APPEND));
    }

    /** Opens a file to append to, without the lines of steps after {@code step}: a resumed run does them again. */
    static JsonLines open(Path file, long step) throws IOException {
        return open(file, line -> line.path("step").canConvertToLong() && line.path("step").asLong() <= step);
    }

    /** The objects of a file, in order; none when there is no such file. What is not JSON is passed over. */
    public static List<JsonNode> read(Path file) throws IOException {
        List<JsonNode> all = new ArrayList<>();
        if (Files.isRegularFile(file)) {
            for (String line : lines(file)) {
                JsonNode json = parse(line);
                if (json != null) {
                    all.add(json);
                }
            }
        }
        return all;
    }

    /** A machine that lost its power may leave bytes that are not UTF-8; they must not hide the lines before them. */
    private static List<String> lines(Path file) throws IOException {
        try {
            return new String(Files.readAllBytes(file), StandardCharsets.UTF_8).lines().toList();
        } catch (FileSystemException e) {
            throw e;
        } catch (IOException e) {
            throw new IOException("cannot read " + file + ": " + e.getMessage(), e);
        }
    }

    private static JsonNode parse(String line) {
        try {
            JsonNode json = JSON.readTree(line);
            return json != null && json.isObject() ? json : null;
        } catch (JsonProcessingException e) {
            return null;
        }
    }

    /** Appends a value, its components in snake case. */
    void write(Object value) throws IOException {
        try {
            // The whole line at once, and nothing buffered: what cannot be written now must not follow with the next line. Half
            // of a surrogate pair, which a prompt may hold, becomes a question mark.
            out.write((JSON.writeValueAsString(value) + "\n").getBytes(StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw new IOException("cannot write " + file + ": " + e.getMessage() + "; free space or change permissions, then"
                    + " continue with --resume", e);
        }
    }

    @Override
    public void close() throws IOException {
        out.close();
    }
}
