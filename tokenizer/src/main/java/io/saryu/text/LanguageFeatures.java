package io.saryu.text;

import java.util.Arrays;

/**
 * Turns Devanagari words into hashed features: character n-grams of one to six characters of each word with a mark at both
 * ends, the word, and the word with the one before it. What is not a letter or sign of Devanagari parts words and is not
 * seen: in the training text the full stop alone would tell Hindi from the rest.
 *
 * <p>Not for use by two threads at once.
 */
final class LanguageFeatures {
    /** Characters of a text that are looked at: more says little, and bounds the time of a line. */
    static final int MOST_CHARACTERS = 600;
    private static final int LONGEST_GRAM = 6;
    private static final int LONGEST_WORD = 24;
    private static final char EDGE = '_';
    private static final int PRIME = 0x01000193;
    private static final int OFFSET = 0x811C9DC5;

    private final int mask;
    private final char[] word = new char[LONGEST_WORD + 2];
    private int[] buckets = new int[1024];
    private int count;

    /** Features from 0 to {@code buckets - 1}, a power of two. */
    LanguageFeatures(int buckets) {
        if (Integer.bitCount(buckets) != 1) {
            throw new IllegalArgumentException("the number of buckets must be a power of two, not " + buckets);
        }
        this.mask = buckets - 1;
        word[0] = EDGE;
    }

    /** Finds the features of a text, which {@link #count} and {@link #bucket} then tell. */
    void of(char[] text, int from, int to) {
        count = 0;
        int limit = Math.min(to, from + MOST_CHARACTERS);
        int previous = 0;
        int i = from;
        while (i < limit) {
            if (!isLetter(text[i])) {
                i++;
                continue;
            }
            int length = 0;
            while (i < limit && (isLetter(text[i]) || isJoiner(text[i]))) {
                if (length < LONGEST_WORD && !isJoiner(text[i])) {
                    word[++length] = text[i];
                }
                i++;
            }
            word[length + 1] = EDGE;
            previous = addWord(length + 2, previous);
        }
    }

    private int addWord(int length, int previous) {
        for (int start = 0; start < length; start++) {
            int hash = OFFSET;
            int end = Math.min(length, start + LONGEST_GRAM);
            for (int i = start; i < end; i++) {
                hash = (hash ^ word[i]) * PRIME;
                if (i > 0) {
                    add(hash);
                }
            }
        }
        int hash = OFFSET + 1;
        for (int i = 1; i < length - 1; i++) {
            hash = (hash ^ word[i]) * PRIME;
        }
        add(hash);
        add((previous * 31 ^ hash) * PRIME);
        return hash;
    }

    private void add(int hash) {
        if (count == buckets.length) {
            buckets = Arrays.copyOf(buckets, 2 * count);
        }
        int mixed = hash * 0x9E3779B1;
        buckets[count++] = (mixed ^ mixed >>> 15) & mask;
    }

    int count() {
        return count;
    }

    int bucket(int feature) {
        return buckets[feature];
    }

    private static boolean isLetter(char c) {
        return c >= 0x0900 && c <= 0x0963 || c >= 0x0971 && c <= 0x097F;
    }

    private static boolean isJoiner(char c) {
        return c == 0x200C || c == 0x200D;
    }
}
