package io.saryu.text;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** A file of the hashes and lengths of all documents written, in their order: 20 bytes a document. Not thread-safe. */
final class HashLog implements Closeable {
    private static final int ENTRY = 20;
    private static final int BATCH = 1 << 14;

    private final FileChannel channel;
    private final ByteBuffer buffer = ByteBuffer.allocateDirect(ENTRY * BATCH);
    private long entries;

    /** Opens the file, made when it is not there, and cuts it after {@code entries}. */
    HashLog(Path file, long entries) throws IOException {
        this.channel = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.READ,
                StandardOpenOption.WRITE);
        this.entries = entries;
        channel.truncate(entries * ENTRY);
        channel.position(entries * ENTRY);
    }

    /** Bytes that a log of so many documents has. */
    static long bytes(long entries) {
        return entries * ENTRY;
    }

    long entries() {
        return entries;
    }

    void add(long high, long low, int length) throws IOException {
        buffer.putLong(high).putLong(low).putInt(length);
        entries++;
        if (!buffer.hasRemaining()) {
            flush();
        }
    }

    /** Hands all that was added to the system. */
    void flush() throws IOException {
        buffer.flip();
        while (buffer.hasRemaining()) {
            channel.write(buffer);
        }
        buffer.clear();
    }

    /** Waits until what was flushed is on the disk. */
    void force() throws IOException {
        channel.force(false);
    }

    /** Reads the entries from one number to another, exclusive; the log must be flushed. */
    void read(long from, long to, Reader reader) throws IOException {
        ByteBuffer in = ByteBuffer.allocateDirect(ENTRY * BATCH);
        for (long entry = from; entry < to; ) {
            in.clear().limit((int) Math.min(BATCH, to - entry) * ENTRY);
            while (in.hasRemaining()) {
                if (channel.read(in, entry * ENTRY + in.position()) < 0) {
                    throw new IOException("the file of hashes ends after " + entry + " documents");
                }
            }
            in.flip();
            while (in.hasRemaining()) {
                reader.entry(entry++, in.getLong(), in.getLong(), in.getInt());
            }
        }
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }

    /** Takes entries. */
    interface Reader {
        void entry(long number, long high, long low, int length) throws IOException;
    }
}
