package io.saryu.text;

import java.io.IOException;
import java.util.BitSet;

/**
 * Finds documents that came before, by their 128-bit hashes, in bounded memory. Two different documents among a billion
 * share a hash with probability 1.5e-21.
 *
 * <p>Hashes are kept in a {@link DuplicateTable} until it is full. A later document that is not in it may still repeat
 * another such one: it is written, its hash goes into the log as all hashes do, and when the input is at its end,
 * {@link #repeats} reads that part of the log once for each tableful of it and says which documents have to go.
 * Not thread-safe.
 */
final class DuplicateFilter {
    private final DuplicateTable table;
    private final HashLog log;
    /** The first so many documents of the log are in the table. */
    private long inTable;
    private boolean full;

    /** A filter that begins with nothing, or goes on after {@code inTable} documents of the log were in its table. */
    DuplicateFilter(long tableBytes, HashLog log, long inTable) throws IOException {
        this.table = new DuplicateTable(tableBytes);
        this.log = log;
        this.inTable = Math.min(inTable, table.capacity());
        log.read(0, this.inTable, (number, high, low, length) -> table.add(high, low));
        this.full = table.isFull() || this.inTable < log.entries();
    }

    /** Makes ready for the documents whose hashes are the longs from {@code from} to {@code to}. */
    void fetch(long[] hashes, int from, int to) {
        table.fetch(hashes, from, to);
    }

    /** Whether a document is new as far as the table knows. */
    boolean isNew(long high, long low) {
        return !table.contains(high, low);
    }

    /** Remembers a new document, of which {@code length} bytes are written. */
    void add(long high, long low, int length) throws IOException {
        log.add(high, low, length);
        if (!full) {
            table.add(high, low);
            inTable++;
            full = table.isFull();
        }
    }

    /** How many documents of the log are in the table. */
    long inTable() {
        return inTable;
    }

    /**
     * Which documents after the first {@link #inTable} repeat an earlier one, counted from there. The table is lost.
     *
     * @throws IllegalStateException when more than 2,147,483,647 documents are not in the table
     */
    BitSet repeats() throws IOException {
        long from = inTable;
        long unsure = log.entries() - from;
        BitSet repeats = new BitSet();
        if (unsure == 0) {
            return repeats;
        }
        if (unsure > Integer.MAX_VALUE) {
            throw new IllegalStateException(unsure + " documents are more than can be compared on disk;"
                    + " give more memory for duplicates, or clean the corpus in parts");
        }
        // A part of the hashes holds a tableful on average, with some room for those that hold more.
        long parts = (long) Math.ceil(unsure / (0.9 * table.capacity()));
        while (!find(from, parts, repeats)) {
            // In a tiny table chance may still fill one.
            repeats.clear();
            parts *= 2;
        }
        return repeats;
    }

    /** Looks through the log once for each part of the hashes; false when one did not fit into the table. */
    private boolean find(long from, long parts, BitSet repeats) throws IOException {
        boolean[] fits = {true};
        for (long part = 0; part < parts && fits[0]; part++) {
            long wanted = part;
            table.clear();
            log.read(from, log.entries(), (number, high, low, length) -> {
                if ((low >>> 33) * parts >>> 31 != wanted || !fits[0]) {
                    return;
                }
                if (!table.contains(high, low) && table.isFull()) {
                    fits[0] = false;
                } else if (!table.add(high, low)) {
                    repeats.set((int) (number - from));
                }
            });
        }
        return fits[0];
    }
}
