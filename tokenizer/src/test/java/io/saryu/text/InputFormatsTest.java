package io.saryu.text;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.github.luben.zstd.Zstd;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class InputFormatsTest {
    private static final ReadOptions BODY = new ReadOptions(1 << 20, false, InputFormat.AUTO, "body");

    @TempDir
    Path folder;

    private Path text(String name, String content) throws IOException {
        return Files.writeString(folder.resolve(name), content);
    }

    private static List<String> lines(LineReader reader) throws IOException {
        List<String> lines = new ArrayList<>();
        String line;
        while ((line = reader.next()) != null) {
            lines.add(line);
        }
        return lines;
    }

    /** What cleaning makes of a file, with chunks so small that every record is one. */
    private String cleaned(Path file, DocumentUnit unit, ReadOptions read) throws IOException {
        CleanCorpus.Options all = CleanCorpus.Options.DEFAULT;
        Path out = folder.resolve("out");
        CleanCorpus.run(List.of(file.toString()), out, new CleanCorpus.Options(all.rules(), unit, true, null, read,
                FilterOptions.NONE, 2, 1 << 20, 1, 1), ProgressListener.NONE);
        return Files.readString(out);
    }

    @ParameterizedTest
    @ValueSource(strings = {"UTF-16BE", "UTF-16LE"})
    void readsUtf16ByItsByteOrderMark(String charset) throws IOException {
        Random random = new Random(1);
        StringBuilder content = new StringBuilder("first\r\nयह घर 😀 है\n");
        while (content.length() < 100_000) {
            content.appendCodePoint(random.nextInt(10) == 0 ? 0x1F600 + random.nextInt(50) : 'a' + random.nextInt(2000))
                    .append(random.nextInt(30) == 0 ? "\n" : "");
        }
        Path file = Files.write(folder.resolve("x.txt"), ("\uFEFF" + content).getBytes(charset));
        assertEquals(content.toString().replace("\r\n", "\n").lines().toList(),
                lines(new LineReader(Corpus.of(file), ReadOptions.DEFAULT)));
        Files.write(file, Arrays.copyOf(Files.readAllBytes(file), 101));
        String message = assertThrows(CorpusException.class,
                () -> lines(new LineReader(Corpus.of(file), ReadOptions.DEFAULT))).getMessage();
        assertTrue(message.startsWith("the file " + file) && message.contains("is cut off"), message);
    }

    @Test
    void countsLinesWithHalfASurrogatePair() throws IOException {
        // String.getBytes would put something else for the halves.
        ByteBuffer units = ByteBuffer.allocate(100);
        "\uFEFFgood\nbad \uD83D here\n\uDE00\nend \uD83D".chars().forEach(c -> units.putChar((char) c));
        Path file = Files.write(folder.resolve("x.txt"), Arrays.copyOf(units.array(), units.position()));
        LineReader reader = new LineReader(Corpus.of(file), ReadOptions.DEFAULT);
        assertEquals(List.of("good"), lines(reader));
        assertEquals(Map.of(ReadReport.Kind.INVALID_UTF8, 3L), reader.report().badLines());
    }

    @Test
    void readsJsonLines() throws IOException {
        Path file = text("x.jsonl", """
                {"id": 1, "body": "first line\\r\\n\\nsecond 😀 line", "more": {"body": "not this"}}
                {"id": 2, "text": "no body"}

                {"id": 3, "body": ["no string"]}
                not JSON
                {"body": "first line\\n\\u200b\\nsecond 😀 line"}
                {"body": "last"} {"body": "more"}
                {"body": "last"}""");
        LineReader reader = new LineReader(Corpus.of(file), BODY);
        assertEquals(List.of("first line", "second 😀 line", "", "first line", "\u200b", "second 😀 line", "", "last"),
                lines(reader));
        ReadReport report = reader.report();
        assertEquals(8, report.lines());
        assertEquals(Map.of(ReadReport.Kind.MISSING_FIELD, 2L, ReadReport.Kind.INVALID_RECORD, 2L), report.badLines());
        assertEquals(new ReadReport.BadLine(file.toString(), 2, ReadReport.Kind.MISSING_FIELD,
                "the object has no field 'body'"), report.badLineSamples().get(0));
        assertEquals(5, report.badLineSamples().get(2).line());
        assertEquals("first line\nsecond 😀 line\n\nlast\n", cleaned(file, DocumentUnit.PARAGRAPH, BODY));
        assertEquals("first line\nsecond 😀 line\nlast\n", cleaned(file, DocumentUnit.LINE, BODY));
        assertThrows(CorpusException.class, () -> lines(new LineReader(Corpus.of(file),
                new ReadOptions(1 << 20, true, InputFormat.AUTO, "body"))));
    }

    @Test
    void readsTablesWithLineEndsInQuotes() throws IOException {
        String rows = "\uFEFFid,body,n\r\n1,\"one, \"\"two\"\"\r\n\r\nthree\",x\r\n2,plain,y\n3\n4,\"\",z\n5,plain,\n";
        Path csv = text("x.csv", rows);
        LineReader reader = new LineReader(Corpus.of(csv), BODY);
        assertEquals(List.of("one, \"two\"", "three", "", "plain", "", "plain"), lines(reader));
        assertEquals(Map.of(ReadReport.Kind.MISSING_FIELD, 1L), reader.report().badLines());
        assertEquals(3, reader.report().badLineSamples().get(0).line());
        assertEquals(5, reader.report().lines());
        assertEquals("one, \"two\"\nthree\n\nplain\n", cleaned(csv, DocumentUnit.PARAGRAPH, BODY));
        Path tsv = text("x.tsv", "body\tid\na b, c\t1\n");
        assertEquals("a b, c\n", cleaned(tsv, DocumentUnit.LINE, BODY));
        Path packed = Files.write(folder.resolve("y.csv.zst"), Zstd.compress(rows.getBytes(StandardCharsets.UTF_8)));
        assertEquals("one, \"two\"\nthree\n\nplain\n", cleaned(packed, DocumentUnit.PARAGRAPH, BODY));
        String message = assertThrows(CorpusException.class,
                () -> lines(new LineReader(Corpus.of(csv), ReadOptions.DEFAULT))).getMessage();
        assertEquals(csv + " has no column 'text' (its first row is: id, body, n); name the column of the text", message);
        // By its name it would be a table.
        assertEquals("id,body,n\n1,\"one, \"\"two\"\"\n", String.join("\n",
                lines(new LineReader(Corpus.of(csv), new ReadOptions(1 << 20, false, InputFormat.TEXT, "text")))
                        .subList(0, 2)) + "\n");
    }

    @Test
    void refusesATableWhoseQuoteNeverEnds() throws IOException {
        Path csv = text("x.csv", "body\nfine\n\"never ends\n");
        String message = assertThrows(CorpusException.class, () -> cleaned(csv, DocumentUnit.LINE, BODY)).getMessage();
        assertTrue(message.contains(csv.toString()) && message.contains("line"), message);
    }

    /** A format that only tests have, found as one in a module of its own would be. */
    @Test
    void findsFormatsThatAreServices() throws IOException {
        Path file = text("x.txt", "SARYU-TEST\none\\ntwo;-;three\\n\\nfour;");
        assertEquals("one\ntwo\n\nthree\nfour\n", cleaned(file, DocumentUnit.PARAGRAPH, BODY));
        LineReader reader = new LineReader(Corpus.of(file), BODY);
        assertEquals(List.of("one", "two", "", "three", "four"), lines(reader));
        assertEquals(Map.of(ReadReport.Kind.MISSING_FIELD, 1L), reader.report().badLines());
        assertEquals(Files.size(file), reader.bytesRead());
    }

    @Test
    void saysWhereAPackedFileEnds() throws IOException {
        byte[] whole = Zstd.compress("some line of text, number nine\n".repeat(400_000).getBytes(StandardCharsets.UTF_8), 1);
        Path file = Files.write(folder.resolve("cut.zst"), Arrays.copyOf(whole, whole.length - 5));
        String message = assertThrows(CorpusException.class,
                () -> cleaned(file, DocumentUnit.LINE, ReadOptions.DEFAULT)).getMessage();
        assertTrue(message.matches("the file .*cut\\.zst after line [1-9][0-9]* is cut off; get it again whole"), message);
    }

    /** What the other process runs. */
    static final class Main {
        private Main() {
        }

        public static void main(String[] args) throws IOException {
            CleanCorpus.run(List.of("-"), Path.of(args[0]), CleanCorpus.Options.DEFAULT, ProgressListener.NONE);
        }
    }

    @Test
    void readsStandardInput() throws Exception {
        Path in = Files.write(folder.resolve("in"), Zstd.compress("a  b\nc\na b\n".getBytes(StandardCharsets.UTF_8)));
        Path out = folder.resolve("out");
        Process process = new ProcessBuilder(Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-cp",
                System.getProperty("java.class.path"), Main.class.getName(), out.toString()).redirectInput(in.toFile())
                .redirectOutput(ProcessBuilder.Redirect.DISCARD).redirectError(ProcessBuilder.Redirect.DISCARD).start();
        assertTrue(process.waitFor(60, TimeUnit.SECONDS));
        assertEquals(0, process.exitValue());
        assertEquals("a b\nc\n", Files.readString(out));
    }
}
