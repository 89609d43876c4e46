package io.saryu.text;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StagesTest {
    @TempDir
    Path folder;

    private Path text(String name, String content) throws IOException {
        return Files.writeString(folder.resolve(name), content);
    }

    private static CleanCorpus.Options options(DocumentUnit unit, boolean deduplicate, SentenceSplitter splitter) {
        return new CleanCorpus.Options(CleanCorpus.Options.DEFAULT.rules(), unit, deduplicate, splitter,
                ReadOptions.DEFAULT);
    }

    private List<String> names() throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.map(file -> file.getFileName().toString()).sorted().toList();
        }
    }

    @Test
    void cleansDropsRepeatsAndReports() throws IOException {
        Path raw = text("raw.txt", "\uFEFFA  b. C d.\r\n\u200B\r\nA b. C d.\nयह घर है। वह भी।\n\n");
        Path out = folder.resolve("deep/clean.txt");
        List<Long> progress = new ArrayList<>();
        CleanCorpus.Report report = CleanCorpus.run(List.of(raw.toString()), out, CleanCorpus.Options.DEFAULT,
                (done, total) -> progress.add(done * 1000 + total));
        assertEquals("A b. C d.\nयह घर है। वह भी।\n", Files.readString(out));
        assertEquals(3, report.documents());
        assertEquals(1, report.duplicateDocuments());
        assertEquals(2, report.lines());
        assertEquals(Files.size(out), report.bytes());
        assertEquals(1, report.clean().emptiedLines());
        assertEquals(List.of(Files.size(raw) * 1001), progress);
        JsonNode json = new ObjectMapper().readTree(Reports.beside(out).toFile());
        assertEquals(1, json.at("/read/byte_order_marks").asInt());
        assertEquals(1, json.at("/clean/rules/ZERO_WIDTH_SPACE/lines").asInt());
        assertEquals("A  b. C d.", json.at("/clean/rules/WHITE_SPACE/examples/0/before").asText());
        assertEquals(Reports.toJson(report) + "\n", Files.readString(Reports.beside(out)));
    }

    @Test
    void splitsSentencesAndKeepsParagraphsApart() throws IOException {
        Path raw = text("raw.txt", "A b. C d.\nE.\n\n\nA b. C d.\nE.\n\nयह घर है। वह भी।\n");
        Path out = folder.resolve("clean.txt");
        CleanCorpus.run(List.of(raw.toString()), out, options(DocumentUnit.PARAGRAPH, true, new SentenceSplitter()),
                ProgressListener.NONE);
        assertEquals("A b.\nC d.\nE.\n\nयह घर है।\nवह भी।\n", Files.readString(out));
        CleanCorpus.run(List.of(raw.toString()), out, options(DocumentUnit.LINE, false, null), ProgressListener.NONE);
        assertEquals("A b. C d.\nE.\nA b. C d.\nE.\nयह घर है। वह भी।\n", Files.readString(out));
    }

    @Test
    void leavesNothingBehindWhenItFails() throws IOException {
        Path raw = text("raw.txt", "\u200B\n \n");
        List<String> before = names();
        String message = assertThrows(CorpusException.class, () -> CleanCorpus.run(List.of(raw.toString()),
                folder.resolve("out.txt"), CleanCorpus.Options.DEFAULT, ProgressListener.NONE)).getMessage();
        assertTrue(message.startsWith("no text is left of " + raw), message);
        message = assertThrows(CorpusException.class, () -> CleanCorpus.run(List.of(text("ok.txt", "a\n").toString()),
                raw.resolve("out.txt"), CleanCorpus.Options.DEFAULT, ProgressListener.NONE)).getMessage();
        assertTrue(message.startsWith("cannot write " + raw.resolve("out.txt")), message);
        message = assertThrows(CorpusException.class, () -> CleanCorpus.run(List.of(folder.resolve("ok.txt").toString()),
                folder, CleanCorpus.Options.DEFAULT, ProgressListener.NONE)).getMessage();
        assertTrue(message.contains("it is a folder"), message);
        Files.delete(folder.resolve("ok.txt"));
        assertEquals(before, names());
        assertThrows(IllegalArgumentException.class, () -> CleanCorpus.run(List.of(raw.toString()), raw,
                CleanCorpus.Options.DEFAULT, ProgressListener.NONE));
    }

    @Test
    void stopsWhenInterruptedAndKeepsTheOldResult() throws IOException {
        Path raw = text("raw.txt", "some line of text\n".repeat(200_000));
        Path out = text("out.txt", "old\n");
        Thread.currentThread().interrupt();
        assertThrows(InterruptedIOException.class, () -> CleanCorpus.run(List.of(raw.toString()), out,
                CleanCorpus.Options.DEFAULT, ProgressListener.NONE));
        assertTrue(Thread.interrupted());
        assertEquals("old\n", Files.readString(out));
        assertEquals(List.of("out.txt", "raw.txt"), names());
    }

    @Test
    void splitsByDocumentAndKeepsSidesWhenTextIsAdded() throws IOException {
        String base = IntStream.range(0, 2000).mapToObj(i -> "line " + i + "\n").collect(Collectors.joining());
        Path raw = text("raw.txt", base);
        Path more = text("more.txt", "another\n" + base + "line 5\n\nand one more\n");
        SplitCorpus.Options options = new SplitCorpus.Options(0.1, 3, DocumentUnit.LINE, ReadOptions.DEFAULT);
        SplitCorpus.Report report = SplitCorpus.run(List.of(raw.toString()), folder.resolve("t.txt"),
                folder.resolve("v.txt"), options, ProgressListener.NONE);
        SplitCorpus.run(List.of(more.toString()), folder.resolve("t2.txt"), folder.resolve("v2.txt"), options,
                ProgressListener.NONE);
        List<String> validation = Files.readAllLines(folder.resolve("v.txt"));
        List<String> train = Files.readAllLines(folder.resolve("t.txt"));
        assertEquals(validation.size(), report.validation().documents());
        assertEquals(2000, validation.size() + train.size());
        assertEquals(200, validation.size(), 50);
        assertTrue(Files.readAllLines(folder.resolve("v2.txt")).containsAll(validation));
        assertTrue(Files.readAllLines(folder.resolve("t2.txt")).containsAll(train));
        assertTrue(Files.exists(folder.resolve("t.txt.report.json")));
    }

    @Test
    void refusesASplitWithAnEmptySide() throws IOException {
        Path raw = text("raw.txt", "only\n");
        String message = assertThrows(CorpusException.class, () -> SplitCorpus.run(List.of(raw.toString()),
                folder.resolve("t.txt"), folder.resolve("v.txt"), SplitCorpus.Options.DEFAULT, ProgressListener.NONE))
                .getMessage();
        assertTrue(message.contains("none is left for validation"), message);
        assertEquals(List.of("raw.txt"), names());
        assertThrows(IllegalArgumentException.class, () -> SplitCorpus.run(List.of(raw.toString()),
                folder.resolve("t.txt"), folder.resolve("t.txt"), SplitCorpus.Options.DEFAULT, ProgressListener.NONE));
    }

    private Map<String, List<String>> threeLanguages() throws IOException {
        Map<String, List<String>> inputs = new LinkedHashMap<>();
        for (var size : Map.of("en", 1000, "hi", 500, "awa", 40).entrySet()) {
            String lines = IntStream.range(0, size.getValue()).mapToObj(i -> size.getKey() + " " + i + "\n\n")
                    .collect(Collectors.joining());
            text(size.getKey() + ".txt", lines);
        }
        for (String language : List.of("en", "hi", "awa")) {
            inputs.put(language, List.of(folder.resolve(language + ".txt").toString()));
        }
        return inputs;
    }

    private static Map<String, Double> shares() {
        Map<String, Double> shares = new LinkedHashMap<>();
        shares.put("en", 0.5);
        shares.put("hi", 0.35);
        shares.put("awa", 0.15);
        return shares;
    }

    @Test
    void samplesByShareAndRepeatsWhatIsShort() throws IOException {
        Map<String, List<String>> inputs = threeLanguages();
        Path out = folder.resolve("sample.txt");
        var options = SampleCorpus.Options.lines(600, shares(), 3, 11, ReadOptions.DEFAULT);
        SampleCorpus.Report report = SampleCorpus.run(inputs, out, options, ProgressListener.NONE);
        List<String> lines = Files.readAllLines(out);
        assertEquals(600, lines.size());
        Map<String, Long> counts = lines.stream().collect(Collectors.groupingBy(line -> line.split(" ")[0],
                TreeMap::new, Collectors.counting()));
        assertEquals(Map.of("en", 300L, "hi", 210L, "awa", 90L), counts);
        Map<String, Long> repeats = lines.stream().filter(line -> line.startsWith("awa"))
                .collect(Collectors.groupingBy(line -> line, Collectors.counting()));
        assertEquals(40, repeats.size());
        assertEquals(10, repeats.values().stream().filter(n -> n == 3).count());
        assertEquals(300, lines.stream().filter(line -> line.startsWith("en")).distinct().count());
        SampleCorpus.LanguageReport awadhi = report.languages().get(2);
        assertEquals(2.25, awadhi.epochs());
        assertEquals(0.15, awadhi.reachedShare());

        byte[] first = Files.readAllBytes(out);
        SampleCorpus.run(inputs, out, options, ProgressListener.NONE);
        assertArrayEquals(first, Files.readAllBytes(out));
        SampleCorpus.run(inputs, out, SampleCorpus.Options.lines(600, shares(), 3, 12, ReadOptions.DEFAULT),
                ProgressListener.NONE);
        assertFalse(lines.equals(Files.readAllLines(out)));
    }

    @Test
    void samplesBySharesOfWordsWithinALine() throws IOException {
        Map<String, List<String>> inputs = new LinkedHashMap<>();
        Random random = new Random(5);
        // Lines of one language are much longer than those of the other, so shares of lines would miss those of words.
        for (var mean : Map.of("en", 40, "hi", 10, "awa", 5).entrySet()) {
            String lines = IntStream.range(0, 3000).mapToObj(i -> "w ".repeat(1 + random.nextInt(2 * mean.getValue())) + "\n")
                    .collect(Collectors.joining());
            inputs.put(mean.getKey(), List.of(text(mean.getKey() + ".txt", lines).toString()));
        }
        Path out = folder.resolve("sample.txt");
        for (long total : new long[] {20_000, 0}) {
            SampleCorpus.Report report = SampleCorpus.run(inputs, out, new SampleCorpus.Options(total,
                    SampleCorpus.Measure.WORDS, shares(), 2, 1, ReadOptions.DEFAULT), ProgressListener.NONE);
            assertEquals("words", report.unit());
            assertEquals(report.lines(), Files.readAllLines(out).size());
            assertEquals(report.total(), Files.readAllLines(out).stream().mapToLong(TextCounter::words).sum());
            for (SampleCorpus.LanguageReport language : report.languages()) {
                assertEquals(language.targetShare(), language.reachedShare(), 0.005, language.toString());
                assertTrue(language.epochs() <= 2.01, language.toString());
            }
            assertTrue(total == 0 ? report.languages().stream().anyMatch(l -> l.epochs() > 1.98) : report.total() > 19_900, report.toString());
        }
    }

    @Test
    void refusesASampleThatRepeatsTooOften() throws IOException {
        Map<String, List<String>> inputs = threeLanguages();
        String message = assertThrows(IllegalArgumentException.class, () -> SampleCorpus.run(inputs,
                folder.resolve("sample.txt"), SampleCorpus.Options.lines(600, shares(), 2, 11, ReadOptions.DEFAULT),
                ProgressListener.NONE)).getMessage();
        assertTrue(message.contains("awa") && message.contains("ask for at most 533 in all"), message);
        assertFalse(Files.exists(folder.resolve("sample.txt")));
    }

    @Test
    void countsTheText() throws IOException {
        Path file = text("hi.txt", "यह घर।\n\nOK 12, é 😀\tक्‍ष\n");
        CorpusStatistics.Language hindi = CorpusStatistics.run(Map.of("hi", List.of(file.toString())),
                ReadOptions.DEFAULT, ProgressListener.NONE).languages().get(0);
        assertEquals(2, hindi.lines());
        assertEquals(1, hindi.blankLines());
        assertEquals(7, hindi.words());
        assertEquals(21, hindi.characters());
        assertEquals(Files.size(file) - 3, hindi.bytes());
        assertEquals(15, hindi.longestLine());
        assertEquals(8 / 21.0, hindi.devanagariFraction());
        assertEquals(new CorpusStatistics.Classes(7, 3, 0, 2, 2, 1, 5, 1), hindi.classes());
    }
}
