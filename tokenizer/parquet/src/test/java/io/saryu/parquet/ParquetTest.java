package io.saryu.parquet;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.saryu.text.CleanCorpus;
import io.saryu.text.CorpusException;
import io.saryu.text.InputFormat;
import io.saryu.text.ProgressListener;
import io.saryu.text.ReadOptions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.Statement;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ParquetTest {
    @TempDir
    Path folder;

    /** A file of the rows of a query. */
    private Path parquet(String name, String query) throws Exception {
        Path file = folder.resolve(name);
        try (Connection c = DriverManager.getConnection("jdbc:duckdb:"); Statement s = c.createStatement()) {
            s.execute("COPY (" + query + ") TO '" + file.toString().replace("'", "''") + "' (FORMAT parquet, ROW_GROUP_SIZE 2048)");
        }
        return file;
    }

    private CleanCorpus.Report clean(Path file, String field) throws IOException {
        CleanCorpus.Options all = CleanCorpus.Options.DEFAULT;
        return CleanCorpus.run(List.of(file.toString()), folder.resolve("out.txt"), new CleanCorpus.Options(all.rules(), all.unit(),
                true, null, new ReadOptions(1 << 20, false, InputFormat.AUTO, field)), ProgressListener.NONE);
    }

    private static String message(Exception e) {
        return e.getMessage();
    }

    @Test
    void rowsComeInTheirOrder() throws Exception {
        Path file = parquet("it's [a] *.bin", "SELECT i AS id, 'पंक्ति  ' || i AS \"the text\" FROM range(20000) t(i) ORDER BY i");
        CleanCorpus.Report report = clean(file, "the text");
        List<String> lines = Files.readAllLines(folder.resolve("out.txt"));
        assertEquals(20_000, lines.size());
        for (int i = 0; i < lines.size(); i++) {
            assertEquals("पंक्ति " + i, lines.get(i));
        }
        assertEquals(20_000, report.read().lines());
    }

    @Test
    void missingTextsAreCountedAndLineEndsWithinThemHold() throws Exception {
        Path file = parquet("a.parquet", "SELECT * FROM (VALUES ('a' || chr(10) || 'b'), (NULL), ('c'), ('c')) t(text)");
        CleanCorpus.Report report = clean(file, "text");
        assertEquals("a\nb\nc\n", Files.readString(folder.resolve("out.txt")));
        assertEquals(1, report.read().badLineCount());
        assertEquals(1, report.duplicateDocuments());
    }

    @Test
    void columnsThatAreNotThereOrHoldNoTextAreNamed() throws Exception {
        Path file = parquet("a.parquet", "SELECT 1 AS id, 'x' AS body");
        String message = message(assertThrows(CorpusException.class, () -> clean(file, "text")));
        assertEquals(file + " has no column 'text'; its columns are id, body, name one with --field", message);
        message = message(assertThrows(CorpusException.class, () -> clean(file, "id")));
        assertTrue(message.contains("holds INTEGER and no text"), message);
        assertFalse(Files.exists(folder.resolve("out.txt")));
    }

    @Test
    void damagedFilesAreRefused() throws Exception {
        byte[] whole = Files.readAllBytes(parquet("a.parquet", "SELECT 'line ' || i AS text FROM range(5000) t(i)"));
        Path file = folder.resolve("b.parquet");
        Files.write(file, Arrays.copyOf(whole, whole.length / 2));
        String message = message(assertThrows(CorpusException.class, () -> clean(file, "text")));
        assertTrue(message.startsWith("cannot read the parquet file " + file), message);
        Random random = new Random(3);
        int refused = 0;
        for (int i = 0; i < 200; i++) {
            byte[] mutated = whole.clone();
            for (int k = 0; k < 1 + random.nextInt(4); k++) {
                mutated[4 + random.nextInt(mutated.length - 4)] ^= (byte) (1 << random.nextInt(8));
            }
            Files.write(file, mutated);
            try {
                clean(file, "text");
            } catch (CorpusException e) {
                refused++;
            }
        }
        assertTrue(refused > 0, "no damage was noticed");
    }
}
