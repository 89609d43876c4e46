package io.saryu.text;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import java.io.IOException;
import java.io.UncheckedIOException;

/** Takes the text out of a JSON object on one line. Not thread-safe. */
final class JsonField {
    private static final JsonFactory FACTORY = JsonFactory.builder().streamReadConstraints(
            // Lines are bounded where they are read.
            StreamReadConstraints.builder().maxStringLength(Integer.MAX_VALUE).build()).build();

    private final String field;
    private ReadReport.Kind kind;
    private String detail;

    JsonField(String field) {
        this.field = field;
    }

    /** The field's text; null when there is none, and then {@link #kind} and {@link #detail} say why. */
    String of(String line) {
        try (JsonParser parser = FACTORY.createParser(line)) {
            if (parser.nextToken() != JsonToken.START_OBJECT) {
                return bad(ReadReport.Kind.INVALID_RECORD, "this is not a JSON object");
            }
            String text = null;
            JsonToken found = null;
            while (parser.nextToken() == JsonToken.FIELD_NAME) {
                boolean wanted = found == null && parser.currentName().equals(field);
                JsonToken value = parser.nextToken();
                if (wanted) {
                    found = value;
                    text = value == JsonToken.VALUE_STRING ? parser.getText() : null;
                }
                parser.skipChildren();
            }
            if (parser.nextToken() != null) {
                return bad(ReadReport.Kind.INVALID_RECORD, "something follows the JSON object");
            }
            if (text == null) {
                return bad(ReadReport.Kind.MISSING_FIELD, found == null ? "the object has no field '" + field + "'"
                        : "the field '" + field + "' is not a string");
            }
            return text;
        } catch (JsonProcessingException e) {
            return bad(ReadReport.Kind.INVALID_RECORD, "this is not JSON: " + e.getOriginalMessage());
        } catch (IOException e) {
            throw new UncheckedIOException("a string cannot fail to be read", e);
        }
    }

    ReadReport.Kind kind() {
        return kind;
    }

    String detail() {
        return detail;
    }

    private String bad(ReadReport.Kind why, String what) {
        kind = why;
        detail = what;
        return null;
    }
}
