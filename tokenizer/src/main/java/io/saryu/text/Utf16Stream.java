package io.saryu.text;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;

/**
 * UTF-16 turned into UTF-8. Half of a surrogate pair becomes the three bytes that UTF-8 forbids for it, so that the
 * line it stands in counts as bad later.
 */
final class Utf16Stream extends InputStream {
    private static final int UNITS = 1 << 15;

    private final InputStream in;
    private final boolean bigEndian;
    private final byte[] units = new byte[2 * UNITS];
    /** Room for what a block may become, three bytes a unit, and a high surrogate kept from the block before. */
    private final byte[] out = new byte[3 * UNITS + 4];
    private int position;
    private int limit;
    private char high;
    private boolean ended;

    /** Reads {@code in}, whose byte order mark has been read already. */
    Utf16Stream(InputStream in, boolean bigEndian) {
        this.in = in;
        this.bigEndian = bigEndian;
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
    }

    @Override
    public int read(byte[] buffer, int offset, int length) throws IOException {
        while (position == limit) {
            if (ended) {
                return -1;
            }
            refill();
        }
        int n = Math.min(length, limit - position);
        System.arraycopy(out, position, buffer, offset, n);
        position += n;
        return n;
    }

    private void refill() throws IOException {
        int n = in.readNBytes(units, 0, units.length);
        ended = n < units.length;
        if (n % 2 != 0) {
            throw new EOFException("half of a UTF-16 unit stands at the end");
        }
        position = 0;
        limit = 0;
        for (int i = 0; i < n; i += 2) {
            int first = units[i] & 0xFF;
            int second = units[i + 1] & 0xFF;
            put((char) (bigEndian ? first << 8 | second : second << 8 | first));
        }
        if (ended && high != 0) {
            three(high);
            high = 0;
        }
    }

    private void put(char c) {
        if (high != 0) {
            if (Character.isLowSurrogate(c)) {
                int point = Character.toCodePoint(high, c);
                out[limit++] = (byte) (0xF0 | point >> 18);
                out[limit++] = (byte) (0x80 | point >> 12 & 0x3F);
                out[limit++] = (byte) (0x80 | point >> 6 & 0x3F);
                out[limit++] = (byte) (0x80 | point & 0x3F);
                high = 0;
                return;
            }
            three(high);
            high = 0;
        }
        if (c < 0x80) {
            out[limit++] = (byte) c;
        } else if (c < 0x800) {
            out[limit++] = (byte) (0xC0 | c >> 6);
            out[limit++] = (byte) (0x80 | c & 0x3F);
        } else if (Character.isHighSurrogate(c)) {
            high = c;
        } else {
            three(c);
        }
    }

    private void three(char c) {
        out[limit++] = (byte) (0xE0 | c >> 12);
        out[limit++] = (byte) (0x80 | c >> 6 & 0x3F);
        out[limit++] = (byte) (0x80 | c & 0x3F);
    }

    @Override
    public void close() throws IOException {
        in.close();
    }
}
