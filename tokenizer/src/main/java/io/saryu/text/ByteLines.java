package io.saryu.text;

import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;

/** Cuts a stream of bytes into lines ending in LF or CR LF, in memory bounded by the longest line allowed. */
final class ByteLines {
    private static final int FIRST_SIZE = 1 << 16;

    private final InputStream in;
    private final int maxLength;
    private byte[] buffer;
    private int position;
    private int limit;
    private boolean ended;

    private int start;
    private int end;
    private long skipped;

    ByteLines(InputStream in, int maxLength) {
        this.in = in;
        this.maxLength = maxLength;
        this.buffer = new byte[Math.min(FIRST_SIZE, maxLength + 2)];
    }

    /** Steps to the next line; false at the end of the stream. */
    boolean next() throws IOException {
        skipped = 0;
        int scanned = position;
        while (true) {
            for (int i = scanned; i < limit; i++) {
                if (buffer[i] == '\n') {
                    return found(i, i + 1);
                }
            }
            scanned = limit;
            if (ended) {
                return (limit > position || skipped > 0) && found(limit, limit);
            }
            if (limit == buffer.length) {
                scanned = makeRoom();
            }
            int n = in.read(buffer, limit, buffer.length - limit);
            ended = n < 0;
            limit += Math.max(n, 0);
        }
    }

    /** The line's bytes, without its end, are {@code buffer()[start()]} up to {@code end()}, exclusive. */
    byte[] buffer() {
        return buffer;
    }

    int start() {
        return start;
    }

    int end() {
        return end;
    }

    /** Whether the line was longer than allowed; its bytes are then gone. */
    boolean tooLong() {
        return skipped + end - start > maxLength;
    }

    /** Length of the line in bytes, without its end. */
    long length() {
        return skipped + end - start;
    }

    private boolean found(int lineEnd, int nextStart) {
        start = position;
        end = lineEnd > position && lineEnd < nextStart && buffer[lineEnd - 1] == '\r' ? lineEnd - 1 : lineEnd;
        position = nextStart;
        return true;
    }

    private int makeRoom() {
        if (position > 0) {
            System.arraycopy(buffer, position, buffer, 0, limit - position);
            limit -= position;
            position = 0;
        } else if (buffer.length < maxLength + 2) {
            buffer = Arrays.copyOf(buffer, (int) Math.min(2L * buffer.length, maxLength + 2L));
        } else {
            // The line fills the buffer: it is too long whatever follows, so only count it. The last byte stays,
            // for it may be the CR of a CR LF.
            skipped += limit - 1;
            buffer[0] = buffer[limit - 1];
            limit = 1;
        }
        return limit;
    }
}
