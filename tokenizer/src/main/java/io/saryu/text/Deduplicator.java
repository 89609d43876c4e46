package io.saryu.text;

/**
 * Remembers texts by their 128-bit hashes (16 bytes each at a load of at most 2/3, so 24 to 48 bytes a text) and says
 * whether one is new. Two different texts among a billion share a hash with probability 1.5e-21. Not thread-safe.
 */
public final class Deduplicator {
    private static final int FIRST_SLOTS = 1 << 10;
    private static final int MAX_SLOTS = 1 << 29;

    private final ContentHash hash = new ContentHash(0);
    /** Two longs a slot, both 0 in a free one. */
    private long[] table = new long[2 * FIRST_SLOTS];
    private int slots = FIRST_SLOTS;
    private long size;

    /**
     * Remembers {@code text}.
     *
     * @return true when it was not there yet
     * @throws IllegalStateException beyond 357,913,941 different texts, where the table would pass 8 GiB
     */
    public boolean add(String text) {
        hash.of(text);
        long high = hash.high();
        long low = hash.low() == 0 ? 1 : hash.low();
        if (!insert(table, slots, high, low)) {
            return false;
        }
        size++;
        if (3 * size > 2L * slots) {
            grow();
        }
        return true;
    }

    /** Number of different texts seen. */
    public long size() {
        return size;
    }

    private void grow() {
        if (slots == MAX_SLOTS) {
            throw new IllegalStateException("more than " + size + " different texts;"
                    + " deduplicate the corpus in parts, or without this option");
        }
        int newSlots = 2 * slots;
        long[] bigger = new long[2 * newSlots];
        for (int i = 0; i < table.length; i += 2) {
            if (table[i + 1] != 0) {
                insert(bigger, newSlots, table[i], table[i + 1]);
            }
        }
        table = bigger;
        slots = newSlots;
    }

    private static boolean insert(long[] table, int slots, long high, long low) {
        int slot = (int) high & (slots - 1);
        while (table[2 * slot + 1] != 0) {
            if (table[2 * slot] == high && table[2 * slot + 1] == low) {
                return false;
            }
            slot = (slot + 1) & (slots - 1);
        }
        table[2 * slot] = high;
        table[2 * slot + 1] = low;
        return true;
    }
}
