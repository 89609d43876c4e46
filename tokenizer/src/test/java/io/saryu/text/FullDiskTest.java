package io.saryu.text;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** A write that the system refuses half-way, in a process whose files may have 64 KiB. */
@EnabledOnOs(OS.LINUX)
class FullDiskTest {
    @TempDir
    Path folder;

    /** What the process runs. */
    public static final class Main {
        private Main() {
        }

        /** Cleans the first file into the second and tells the refusal. */
        public static void main(String[] args) throws IOException {
            try {
                CleanCorpus.run(List.of(args[0]), Path.of(args[1]), CleanCorpus.Options.DEFAULT, ProgressListener.NONE);
            } catch (CorpusException e) {
                System.out.print(e.getMessage());
                System.exit(1);
            }
        }
    }

    @Test
    void nothingIsLeftOfARefusedWrite() throws Exception {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < 40_000; i++) {
            text.append("line ").append(i).append('\n');
        }
        Path raw = Files.writeString(folder.resolve("raw.txt"), text);
        Path out = Files.writeString(folder.resolve("out.txt"), "old\n");
        String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
        Process process = new ProcessBuilder("bash", "-c", "ulimit -f 64; exec \"$@\"", "bash", java,
                "-XX:-UsePerfData", "-cp", System.getProperty("java.class.path"), Main.class.getName(), raw.toString(),
                out.toString()).redirectErrorStream(true).start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertEquals(1, process.waitFor(), said);
        assertTrue(said.startsWith("cannot write " + out + ": "), said);
        assertEquals("old\n", Files.readString(out));
        try (Stream<Path> files = Files.list(folder)) {
            assertEquals(List.of("out.txt", "raw.txt"), files.map(f -> f.getFileName().toString()).sorted().toList());
        }
    }
}
