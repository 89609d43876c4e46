package io.saryu.text;

import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import java.util.function.LongSupplier;

/**
 * Cuts a stream of text at line ends, or for paragraphs at empty lines, in memory bounded by the longest line allowed.
 * A paragraph of more than 16 MiB is cut at the last line end in these, so that a file without empty lines can be read.
 */
final class TextChunks implements FileChunks {
    private static final int MAX_PARAGRAPH = 1 << 24;

    private final InputStream in;
    private final InputFormat format;
    private final boolean paragraphs;
    private final int target;
    private final int maxLineBytes;
    /** A buffer of this many bytes without a place to cut is cut elsewhere. */
    private final int capacity;
    private final LongSupplier bytesRead;
    private byte[] carry = new byte[0];
    private long total;
    private boolean ended;
    private IOException failure;

    TextChunks(InputStream in, InputFormat format, boolean paragraphs, int target, int maxLineBytes,
               LongSupplier bytesRead) {
        this.in = in;
        this.format = format;
        this.paragraphs = paragraphs;
        this.target = target;
        this.maxLineBytes = maxLineBytes;
        this.capacity = Math.max(maxLineBytes + 2, paragraphs ? MAX_PARAGRAPH : 0);
        this.bytesRead = bytesRead;
    }

    @Override
    public void skip(long position) throws IOException {
        in.skipNBytes(position);
        total = position;
    }

    @Override
    public long bytesRead() {
        return bytesRead.getAsLong();
    }

    @Override
    public boolean next(Chunk chunk) throws IOException {
        chunk.format = format;
        chunk.reserve(Math.max(target, carry.length));
        System.arraycopy(carry, 0, chunk.bytes, 0, carry.length);
        int filled = carry.length;
        carry = new byte[0];
        int size = Math.max(target, filled);
        int cut;
        while (true) {
            filled = fill(chunk.bytes, filled, size);
            if (ended) {
                // What stands after the last line end when reading failed is half a line.
                cut = failure == null ? filled : afterLastLine(chunk.bytes, filled);
                break;
            }
            cut = paragraphs ? afterLastEmptyLine(chunk.bytes, filled) : afterLastLine(chunk.bytes, filled);
            if (cut == 0 && paragraphs && size >= capacity) {
                cut = afterLastLine(chunk.bytes, filled);
            }
            if (cut > 0) {
                carry = Arrays.copyOfRange(chunk.bytes, cut, filled);
                break;
            }
            if (size >= capacity) {
                skipLine(chunk, filled);
                break;
            }
            size = (int) Math.min(2L * size, capacity);
            chunk.reserve(size);
        }
        chunk.length = cut;
        chunk.position = total - carry.length;
        boolean any = cut > 0 || chunk.bad.firstBad() != null;
        if (!any && failure != null) {
            throw failure;
        }
        return any;
    }

    private int fill(byte[] buffer, int from, int to) {
        int filled = from;
        try {
            while (filled < to && !ended) {
                int n = in.read(buffer, filled, to - filled);
                ended = n < 0;
                filled += Math.max(n, 0);
            }
        } catch (IOException e) {
            failure = e;
            ended = true;
        }
        total += filled - from;
        return filled;
    }

    /** The buffer is one line that goes on: count its bytes up to its end, and keep what follows. */
    private void skipLine(Chunk chunk, int filled) {
        byte[] buffer = chunk.bytes;
        long length = filled;
        byte before = buffer[filled - 1];
        while (!ended) {
            int n = fill(buffer, 0, target);
            int end = 0;
            while (end < n && buffer[end] != '\n') {
                end++;
            }
            length += end;
            before = end > 0 ? buffer[end - 1] : before;
            if (end < n) {
                carry = Arrays.copyOfRange(buffer, end + 1, n);
                length -= before == '\r' ? 1 : 0;
                break;
            }
        }
        if (failure == null) {
            chunk.bad.line();
            chunk.bad.bad(1, ReadReport.Kind.TOO_LONG, LineDecoder.tooLong(length, maxLineBytes));
        }
    }

    private static int afterLastLine(byte[] buffer, int end) {
        int i = end;
        while (i > 0 && buffer[i - 1] != '\n') {
            i--;
        }
        return i;
    }

    /** After the last line of nothing but spaces, tabs and CR. */
    private static int afterLastEmptyLine(byte[] buffer, int end) {
        int lineEnd = afterLastLine(buffer, end);
        while (lineEnd > 0) {
            int i = lineEnd - 1;
            while (i > 0 && (buffer[i - 1] == ' ' || buffer[i - 1] == '\t' || buffer[i - 1] == '\r')) {
                i--;
            }
            if (i == 0 || buffer[i - 1] == '\n') {
                return lineEnd;
            }
            lineEnd = afterLastLine(buffer, i - 1);
        }
        return 0;
    }

    @Override
    public void close() throws IOException {
        in.close();
    }
}
