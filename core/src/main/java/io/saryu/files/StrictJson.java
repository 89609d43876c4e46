package io.saryu.files;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.channels.FileChannel;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/**
 * JSON without leniency: valid UTF-8, no key twice, nothing after the end, bounded nesting, bounded size. What parsers
 * do with a repeated key differs, so a file that has one means different things to different programs.
 */
public final class StrictJson {
    private static final int DEEPEST = 64;
    private static final JsonFactory FACTORY = JsonFactory.builder()
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .disable(StreamReadFeature.INCLUDE_SOURCE_IN_LOCATION)
            // Interned names of a hostile file would stay for the life of the JVM.
            .disable(JsonFactory.Feature.INTERN_FIELD_NAMES)
            .disable(JsonFactory.Feature.CANONICALIZE_FIELD_NAMES)
            .streamReadConstraints(StreamReadConstraints.builder().maxNestingDepth(DEEPEST).build())
            .build();
    private static final ObjectMapper MAPPER = JsonMapper.builder(FACTORY)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build();

    private StrictJson() {
    }

    /**
     * Reads a file that holds one JSON object.
     *
     * @param mostBytes size up to which the file is trusted
     * @throws MalformedFileException when it is larger, not UTF-8, not valid JSON or not an object
     */
    public static ObjectNode readObject(Path file, long mostBytes) throws IOException {
        try (FileChannel channel = FileReads.open(file)) {
            long size = channel.size();
            if (size > mostBytes) {
                throw new MalformedFileException(file + " has " + size + " bytes, more than the " + mostBytes
                        + " that such a file may have; it is not what its name says");
            }
            try (JsonParser json = parser(FileReads.stream(channel, file, 0, size))) {
                JsonNode node = MAPPER.readTree(json);
                if (json.nextToken() != null) {
                    throw new MalformedFileException(file + " has something after its closing brace");
                }
                if (node instanceof ObjectNode object) {
                    return object;
                }
                throw new MalformedFileException(file + " is not a JSON object");
            }
        } catch (JsonProcessingException e) {
            throw new MalformedFileException(file + " is not valid JSON: " + reason(e), e);
        } catch (CharacterCodingException e) {
            throw new MalformedFileException(file + " is not valid UTF-8", e);
        }
    }

    /** A strict parser over UTF-8; bytes that are not UTF-8 end in a {@link CharacterCodingException}. */
    static JsonParser parser(InputStream in) throws IOException {
        return FACTORY.createParser(new InputStreamReader(in, StandardCharsets.UTF_8.newDecoder()
                .onMalformedInput(CodingErrorAction.REPORT).onUnmappableCharacter(CodingErrorAction.REPORT)));
    }

    /** The parser's complaint on one line, with its place. */
    static String reason(JsonProcessingException e) {
        String where = e.getLocation() == null ? ""
                : " (line " + e.getLocation().getLineNr() + ", column " + e.getLocation().getColumnNr() + ")";
        return Excerpt.of(e.getOriginalMessage(), 140) + where;
    }
}
