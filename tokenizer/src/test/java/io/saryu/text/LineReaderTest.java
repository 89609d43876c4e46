package io.saryu.text;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.github.luben.zstd.ZstdOutputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.tukaani.xz.LZMA2Options;
import org.tukaani.xz.XZOutputStream;

class LineReaderTest {
    private static final ReadOptions STRICT = new ReadOptions(1 << 20, true);

    @TempDir
    Path folder;

    private Path file(String name, byte[] bytes) throws IOException {
        return Files.write(folder.resolve(name), bytes);
    }

    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static byte[] bytes(int... values) {
        byte[] bytes = new byte[values.length];
        for (int i = 0; i < values.length; i++) {
            bytes[i] = (byte) values[i];
        }
        return bytes;
    }

    private static byte[] packed(String how, byte[] plain) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (OutputStream out = switch (how) {
            case "gz" -> new GZIPOutputStream(bytes);
            case "xz" -> new XZOutputStream(bytes, new LZMA2Options(1));
            case "zst" -> new ZstdOutputStream(bytes);
            default -> bytes;
        }) {
            out.write(plain);
        }
        return bytes.toByteArray();
    }

    private static List<String> lines(LineReader reader) throws IOException {
        List<String> lines = new ArrayList<>();
        try (reader) {
            String line;
            while ((line = reader.next()) != null) {
                lines.add(line);
            }
            assertNull(reader.next());
        }
        return lines;
    }

    private static List<String> lines(Path file) throws IOException {
        return lines(new LineReader(Corpus.of(file), ReadOptions.DEFAULT));
    }

    private static String refusal(Path file, ReadOptions options) {
        return assertThrows(CorpusException.class, () -> lines(new LineReader(Corpus.of(file), options))).getMessage();
    }

    @Test
    void endsLinesAtLfAndCrLfAndFileEnd() throws IOException {
        assertEquals(List.of("a", "b", "", "c\rd", "e\r"), lines(file("x.txt", utf8("a\r\nb\n\nc\rd\ne\r"))));
        assertEquals(List.of("a"), lines(file("x.txt", utf8("a\n"))));
        assertEquals(List.of("", ""), lines(file("x.txt", utf8("\r\n\n"))));
    }

    @ParameterizedTest
    @ValueSource(strings = {"plain", "gz", "xz", "zst"})
    void unpacksByContentNotByName(String how) throws IOException {
        Path file = file("x.txt", packed(how, utf8("यह घर है।\nदूसरी\n")));
        LineReader reader = new LineReader(Corpus.of(file), ReadOptions.DEFAULT);
        assertEquals(List.of("यह घर है।", "दूसरी"), lines(reader));
        assertEquals(Files.size(file), reader.bytesRead());
    }

    @ParameterizedTest
    @ValueSource(strings = {"gz", "xz", "zst"})
    void saysThatAPackedFileIsCutOff(String how) throws IOException {
        StringBuilder text = new StringBuilder();
        new Random(1).ints(40_000, 'a', 'z').forEach(c -> text.append((char) c).append(c == 'e' ? "\n" : ""));
        byte[] whole = packed(how, utf8(text.toString()));
        for (int length : new int[] {8, whole.length / 2, whole.length - 1}) {
            Path file = file("cut.txt", Arrays.copyOf(whole, length));
            String message = refusal(file, ReadOptions.DEFAULT);
            assertTrue(message.contains(file.toString()) && message.contains("is cut off"), message);
        }
    }

    @Test
    void refusesAPackedFileWithWrongBytes() throws IOException {
        byte[] damaged = packed("xz", utf8("some text\n".repeat(1000)));
        damaged[damaged.length / 2] ^= 0x55;
        String message = refusal(file("damaged.txt.xz", damaged), ReadOptions.DEFAULT);
        assertTrue(message.startsWith("cannot read " + folder.resolve("damaged.txt.xz")), message);
    }

    @ParameterizedTest
    @CsvSource({"425A683931415926, packed with bzip2", "504B030414000000, a zip archive",
        "FFFE000061000000, UTF-32 text", "0000FEFF00000061, UTF-32 text"})
    void namesFormatsThatItDoesNotRead(String hex, String what) throws IOException {
        Path file = file("x.txt", HexFormat.of().parseHex(hex));
        assertEquals(file + " is " + what + ", which is not read here; give plain UTF-8 text, or that packed as .gz,"
                + " .xz or .zst", refusal(file, ReadOptions.DEFAULT));
    }

    @Test
    void saysWhichModuleReadsParquetFiles() throws IOException {
        Path file = file("x.parquet", HexFormat.of().parseHex("5041523100000000"));
        assertEquals(file + " is a parquet file, for which Saryu's parquet module is needed: build it with './saryu parquet', or put"
                + " saryu-parquet beside saryu-tokenizer", refusal(file, ReadOptions.DEFAULT));
    }

    @Test
    void countsBadLinesAndLeavesThemOut() throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        bytes.write(bytes(0xEF, 0xBB, 0xBF));
        bytes.write(utf8("first\ncaf"));
        bytes.write(bytes(0xE9, '\n', 'a', 0, '\n'));
        bytes.write(utf8("kept \uFFFD\n"));
        bytes.write(bytes(0xC0, 0x80, '\n', 0xED, 0xA0, 0x80, '\n', 0xF4, 0x90, 0x80, 0x80, '\n', 0xE0, 0xA4));
        Path file = file("x.txt", bytes.toByteArray());
        LineReader reader = new LineReader(Corpus.of(file), ReadOptions.DEFAULT);
        assertEquals(List.of("first", "kept \uFFFD"), lines(reader));
        ReadReport report = reader.report();
        assertEquals(8, report.lines());
        assertEquals(1, report.byteOrderMarks());
        assertEquals(Map.of(ReadReport.Kind.INVALID_UTF8, 5L, ReadReport.Kind.NUL_BYTE, 1L), report.badLines());
        assertEquals(6, report.badLineCount());
        assertEquals(new ReadReport.BadLine(file.toString(), 2, ReadReport.Kind.INVALID_UTF8,
                "byte 0xE9 at column 4 is not UTF-8"), report.badLineSamples().get(0));
        assertEquals(file + " line 2: byte 0xE9 at column 4 is not UTF-8; mend the line, or let bad lines be left out",
                refusal(file, STRICT));
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 7, 100, 65_533, 65_534, 65_535, 65_536, 70_000})
    void boundsTheLineInBytes(int bound) throws IOException {
        String fits = "f".repeat(bound);
        String tooLong = "t".repeat(bound + 1);
        for (String end : new String[] {"\n", "\r\n"}) {
            Path file = file("x.txt", utf8(fits + end + tooLong + end + fits + end + tooLong.repeat(5) + end + fits));
            LineReader reader = new LineReader(Corpus.of(file), new ReadOptions(bound, false));
            assertEquals(List.of(fits, fits, fits), lines(reader));
            assertEquals(Map.of(ReadReport.Kind.TOO_LONG, 2L), reader.report().badLines());
            assertEquals("the line has " + (bound + 1) + " bytes, more than the " + bound + " that a line may have",
                    reader.report().badLineSamples().get(0).detail());
        }
    }

    /** 64 MiB of one letter: read in bounded memory, counted as one bad line. */
    @Test
    void aHugeLineTakesNoMemory() throws IOException {
        Path file = folder.resolve("huge.txt.xz");
        byte[] block = new byte[1 << 20];
        Arrays.fill(block, (byte) 'x');
        try (OutputStream out = new XZOutputStream(Files.newOutputStream(file), new LZMA2Options(0))) {
            for (int i = 0; i < 64; i++) {
                out.write(block);
            }
            out.write(utf8("\nend\n"));
        }
        LineReader reader = new LineReader(Corpus.of(file), ReadOptions.DEFAULT);
        assertEquals(List.of("end"), lines(reader));
        assertTrue(reader.report().badLineSamples().get(0).detail().contains("67108864 bytes"));
    }

    @Test
    void cutsRandomBytesAsTheJdkDoes() throws IOException {
        for (int seed = 0; seed < 200; seed++) {
            Random random = new Random(seed);
            byte[] text = new byte[random.nextInt(400)];
            for (int i = 0; i < text.length; i++) {
                text[i] = (byte) "ab\n\r\n".charAt(random.nextInt(4));
            }
            Path file = file("x.txt", text.length == 0 ? utf8("a") : text);
            String whole = Files.readString(file).replace("\r\n", "\n");
            List<String> expected = new ArrayList<>(List.of(whole.split("\n", -1)));
            if (expected.get(expected.size() - 1).isEmpty()) {
                expected.remove(expected.size() - 1);
            }
            assertEquals(expected, lines(file));
        }
    }

    @Test
    void gathersParagraphs() throws IOException {
        Path first = file("1.txt", utf8("\n\na\nb\n \n\nc\n"));
        Path second = file("2.txt", utf8("d\n\n\ne"));
        DocumentReader reader = new DocumentReader(new LineReader(Corpus.of(first, second), ReadOptions.DEFAULT),
                DocumentUnit.PARAGRAPH);
        List<String> documents = new ArrayList<>();
        Document document;
        while ((document = reader.next()) != null) {
            documents.add(document.text());
        }
        assertEquals(List.of("a\nb", "c", "d", "e"), documents);
    }
}
