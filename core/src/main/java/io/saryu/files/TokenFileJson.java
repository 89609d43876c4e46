package io.saryu.files;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Iterator;
import java.util.List;

/** The description beside a token file: {@code NAME.bin.json} beside {@code NAME.bin}, every key required. */
final class TokenFileJson {
    private static final List<String> KEYS = List.of("dtype", "token_count", "document_count", "tokenizer_sha256",
            "text_bytes", "language", "vocab_size", "max_token_id");
    private static final long LARGEST = 10_000;
    private static final ObjectMapper MAPPER = new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT);

    private TokenFileJson() {
    }

    /** Appended, not swapped for the ending, so that no two token files share a description. */
    static Path beside(Path bin) {
        return bin.resolveSibling(bin.getFileName() + ".json");
    }

    static TokenFileInfo read(Path bin) throws IOException {
        Path file = beside(bin);
        if (!Files.exists(file)) {
            throw new IOException("cannot read " + bin + ": its description " + file + " is missing, because writing it"
                    + " was cut off or another program wrote it; tokenize again, or open it as a raw file");
        }
        ObjectNode json = StrictJson.readObject(file, LARGEST);
        try {
            return info(json);
        } catch (IllegalArgumentException e) {
            throw new MalformedFileException(file + ": " + e.getMessage(), e);
        }
    }

    private static TokenFileInfo info(ObjectNode json) {
        for (Iterator<String> names = json.fieldNames(); names.hasNext();) {
            String name = names.next();
            TokenFileInfo.require(KEYS.contains(name), "the key '" + Excerpt.of(name) + "' is not known; the keys are "
                    + KEYS);
        }
        TokenFileInfo info = new TokenFileInfo(type(text(json, "dtype")), whole(json, "token_count"),
                whole(json, "document_count"), text(json, "tokenizer_sha256"), whole(json, "text_bytes"),
                text(json, "language"), Math.toIntExact(whole(json, "vocab_size", Integer.MAX_VALUE)),
                Math.toIntExact(whole(json, "max_token_id", Integer.MAX_VALUE)));
        TokenFileInfo.require(info.documentCount() >= 0, "document_count must not be negative");
        TokenFileInfo.require(info.textBytes() >= 0, "text_bytes must not be negative");
        TokenFileInfo.require(info.maxTokenId() >= 0 || info.tokenCount() == 0,
                "max_token_id must not be negative when there are tokens");
        TokenFileInfo.require(info.documentCount() > 0 || info.tokenCount() == 0,
                "document_count must not be 0 when there are tokens");
        return info;
    }

    private static TokenType type(String dtype) {
        for (TokenType t : TokenType.values()) {
            if (t.dtype().equals(dtype)) {
                return t;
            }
        }
        throw new IllegalArgumentException("dtype must be \"uint16\" or \"uint32\", not '" + Excerpt.of(dtype, 20)
                + "'");
    }

    private static String text(ObjectNode json, String key) {
        JsonNode value = json.get(key);
        TokenFileInfo.require(value != null && value.isTextual(), key + " must be there and be a text");
        return value.textValue();
    }

    private static long whole(ObjectNode json, String key) {
        return whole(json, key, Long.MAX_VALUE);
    }

    private static long whole(ObjectNode json, String key, long most) {
        JsonNode value = json.get(key);
        TokenFileInfo.require(value != null && value.isIntegralNumber() && value.canConvertToLong()
                && value.longValue() >= -1 && value.longValue() <= most,
                key + " must be there and be a whole number up to " + most);
        return value.longValue();
    }

    static byte[] write(TokenFileInfo info) throws IOException {
        ObjectNode json = MAPPER.createObjectNode();
        json.put("dtype", info.type().dtype()).put("token_count", info.tokenCount())
                .put("document_count", info.documentCount()).put("tokenizer_sha256", info.tokenizerSha256())
                .put("text_bytes", info.textBytes()).put("language", info.language())
                .put("vocab_size", info.vocabSize()).put("max_token_id", info.maxTokenId());
        return (MAPPER.writeValueAsString(json) + "\n").getBytes(StandardCharsets.UTF_8);
    }
}
