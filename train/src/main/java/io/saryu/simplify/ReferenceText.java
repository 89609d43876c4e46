package io.saryu.simplify;

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

/**
 * A text and how people simplified it.
 *
 * @param source      the text
 * @param references  one or more simplifications
 * @param language    such as en; null where the row does not say
 * @param instruction what a model was asked to do in this row; null where the row does not say
 */
public record ReferenceText(String source, List<String> references, String language, String instruction) {
    private static final JsonMapper JSON = new JsonMapper();
    private static final ReadOptions LINES = new ReadOptions(1 << 24, true, InputFormat.TEXT, "text");

    public ReferenceText {
        references = List.copyOf(references);
    }

    /**
     * Reads JSON lines with a source ({@code src}, {@code source}, {@code complex}, {@code input}, ...) and one or more references
     * ({@code refs}, {@code references}, {@code dst}, {@code simple}, {@code output}, ...), plain or packed.
     *
     * @param sourceField    key of the source; null for the usual ones
     * @param referenceField key of the references; null for the usual ones
     * @throws CorpusException naming file and line, for a line that is no such object
     */
    public static List<ReferenceText> read(Path file, String sourceField, String referenceField) throws IOException {
        List<ReferenceText> texts = new ArrayList<>();
        try (LineReader lines = new LineReader(Corpus.of(file), LINES)) {
            for (String line = lines.next(); line != null; line = lines.next()) {
                if (!line.isBlank()) {
                    texts.add(parse(line, file + ", line " + lines.lineNumber(), sourceField, referenceField));
                }
            }
        }
        if (texts.isEmpty()) {
            throw new CorpusException(file + " holds no rows; give JSON lines with a text and its simplifications");
        }
        return texts;
    }

    private static ReferenceText parse(String line, String where, String sourceField, String referenceField) throws CorpusException {
        try {
            JsonNode row = JSON.readTree(line);
            JsonNode source = PairFile.find(row, sourceField, PairFile.SOURCES);
            JsonNode target = PairFile.find(row, referenceField, PairFile.TARGETS);
            if (source == null || !source.isTextual() || target == null) {
                throw new CorpusException(where + " has no text with its simplifications; it has the fields " + PairFile.names(row)
                        + ", name those to take with --source-field and --target-field");
            }
            List<String> references = new ArrayList<>();
            for (JsonNode one : target.isArray() ? target : List.of(target)) {
                if (!one.isTextual()) {
                    throw new CorpusException(where + " has a simplification that is no text: " + one);
                }
                references.add(one.asText());
            }
            if (references.isEmpty()) {
                throw new CorpusException(where + " has no simplification; leave the row out");
            }
            return new ReferenceText(source.asText(), references, row.path("language").asText(null), row.path("instruction").asText(null));
        } catch (JsonProcessingException e) {
            throw new CorpusException(where + " is not JSON: " + e.getOriginalMessage().lines().findFirst().orElse(""), e);
        }
    }
}
