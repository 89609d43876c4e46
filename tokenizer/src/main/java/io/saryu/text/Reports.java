package io.saryu.text;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/** Report records as JSON: snake_case keys, indented, in the order of the record's components. */
public final class Reports {
    private static final ObjectMapper MAPPER = JsonMapper.builder()
            .propertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE)
            .enable(SerializationFeature.INDENT_OUTPUT)
            .build();

    private Reports() {
    }

    /** The JSON of a report of this package. */
    public static String toJson(Record report) {
        try {
            return MAPPER.writeValueAsString(report);
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException("the report " + report.getClass().getSimpleName()
                    + " cannot be written as JSON: " + e.getOriginalMessage(), e);
        }
    }

    /** Where the report of {@code output} stands: beside it, with {@code .report.json} after its name. */
    public static Path beside(Path output) {
        return output.resolveSibling(output.getFileName() + ".report.json");
    }

    static void write(Path output, Record report) throws IOException {
        writeJson(beside(output), report);
    }

    /** Writes a record under its own name. */
    static void writeJson(Path file, Record value) throws IOException {
        try (AtomicTextWriter writer = new AtomicTextWriter(file)) {
            writer.line(toJson(value));
            writer.commit();
        }
    }

    /** Reads a record that {@link #writeJson} wrote; empty when it is not there or is another one. */
    static <T extends Record> Optional<T> readJson(Path file, Class<T> type) throws IOException {
        if (!Files.isRegularFile(file)) {
            return Optional.empty();
        }
        try {
            return Optional.ofNullable(MAPPER.readValue(file.toFile(), type));
        } catch (JsonProcessingException e) {
            return Optional.empty();
        }
    }
}
