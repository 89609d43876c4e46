package io.saryu.text;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Cleaning processes that are killed at any moment, again and again, until one comes to its end. */
@Tag("slow")
class CleanKillTest {
    private static final int LINES = 300_000;

    @TempDir
    Path folder;

    /** What the processes run: input, output, memory for duplicates. */
    static final class Main {
        private Main() {
        }

        public static void main(String[] args) throws IOException {
            CleanCorpus.run(List.of(args[0]), Path.of(args[1]), options(Long.parseLong(args[2])), ProgressListener.NONE);
        }
    }

    private static CleanCorpus.Options options(long duplicateBytes) {
        CleanCorpus.Options all = CleanCorpus.Options.DEFAULT;
        return new CleanCorpus.Options(all.rules(), DocumentUnit.PARAGRAPH, true, new SentenceSplitter(), all.read(),
                FilterOptions.NONE, 2, duplicateBytes, 1 << 18, 1 << 16);
    }

    private Process start(Path raw, Path out, long duplicateBytes) throws IOException {
        return new ProcessBuilder(Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-cp",
                System.getProperty("java.class.path"), Main.class.getName(), raw.toString(), out.toString(),
                Long.toString(duplicateBytes)).redirectErrorStream(true).redirectOutput(folder.resolve("said").toFile())
                .start();
    }

    @ParameterizedTest
    @ValueSource(longs = {1 << 16, 1 << 27})
    void theBytesAreTheSame(long duplicateBytes) throws Exception {
        Path raw = Files.write(folder.resolve("raw.txt"), MessyText.of(5, LINES));
        Path straight = folder.resolve("straight.txt");
        CleanCorpus.Report expected =
                CleanCorpus.run(List.of(raw.toString()), straight, options(duplicateBytes), ProgressListener.NONE);
        Path out = folder.resolve("out.txt");
        Path journal = PartialOutput.beside(out, ".json");
        Random random = new Random(duplicateBytes);
        int wentOn = 0;
        for (int kill = 0; kill < 12; kill++) {
            byte[] before = read(journal);
            Process process = start(raw, out, duplicateBytes);
            // Some are killed as soon as there is a new journal, some later, so that slow machines go on too.
            while (process.isAlive() && Arrays.equals(before, read(journal))) {
                Thread.sleep(1);
            }
            process.waitFor(random.nextInt(400), TimeUnit.MILLISECONDS);
            process.destroyForcibly().waitFor();
            wentOn += before.length > 0 ? 1 : 0;
            if (process.exitValue() == 0) {
                break;
            }
            assertFalse(Files.exists(out), "an output without an end");
        }
        Process last = start(raw, out, duplicateBytes);
        assertTrue(last.waitFor(5, TimeUnit.MINUTES));
        assertEquals(0, last.exitValue(), Files.readString(folder.resolve("said")));
        assertTrue(wentOn > 0);
        assertEquals(-1, Files.mismatch(straight, out));
        assertEquals(Reports.toJson(expected).replace("straight.txt", "out.txt") + "\n",
                Files.readString(Reports.beside(out)));
        try (Stream<Path> files = Files.list(folder)) {
            assertFalse(files.anyMatch(file -> file.getFileName().toString().startsWith(".")));
        }
    }

    private static byte[] read(Path file) throws IOException {
        return Files.exists(file) ? Files.readAllBytes(file) : new byte[0];
    }
}
