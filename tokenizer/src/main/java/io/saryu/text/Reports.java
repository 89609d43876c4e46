package io.saryu.text;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.nio.file.Path;

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
        try (AtomicTextWriter writer = new AtomicTextWriter(beside(output))) {
            writer.line(toJson(report));
            writer.commit();
        }
    }
}
