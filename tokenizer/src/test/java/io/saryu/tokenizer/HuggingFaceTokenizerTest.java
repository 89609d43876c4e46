package io.saryu.tokenizer;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HuggingFaceTokenizerTest {
    @TempDir
    Path folder;

    @Test
    void writesEveryPieceUnderItsId() throws IOException {
        try (Tokenizer tokenizer = Tokenizer.fromBytes(SampleText.model())) {
            HuggingFaceTokenizer.write(tokenizer, folder);
            JsonNode root = new ObjectMapper().readTree(folder.resolve("tokenizer.json").toFile());
            JsonNode vocab = root.get("model").get("vocab");
            assertEquals(tokenizer.vocabSize(), vocab.size());
            double lowest = 0;
            double highestOther = Double.NEGATIVE_INFINITY;
            for (int id = 0; id < vocab.size(); id++) {
                assertEquals(tokenizer.piece(id), vocab.get(id).get(0).asText());
                double score = vocab.get(id).get(1).asDouble();
                if (tokenizer.type(id) == PieceType.NORMAL) {
                    assertEquals(tokenizer.score(id), (float) score);
                    lowest = Math.min(lowest, score);
                } else {
                    highestOther = Math.max(highestOther, score);
                }
            }
            assertTrue(highestOther < 6 * (lowest - 10), "the name of a byte in a text must stay text");
            JsonNode added = root.get("added_tokens");
            assertEquals(4 + TokenizerTrainerOptions.defaultSymbols().size(), added.size());
            for (JsonNode token : added) {
                int id = token.get("id").asInt();
                assertEquals(tokenizer.piece(id), token.get("content").asText());
                assertEquals(id < 4, token.get("special").asBoolean());
            }
            JsonNode config = new ObjectMapper().readTree(folder.resolve("tokenizer_config.json").toFile());
            assertEquals("PreTrainedTokenizerFast", config.get("tokenizer_class").asText());
            assertEquals("</s>", config.get("eos_token").asText());
        }
    }

    @Test
    void refusesModelsThatItCannotExpress() throws IOException {
        try (Tokenizer tokenizer = Tokenizer.fromBytes(GoldenTokenizerTest.model())) {
            assertThrows(IllegalArgumentException.class, () -> HuggingFaceTokenizer.write(tokenizer, folder));
        }
        try (var files = Files.list(folder)) {
            assertEquals(0, files.count());
        }
    }
}
