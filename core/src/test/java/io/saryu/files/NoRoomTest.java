package io.saryu.files;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Writers on a real full disk (a tiny tmpfs, where the system lets us mount one) and under a real limit of file size.
 */
class NoRoomTest {
    private static final int WRITERS = 5;

    @TempDir
    Path temp;

    private static List<String> run(List<String> command) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertEquals(0, process.waitFor(), out);
        return out.lines().toList();
    }

    /** Old files under the final names, which must stay as they are. */
    private static List<String> old(Path folder) throws IOException {
        Files.writeString(folder.resolve("file"), "old");
        Files.createDirectory(folder.resolve("folder"));
        WriterProcess.tokens(folder.resolve("a.bin"), 3);
        return names(folder);
    }

    private static List<String> names(Path folder) throws IOException {
        try (var files = Files.walk(folder)) {
            return files.map(Path::toString).sorted().toList();
        }
    }

    private static void assertAllRefused(Path folder, List<String> messages, String reason, List<String> before)
            throws IOException {
        assertEquals(WRITERS, messages.size(), messages.toString());
        List<String> targets = List.of("file", "folder", "folder", "model.safetensors", "a.bin");
        for (int i = 0; i < WRITERS; i++) {
            String message = messages.get(i);
            assertTrue(message.startsWith("cannot write " + folder.resolve(targets.get(i))), message);
            assertTrue(message.contains(reason), message);
        }
        assertEquals(before, names(folder));
        assertEquals("old", Files.readString(folder.resolve("file")));
        try (TokenFile file = TokenFile.open(folder.resolve("a.bin"))) {
            file.verify();
            assertEquals(3, file.info().maxTokenId());
        }
    }

    @Test
    void underALimitOfFileSize() throws Exception {
        Path shell = Path.of("/bin/sh");
        assumeTrue(Files.isExecutable(shell));
        List<String> before = old(temp);
        List<String> command = new ArrayList<>(List.of(shell.toString(), "-c", "ulimit -f 200 && exec \"$@\"", "sh"));
        command.addAll(WriterProcess.command("all", temp.toString()));
        assertAllRefused(temp, run(command), "the file system does not take files of this size", before);
    }

    @Test
    void onAFullDisk() throws Exception {
        Path disk = Files.createDirectory(temp.resolve("disk"));
        assumeTrue(Files.isExecutable(Path.of("/bin/mount")) && new ProcessBuilder("/bin/mount", "-t", "tmpfs", "-o",
                "size=1000k", "none", disk.toString()).redirectErrorStream(true).start().waitFor() == 0);
        try {
            List<String> before = old(disk);
            assertAllRefused(disk, run(WriterProcess.command("all", disk.toString())), "the disk is full", before);
        } finally {
            new ProcessBuilder("/bin/umount", disk.toString()).start().waitFor();
        }
    }
}
