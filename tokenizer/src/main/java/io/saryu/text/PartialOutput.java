package io.saryu.text;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.util.HexFormat;

/**
 * A file that is written over hours, perhaps by several processes one after the other, under a hidden name, and that
 * gets its own name when it is whole. No two processes write to it at a time. Not thread-safe, but for {@link #force}.
 */
final class PartialOutput implements AutoCloseable {
    private static final int BUFFER = 1 << 20;

    private final Path target;
    private final Path partial;
    private final FileChannel channel;
    private final MessageDigest digest = FileHash.sha256();
    /** What was written last and the system has not been given yet. */
    private final ByteBuffer buffer = ByteBuffer.allocateDirect(BUFFER);
    private long length;

    /** Opens the partial file of {@code target}; missing parent folders are made. */
    PartialOutput(Path target) throws IOException {
        this(target, "");
    }

    /** As {@link #PartialOutput(Path)}, for the hidden file with {@code suffix} after its name. */
    PartialOutput(Path target, String suffix) throws IOException {
        this.target = target.toAbsolutePath();
        if (Files.isDirectory(this.target)) {
            throw new CorpusException("cannot write " + target + ": it is a folder; name a file");
        }
        this.partial = beside(target, suffix);
        try {
            Files.createDirectories(partial.getParent());
            this.channel = FileChannel.open(partial, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        } catch (IOException e) {
            throw cannotWrite(e);
        }
        FileLock lock = tryLock(channel);
        if (lock == null) {
            channel.close();
            throw new CorpusException("another run is writing " + target + "; wait for it, or give another name");
        }
    }

    /** The hidden file of {@code target} with {@code suffix} after its name. */
    static Path beside(Path target, String suffix) {
        Path whole = target.toAbsolutePath();
        return whole.resolveSibling("." + whole.getFileName() + ".partial" + suffix);
    }

    private static FileLock tryLock(FileChannel channel) throws IOException {
        try {
            return channel.tryLock();
        } catch (OverlappingFileLockException e) {
            return null;
        }
    }

    /** Goes on after the first {@code bytes}, which are read for the hash; what follows them is cut off. */
    void goOnAfter(long bytes) throws IOException {
        channel.truncate(bytes);
        channel.position(bytes);
        FileHash.update(digest, partial, bytes);
        length = bytes;
    }

    void write(byte[] bytes, int start, int count) throws IOException {
        if (count == 0) {
            return;
        }
        digest.update(bytes, start, count);
        length += count;
        int done = 0;
        while (done < count) {
            int part = Math.min(count - done, buffer.remaining());
            buffer.put(bytes, start + done, part);
            done += part;
            if (!buffer.hasRemaining()) {
                flush();
            }
        }
    }

    /** Hands all that was written to the system. */
    void flush() throws IOException {
        buffer.flip();
        try {
            while (buffer.hasRemaining()) {
                channel.write(buffer);
            }
        } catch (ClosedChannelException e) {
            // By Ctrl-C, which is no failure to write.
            throw e;
        } catch (IOException e) {
            throw cannotWrite(e);
        }
        buffer.clear();
    }

    long length() {
        return length;
    }

    /** Waits until what was flushed is on the disk; any thread may. */
    void force() throws IOException {
        channel.force(false);
    }

    /** Gives the file its name, in place of one that was there. */
    void commit() throws IOException {
        flush();
        try {
            channel.force(true);
            Files.move(partial, target, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException e) {
            throw cannotWrite(e);
        }
    }

    /** SHA-256 of all that was written; the file must be whole, for it begins a new hash. */
    String sha256() {
        return HexFormat.of().formatHex(digest.digest());
    }

    /** Removes the file. */
    void delete() throws IOException {
        Files.deleteIfExists(partial);
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }

    CorpusException cannotWrite(IOException e) {
        return cannotWrite(target, e);
    }

    /** The sentence about a file that cannot be written. */
    static CorpusException cannotWrite(Path target, IOException e) {
        String what = switch (e) {
            case AccessDeniedException denied -> "no permission in its folder";
            case FileAlreadyExistsException taken -> "a file stands where its folder should be";
            case NoSuchFileException missing -> "its folder is gone";
            default -> e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
        };
        return new CorpusException("cannot write " + target + ": " + what
                + "; free some space or choose another place, nothing was left under that name", e);
    }
}
