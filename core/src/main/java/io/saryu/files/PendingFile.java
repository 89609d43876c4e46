package io.saryu.files;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.concurrent.ThreadLocalRandom;

/**
 * A file under a temporary name ({@code .NAME.RANDOM.tmp} in the target's folder) until {@link #commit()} gives it its
 * final one. Closing it without a commit removes it.
 */
final class PendingFile implements AutoCloseable {
    private final Path target;
    private final Path temporary;
    private final FileChannel channel;
    private boolean committed;

    PendingFile(Path target) throws IOException {
        this.target = target.toAbsolutePath();
        if (Files.isDirectory(this.target)) {
            throw new IOException("cannot write " + target + ": a folder of that name is in the way");
        }
        this.temporary = temporaryName(this.target);
        try {
            // Not Files.createTempFile: that makes the file unreadable for others, whatever the umask says.
            this.channel = FileChannel.open(temporary, StandardOpenOption.CREATE_NEW, StandardOpenOption.READ,
                    StandardOpenOption.WRITE);
        } catch (IOException e) {
            throw WriteFailure.explain(this.target, temporary, e);
        }
    }

    /**
     * A new hidden name beside {@code target}; in the same folder, because a rename is atomic only inside a file
     * system.
     */
    static Path temporaryName(Path target) throws IOException {
        Path name = target.getFileName();
        if (name == null || name.toString().isEmpty()) {
            throw new IOException("cannot write " + target + ": the path names no file");
        }
        // File systems allow 255 bytes, and the target may use them all.
        String stem = name.toString().length() <= 40 ? name.toString() : Integer.toHexString(name.hashCode());
        String random = Long.toUnsignedString(ThreadLocalRandom.current().nextLong(), 36);
        return target.resolveSibling("." + stem + "." + random + ".tmp");
    }

    FileChannel channel() {
        return channel;
    }

    /** The final name, absolute. */
    Path target() {
        return target;
    }

    Path temporary() {
        return temporary;
    }

    /** Writes everything to the disk, then renames. */
    void commit() throws IOException {
        try {
            channel.force(true);
            channel.close();
            Files.move(temporary, target, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
            committed = true;
        } catch (IOException e) {
            throw WriteFailure.explain(target, temporary, e);
        }
        FolderSync.force(target.getParent());
    }

    @Override
    public void close() throws IOException {
        if (!committed) {
            try {
                channel.close();
            } finally {
                Files.deleteIfExists(temporary);
            }
        }
    }
}
