package io.saryu.deid.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.saryu.text.ProgressListener;
import java.io.IOException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The folder with rows and card. */
class DeidDatasetTest {
    @TempDir
    Path dir;

    @Test
    void theFolderHoldsRowsAndCard() throws IOException {
        DeidDataset.Options options = new DeidDataset.Options(500, 0.1, List.of("en", "hi", "awa"), 3);
        DeidDataset.Report report = DeidDataset.write(dir.resolve("deep/a"), options, ProgressListener.NONE);
        DeidDataset.write(dir.resolve("b"), options, ProgressListener.NONE);
        assertEquals(6, report.files().size());
        for (DeidDataset.FileReport file : report.files()) {
            Path path = dir.resolve("deep/a").resolve(file.file());
            assertArrayEquals(Files.readAllBytes(path), Files.readAllBytes(dir.resolve("b").resolve(file.file())));
            List<String> lines = Files.readAllLines(path);
            assertEquals(file.split().equals("train") ? 450 : 50, lines.size());
            assertEquals(file.rows(), lines.size());
            int spans = 0;
            for (String line : lines) {
                JsonNode row = new ObjectMapper().readTree(line);
                assertEquals(file.language(), row.path("language").asText());
                assertFalse(row.path("instruction").asText().isBlank());
                spans += row.path("spans").size();
                String input = row.path("input").asText();
                StringBuilder output = new StringBuilder(input);
                for (int i = row.path("spans").size() - 1; i >= 0; i--) {
                    JsonNode span = row.path("spans").get(i);
                    output.replace(input.offsetByCodePoints(0, span.path("start").asInt()),
                            input.offsetByCodePoints(0, span.path("end").asInt()), span.path("tag").asText());
                }
                assertEquals(row.path("output").asText(), output.toString());
            }
            assertEquals(file.spans().values().stream().mapToInt(Integer::intValue).sum(), spans);
        }
        String card = Files.readString(dir.resolve("b/README.md"));
        assertTrue(card.contains("native speaker") && card.contains("path: awa.validation.jsonl") && card.contains("`[AADHAAR]`"), card);
        try (Stream<Path> left = Files.list(dir.resolve("b"))) {
            assertEquals(7, left.count());
        }
    }

    @Test
    void aFullFolderStays() throws IOException {
        Files.writeString(dir.resolve("mine"), "work");
        assertThrows(DirectoryNotEmptyException.class, () -> DeidDataset.write(dir,
                new DeidDataset.Options(10, 0.1, List.of("en"), 0), ProgressListener.NONE));
        assertEquals("work", Files.readString(dir.resolve("mine")));
    }

    @Test
    void optionsThatCannotBeAreRefused() {
        assertThrows(IllegalArgumentException.class, () -> new DeidDataset.Options(9, 0.1, List.of("en"), 0));
        assertThrows(IllegalArgumentException.class, () -> new DeidDataset.Options(100, 0, List.of("en"), 0));
        assertThrows(IllegalArgumentException.class, () -> new DeidDataset.Options(100, Double.NaN, List.of("en"), 0));
        assertThrows(IllegalArgumentException.class, () -> new DeidDataset.Options(100, 0.1, List.of("en", "en"), 0));
        assertThrows(IllegalArgumentException.class, () -> new DeidDataset.Options(100, 0.1, List.of("fr"), 0));
        assertThrows(IllegalArgumentException.class, () -> new DeidDataset.Options(100, 0.1, List.of(), 0));
    }
}
