package io.saryu.text;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/**
 * Looks at the bytes of lines eight at a time, as one long: a byte is compared by what a subtraction carries out of it (H. S.
 * Warren, Hacker's Delight, section 6-1). Not thread-safe.
 */
final class LineScan {
    private static final VarHandle LONGS = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
    private static final long ONES = 0x0101010101010101L;
    private static final long HIGH = 0x80L * ONES;
    private static final long SPACES = ' ' * ONES;
    private static final long LETTERS = 'a' * ONES;
    private static final byte DELETE = 0x7F;

    private boolean plain;

    /** Index of the line feed from {@code from} on, or {@code to} where there is none; {@link #isPlain} tells what is before it. */
    int lineEnd(byte[] bytes, int from, int to) {
        long odd = 0;
        long doubled = 0;
        // As if a space stood before the line: one at its beginning counts as two.
        long spaceBefore = 0x80;
        int i = from;
        boolean found = false;
        while (!found && i <= to - Long.BYTES) {
            long word = (long) LONGS.get(bytes, i);
            long feed = zeroes(word ^ '\n' * ONES);
            if (feed != 0) {
                int bits = Long.numberOfTrailingZeros(feed) - 7;
                long line = (1L << bits) - 1;
                word = word & line | LETTERS & ~line;
                i += bits >>> 3;
                found = true;
            } else {
                i += Long.BYTES;
            }
            odd |= word | (word - SPACES) & ~word | zeroes(word ^ DELETE * ONES);
            long spaces = exactZeroes(word ^ SPACES);
            doubled |= spaces & (spaces << 8 | spaceBefore);
            spaceBefore = spaces >>> 56;
        }
        while (!found && i < to && bytes[i] != '\n') {
            byte b = bytes[i++];
            boolean space = b == ' ';
            odd |= b < ' ' || b == DELETE ? HIGH : 0;
            doubled |= space && spaceBefore != 0 ? HIGH : 0;
            spaceBefore = space ? 0x80 : 0;
        }
        plain = i > from && (odd & HIGH) == 0 && doubled == 0 && bytes[i - 1] != ' ';
        return i;
    }

    /** Whether the last line is not empty, and visible ASCII with single spaces between words. */
    boolean isPlain() {
        return plain;
    }

    /** Index of the first of the bytes {@code . ? ! |} from {@code from} on, or {@code to}. */
    static int terminator(byte[] bytes, int from, int to) {
        int i = from;
        while (i <= to - Long.BYTES) {
            long word = (long) LONGS.get(bytes, i);
            long hits = zeroes(word ^ '.' * ONES) | zeroes(word ^ '?' * ONES) | zeroes(word ^ '!' * ONES) | zeroes(word ^ '|' * ONES);
            if (hits != 0) {
                return i + (Long.numberOfTrailingZeros(hits) >>> 3);
            }
            i += Long.BYTES;
        }
        while (i < to && !SentenceSigns.isCandidate((char) (bytes[i] & 0xFF))) {
            i++;
        }
        return i;
    }

    /** The high bit of bytes that are zero; above the lowest of these it may also be set in others. */
    private static long zeroes(long word) {
        return (word - ONES) & ~word & HIGH;
    }

    /** The high bit of bytes that are zero. */
    private static long exactZeroes(long word) {
        return ~((word & ~HIGH) + ~HIGH | word | ~HIGH);
    }
}
