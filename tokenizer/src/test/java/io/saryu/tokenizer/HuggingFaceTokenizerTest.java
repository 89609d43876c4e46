package io.saryu.tokenizer;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Pattern;
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
            for (int id = 0; id < vocab.size(); id++) {
                assertEquals(tokenizer.piece(id), vocab.get(id).get(0).asText());
                assertEquals((double) tokenizer.score(id), vocab.get(id).get(1).asDouble());
                assertEquals(Math.rint(tokenizer.score(id) * 1024), tokenizer.score(id) * 1024, "sums must be exact");
            }
            Pattern inside = Pattern.compile(root.get("pre_tokenizer").get("pretokenizers").get(0).get("pattern")
                    .get("Regex").asText());
            assertEquals("<#x41> #x41 <#> </#> <#><#> <b> <|im_start|>",
                    inside.matcher("<0x41> #x41 <s> </s> <unk><pad> <b> <|im_start|>").replaceAll("#"));
            for (int id = 0; id < vocab.size(); id++) {
                String piece = tokenizer.piece(id);
                assertTrue(tokenizer.type(id) != PieceType.NORMAL
                        || !piece.matches(".*([<>/][A-Za-z]|[A-Za-z][<>]).*"), piece);
            }
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
