package io.saryu.deid;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** Brings spans of several finders together. */
final class Spans {
    private Spans() {
    }

    /**
     * Spans that overlap become one that reaches over them all, with the tag of the longest; of equally long ones that of a
     * pattern, which checks what it finds. Nothing that any of them covers is left uncovered.
     */
    static List<Span> merge(List<Span> spans) {
        List<Span> sorted = new ArrayList<>(spans);
        sorted.sort(Comparator.comparingInt(Span::start).thenComparingInt(Span::end));
        List<Span> merged = new ArrayList<>();
        List<Span> group = new ArrayList<>();
        int end = 0;
        for (Span span : sorted) {
            if (!group.isEmpty() && span.start() >= end) {
                merged.add(one(group, end));
                group.clear();
            }
            end = group.isEmpty() ? span.end() : Math.max(end, span.end());
            group.add(span);
        }
        if (!group.isEmpty()) {
            merged.add(one(group, end));
        }
        return merged;
    }

    private static Span one(List<Span> group, int end) {
        Span leading = group.stream().max(Comparator.comparingInt(Span::length)
                .thenComparing(s -> s.source() == Span.Source.PATTERN).thenComparingDouble(Span::confidence)).orElseThrow();
        return new Span(group.getFirst().start(), end, leading.tag(), leading.confidence(), leading.source());
    }
}
