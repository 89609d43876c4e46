package io.saryu.deid;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.saryu.text.Corpus;
import io.saryu.text.CorpusException;
import io.saryu.text.InputFormat;
import io.saryu.text.LineReader;
import io.saryu.text.ReadOptions;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * A text whose personal data is known.
 *
 * @param text     the text
 * @param spans    where it is, in UTF-16 units; tags as {@code [NAME]}
 * @param language such as en; null where the row does not say
 */
public record MarkedText(String text, List<Mark> spans, String language) {
    private static final JsonMapper JSON = new JsonMapper();
    private static final ReadOptions LINES = new ReadOptions(1 << 24, true, InputFormat.TEXT, "text");

    /** Of no stated language. */
    public MarkedText(String text, List<Mark> spans) {
        this(text, spans, null);
    }

    /** One stretch: first unit, the one after the last, and its tag; a tag of null is not asked for. */
    public record Mark(int start, int end, String tag) {
    }

    /**
     * Reads JSON lines of {@code {"input": ..., "spans": [{"start", "end", "tag"}]}}, as {@code saryu data deidentify} writes them, or
     * with {@code text} for {@code input} and {@code label} for {@code tag}. Offsets count code points.
     *
     * @param tags what labels of other names mean, such as {@code PERSON} {@code [NAME]}; where it is not empty, marks with labels
     *             that it does not name get a null tag. Empty: labels are tags, with or without brackets
     * @throws CorpusException naming file and line, for a line that is no such object
     */
    public static List<MarkedText> read(Path file, Map<String, String> tags) throws IOException {
        List<MarkedText> texts = new ArrayList<>();
        try (LineReader lines = new LineReader(Corpus.of(file), LINES)) {
            for (String line = lines.next(); line != null; line = lines.next()) {
                if (!line.isBlank()) {
                    texts.add(parse(line, file + ", line " + lines.lineNumber(), tags));
                }
            }
        }
        if (texts.isEmpty()) {
            throw new CorpusException(file + " holds no rows; give JSON lines with a text and its spans");
        }
        return texts;
    }

    private static MarkedText parse(String line, String where, Map<String, String> tags) throws CorpusException {
        try {
            JsonNode row = JSON.readTree(line);
            JsonNode text = row.has("input") ? row.get("input") : row.path("text");
            if (!text.isTextual() || !row.path("spans").isArray()) {
                throw new CorpusException(where + " has no text 'input' (or 'text') and list 'spans'");
            }
            String content = text.asText();
            int length = content.codePointCount(0, content.length());
            List<Mark> marks = new ArrayList<>();
            for (JsonNode span : row.get("spans")) {
                int start = span.path("start").asInt(-1);
                int end = span.path("end").asInt(-1);
                String label = span.path(span.has("tag") ? "tag" : "label").asText();
                if (start < 0 || end <= start || end > length || label.isEmpty()) {
                    throw new CorpusException(where + " has a span " + span + ", which is no stretch of its " + length + " characters");
                }
                String tag = tags.isEmpty() ? label.startsWith("[") ? label : "[" + label + "]" : tags.get(label);
                marks.add(new Mark(content.offsetByCodePoints(0, start), content.offsetByCodePoints(0, end), tag));
            }
            return new MarkedText(content, marks, row.path("language").asText(null));
        } catch (JsonProcessingException e) {
            throw new CorpusException(where + " is not JSON: " + e.getOriginalMessage().lines().findFirst().orElse(""), e);
        }
    }
}
