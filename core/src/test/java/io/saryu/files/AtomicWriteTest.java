package io.saryu.files;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.api.io.TempDir;

class AtomicWriteTest {
    @TempDir
    Path temp;

    private List<String> names() throws IOException {
        try (var files = Files.list(temp)) {
            return files.map(f -> f.getFileName().toString()).sorted().toList();
        }
    }

    private static String failure(Path named, Executable write) {
        String message = assertThrows(IOException.class, write).getMessage();
        assertTrue(message.startsWith("cannot write "), message);
        assertTrue(message.contains(named.toString()), message);
        assertFalse(message.contains("\n"), message);
        return message;
    }

    @Test
    void putsTheWholeFileInPlace() throws IOException {
        Path target = temp.resolve("a.txt");
        AtomicFile.writeString(target, "नमस्ते");
        assertEquals("नमस्ते", Files.readString(target));
        AtomicFile.write(target, out -> {
            out.write("two".getBytes(StandardCharsets.UTF_8));
            assertEquals("नमस्ते", Files.readString(target));
            out.close();
        });
        assertEquals("two", Files.readString(target));
        AtomicFile.writeChannel(target, c -> c.write(ByteBuffer.wrap(new byte[] {65}), 3));
        assertEquals("\0\0\0A", Files.readString(target));
        assertEquals(List.of("a.txt"), names());
        assumeTrue(Files.getFileStore(temp).supportsFileAttributeView("posix"));
        Path plain = Files.write(temp.resolve("plain"), new byte[0]);
        assertEquals(Files.getPosixFilePermissions(plain), Files.getPosixFilePermissions(target));
    }

    @Test
    void leavesTheOldFileWhenTheBodyFails() throws IOException {
        Path target = temp.resolve("a.txt");
        AtomicFile.writeString(target, "old");
        for (Exception thrown : List.of(new IOException("mine"), new IllegalStateException("mine"))) {
            assertSame(thrown, assertThrows(Exception.class, () -> AtomicFile.write(target, out -> {
                out.write(new byte[100_000]);
                if (thrown instanceof IOException e) {
                    throw e;
                }
                throw (RuntimeException) thrown;
            })));
        }
        assertThrows(StackOverflowError.class, () -> AtomicFile.write(target, out -> {
            throw new StackOverflowError();
        }));
        assertEquals("old", Files.readString(target));
        assertEquals(List.of("a.txt"), names());
    }

    @Test
    void saysThatItWasInterrupted() throws IOException {
        Path target = temp.resolve("a.txt");
        Thread.currentThread().interrupt();
        try {
            assertTrue(failure(target, () -> AtomicFile.writeString(target, "x")).contains("interrupted"));
        } finally {
            assertTrue(Thread.interrupted());
        }
        assertEquals(List.of(), names());
    }

    @Test
    void refusesPlacesWhereNoFileCanBe() throws IOException {
        Path folder = Files.createDirectory(temp.resolve("folder"));
        assertTrue(failure(folder, () -> AtomicFile.writeString(folder, "")).contains("a folder of that name"));
        Path lost = temp.resolve("gone").resolve("a.txt");
        assertTrue(failure(lost, () -> AtomicFile.writeString(lost, "")).contains("does not exist; create it first"));
        Path file = Files.write(temp.resolve("file"), new byte[1]);
        Path below = file.resolve("a.txt");
        assertTrue(failure(below, () -> AtomicFile.writeString(below, "")).contains("is not a folder"));
        failure(Path.of("/"), () -> AtomicFile.writeString(Path.of("/"), ""));
        failure(Path.of("/"), () -> AtomicFolder.write(Path.of("/"), f -> { }));
        Path tooLong = temp.resolve("n".repeat(300));
        failure(tooLong, () -> AtomicFile.writeString(tooLong, ""));
        assertTrue(failure(file, () -> AtomicFolder.write(file, f -> { })).contains("a file of that name"));
        failure(below, () -> AtomicFolder.write(below, f -> { }));
        failure(lost, () -> AtomicFolder.write(lost, f -> { }));
        assertEquals(List.of("file", "folder"), names());
    }

    @Test
    void saysThatPermissionIsMissing() throws IOException {
        Path denied = Path.of("/sys/a.txt");
        if (!Files.isDirectory(Path.of("/sys")) || !"root".equals(System.getProperty("user.name"))) {
            assumeTrue(Files.getFileStore(temp).supportsFileAttributeView("posix"));
            denied = Files.createDirectory(temp.resolve("closed"), PosixFilePermissions.asFileAttribute(
                    PosixFilePermissions.fromString("r-xr-xr-x"))).resolve("a.txt");
        }
        Path target = denied;
        for (Executable write : List.<Executable>of(() -> AtomicFile.writeString(target, ""),
                () -> AtomicFolder.write(target, f -> { }),
                () -> TokenFileWriter.create(target, 9, "0".repeat(64), "hi"))) {
            String message = failure(target, write);
            // Containers mount /sys read-only.
            assertTrue(message.contains("no permission to write in") || message.contains("mounted read-only"), message);
        }
    }

