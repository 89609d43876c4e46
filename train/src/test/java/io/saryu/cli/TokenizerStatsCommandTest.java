package io.saryu.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.saryu.train.TinyRun;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TokenizerStatsCommandTest {
    @TempDir
    Path dir;

    private Path file(String language) throws Exception {
        return Files.write(dir.resolve(language + ".txt"), TinyRun.sample(language, 200));
    }

    @Test
    void printsTheTable() throws Exception {
        Cli result = Cli.run("tokenizer", "stats", "--tokenizer", TinyRun.get().tokenizer().toString(),
                "English=" + file("en"), "Hindi=" + file("hi"));
        assertEquals(0, result.exit(), result.err());
        String number = "\\d+";
        String language = "=== %s ===\nTotal chars: N\nDevanagari fraction: \\d\\.\\d{3}\nTotal tokens: N\n"
                + "Tokens per word: \\d+\\.\\d{3}\n<unk> tokens: 0 \\(0\\.0000\\)\nByte-fallback tokens: N \\(\\d\\.\\d{4}\\)\n\n";
        String expected = (language.formatted("English") + language.formatted("Hindi") + "=== Overall Token Distribution ===\n"
                + "English tokens: N \\(\\d+\\.\\d\\d%\\)\nHindi tokens: N \\(\\d+\\.\\d\\d%\\)\nTotal tokens: N\n")
                .replace("N", number);
        assertTrue(Pattern.matches(expected, result.out()), result.out());
    }

    @Test
    void comparesAndWritesAPage() throws Exception {
        Path english = dir.resolve("english");
        TinyRun.get().trainTokenizer(english, List.of("en"));
        Path page = dir.resolve("stats.html");
        Cli result = Cli.run("tokenizer", "stats", "--tokenizer", TinyRun.get().tokenizer().toString(), "--compare",
                english.toString(), "--html", page.toString(), "--json", "English=" + file("en"), "Hindi=" + file("hi"));
        assertEquals(0, result.exit(), result.err());
        JsonNode json = new ObjectMapper().readTree(result.out());
        assertEquals(List.of("total_tokens", "languages", "details", "comparison").stream().sorted().toList(),
                json.properties().stream().map(e -> e.getKey()).sorted().toList());
        assertEquals(json.get("total_tokens").asLong(), json.get("comparison").get("rows").get(2).get("first_tokens").asLong());
        assertTrue(json.get("languages").get(0).get("tokens_per_word").asDouble() > 1);

        String html = Files.readString(page);
        assertTrue(html.contains("default-src 'none'") && html.contains("Beside another tokenizer"));
        Matcher m = Pattern.compile("(?s)<script type=\"application/json\" id=\"data\">(.*?)</script>").matcher(html);
        assertTrue(m.find());
        JsonNode charts = new ObjectMapper().readTree(m.group(1));
        assertEquals(3, charts.size());
        for (JsonNode chart : charts) {
            assertEquals(2, chart.get("lines").size());
            assertFalse(chart.get("over").asText().equals("step"));
        }
        double sum = 0;
        for (JsonNode share : charts.get(0).get("lines").get(1).get("y")) {
            sum += share.asDouble();
        }
        assertEquals(1, sum, 1e-4);
    }
}
