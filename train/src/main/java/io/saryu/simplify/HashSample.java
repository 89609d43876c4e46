package io.saryu.simplify;

import io.saryu.text.ContentHash;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.PriorityQueue;
import java.util.Set;

/**
 * Keeps of any number of pairs those whose hash with a seed is lowest: a sample that needs no more memory than it is large, and
 * does not depend on the order in which they come. Of equal pairs it keeps one. Not thread-safe.
 */
final class HashSample {
    private record Entry(long hash, Pair pair) {
        static final Comparator<Entry> ORDER = Comparator.comparingLong(Entry::hash).thenComparing(e -> e.pair().source())
                .thenComparing(e -> e.pair().target());
    }

    private final int capacity;
    private final ContentHash hash;
    private final PriorityQueue<Entry> largestFirst = new PriorityQueue<>(Entry.ORDER.reversed());
    private final Set<String> kept = new HashSet<>();

    HashSample(int capacity, long seed) {
        this.capacity = capacity;
        this.hash = new ContentHash(seed);
    }

    /** Offers a pair; false if the same is there already. */
    boolean offer(Pair pair) {
        String key = pair.source() + "\t" + pair.target();
        Entry entry = new Entry(hash.of(key).high(), pair);
        if (largestFirst.size() == capacity && Entry.ORDER.compare(entry, largestFirst.peek()) > 0) {
            return true;
        }
        if (!kept.add(key)) {
            return false;
        }
        largestFirst.add(entry);
        if (largestFirst.size() > capacity) {
            Pair last = largestFirst.remove().pair();
            kept.remove(last.source() + "\t" + last.target());
        }
        return true;
    }

    /** The pairs, lowest hash first, which is an order by chance. */
    List<Pair> pairs() {
        return new ArrayList<>(largestFirst.stream().sorted(Entry.ORDER).map(Entry::pair).toList());
    }
}
