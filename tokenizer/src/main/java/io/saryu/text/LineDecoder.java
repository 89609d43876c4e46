package io.saryu.text;

import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.StandardCharsets;

/** Turns the bytes of one line into text, or says what is wrong with them. Not thread-safe. */
final class LineDecoder {
    private static final char REPLACEMENT = '\uFFFD';

    private final int maxLineBytes;
    private ReadReport.Kind kind;
    private String detail;

    LineDecoder(int maxLineBytes) {
        this.maxLineBytes = maxLineBytes;
    }

    /** The text of {@code buffer[start .. end)}; null when it is bad, and then {@link #kind} and {@link #detail} say why. */
    String decode(byte[] buffer, int start, int end) {
        if (end - start > maxLineBytes) {
            return bad(ReadReport.Kind.TOO_LONG, tooLong(end - start, maxLineBytes));
        }
        String text = new String(buffer, start, end - start, StandardCharsets.UTF_8);
        // The JDK's fast decoder puts U+FFFD for bad bytes; only then look for them one by one.
        if (text.indexOf(REPLACEMENT) >= 0) {
            int offset = firstInvalid(buffer, start, end);
            if (offset >= 0) {
                return bad(ReadReport.Kind.INVALID_UTF8,
                        String.format("byte 0x%02X at column %d is not UTF-8", buffer[start + offset], offset + 1));
            }
        }
        int nul = text.indexOf('\0');
        if (nul >= 0) {
            return bad(ReadReport.Kind.NUL_BYTE, "there is a NUL byte at column " + (nul + 1));
        }
        return text;
    }

    ReadReport.Kind kind() {
        return kind;
    }

    String detail() {
        return detail;
    }

    static String tooLong(long length, int maxLineBytes) {
        return "the line has " + length + " bytes, more than the " + maxLineBytes + " that a line may have";
    }

    private String bad(ReadReport.Kind why, String what) {
        kind = why;
        detail = what;
        return null;
    }

    private static int firstInvalid(byte[] buffer, int start, int end) {
        CharsetDecoder decoder = StandardCharsets.UTF_8.newDecoder();
        ByteBuffer in = ByteBuffer.wrap(buffer, start, end - start).slice();
        CharBuffer out = CharBuffer.allocate(end - start);
        return decoder.decode(in, out, true).isError() ? in.position() : -1;
    }
}
