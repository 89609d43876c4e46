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
            TokenDistribution.Details details = report.details().get(0);
            // Lines of 4 and 3 tokens; two words of 2, the blank with the second, and one of 3.
            assertEquals(List.of(0L, 0L, 2L), counts(details.tokensPerLine()));
            assertEquals(List.of(0L, 2L, 1L), counts(details.tokensPerWord()).subList(0, 3));
            assertEquals(6, details.piecesUsed());
            assertEquals(new TokenDistribution.Coverage(1, 2.0 / 7), details.coverage().get(0));
            assertEquals(new TokenDistribution.Coverage(SampleText.VOCAB, 1), details.coverage().getLast());
            assertEquals(List.of(new TokenDistribution.SplitWord("\u4e00", List.of("<0xE4>", "<0xB8>", "<0x80>"), 1)),
                    details.longestSplit());
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

    private static List<Long> counts(List<TokenDistribution.Bin> bins) {
        return bins.stream().map(TokenDistribution.Bin::count).toList();
    }

    @Test
    void spreadsTheTokensOfTheSample() throws IOException {
        Map<String, List<String>> inputs = Map.of("hi", List.of(SampleText.file("hi").toString()));
        try (Tokenizer tokenizer = Tokenizer.fromBytes(SampleText.model())) {
            TokenizerStatistics.Report report = run(tokenizer, inputs);
            TokenizerStatistics.Language language = report.languages().get(0);
            TokenDistribution.Details details = report.details().get(0);
            assertEquals(language.lines(), counts(details.tokensPerLine()).stream().mapToLong(n -> n).sum());
            long words = counts(details.tokensPerWord()).stream().mapToLong(n -> n).sum();
            assertEquals(language.words(), words, language.words() * 0.01);
            double before = 0;
            for (TokenDistribution.Coverage point : details.coverage()) {
                assertTrue(point.share() >= before && point.pieces() <= SampleText.VOCAB, point.toString());
                before = point.share();
            }
            assertEquals(20, details.longestSplit().size());
            int most = Integer.MAX_VALUE;
            for (TokenDistribution.SplitWord word : details.longestSplit()) {
                String joined = String.join("", word.pieces());
                assertTrue(joined.contains("<0x") || joined.replace("▁", "").equals(word.word()), word.toString());
                assertTrue(word.pieces().size() > 3 && word.pieces().size() <= most && word.count() > 0, word.toString());
                most = word.pieces().size();
            }
        }
    }

    @Test
    void comparesTwoTokenizers() throws IOException {
        Map<String, List<String>> inputs = new LinkedHashMap<>();
        for (String language : SampleText.LANGUAGES) {
            inputs.put(language, file(language, String.join("\n", SampleText.lines(language, 300))));
        }
        TokenizerTrainer.run(inputs.get("en"), folder.resolve("english"), TokenizerTrainerOptions.DEFAULT.withVocabSize(800),
                ProgressListener.NONE);
        try (Tokenizer first = Tokenizer.fromBytes(SampleText.model()); Tokenizer second = Tokenizer.load(folder.resolve("english"))) {
            TokenizerStatistics.Report a = run(first, inputs);
            TokenizerStatistics.Report b = run(second, inputs);
            TokenizerComparison comparison = TokenizerComparison.of("a", first, a, "b", second, b);
            assertEquals(List.of("en", "hi", "awa", "all"),
                    comparison.rows().stream().map(TokenizerComparison.Row::language).toList());
            TokenizerComparison.Row all = comparison.rows().get(3);
            assertEquals(a.totalTokens(), all.firstTokens());
            assertEquals(b.totalTokens(), all.secondTokens());
            assertTrue(comparison.rows().get(1).difference() > 1, "English pieces serve for Hindi");
            assertTrue(comparison.commonPieces() > 50 && comparison.commonPieces() < comparison.secondPieces(),
                    comparison.toString());
            assertEquals(7, comparison.table().lines().count(), comparison.table());
            JsonNode json = new ObjectMapper().readTree(comparison.json());
            assertEquals(all.secondTokens(), json.get("rows").get(3).get("second_tokens").asLong());
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
