package io.saryu.text;

import java.util.Arrays;

/**
 * A set of 128-bit hashes of bounded size: open addressing, 16 bytes a slot, at most 80 % of the slots taken. It lies in
 * segments that grow one by one, so that growing never needs twice the memory. Not thread-safe.
 */
final class DuplicateTable {
    private static final int SLOT_BYTES = 16;
    private static final int SEGMENT_BYTES = 1 << 23;
    private static final int MAX_SEGMENTS = 1024;
    private static final int FIRST_SLOTS = 64;
    private static final double MAX_LOAD = 0.8;

    private final long[][] segments;
    private final int[] taken;
    private final int maxSlots;
    private final long capacity;
    private long size;
    /** Keeps the compiler from leaving out {@link #fetch}. */
    private volatile long fetched;

    /** A table that takes at most about {@code bytes} of memory, at least 2 KiB. */
    DuplicateTable(long bytes) {
        int count = Math.clamp(bytes / SEGMENT_BYTES, 1, MAX_SEGMENTS);
        this.segments = new long[count][];
        this.taken = new int[count];
        // An array of longs has 2^31 elements at most, two a slot.
        this.maxSlots = Math.clamp(bytes / count / SLOT_BYTES, 2 * FIRST_SLOTS, 1 << 29);
        // Hashes do not spread evenly: a segment may hold more than its share, and must still have free slots.
        this.capacity = (long) (MAX_LOAD * maxSlots * count);
        clear();
    }

    /** How many hashes it holds before it is full. */
    long capacity() {
        return capacity;
    }

    long size() {
        return size;
    }

    boolean isFull() {
        return size >= capacity;
    }

    /** Forgets everything. */
    void clear() {
        for (int i = 0; i < segments.length; i++) {
            segments[i] = new long[2 * FIRST_SLOTS];
        }
        Arrays.fill(taken, 0);
        size = 0;
    }

    /**
     * Looks at where hashes would stand, two longs each from {@code from} to {@code to}. Every look of {@link #add} waits
     * for memory; these wait for it together, and those that follow find it in the cache.
     */
    void fetch(long[] hashes, int from, int to) {
        long any = 0;
        for (int i = from; i < to; i += 2) {
            long[] table = segments[segment(hashes[i])];
            any |= table[2 * slot(hashes[i], table.length / 2)];
        }
        fetched = any;
    }

    boolean contains(long high, long low) {
        return find(segments[segment(high)], high, low == 0 ? 1 : low) < 0;
    }

    /**
     * Adds a hash.
     *
     * @return true when it was not there yet
     * @throws IllegalStateException when the table is full
     */
    boolean add(long high, long low) {
        int segment = segment(high);
        long marked = low == 0 ? 1 : low;
        int slot = find(segments[segment], high, marked);
        if (slot < 0) {
            return false;
        }
        if (isFull()) {
            throw new IllegalStateException("the table of duplicates is full with " + size + " hashes");
        }
        segments[segment][slot] = high;
        segments[segment][slot + 1] = marked;
        size++;
        if (++taken[segment] > MAX_LOAD * (segments[segment].length / 2)) {
            grow(segment);
        }
        return true;
    }

    private int segment(long high) {
        return (int) ((high & 0xFFFFFFFFL) * segments.length >>> 32);
    }

    private static int slot(long high, int slots) {
        return (int) ((high >>> 32) * slots >>> 32);
    }

    /** Index of the first long of the free slot where a hash belongs; negative when it is there. */
    private static int find(long[] table, long high, long low) {
        int slots = table.length / 2;
        int slot = slot(high, slots);
        while (table[2 * slot + 1] != 0) {
            if (table[2 * slot] == high && table[2 * slot + 1] == low) {
                return -1;
            }
            slot = slot + 1 == slots ? 0 : slot + 1;
        }
        return 2 * slot;
    }

    private void grow(int segment) {
        long[] old = segments[segment];
        int slots = (int) Math.min(maxSlots, old.length / 2 * 3L / 2);
        if (slots == old.length / 2) {
            return;
        }
        long[] bigger = new long[2 * slots];
        for (int i = 0; i < old.length; i += 2) {
            if (old[i + 1] != 0) {
                int to = find(bigger, old[i], old[i + 1]);
                bigger[to] = old[i];
                bigger[to + 1] = old[i + 1];
            }
        }
        segments[segment] = bigger;
    }
}
