package io.saryu.simplify;

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
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Pairs from files and from rules, written as instruction rows. */
class SimplifyDatasetTest {
    @TempDir
    Path dir;

    private static SimplifyDataset.Options options(Map<String, List<String>> pairs, Map<String, List<String>> raw, int count, int references,
            double validation) {
        return new SimplifyDataset.Options(pairs, raw, count, references, null, null, validation, "cc-by-sa-4.0", 1);
    }

    private Path file(String name, String... lines) throws IOException {
        return Files.write(dir.resolve(name), List.of(lines));
    }

    private List<JsonNode> rows(String folder, String name) throws IOException {
        List<JsonNode> rows = new ArrayList<>();
        Path path = dir.resolve(folder).resolve(name);
        if (Files.exists(path)) {
            for (String line : Files.readAllLines(path)) {
                rows.add(new ObjectMapper().readTree(line));
            }
        }
        return rows;
    }

    @Test
    void pairsOfAllFormsBecomeRows() throws IOException {
        Path json = file("a.jsonl", "{\"src\": \"A hard sentence, that is.\", \"dst\": \"An easy one.\"}",
                "{\"src\": \"Another hard sentence.\", \"refs\": [\"One easy.\", \"Two easy.\", \"Three easy.\"]}", "", "not json", "[1]",
                "{\"src\": \"Same.\", \"dst\": \" Same. \"}", "{\"src\": \"x\", \"dst\": \"  \"}", "{\"src\": 3, \"dst\": \"x\"}",
                "{\"src\": \"A hard sentence, that is.\", \"dst\": \"An easy one.\"}",
                "{\"src\": \"Short.\", \"dst\": \"This is a much longer text that has nothing to do with it.\"}");
        Path tsv = file("hi.tsv", "कठिन वाक्य यह है।\tसरल वाक्य है।", "one column", "a\tb\tc");
        SimplifyDataset.Report report = SimplifyDataset.write(dir.resolve("out"), options(Map.of("en", List.of(json.toString()), "hi",
                List.of(tsv.toString())), Map.of(), 100, 2, 0), ProgressListener.NONE);
        SimplifyDataset.LanguageReport en = report.languages().getFirst();
        assertEquals(Map.of("broken_line", 3L, "same", 1L, "empty", 1L, "duplicate", 1L, "misaligned", 1L), en.leftOut());
        assertEquals(3, en.training());
        assertEquals(Set.of("An easy one.", "One easy.", "Two easy."), new HashSet<>(rows("out", "en.train.jsonl").stream()
                .map(r -> r.path("output").asText()).toList()));
        JsonNode hindi = rows("out", "hi.train.jsonl").getFirst();
        assertEquals("कठिन वाक्य यह है।", hindi.path("input").asText());
        assertFalse(hindi.path("instruction").asText().isBlank());
        assertFalse(hindi.path("synthetic").asBoolean(true));
        assertEquals(Map.of("broken_line", 2L), report.languages().get(1).leftOut());
        assertTrue(Files.readString(dir.resolve("out/README.md")).contains("license: cc-by-sa-4.0"));
        assertThrows(DirectoryNotEmptyException.class, () -> SimplifyDataset.write(dir.resolve("out"),
                options(Map.of("en", List.of(json.toString())), Map.of(), 5, 1, 0), ProgressListener.NONE));
    }

    @Test
    void rawTextBecomesSyntheticRowsAndNoSourceIsOnBothSides() throws IOException {
        List<String> lines = new ArrayList<>();
        String[] names = {"राम", "सीता", "मोहन", "गीता", "सोहन", "मीरा", "हरि", "राधा", "श्याम", "लीला"};
        for (int i = 0; i < 400; i++) {
            String a = names[i % 10];
            String b = names[i / 10 % 10];
            lines.add(a + " अपने घर " + i + " बार गया था और " + b + " बाज़ार से लौटी थी। " + a + " वहाँ " + i + " दिन था। " + b + " भी वहाँ "
                    + i + " दिन रही थी। " + a + " ने कहा, \"मैं " + i + " बजे आऊँगा।\"");
        }
        Path raw = Files.write(dir.resolve("raw.txt"), lines);
        SimplifyDataset.Options options = options(Map.of(), Map.of("hi", List.of(raw.toString())), 600, 1, 0.2);
        SimplifyDataset.Report report = SimplifyDataset.write(dir.resolve("one"), options, ProgressListener.NONE);
        SimplifyDataset.write(dir.resolve("two"), options, ProgressListener.NONE);
        SimplifyDataset.LanguageReport hi = report.languages().getFirst();
        assertEquals(600, hi.training() + hi.validation());
        assertEquals(600, hi.synthetic());
        assertEquals(Set.of("joined", "clauses", "quotation"), hi.origins().keySet());
        assertTrue(hi.validation() > 60 && hi.validation() < 180, "held out " + hi.validation());
        Set<String> sources = new HashSet<>();
        for (String name : List.of("hi.train.jsonl", "hi.validation.jsonl")) {
            assertArrayEquals(Files.readAllBytes(dir.resolve("one").resolve(name)), Files.readAllBytes(dir.resolve("two").resolve(name)));
            for (JsonNode row : rows("one", name)) {
                assertTrue(row.path("synthetic").asBoolean());
                assertTrue(sources.add(row.path("input").asText()), row.toString());
                assertFalse(row.path("output").asText().equals(row.path("input").asText()));
            }
        }
        assertTrue(Files.readString(dir.resolve("one/README.md")).contains("600 of them synthetic"));
    }

    @Test
    void whatGivesNoRowIsSaid() throws IOException {
        Path nothing = file("n.jsonl", "{\"a\": 1}");
        IOException e = assertThrows(IOException.class, () -> SimplifyDataset.write(dir.resolve("none"),
                options(Map.of("en", List.of(nothing.toString())), Map.of(), 5, 1, 0.1), ProgressListener.NONE));
        assertTrue(e.getMessage().contains("n.jsonl line 1"), e.getMessage());
        assertFalse(Files.exists(dir.resolve("none")));
        assertThrows(IllegalArgumentException.class, () -> options(Map.of(), Map.of(), 5, 1, 0.1));
        assertThrows(IllegalArgumentException.class, () -> options(Map.of(), Map.of("en", List.of("x")), 5, 1, 0.1));
        assertThrows(IllegalArgumentException.class, () -> options(Map.of("fr", List.of("x")), Map.of(), 5, 1, 0.1));
        assertThrows(IllegalArgumentException.class, () -> options(Map.of("en", List.of("x")), Map.of(), 0, 1, 0.1));
        assertThrows(IllegalArgumentException.class, () -> options(Map.of("en", List.of("x")), Map.of(), 5, 1, 1));
    }
}
