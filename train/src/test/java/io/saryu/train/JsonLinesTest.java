package io.saryu.train;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class JsonLinesTest {
    @TempDir
    Path dir;

    /** A YAML text may hold "\\ud800"; UTF-8 cannot. */
    @Test
    void halfASurrogatePairSpoilsNoLine() throws Exception {
        Path file = dir.resolve("samples.jsonl");
        try (JsonLines lines = JsonLines.open(file, 0)) {
            lines.write(Map.of("text", "a \uD800 b"));
            lines.write(Map.of("text", "\uD83D\uDE42"));
        }
        assertEquals(List.of("a ? b", "\uD83D\uDE42"), JsonLines.read(file).stream().map(l -> l.path("text").asText()).toList());
        assertEquals(2, Files.readAllLines(file).size());
    }
}
