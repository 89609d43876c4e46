package io.saryu.text;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CorpusPartTest {
    @TempDir
    Path folder;

    private static CleanCorpus.Options options(boolean strict) {
        return new CleanCorpus.Options(EnumSet.allOf(CleanRule.class), DocumentUnit.LINE, false, new SentenceSplitter(),
                new ReadOptions(1000, strict));
    }

    private Path text() throws IOException {
        Random random = new Random(9);
        StringBuilder text = new StringBuilder("\uFEFF");
        for (int i = 0; i < 500; i++) {
            text.append(switch (random.nextInt(5)) {
                case 0 -> "Two sentences. In one line!\r\n";
                case 1 -> "यह घर है। वह भी।\n";
                case 2 -> "\n";
                case 3 -> "x".repeat(random.nextInt(2000)) + "\n";
                default -> "a\u0000b\n";
            });
        }
        return Files.writeString(folder.resolve("text.txt"), text + "no line end");
    }

    @Test
    void partsOfAnySizeGiveTheDocumentsOfTheWhole() throws IOException {
        Path file = text();
        Path whole = folder.resolve("whole.txt");
        CleanCorpus.Report report = CleanCorpus.run(List.of(file.toString()), whole, options(false), ProgressListener.NONE);
        for (long bytes : new long[] {1, 17, 1000, 30_000, 1 << 30}) {
            List<CorpusPart> parts = CorpusPart.divide(Corpus.of(file), options(false), bytes);
            ByteArrayOutputStream out = new ByteArrayOutputStream();
            long[] counts = new long[3];
            for (CorpusPart part : parts) {
                part.clean(options(false), d -> {
                    out.writeBytes(d.bytes());
                    counts[0] += d.count();
                    counts[1] += d.read();
                    counts[2] += d.bad();
                });
            }
            assertArrayEquals(Files.readAllBytes(whole), out.toByteArray(), "parts of " + bytes + " bytes");
            assertEquals(List.of(report.documents(), report.read().lines(), report.read().badLineCount()),
                    List.of(counts[0], counts[1], counts[2]));
            assertEquals(bytes < 1000, parts.size() > 100, parts.size() + " parts of " + bytes + " bytes");
        }
    }

    @Test
    void filesThatCannotBeCutArePartsAsTheyAre() throws IOException {
        Path wide = Files.write(folder.resolve("wide.txt"), "\uFEFFa\nb\n".getBytes(StandardCharsets.UTF_16LE));
        Path table = Files.writeString(folder.resolve("table.csv"), "text\n\"a\nb\"\n");
        assertEquals(List.of(-1L, -1L), CorpusPart.divide(Corpus.of(wide, table), options(false), 1).stream().map(CorpusPart::to).toList());
    }

    @Test
    void strictPartsNameTheFile() throws IOException {
        CorpusPart part = CorpusPart.divide(Corpus.of(text()), options(true), 1 << 20).getFirst();
        String message = assertThrows(CorpusException.class, () -> part.clean(options(true), d -> { })).getMessage();
        assertTrue(message.startsWith(part.file() + " holds a bad line"), message);
    }
}
