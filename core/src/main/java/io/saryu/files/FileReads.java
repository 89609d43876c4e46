package io.saryu.files;

import java.io.IOException;
import java.io.InputStream;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.FileChannel;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;

/** Positional reads that end in an exception, never in less than was asked for. Safe from several threads at once. */
final class FileReads {
    /** One read; bounds the temporary buffer that the JDK keeps per thread for heap memory. */
    private static final int CHUNK_BYTES = 8 << 20;
    private static final int COPY_BYTES = 1 << 16;

    private FileReads() {
    }

    /** Opens a regular file for reading; what is wrong is said in a sentence. */
    static FileChannel open(Path file) throws IOException {
        if (ByteOrder.nativeOrder() != ByteOrder.LITTLE_ENDIAN) {
            throw new IOException("cannot read " + file + ": it is little-endian and this machine is not, which Saryu"
                    + " does not support");
        }
        if (isNoFile(file)) {
            throw new IOException("cannot read " + file + ": it is not a file");
        }
        try {
            return FileChannel.open(file, StandardOpenOption.READ);
        } catch (NoSuchFileException e) {
            throw new IOException("cannot read " + file + ": there is no such file; check the path", e);
        } catch (AccessDeniedException e) {
            throw new IOException("cannot read " + file + ": no permission; change its permissions", e);
        }
    }

    /** Whether something else is there. One system call, as the file may be renamed between two. */
    private static boolean isNoFile(Path path) {
        try {
            return !Files.readAttributes(path, BasicFileAttributes.class).isRegularFile();
        } catch (IOException e) {
            // Nothing is there, or opening it says better why it cannot be seen.
            return false;
        }
    }

    /**
     * Copies {@code length} bytes from {@code position} of the file to the start of {@code to}.
     *
     * @throws MalformedFileException when the file ends before, because it shrank since it was checked
     */
    static void fully(FileChannel channel, Path file, long position, MemorySegment to, long length) throws IOException {
        if (to.heapBase().isPresent() && !(to.heapBase().get() instanceof byte[])) {
            throughBytes(channel, file, position, to, length);
            return;
        }
        long done = 0;
        while (done < length) {
            int chunk = (int) Math.min(CHUNK_BYTES, length - done);
            fully(channel, file, position + done, to.asSlice(done, chunk).asByteBuffer());
            done += chunk;
        }
    }

    /** For arrays of other types, which have no view as a buffer of bytes. */
    private static void throughBytes(FileChannel channel, Path file, long position, MemorySegment to, long length)
            throws IOException {
        byte[] chunk = new byte[(int) Math.min(COPY_BYTES, length)];
        for (long done = 0; done < length; done += chunk.length) {
            int n = (int) Math.min(chunk.length, length - done);
            fully(channel, file, position + done, ByteBuffer.wrap(chunk, 0, n));
            MemorySegment.copy(MemorySegment.ofArray(chunk), 0, to, done, n);
        }
    }

    /** Fills {@code to} from {@code position} of the file. */
    static void fully(FileChannel channel, Path file, long position, ByteBuffer to) throws IOException {
        long at = position;
        try {
            while (to.hasRemaining()) {
                int n = channel.read(to, at);
                if (n < 0) {
                    throw new MalformedFileException(file + " became shorter while it was read: it ends at byte "
                            + channel.size() + " and byte " + at + " was needed; copy it again");
                }
                at += n;
            }
        } catch (ClosedChannelException e) {
            throw new IOException("cannot read " + file + ": it was closed, by its owner or because a reading thread"
                    + " was interrupted", e);
        }
    }

    /** The bytes from {@code position} to {@code end} as a stream, for a parser. */
    static InputStream stream(FileChannel channel, Path file, long position, long end) {
        return new InputStream() {
            private final ByteBuffer one = ByteBuffer.allocate(1);
            private long at = position;

            @Override
            public int read() throws IOException {
                return read(one.array(), 0, 1) < 0 ? -1 : one.get(0) & 0xFF;
            }

            @Override
            public int read(byte[] bytes, int offset, int length) throws IOException {
                if (at >= end) {
                    return -1;
                }
                int n = (int) Math.min(length, end - at);
                fully(channel, file, at, ByteBuffer.wrap(bytes, offset, n));
                at += n;
                return n;
            }
        };
    }
}
