package io.saryu.text;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/**
 * Decodes UTF-8 into a char array; Unicode chapter 3.9, table 3-7, says which sequences there are. Not thread-safe: one
 * per thread.
 */
final class Utf8Decoder {
    private static final VarHandle INTS = MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);
    /** The bits of three bytes that tell a character from U+0900 to U+097F, and what these are: E0 A4 xx or E0 A5 xx. */
    private static final int DEVANAGARI_BITS = 0xC0FEFF;
    private static final int DEVANAGARI = 0x80A4E0;

    private boolean latin;

    /** Whether the last text has characters from U+00C0 to U+00FF, which mojibake has. */
    boolean hasLatin() {
        return latin;
    }

    /**
     * Decodes {@code in[start .. end)}.
     *
     * @param out at least {@code end - start} long
     * @return the number of chars, which is {@code end - start} just where all bytes are ASCII; -1 when the bytes are not
     *         UTF-8, or one of them is NUL
     */
    int decode(byte[] in, int start, int end, char[] out) {
        int i = start;
        int o = 0;
        latin = false;
        while (i < end) {
            // Half of all text here; three bytes are looked at together.
            while (i <= end - Integer.BYTES) {
                int four = (int) INTS.get(in, i);
                if ((four & DEVANAGARI_BITS) != DEVANAGARI) {
                    break;
                }
                out[o++] = (char) (0x0900 | four >>> 2 & 0x40 | four >>> 16 & 0x3F);
                i += 3;
            }
            byte b = in[i];
            if (b >= 0) {
                if (b == 0) {
                    return -1;
                }
                out[o++] = (char) b;
                i++;
            } else if (b < (byte) 0xE0) {
                if (b < (byte) 0xC2 || end - i < 2 || in[i + 1] > (byte) 0xBF) {
                    return -1;
                }
                latin |= b == (byte) 0xC3;
                out[o++] = (char) ((b & 0x1F) << 6 | in[i + 1] & 0x3F);
                i += 2;
            } else if (b < (byte) 0xF0) {
                if (end - i < 3 || in[i + 1] > (byte) 0xBF || in[i + 2] > (byte) 0xBF) {
                    return -1;
                }
                char c = (char) ((b & 0x0F) << 12 | (in[i + 1] & 0x3F) << 6 | in[i + 2] & 0x3F);
                if (c < 0x800 || Character.isSurrogate(c)) {
                    return -1;
                }
                out[o++] = c;
                i += 3;
            } else {
                if (b > (byte) 0xF4 || end - i < 4 || in[i + 1] > (byte) 0xBF || in[i + 2] > (byte) 0xBF
                        || in[i + 3] > (byte) 0xBF) {
                    return -1;
                }
                int c = (b & 0x07) << 18 | (in[i + 1] & 0x3F) << 12 | (in[i + 2] & 0x3F) << 6 | in[i + 3] & 0x3F;
                if (c < 0x10000 || c > 0x10FFFF) {
                    return -1;
                }
                out[o++] = Character.highSurrogate(c);
                out[o++] = Character.lowSurrogate(c);
                i += 4;
            }
        }
        return o;
    }

    /**
     * Encodes text in which there are no surrogates.
     *
     * @param out three times as long as the text at least
     * @return the number of bytes
     */
    static int encode(char[] text, int length, byte[] out) {
        int o = 0;
        for (int i = 0; i < length; i++) {
            char c = text[i];
            if (c < 0x80) {
                out[o++] = (byte) c;
            } else if (c < 0x800) {
                out[o++] = (byte) (0xC0 | c >> 6);
                out[o++] = (byte) (0x80 | c & 0x3F);
            } else {
                out[o++] = (byte) (0xE0 | c >> 12);
                out[o++] = (byte) (0x80 | c >> 6 & 0x3F);
                out[o++] = (byte) (0x80 | c & 0x3F);
            }
        }
        return o;
    }

    /** Bytes that {@code text[start .. end)} has in UTF-8; no surrogate pair may be parted. */
    static int length(char[] text, int start, int end) {
        int bytes = 0;
        for (int i = start; i < end; i++) {
            char c = text[i];
            bytes += c < 0x80 ? 1 : c < 0x800 || Character.isSurrogate(c) ? 2 : 3;
        }
        return bytes;
    }
}
