package io.saryu.tokenizer;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.saryu.text.ProgressListener;
import io.saryu.text.ReadOptions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TokenizerStatisticsTest {
    @TempDir
    Path folder;

    private TokenizerStatistics.Report run(Tokenizer tokenizer, Map<String, List<String>> inputs) throws IOException {
        return TokenizerStatistics.run(tokenizer, inputs, ReadOptions.DEFAULT, 2, ProgressListener.NONE);
    }

    private List<String> file(String name, String text) throws IOException {
        return List.of(Files.writeString(folder.resolve(name), text).toString());
    }

    @Test
    void countsWhatCanBeCountedByHand() throws IOException {
        Map<String, List<String>> inputs = new LinkedHashMap<>();
        inputs.put("English", file("en", "[NAME][EMAIL] [NAME]\n\n\u4e00\n"));
        inputs.put("Hindi", file("hi", "▁न▁\n"));
        try (Tokenizer tokenizer = Tokenizer.fromBytes(SampleText.model())) {
            TokenizerStatistics.Report report = run(tokenizer, inputs);
            TokenizerStatistics.Language en = report.languages().get(0);
            // Three symbols and the blank between them, then a character of three bytes.
            assertEquals(new TokenizerStatistics.Language("English", 2, 21, 0, 3, 23, 7, 0, 3, 0, 0), en);
            TokenizerStatistics.Language hi = report.languages().get(1);
            assertEquals(2, hi.blockSigns());
            assertEquals(1, hi.devanagari());
            String table = report.table();
            assertTrue(table.startsWith("""
                    === English ===
                    Total chars: 21
                    Devanagari fraction: 0.000
                    Total tokens: 7
                    Tokens per word: 2.333
                    <unk> tokens: 0 (0.0000)
                    Byte-fallback tokens: 3 (0.4286)

                    === Hindi ===
                    Total chars: 3
                    Devanagari fraction: 0.333
                    """), table);
            double share = 700.0 / (7 + hi.tokens());
            assertTrue(table.endsWith("\n\n=== Overall Token Distribution ===\n"
                    + String.format("English tokens: 7 (%.2f%%)\nHindi tokens: %d (%.2f%%)\nTotal tokens: %d\n", share,
                    hi.tokens(), 100 - share, 7 + hi.tokens())), table);
            JsonNode json = new ObjectMapper().readTree(report.json());
            assertEquals(3, json.get("languages").get(0).get("byte_fallback_tokens").asLong());
            assertEquals(7 + hi.tokens(), json.get("total_tokens").asLong());
        }
    }

    @Test
    void countsTheSample() throws IOException {
        Map<String, List<String>> inputs = new LinkedHashMap<>();
        for (String language : SampleText.LANGUAGES) {
            inputs.put(language, List.of(SampleText.file(language).toString()));
        }
        try (Tokenizer tokenizer = Tokenizer.fromBytes(SampleText.model())) {
            for (TokenizerStatistics.Language language : run(tokenizer, inputs).languages()) {
                long tokens = 0;
                for (String line : SampleText.lines(language.language(), Integer.MAX_VALUE)) {
                    tokens += tokenizer.encode(line).length;
                }
                assertEquals(tokens, language.tokens());
                assertEquals(0, language.unknownTokens());
                assertTrue(language.language().equals("en") == language.devanagariFraction() < 0.5,
                        language.toString());
            }
        }
    }
}
