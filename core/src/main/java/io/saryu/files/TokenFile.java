package io.saryu.files;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.Objects;

/**
 * Token ids end to end in a {@code .bin} file as nanoGPT reads it, little-endian {@code uint16} or {@code uint32}, with
 * a description in {@code NAME.bin.json} beside it. Mapped into memory, so a file may be larger than memory (and than
 * 2 GB) and processes on one machine share it.
 *
 * <p>The description and the file's size are checked at {@link #open}. Ids are checked whenever they are read, so that
 * opening a large file does not read it; {@link #verify} checks them all. No read returns an id outside the vocabulary:
 * it throws a {@link MalformedFileException} with the position.
 *
 * <p>A file that another process cuts off while it is mapped ends in the same exception: its length is asked for before
 * each copy, and a fault during one is caught. A file of which only the content is overwritten is not noticed unless
 * ids leave the vocabulary. Replacing the file by a rename, as {@link TokenFileWriter} does, leaves an open one as it
 * was.
 *
 * <p>Safe to use from several threads. After {@link #close} every use throws {@link IllegalStateException}.
 */
public final class TokenFile implements AutoCloseable {
    private static final ValueLayout.OfShort SHORT = ValueLayout.JAVA_SHORT_UNALIGNED;
    private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT_UNALIGNED;
    private static final int VERIFY_TOKENS = 1 << 20;

    private final Path path;
    private final TokenFileInfo info;
    /** Not a FileChannel, which an interrupt of any reading thread would close for all. */
    private final RandomAccessFile file;
    private final Arena arena;
    private final MemorySegment data;
    private volatile boolean closed;

    private TokenFile(Path path, TokenFileInfo info, RandomAccessFile file, Arena arena, MemorySegment data) {
        this.path = path;
        this.info = info;
        this.file = file;
        this.arena = arena;
        this.data = data;
    }

    /**
     * Opens a token file that has its description beside it.
     *
     * @throws MalformedFileException when the description is not valid or the file's size is another
     * @throws IOException            when one of the two is missing or cannot be read
     */
    public static TokenFile open(Path bin) throws IOException {
        FileReads.open(bin).close();
        TokenFileInfo info = TokenFileJson.read(bin);
        RandomAccessFile file = openFile(bin);
        return map(bin, file, () -> {
            // A writer removes the description first and puts the new one last, so that the same one before and after
            // means that the tokens are its own.
            if (!TokenFileJson.read(bin).equals(info)) {
                throw new IOException("cannot read " + bin + ": it was replaced while it was opened; try again");
            }
            if (file.length() != info.bytes()) {
                throw new MalformedFileException(bin + " has " + file.length() + " bytes, but its description gives it "
                        + info.tokenCount() + " tokens of " + info.type().bytes() + " bytes; it was cut off or the two"
                        + " do not belong together, so copy both again");
            }
            return info;
        });
    }

    /**
     * Opens a token file of another program, such as nanoGPT's {@code train.bin} ({@code UINT16}); a description beside
     * it is not looked at.
     *
     * @param vocabSize every id must be below it; checked as ids are read
     * @throws IllegalArgumentException when ids of that vocabulary do not fit the type
     * @throws MalformedFileException   when the size is no whole number of tokens
     * @throws IOException              when it cannot be read
     */
    public static TokenFile openRaw(Path bin, TokenType type, int vocabSize) throws IOException {
        TokenFileInfo.raw(type, 0, vocabSize);
        RandomAccessFile file = openFile(bin);
        return map(bin, file, () -> {
            long size = file.length();
            if (size % type.bytes() != 0) {
                throw new MalformedFileException(bin + " has " + size + " bytes, which is no whole number of "
                        + type.dtype() + " tokens; it was cut off or is of another type");
            }
            return TokenFileInfo.raw(type, size / type.bytes(), vocabSize);
        });
    }

    /** What {@link #map} needs besides the file. */
    private interface Describer {
        TokenFileInfo describe() throws IOException;
    }

    private static RandomAccessFile openFile(Path bin) throws IOException {
        // For its messages and its refusal of what is not a file.
        FileReads.open(bin).close();
        return new RandomAccessFile(bin.toFile(), "r");
    }

    private static TokenFile map(Path bin, RandomAccessFile file, Describer describer) throws IOException {
        Arena arena = Arena.ofShared();
        try {
            TokenFileInfo info = describer.describe();
            MemorySegment data = file.getChannel().map(FileChannel.MapMode.READ_ONLY, 0, info.bytes(), arena);
            return new TokenFile(bin, info, file, arena, data);
        } catch (Throwable e) {
            arena.close();
            file.close();
            throw e;
        }
    }

    public Path path() {
        return path;
    }

    /** What the file says about itself. */
    public TokenFileInfo info() {
        return info;
    }

    /** Number of tokens. */
    public long length() {
        return info.tokenCount();
    }

    /**
     * One token, for a look here and there; loops take {@link #copyTo(long, int[], int, int)}.
     *
     * @throws IndexOutOfBoundsException when there is no such token
     * @throws MalformedFileException    when it is not in the vocabulary or the file was cut off
     */
    public int get(long index) throws IOException {
        int[] one = new int[1];
        copyTo(index, one, 0, 1);
        return one[0];
    }