    @Test
    void takesNamesAsLongAsTheFileSystemDoes() throws IOException {
        Path target = temp.resolve("न".repeat(85));
        assumeTrue(target.toString().contains("न"));
        AtomicFile.writeString(target, "x");
        AtomicFile.writeString(target, "y");
        assertEquals("y", Files.readString(target));
        Path folder = temp.resolve("ल".repeat(85));
        for (int i = 0; i < 2; i++) {
            AtomicFolder.write(folder, f -> Files.writeString(f.resolve("a"), "a"));
        }
        assertEquals(2, names().size());
    }

    @Test
    void putsTheWholeFolderInPlace() throws IOException {
        Path target = temp.resolve("step-1");
        AtomicFolder.write(target, f -> {
            Files.writeString(Files.createDirectory(f.resolve("model")).resolve("a"), "one");
            assertFalse(Files.exists(target));
        });
        AtomicFolder.write(target, f -> {
            assertEquals("one", Files.readString(target.resolve("model/a")));
            Files.writeString(f.resolve("b"), "two");
        });
        assertFalse(Files.exists(target.resolve("model")));
        assertEquals("two", Files.readString(target.resolve("b")));
        assertEquals(List.of("step-1"), names());
    }

    @Test
    void leavesTheOldFolderWhenTheBodyFails() throws IOException {
        Path target = temp.resolve("step-1");
        AtomicFolder.write(target, f -> Files.writeString(f.resolve("a"), "old"));
        IOException mine = new IOException("mine");
        for (Exception thrown : List.of(mine, new UncheckedIOException(mine), new IllegalStateException("mine"))) {
            Exception seen = assertThrows(Exception.class, () -> AtomicFolder.write(target, f -> {
                Files.writeString(Files.createDirectory(f.resolve("x")).resolve("y"), "half");
                if (thrown instanceof IOException e) {
                    throw e;
                }
                throw (RuntimeException) thrown;
            }));
            assertSame(thrown instanceof UncheckedIOException ? mine : thrown, seen);
        }
        assertEquals("old", Files.readString(target.resolve("a")));
        assertEquals(List.of("step-1"), names());
    }

    @Test
    void deletesNothingThroughLinks() throws IOException {
        Path outside = Files.createDirectory(temp.resolve("outside"));
        Files.writeString(outside.resolve("precious"), "p");
        Path target = temp.resolve("step-1");
        AtomicFolder.write(target, f -> Files.createSymbolicLink(f.resolve("link"), outside));
        AtomicFolder.write(target, f -> { });
        assertEquals("p", Files.readString(outside.resolve("precious")));
        Path link = Files.createSymbolicLink(temp.resolve("link"), outside);
        assertThrows(IOException.class, () -> AtomicFolder.write(link, f -> { }));
        assertTrue(Files.isSymbolicLink(link));
        Path fileLink = Files.createSymbolicLink(temp.resolve("filelink"), outside.resolve("precious"));
        AtomicFile.writeString(fileLink, "new");
        assertFalse(Files.isSymbolicLink(fileLink));
        assertEquals("p", Files.readString(outside.resolve("precious")));
    }

    @Test
    void recoversAFolderWhoseReplacementWasKilled() throws IOException {
        Path target = temp.resolve("step-1");
        AtomicFolder.recover(target);
        assertFalse(Files.exists(target, LinkOption.NOFOLLOW_LINKS));
        Files.writeString(Files.createDirectory(temp.resolve(".step-1.saryu-old")).resolve("a"), "old");
        AtomicFolder.recover(target);
        assertEquals("old", Files.readString(target.resolve("a")));
        Files.writeString(Files.createDirectory(temp.resolve(".step-1.saryu-old")).resolve("a"), "older");
        AtomicFolder.recover(target);
        assertEquals("old", Files.readString(target.resolve("a")));
        AtomicFolder.write(target, f -> Files.writeString(f.resolve("a"), "new"));
        assertEquals("new", Files.readString(target.resolve("a")));
        assertEquals(List.of("step-1"), names());
    }

    @Test
    void takesWritersOfOneTargetAtTheSameTime() throws Exception {
        ExecutorService pool = Executors.newFixedThreadPool(4);
        try {
            List<Future<?>> writers = new ArrayList<>();
            for (int w = 0; w < 4; w++) {
                String text = Integer.toString(w).repeat(10_000);
                writers.add(pool.submit(() -> {
                    for (int i = 0; i < 30; i++) {
                        AtomicFile.writeString(temp.resolve("file"), text);
                        AtomicFolder.write(temp.resolve("folder"), f -> Files.writeString(f.resolve("a"), text));
                    }
                    return null;
                }));
            }
            for (Future<?> w : writers) {
                w.get();
            }
        } finally {
            pool.shutdownNow();
        }
        for (Path file : List.of(temp.resolve("file"), temp.resolve("folder/a"))) {
            String text = Files.readString(file);
            assertEquals(text.substring(0, 1).repeat(10_000), text);
        }
        assertEquals(List.of("file", "folder"), names());
    }
}
