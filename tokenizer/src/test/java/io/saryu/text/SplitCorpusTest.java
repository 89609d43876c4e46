package io.saryu.text;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** {@link SplitCorpus}: the same bytes as reading document by document, whatever the threads and the chunks. */
class SplitCorpusTest {
    @TempDir
    Path folder;

    @ParameterizedTest
    @EnumSource
    void equalsThePlainWayForAllThreads(DocumentUnit unit) throws IOException {
        List<String> inputs = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            inputs.add(Files.write(folder.resolve("in" + i + ".txt"), MessyText.of(7 + i, i == 1 ? 0 : 4000)).toString());
        }
        String[] expected = {"", ""};
        int[] documents = new int[2];
        DocumentSplit split = new DocumentSplit(0.2, 5);
        ReadReport read;
        try (LineReader reader = new LineReader(Corpus.of(inputs), ReadOptions.DEFAULT)) {
            DocumentReader source = new DocumentReader(reader, unit);
            for (Document document = source.next(); document != null; document = source.next()) {
                int side = split.isValidation(document.text()) ? 1 : 0;
                boolean apart = unit == DocumentUnit.PARAGRAPH && documents[side]++ > 0;
                expected[side] += (apart ? "\n" : "") + document.text() + "\n";
            }
            read = reader.report();
        }
        assertTrue(!expected[0].isEmpty() && !expected[1].isEmpty());
        for (int threads : new int[] {1, 2, 7}) {
            SplitCorpus.Options options = new SplitCorpus.Options(0.2, 5, unit, ReadOptions.DEFAULT, threads);
            SplitCorpus.Report report = SplitCorpus.run(inputs, folder.resolve("t"), folder.resolve("v"), options,
                    threads == 1 ? 1 << 22 : 1000 * threads, ProgressListener.NONE);
            assertEquals(expected[0], Files.readString(folder.resolve("t")));
            assertEquals(expected[1], Files.readString(folder.resolve("v")));
            assertEquals(read, report.read());
            assertEquals(Files.size(folder.resolve("t")), report.train().bytes());
        }
    }

    @Test
    void leavesNothingWhenItIsStopped() throws IOException {
        String text = IntStream.range(0, 10_000).mapToObj(i -> "line " + i + "\n").collect(Collectors.joining());
        String raw = Files.writeString(folder.resolve("raw.txt"), text).toString();
        assertThrows(InterruptedIOException.class, () -> SplitCorpus.run(List.of(raw), folder.resolve("t"), folder.resolve("v"),
                SplitCorpus.Options.DEFAULT, 1000, (done, total) -> Thread.currentThread().interrupt()));
        assertTrue(Thread.interrupted());
        try (Stream<Path> files = Files.list(folder)) {
            assertEquals(List.of("raw.txt"), files.map(file -> file.getFileName().toString()).toList());
        }
    }
}
