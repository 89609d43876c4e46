package io.saryu.data;

import java.util.Objects;

/**
 * A random order of the numbers below n that takes no memory: a Feistel network of {@value #ROUNDS} rounds on the next
 * even power of two, walked until it lands below n (Black and Rogaway, Ciphers with Arbitrary Finite Domains, 2002).
 *
 * <p>The same n and key give the same order on every machine.
 */
public final class Shuffle {
    private static final int ROUNDS = 6;

    private final long n;
    private final long key;
    private final int halfBits;
    private final long halfMask;

    /**
     * @param n   how many numbers, at least 1 and at most 2^62
     * @param key another key gives another order
     */
    public Shuffle(long n, long key) {
        if (n < 1 || n > 1L << 62) {
            throw new IllegalArgumentException("a shuffle needs from 1 to 2^62 numbers, not " + n);
        }
        this.n = n;
        this.key = key;
        int bits = Math.max(2, 64 - Long.numberOfLeadingZeros(n - 1));
        this.halfBits = (bits + 1) / 2;
        this.halfMask = (1L << halfBits) - 1;
    }

    /**
     * The number at place {@code i}.
     *
     * @throws IndexOutOfBoundsException unless {@code 0 <= i < n}
     */
    public long at(long i) {
        Objects.checkIndex(i, n);
        long x = i;
        do {
            long left = x >>> halfBits;
            long right = x & halfMask;
            for (int round = 0; round < ROUNDS; round++) {
                long next = left ^ mix(key, right * ROUNDS + round) & halfMask;
                left = right;
                right = next;
            }
            x = left << halfBits | right;
        } while (x >= n);
        return x;
    }

    /** A key made of two numbers, each bit depending on all of theirs (SplitMix64's finaliser, Steele et al. 2014). */
    public static long mix(long a, long b) {
        long z = a + 0x9E3779B97F4A7C15L * (b + 1);
        z = (z ^ z >>> 30) * 0xBF58476D1CE4E5B9L;
        z = (z ^ z >>> 27) * 0x94D049BB133111EBL;
        return z ^ z >>> 31;
    }
}
