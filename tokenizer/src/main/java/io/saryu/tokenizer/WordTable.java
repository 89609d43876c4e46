package io.saryu.tokenizer;

import java.io.IOException;
import java.util.Arrays;

/** Words with their counts in memory, up to a bound; open addressing over one array of units. Used by one thread. */
final class WordTable {
    private static final int FIRST_SLOTS = 1 << 12;

    private final int maxUnits;
    /** Word number + 1 of each slot; 0: free. */
    private int[] slots = new int[FIRST_SLOTS];
    private char[] units = new char[FIRST_SLOTS * 4];
    /** Where each word begins; one more than words. */
    private int[] starts = new int[FIRST_SLOTS / 2 + 1];
    private long[] counts = new long[FIRST_SLOTS / 2];
    private int size;

    /** @param maxUnits units of all words together that fit */
    WordTable(int maxUnits) {
        this.maxUnits = maxUnits;
    }

    /** Whether the next word may not fit. */
    boolean isFull() {
        return starts[size] > maxUnits - WordCounter.MAX_LENGTH;
    }

    void add(char[] text, int from, int length, int hash, long count) {
        int mask = slots.length - 1;
        int slot = (hash * 0x9E3779B9 >>> 7) & mask;
        while (slots[slot] != 0) {
            int word = slots[slot] - 1;
            int start = starts[word];
            if (starts[word + 1] - start == length
                    && Arrays.equals(units, start, start + length, text, from, from + length)) {
                counts[word] += count;
                return;
            }
            slot = slot + 1 & mask;
        }
        if (starts[size] + length > units.length) {
            units = Arrays.copyOf(units, Math.min(Math.max(units.length * 2, 1024), maxUnits));
        }
        System.arraycopy(text, from, units, starts[size], length);
        counts[size] = count;
        starts[size + 1] = starts[size] + length;
        slots[slot] = ++size;
        if (size == counts.length) {
            grow();
        }
    }

    private void grow() {
        counts = Arrays.copyOf(counts, size * 2);
        starts = Arrays.copyOf(starts, size * 2 + 1);
        slots = new int[slots.length * 2];
        int mask = slots.length - 1;
        for (int word = 0; word < size; word++) {
            int hash = 0;
            for (int i = starts[word]; i < starts[word + 1]; i++) {
                hash = 31 * hash + units[i];
            }
            int slot = (hash * 0x9E3779B9 >>> 7) & mask;
            while (slots[slot] != 0) {
                slot = slot + 1 & mask;
            }
            slots[slot] = word + 1;
        }
    }

    /** Hands out all words in the order of their units, and empties the table. */
    void drain(WordSink sink) throws IOException {
        for (int word : sorted()) {
            sink.accept(units, starts[word], starts[word + 1] - starts[word], counts[word]);
        }
        size = 0;
        Arrays.fill(slots, 0);
    }

    /** Gives the memory back; the table is not used any more. */
    void release() {
        slots = null;
        units = null;
        starts = null;
        counts = null;
    }

    private int[] sorted() {
        // By the first four units packed into a number, then by all: most comparisons end at the first.
        long[] keys = new long[size];
        int[] words = new int[size];
        for (int word = 0; word < size; word++) {
            words[word] = word;
            long key = 0;
            for (int i = 0; i < 4; i++) {
                int at = starts[word] + i;
                key = key << 16 | (at < starts[word + 1] ? units[at] : 0);
            }
            keys[word] = key;
        }
        sort(words, keys, 0, size);
        return words;
    }

    /** Quicksort with three parts over words; ranges of equal keys are sorted by the rest of the units. */
    private void sort(int[] words, long[] keys, int from, int to) {
        while (to - from > 1) {
            int middle = words[from + to >>> 1];
            int less = from;
            int more = to;
            for (int i = from; i < more;) {
                int order = compare(words[i], middle, keys);
                if (order < 0) {
                    swap(words, less++, i++);
                } else if (order > 0) {
                    swap(words, i, --more);
                } else {
                    i++;
                }
            }
            if (less - from < to - more) {
                sort(words, keys, from, less);
                from = more;
            } else {
                sort(words, keys, more, to);
                to = less;
            }
        }
    }

    private int compare(int a, int b, long[] keys) {
        int order = Long.compareUnsigned(keys[a], keys[b]);
        return order != 0 ? order
                : Arrays.compare(units, starts[a], starts[a + 1], units, starts[b], starts[b + 1]);
    }

    private static void swap(int[] words, int a, int b) {
        int word = words[a];
        words[a] = words[b];
        words[b] = word;
    }
}
