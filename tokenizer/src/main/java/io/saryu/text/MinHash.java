package io.saryu.text;

import java.util.Arrays;
import java.util.SplittableRandom;

/**
 * The MinHash signature of the runs of words of a text: the dear part of {@link NearDuplicates}, which other threads may do
 * with an instance each. Not for use by two threads at once.
 */
public final class MinHash {
    /** Minima of a signature. */
    public static final int HASHES = 128;
    private static final long PRIME = 0x9E3779B97F4A7C15L;

    private final int[] factors = new int[HASHES];
    private final int[] addends = new int[HASHES];
    private final int[] minima = new int[HASHES];
    /** Hashes of the last words, in a ring. */
    private final long[] run;

    /**
     * A hash.
     *
     * @param words of a run, as in {@link NearDuplicates.Options}
     */
    public MinHash(int words) {
        this.run = new long[words];
        SplittableRandom random = new SplittableRandom(20);
        for (int i = 0; i < HASHES; i++) {
            factors[i] = random.nextInt() | 1;
            addends[i] = random.nextInt();
        }
    }

    /** Computes the signature of a text; false where it has no words. A text with fewer words than a run is one run. */
    public boolean of(char[] text, int from, int to) {
        Arrays.fill(minima, Integer.MAX_VALUE);
        int words = 0;
        int i = from;
        while (i < to) {
            if (!isWordPart(text[i])) {
                i++;
                continue;
            }
            long word = 0;
            while (i < to && isWordPart(text[i])) {
                word = (word ^ lower(text[i++])) * PRIME;
                word ^= word >>> 32;
            }
            run[words++ % run.length] = word;
            if (words >= run.length) {
                add(words);
            }
        }
        if (words > 0 && words < run.length) {
            Arrays.fill(run, words, run.length, 0);
            add(run.length);
        }
        return words > 0;
    }

    private void add(int words) {
        long mixed = 0;
        for (int k = 0; k < run.length; k++) {
            mixed = (mixed ^ run[(words + k) % run.length]) * PRIME;
            mixed ^= mixed >>> 29;
        }
        int shingle = (int) (mixed ^ mixed >>> 32);
        for (int k = 0; k < HASHES; k++) {
            int value = shingle * factors[k] + addends[k];
            // One more step: after a single product equal low bits of two runs would give equal low bits under all factors.
            value = (value ^ value >>> 15) * 0x2C1B3C6D;
            minima[k] = Math.min(minima[k], value);
        }
    }

    /** The signature of the last text, {@link #HASHES} numbers; the array is used again for the next. */
    public int[] minima() {
        return minima;
    }

    /** Eight bits of each minimum, eight minima to a long. */
    static void bytes(int[] minima, long[] signature) {
        Arrays.fill(signature, 0);
        for (int k = 0; k < HASHES; k++) {
            int value = minima[k] * 0x85EBCA6B;
            signature[k >> 3] |= (value >>> 24 & 0xFFL) << ((k & 7) * 8);
        }
    }

    /** A hash of some minima and of their place. */
    static long band(int[] minima, int from, int count) {
        long mixed = from + 1;
        for (int k = from; k < from + count; k++) {
            mixed = (mixed ^ minima[k]) * PRIME;
            mixed ^= mixed >>> 31;
        }
        return mixed;
    }

    private static boolean isWordPart(char c) {
        if (c < 0x80) {
            return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9';
        }
        if (c >= 0x0900 && c <= 0x097F) {
            return c != 0x0964 && c != 0x0965 && c != 0x0970;
        }
        int type = Character.getType(c);
        return Character.isLetterOrDigit(c) || Character.isSurrogate(c) || type == Character.NON_SPACING_MARK
                || type == Character.COMBINING_SPACING_MARK;
    }

    private static char lower(char c) {
        return c < 0x80 ? (char) (c >= 'A' && c <= 'Z' ? c | 0x20 : c) : Character.toLowerCase(c);
    }
}
