package io.saryu.tensor;

import java.util.Comparator;
import java.util.TreeSet;

/**
 * The free parts of some regions of memory. The smallest part that is large enough is taken, the lowest of equals, from its
 * low end; what is given back joins its free neighbours. So equal sequences from equal states get equal places, and when all
 * is given back each region is one free part again.
 */
final class FreeSpans {
    /** A part of region {@code region}. */
    record Span(int region, long offset, long bytes) {
    }

    // Written out: several are compared for every tensor, and comparators made of comparators are not inlined.
    private static final Comparator<Span> BY_PLACE = (a, b) -> a.region != b.region ? Integer.compare(a.region, b.region)
            : Long.compare(a.offset, b.offset);
    private static final Comparator<Span> BY_SIZE = (a, b) -> a.bytes != b.bytes ? Long.compare(a.bytes, b.bytes)
            : BY_PLACE.compare(a, b);

    private final TreeSet<Span> bySize = new TreeSet<>(BY_SIZE);
    private final TreeSet<Span> byPlace = new TreeSet<>(BY_PLACE);

    private void add(Span s) {
        bySize.add(s);
        byPlace.add(s);
    }

    private void drop(Span s) {
        bySize.remove(s);
        byPlace.remove(s);
    }

    /** Takes {@code bytes} from the best free part; null when none is large enough. */
    Span take(long bytes) {
        Span best = bySize.ceiling(new Span(-1, -1, bytes));
        if (best == null) {
            return null;
        }
        drop(best);
        if (best.bytes > bytes) {
            add(new Span(best.region, best.offset + bytes, best.bytes - bytes));
        }
        return new Span(best.region, best.offset, bytes);
    }

    /** Gives a part back, or adds a new region's whole. */
    void give(Span s) {
        Span before = byPlace.lower(s);
        Span after = byPlace.higher(s);
        long from = s.offset;
        long to = s.offset + s.bytes;
        if (before != null && before.region == s.region && before.offset + before.bytes == from) {
            drop(before);
            from = before.offset;
        }
        if (after != null && after.region == s.region && after.offset == to) {
            drop(after);
            to = after.offset + after.bytes;
        }
        add(new Span(s.region, from, to - from));
    }

    /** Takes a part out for good; false, and nothing happens, when not all of it is free. */
    boolean remove(Span part) {
        Span whole = byPlace.floor(new Span(part.region, part.offset, Long.MAX_VALUE));
        long end = part.offset + part.bytes;
        if (whole == null || whole.region != part.region || whole.offset + whole.bytes < end) {
            return false;
        }
        drop(whole);
        if (whole.offset < part.offset) {
            add(new Span(part.region, whole.offset, part.offset - whole.offset));
        }
        if (end < whole.offset + whole.bytes) {
            add(new Span(part.region, end, whole.offset + whole.bytes - end));
        }
        return true;
    }

    /** Of the places and sizes of all parts. */
    @Override
    public int hashCode() {
        int hash = 1;
        for (Span s : byPlace) {
            hash = 31 * hash + s.hashCode();
        }
        return hash;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof FreeSpans spans && byPlace.equals(spans.byPlace);
    }

    void clear() {
        bySize.clear();
        byPlace.clear();
    }
}
