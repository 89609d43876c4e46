package io.saryu.tokenizer;

import java.util.Arrays;

/**
 * Ids of words seen before: most words of a text are among a few ten thousand. Bounded: a full cache begins anew. Used
 * by one thread.
 */
final class WordCache {
    /** Longer words are rare, and so not kept. */
    static final int MAX_LENGTH = 64;

    private static final int SLOTS = 1 << 17;
    private static final int MAX_WORDS = SLOTS / 2;
    private static final int STRIDE = 5;
    private static final int HASH = 0;
    private static final int KEY = 1;
    private static final int IDS = 2;
    /** Length of the word, then of its ids above bit 16; 0: a free slot. */
    private static final int LENGTHS = 3;
    private static final int SCORE = 4;

    private final int[] slots = new int[SLOTS * STRIDE];
    private final char[] keys = new char[MAX_WORDS * 12];
    private final int[] ids = new int[MAX_WORDS * 6];
    private int words;
    private int keysUsed;
    private int idsUsed;

    /** Where a word's slot is: one that holds it, or a free one. */
    int slot(char[] text, int from, int length, int hash) {
        int at = (hash * 0x9E3779B9 >>> 15) * STRIDE;
        while (slots[at + LENGTHS] != 0
                && (slots[at + HASH] != hash || !holds(at, text, from, length))) {
            at += STRIDE;
            if (at == slots.length) {
                at = 0;
            }
        }
        return at;
    }

    private boolean holds(int at, char[] text, int from, int length) {
        if ((slots[at + LENGTHS] & 0xFFFF) != length) {
            return false;
        }
        int key = slots[at + KEY];
        for (int i = 0; i < length; i++) {
            if (keys[key + i] != text[from + i]) {
                return false;
            }
        }
        return true;
    }

    boolean isFree(int slot) {
        return slots[slot + LENGTHS] == 0;
    }

    /** Number of ids of the word in a slot. */
    int size(int slot) {
        return slots[slot + LENGTHS] >>> 16;
    }

    /** Sum of the scores of the word in a slot. */
    float score(int slot) {
        return Float.intBitsToFloat(slots[slot + SCORE]);
    }

    /** Writes the ids of the word in a slot. */
    void copy(int slot, int[] target, int at) {
        int from = slots[slot + IDS];
        for (int i = 0, n = size(slot); i < n; i++) {
            target[at + i] = ids[from + i];
        }
    }

    /** Keeps a word in the free slot that {@link #slot} gave for it. */
    void put(int slot, char[] text, int from, int length, int hash, int[] wordIds, int idsFrom, int count,
             float score) {
        if (words == MAX_WORDS || keysUsed + length > keys.length || idsUsed + count > ids.length) {
            Arrays.fill(slots, 0);
            words = 0;
            keysUsed = 0;
            idsUsed = 0;
            put(slot(text, from, length, hash), text, from, length, hash, wordIds, idsFrom, count, score);
            return;
        }
        System.arraycopy(text, from, keys, keysUsed, length);
        System.arraycopy(wordIds, idsFrom, ids, idsUsed, count);
        slots[slot + HASH] = hash;
        slots[slot + KEY] = keysUsed;
        slots[slot + IDS] = idsUsed;
        slots[slot + LENGTHS] = length | count << 16;
        slots[slot + SCORE] = Float.floatToRawIntBits(score);
        words++;
        keysUsed += length;
        idsUsed += count;
    }
}
