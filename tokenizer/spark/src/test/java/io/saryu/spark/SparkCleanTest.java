package io.saryu.spark;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.saryu.text.CleanCorpus;
import io.saryu.text.CleanRule;
import io.saryu.text.CorpusException;
import io.saryu.text.DocumentUnit;
import io.saryu.text.ProgressListener;
import io.saryu.text.ReadOptions;
import io.saryu.text.SentenceSplitter;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import java.util.zip.GZIPOutputStream;
import org.apache.spark.SparkConf;
import org.apache.spark.api.java.JavaSparkContext;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Spark's local mode gives the bytes that one machine gives. */
class SparkCleanTest {
    private static final Path SAMPLE = Path.of("..", "..", "train", "src", "main", "resources", "sample");
    private static JavaSparkContext spark;

    @TempDir
    Path folder;

    @BeforeAll
    static void start() {
        spark = new JavaSparkContext(new SparkConf().setMaster("local[2]").setAppName("test").set("spark.ui.enabled", "false")
                .set("spark.driver.host", "127.0.0.1").set("spark.driver.bindAddress", "127.0.0.1"));
    }

    @AfterAll
    static void stop() {
        spark.close();
    }

    private static CleanCorpus.Options options(DocumentUnit unit, boolean deduplicate, boolean sentences) {
        return new CleanCorpus.Options(EnumSet.allOf(CleanRule.class), unit, deduplicate, sentences ? new SentenceSplitter() : null,
                ReadOptions.DEFAULT);
    }

    private void assertSame(List<String> inputs, CleanCorpus.Options options, long partBytes, int leastParts) throws IOException {
        Path here = folder.resolve("here.txt");
        Path there = folder.resolve("there.txt");
        CleanCorpus.forget(here);
        CleanCorpus.Report one = CleanCorpus.run(inputs, here, options, ProgressListener.NONE);
        SparkClean.Report many = SparkClean.run(spark, inputs, there, options, partBytes);
        assertArrayEquals(Files.readAllBytes(here), Files.readAllBytes(there));
        assertTrue(many.parts() >= leastParts, many.toString());
        assertEquals(one.documents(), many.documents());
        assertEquals(one.duplicateDocuments(), many.duplicateDocuments());
        assertEquals(one.lines(), many.lines());
        assertEquals(one.bytes(), many.bytes());
        assertEquals(one.read().lines(), many.readLines());
        assertEquals(one.read().badLineCount(), many.badLines());
        try (Stream<Path> files = Files.list(folder)) {
            assertTrue(files.noneMatch(f -> f.getFileName().toString().contains("-parts-")), "parts are left behind");
        }
    }

    /** Lines of all kinds, many of them twice, some of them bad, in several files, one packed. */
    private List<String> messy() throws IOException {
        Random random = new Random(4);
        for (int f = 0; f < 3; f++) {
            StringBuilder text = new StringBuilder(f == 1 ? "\uFEFF" : "");
            for (int i = 0; i < 4000; i++) {
                text.append(switch (random.nextInt(6)) {
                    case 0 -> "A line that comes  again. And again, number " + random.nextInt(300) + "!";
                    case 1 -> "यह पंक्ति फिर आती है। संख्या " + random.nextInt(300) + "।";
                    case 2 -> "\u200B";
                    case 3 -> "";
                    case 4 -> "own line " + f + " " + i + "\r";
                    default -> "bad \u0000 line";
                }).append('\n');
            }
            Files.writeString(folder.resolve("text" + f + ".txt"), text.toString());
        }
        try (GZIPOutputStream out = new GZIPOutputStream(Files.newOutputStream(folder.resolve("more.txt.gz")))) {
            out.write(Files.readAllBytes(folder.resolve("text0.txt")));
            out.write("one more at the end".getBytes(StandardCharsets.UTF_8));
        }
        return Stream.of("text0.txt", "text1.txt", "more.txt.gz", "text2.txt").map(n -> folder.resolve(n).toString()).toList();
    }

    @Test
    void messyLinesInManySmallParts() throws IOException {
        List<String> inputs = messy();
        assertSame(inputs, options(DocumentUnit.LINE, true, true), 10_000, 20);
        assertSame(inputs, options(DocumentUnit.LINE, false, false), 5_000, 40);
        assertSame(inputs, options(DocumentUnit.PARAGRAPH, true, true), 10_000, 4);
    }

    @Test
    void theSampleCorpus() throws IOException {
        List<String> inputs = Stream.of("en.messy", "hi.messy", "awa.messy", "en", "hi", "awa")
                .map(n -> SAMPLE.resolve(n + ".txt.xz").toString()).toList();
        assertSame(inputs, options(DocumentUnit.LINE, true, true), SparkClean.PART_BYTES, inputs.size());
    }

    @Test
    void badInputIsRefusedAndLeavesNothing() throws IOException {
        Path empty = Files.writeString(folder.resolve("empty.txt"), "\u200B\n");
        Path out = folder.resolve("out.txt");
        String message = assertThrows(CorpusException.class, () -> SparkClean.run(spark, List.of(empty.toString()), out,
                options(DocumentUnit.LINE, true, false), 10)).getMessage();
        assertTrue(message.startsWith("no text is left of"), message);
        try (Stream<Path> files = Files.list(folder)) {
            assertEquals(List.of(empty), files.toList());
        }
    }
}