    /**
     * Copies tokens {@code [from, from + length)} to {@code out[at]} and on. Memory is not touched by an index out of
     * bounds; after any other exception its content is not defined.
     *
     * @throws IndexOutOfBoundsException when there are no such tokens or {@code out} is too short
     * @throws MalformedFileException    when one is not in the vocabulary, or the file was cut off
     */
    public void copyTo(long from, int[] out, int at, int length) throws IOException {
        Objects.checkFromIndexSize(at, length, out.length);
        copy(from, MemorySegment.ofArray(out).asSlice(4L * at, 4L * length), length);
    }

    /**
     * Copies tokens {@code [from, from + length)} to the start of {@code out} as native 32-bit integers, such as the
     * memory of an {@code I32} tensor.
     *
     * @throws IndexOutOfBoundsException when there are no such tokens or {@code out} is too short
     * @throws MalformedFileException    when one is not in the vocabulary, or the file was cut off
     */
    public void copyTo(long from, MemorySegment out, int length) throws IOException {
        Objects.checkFromIndexSize(0, 4L * length, out.byteSize());
        copy(from, out, length);
    }

    /**
     * Reads the whole file and checks every id.
     *
     * @throws MalformedFileException when one is not in the vocabulary, or the largest is not the one described
     */
    public void verify() throws IOException {
        int[] ids = new int[(int) Math.min(VERIFY_TOKENS, length())];
        int largest = -1;
        for (long at = 0; at < length(); at += ids.length) {
            int n = (int) Math.min(ids.length, length() - at);
            copyTo(at, ids, 0, n);
            for (int i = 0; i < n; i++) {
                largest = Math.max(largest, ids[i]);
            }
        }
        if (info.maxTokenId() != -1 && info.maxTokenId() != largest) {
            throw new MalformedFileException(path + " has " + largest + " as its largest id, but its description says "
                    + info.maxTokenId() + "; the two do not belong together, so copy both again");
        }
    }

    private void copy(long from, MemorySegment out, int length) throws IOException {
        if (closed) {
            throw closed(null);
        }
        Objects.checkFromIndexSize(from, length, length());
        int width = info.type().bytes();
        long end = (from + length) * width;
        try {
            requireBytes(end);
            MemorySegment in = data.asSlice(from * width, (long) length * width);
            int largest = width == 2 ? widen(in, out, length) : copyInts(in, out, length);
            // The JVM reports a fault on mapped memory some time after it happened, at the latest when a native call
            // returns, so this call must be inside the try block.
            requireBytes(end);
            if (Integer.compareUnsigned(largest, info.vocabSize()) >= 0) {
                throw outside(from, out, length);
            }
        } catch (InternalError e) {
            throw new MalformedFileException(path + " became shorter or unreadable while tokens " + from + " to "
                    + (from + length) + " were read; copy it again", e);
        } catch (IllegalStateException e) {
            if (arena.scope().isAlive()) {
                throw e;
            }
            throw closed(e);
        }
    }

    /** @return the largest id, unsigned */
    private static int widen(MemorySegment in, MemorySegment out, int length) {
        int largest = 0;
        for (int i = 0; i < length; i++) {
            int id = Short.toUnsignedInt(in.get(SHORT, 2L * i));
            out.set(INT, 4L * i, id);
            largest = Math.max(largest, id);
        }
        return largest;
    }

    /** @return the largest id, unsigned */
    private static int copyInts(MemorySegment in, MemorySegment out, int length) {
        int largest = Integer.MIN_VALUE;
        for (int i = 0; i < length; i++) {
            int id = in.get(INT, 4L * i);
            out.set(INT, 4L * i, id);
            // Flipping the first bit makes the signed order the unsigned one.
            largest = Math.max(largest, id ^ Integer.MIN_VALUE);
        }
        return largest ^ Integer.MIN_VALUE;
    }

    private void requireBytes(long end) throws IOException {
        long now;
        try {
            now = file.length();
        } catch (IOException e) {
            if (closed) {
                throw closed(e);
            }
            throw e;
        }
        if (now < end) {
            throw new MalformedFileException(path + " became shorter while it was open: it has " + now + " bytes and "
                    + info.bytes() + " are needed; copy it again");
        }
    }

    private MalformedFileException outside(long from, MemorySegment out, int length) {
        int i = 0;
        while (i < length - 1 && Integer.compareUnsigned(out.get(INT, 4L * i), info.vocabSize()) < 0) {
            i++;
        }
        return new MalformedFileException(path + " has the id " + Integer.toUnsignedString(out.get(INT, 4L * i))
                + " as token " + (from + i) + ", outside its vocabulary of " + info.vocabSize()
                + "; it is damaged or was made with another tokenizer");
    }

    private IllegalStateException closed(Throwable cause) {
        return new IllegalStateException("the token file " + path + " was used after it was closed", cause);
    }

    /** Unmaps the file. Closing twice does nothing. */
    @Override
    public void close() throws IOException {
        synchronized (arena) {
            if (!closed) {
                closed = true;
                arena.close();
                file.close();
            }
        }
    }
}
