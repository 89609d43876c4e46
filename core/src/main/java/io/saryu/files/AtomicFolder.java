package io.saryu.files;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.UUID;
import java.util.stream.Stream;

/**
 * Writes a whole folder or nothing, as a checkpoint needs: under a temporary name beside the target, all its files
 * synced, then renamed.
 *
 * <p>No system call that Java offers swaps two folders, so an existing target is renamed to {@code .NAME.saryu-old} for
 * the moment until the new folder takes its name. A process killed in that moment leaves the complete old folder under
 * that name; {@link #recover} (which {@link #write} calls first) gives it its name back.
 */
public final class AtomicFolder {
    /** Bytes of a name; file systems allow 255, and what is added must fit. */
    private static final int LONGEST_NAME = 240;
    private static final Object SWAP = new Object();

    private AtomicFolder() {
    }

    /**
     * Fills a new folder and puts it in place of {@code target}. An existing target is deleted with all it holds once
     * the new one is in place. Whatever fails, the target stays as it was and the new folder is removed.
     *
     * @param body gets the empty new folder
     * @throws IOException one sentence with the target and the reason, or what {@code body} threw
     */
    public static void write(Path target, IOConsumer<Path> body) throws IOException {
        Path absolute = target.toAbsolutePath().normalize();
        if (isNoFolder(absolute)) {
            throw new IOException("cannot write the folder " + target + ": a file of that name is in the way");
        }
        Path temporary = PendingFile.temporaryName(absolute);
        try {
            fill(temporary, absolute, body);
        } catch (Throwable e) {
            try {
                delete(temporary);
            } catch (IOException left) {
                // Must not hide why the write failed.
                e.addSuppressed(left);
            }
            throw e;
        }
        FolderSync.force(absolute.getParent());
    }

    /** Whether something else is there. One system call, as another writer may be between its two renames. */
    private static boolean isNoFolder(Path path) {
        try {
            return !Files.readAttributes(path, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS).isDirectory();
        } catch (IOException e) {
            // Nothing is there, or what follows says better why it cannot be seen.
            return false;
        }
    }

    private static void fill(Path temporary, Path target, IOConsumer<Path> body) throws IOException {
        try {
            Files.createDirectory(temporary);
            body.accept(temporary);
            sync(temporary);
            swap(temporary, target);
        } catch (IOException e) {
            throw WriteFailure.explain(target, temporary, e);
        } catch (UncheckedIOException e) {
            throw WriteFailure.explain(target, temporary, e.getCause());
        }
    }

    /**
     * Gives {@code target} back its name after a process was killed while replacing it. Does nothing when the target is
     * there or there is nothing to recover.
     */
    public static void recover(Path target) throws IOException {
        Path absolute = target.toAbsolutePath().normalize();
        synchronized (SWAP) {
            Path old = oldName(absolute);
            if (!Files.exists(absolute, LinkOption.NOFOLLOW_LINKS)
                    && Files.isDirectory(old, LinkOption.NOFOLLOW_LINKS)) {
                Files.move(old, absolute, StandardCopyOption.ATOMIC_MOVE);
            }
        }
    }

    private static Path oldName(Path target) {
        String name = target.getFileName().toString();
        if (name.getBytes(StandardCharsets.UTF_8).length > LONGEST_NAME) {
            // The same at every call, as recovery must find it, and never that of another folder.
            name = UUID.nameUUIDFromBytes(name.getBytes(StandardCharsets.UTF_8)).toString();
        }
        return target.resolveSibling("." + name + ".saryu-old");
    }

    private static void swap(Path temporary, Path target) throws IOException {
        Path old = oldName(target);
        synchronized (SWAP) {
            recover(target);
            if (!Files.exists(target, LinkOption.NOFOLLOW_LINKS)) {
                Files.move(temporary, target, StandardCopyOption.ATOMIC_MOVE);
                return;
            }
            delete(old);
            Files.move(target, old, StandardCopyOption.ATOMIC_MOVE);
            try {
                Files.move(temporary, target, StandardCopyOption.ATOMIC_MOVE);
            } catch (IOException e) {
                recover(target);
                throw e;
            }
            delete(old);
        }
    }

    private static void sync(Path folder) throws IOException {
        try (Stream<Path> paths = Files.walk(folder)) {
            for (Path path : (Iterable<Path>) paths::iterator) {
                if (Files.isDirectory(path, LinkOption.NOFOLLOW_LINKS)) {
                    FolderSync.force(path);
                } else if (Files.isRegularFile(path, LinkOption.NOFOLLOW_LINKS)) {
                    try (FileChannel channel = FileChannel.open(path, StandardOpenOption.WRITE)) {
                        channel.force(true);
                    }
                }
            }
        }
    }

    /** Deletes a folder with all it holds; links inside it are removed, not followed. */
    private static void delete(Path folder) throws IOException {
        if (!Files.exists(folder, LinkOption.NOFOLLOW_LINKS)) {
            return;
        }
        Files.walkFileTree(folder, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                Files.delete(file);
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult postVisitDirectory(Path visited, IOException failure) throws IOException {
                if (failure != null) {
                    throw failure;
                }
                Files.delete(visited);
                return FileVisitResult.CONTINUE;
            }
        });
    }
}
