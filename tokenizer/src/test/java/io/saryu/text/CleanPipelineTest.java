package io.saryu.text;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The engine of {@link CleanCorpus}: the same bytes as the plain way, whatever the threads, the memory and the stops. */
class CleanPipelineTest {
    private static final long TINY = 1;

    @TempDir
    Path folder;

    private static CleanCorpus.Options options(DocumentUnit unit, boolean deduplicate, boolean sentences, int threads,
                                               long duplicateBytes, int chunkBytes) {
        CleanCorpus.Options all = CleanCorpus.Options.DEFAULT;
        return new CleanCorpus.Options(all.rules(), unit, deduplicate, sentences ? new SentenceSplitter() : null,
                all.read(), FilterOptions.NONE, threads, duplicateBytes, 3L * chunkBytes, chunkBytes);
    }

    private CleanCorpus.Report clean(List<String> inputs, CleanCorpus.Options options) throws IOException {
        Files.deleteIfExists(CleanManifest.beside(folder.resolve("out.txt")));
        return CleanCorpus.run(inputs, folder.resolve("out.txt"), options, ProgressListener.NONE);
    }

    private List<String> names() throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.map(file -> file.getFileName().toString()).sorted().toList();
        }
    }

    private List<String> messyFiles(long seed, int files, int lines, List<byte[]> contents) throws IOException {
        List<String> names = new ArrayList<>();
        for (int i = 0; i < files; i++) {
            byte[] content = MessyText.of(31 * seed + i, i % 3 == 2 ? 0 : lines);
            contents.add(content);
            names.add(Files.write(folder.resolve("in" + i + ".txt"), content).toString());
        }
        return names;
    }

    static IntStream seeds() {
        return IntStream.range(0, 24);
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void equalsThePlainWayForAllThreadsAndTables(int seed) throws IOException {
        Random random = new Random(seed);
        List<byte[]> contents = new ArrayList<>();
        List<String> inputs = messyFiles(seed, 4, 300, contents);
        DocumentUnit unit = seed % 2 == 0 ? DocumentUnit.LINE : DocumentUnit.PARAGRAPH;
        boolean deduplicate = seed % 4 < 3;
        boolean sentences = random.nextBoolean();
        PlainClean plain = new PlainClean(options(unit, deduplicate, sentences, 1, TINY, 1));
        String expected = plain.of(contents);
        CleanCorpus.Report first = null;
        for (int threads : new int[] {1, 2, 7}) {
            int chunk = 1 + random.nextInt(threads == 1 ? 1 << 20 : 2000);
            long table = threads == 2 ? TINY : CleanCorpus.Options.DUPLICATE_BYTES;
            CleanCorpus.Report report = clean(inputs, options(unit, deduplicate, sentences, threads, table, chunk));
            assertEquals(expected, Files.readString(folder.resolve("out.txt")));
            assertEquals(plain.documents, report.documents());
            assertEquals(plain.duplicates, report.duplicateDocuments());
            assertEquals(plain.badLines, report.read().badLineCount());
            assertEquals(expected.lines().filter(line -> !line.isEmpty()).count(), report.lines());
            assertEquals(Files.size(folder.resolve("out.txt")), report.bytes());
            first = first == null ? report : first;
            assertEquals(first, report);
        }
        assertEquals(List.of("in0.txt", "in1.txt", "in2.txt", "in3.txt", "out.txt", "out.txt.manifest.json",
                "out.txt.report.json"), names());
    }

    /** Ten thousand different documents against a table of a hundred: nearly all are compared on disk. */
    @Test
    void findsDuplicatesThatItsTableHasNoRoomFor() throws IOException {
        StringBuilder text = new StringBuilder();
        StringBuilder expected = new StringBuilder();
        for (int i = 0; i < 20_000; i++) {
            String line = "document " + i * 7919L % 10_000 + "\n";
            text.append(line);
            expected.append(i < 10_000 ? line : "");
        }
        Path raw = Files.writeString(folder.resolve("raw.txt"), text);
        CleanCorpus.Report report =
                clean(List.of(raw.toString()), options(DocumentUnit.LINE, true, false, 2, TINY, 1 << 12));
        assertEquals(expected.toString(), Files.readString(folder.resolve("out.txt")));
        assertEquals(10_000, report.duplicateDocuments());
        assertEquals(10_000, report.lines());
    }

    @ParameterizedTest
    @ValueSource(longs = {TINY, CleanCorpus.Options.DUPLICATE_BYTES})
    void goesOnAfterItWasStopped(long table) throws IOException {
        for (DocumentUnit unit : DocumentUnit.values()) {
            List<byte[]> contents = new ArrayList<>();
            List<String> inputs = messyFiles(unit.ordinal(), 3, 60_000, contents);
            CleanCorpus.Options options = options(unit, true, true, 2, table, 1 << 16);
            CleanCorpus.Report whole = clean(inputs, options);
            String expected = Files.readString(folder.resolve("out.txt"));
            Files.delete(CleanManifest.beside(folder.resolve("out.txt")));
            Files.writeString(folder.resolve("out.txt"), "old");
            int stops = 0;
            CleanCorpus.Report report = null;
            while (report == null) {
                int[] heard = new int[1];
                try {
                    report = CleanCorpus.run(inputs, folder.resolve("out.txt"), options, (done, total) -> {
                        if (++heard[0] == 2 && done < total) {
                            Thread.currentThread().interrupt();
                        }
                    });
                } catch (InterruptedIOException e) {
                    assertTrue(Thread.interrupted());
                    assertEquals("stopped before the end; run the same command again to go on from here", e.getMessage());
                    assertEquals("old", Files.readString(folder.resolve("out.txt")));
                    assertTrue(++stops < 100, "it does not come nearer to its end");
                }
            }
            assertTrue(stops > 2, stops + " stops");
            assertEquals(expected, Files.readString(folder.resolve("out.txt")));
            assertEquals(whole, report);
            assertFalse(names().stream().anyMatch(name -> name.startsWith(".")), names().toString());
        }
    }

    @Test
    void beginsAnewWhenAnInputChangedMeanwhile() throws IOException {
        Path raw = Files.writeString(folder.resolve("raw.txt"), "some line of text\nanother\n".repeat(200_000));
        CleanCorpus.Options options = options(DocumentUnit.LINE, false, false, 1, TINY, 1 << 16);
        int[] heard = new int[1];
        assertThrows(InterruptedIOException.class, () -> CleanCorpus.run(List.of(raw.toString()),
                folder.resolve("out.txt"), options, (done, total) -> {
                    if (++heard[0] == 2) {
                        Thread.currentThread().interrupt();
                    }
                }));
        assertTrue(Thread.interrupted());
        assertTrue(names().contains(".out.txt.partial.json"));
        Files.writeString(raw, "other text\n");
        clean(List.of(raw.toString()), options);
        assertEquals("other text\n", Files.readString(folder.resolve("out.txt")));
    }

    @Test
    void doesNothingWhenNothingChanged() throws IOException {
        Path raw = Files.writeString(folder.resolve("raw.txt"), "a b\n");
        Path out = folder.resolve("out.txt");
        CleanCorpus.Options options = options(DocumentUnit.LINE, true, false, 2, TINY, 1 << 12);
        List<String> inputs = List.of(raw.toString());
        CleanCorpus.Report report = clean(inputs, options);
        assertFalse(report.unchanged());
        Object before = Files.readAttributes(out, "unix:ino,lastModifiedTime");
        // Neither the number of threads nor memory changes what is written; a new time alone is no new content.
        Files.setLastModifiedTime(raw, FileTime.fromMillis(1));
        CleanCorpus.Report again = CleanCorpus.run(inputs, out, options(DocumentUnit.LINE, true, false, 1, 1 << 20, 9),
                ProgressListener.NONE);
        assertTrue(again.unchanged());
        assertEquals(report.clean(), again.clean());
        assertEquals(before, Files.readAttributes(out, "unix:ino,lastModifiedTime"));
        Files.writeString(raw, "a c\n");
        assertFalse(CleanCorpus.run(inputs, out, options, ProgressListener.NONE).unchanged());
        assertEquals("a c\n", Files.readString(out));
        Files.writeString(out, "a d\n");
        assertFalse(CleanCorpus.run(inputs, out, options, ProgressListener.NONE).unchanged());
        assertEquals("a c\n", Files.readString(out));
        assertFalse(CleanCorpus.run(inputs, out, options(DocumentUnit.LINE, false, false, 2, TINY, 1 << 12),
                ProgressListener.NONE).unchanged());
    }

    /** Without an empty line there is no place to cut: 40 MB become documents of at most 16 MiB, whatever the chunks. */
    @Test
    void cutsAParagraphThatNeverEnds() throws IOException {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < 2_000_000; i++) {
            text.append("line number ").append(i).append('\n');
        }
        Path raw = Files.writeString(folder.resolve("raw.txt"), text);
        clean(List.of(raw.toString()), options(DocumentUnit.PARAGRAPH, true, false, 2, TINY, 1 << 16));
        String small = Files.readString(folder.resolve("out.txt"));
        CleanCorpus.Report report =
                clean(List.of(raw.toString()), options(DocumentUnit.PARAGRAPH, true, false, 1, TINY, 1 << 22));
        assertEquals(small, Files.readString(folder.resolve("out.txt")));
        assertEquals(3, report.documents());
        assertEquals(text.toString(), small.replace("\n\n", "\n"));
    }
}
