package io.saryu.deid;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Keeps the first examples of each kind of mistake and each tag. Not thread-safe. */
public final class SpanMisses {
    private static final int EXAMPLES = 4;
    /** Characters that are shown before and after. */
    private static final int CONTEXT = 60;

    private final Map<Kind, Map<String, List<Miss>>> kept = new EnumMap<>(Kind.class);

    /** What went wrong. */
    public enum Kind {
        /** Personal data, or a part of it, is left as it was. */
        LEFT,
        /** It is hidden, but under another tag or with other bounds. */
        OTHERWISE,
        /** Something is replaced that is no personal data. */
        INVENTED
    }

    /**
     * One mistake.
     *
     * @param kind   what went wrong
     * @param tag    of the mark, or of the find where there is no mark
     * @param before what stands before it
     * @param text   the mark or the find
     * @param after  what stands after it
     * @param found  the finds that touch it, as tag and text; empty where there are none
     */
    public record Miss(Kind kind, String tag, String before, String text, String after, List<String> found) {
    }

    void add(MarkedText text, List<MarkedText.Mark> marks, List<Span> finds, BitSet covered) {
        for (MarkedText.Mark mark : marks) {
            if (finds.stream().anyMatch(s -> s.start() == mark.start() && s.end() == mark.end() && s.tag().equals(mark.tag()))) {
                continue;
            }
            boolean left = false;
            for (int i = covered.nextClearBit(mark.start()); i < mark.end() && !left; i = covered.nextClearBit(i + 1)) {
                left = !Character.isWhitespace(text.text().charAt(i));
            }
            keep(left ? Kind.LEFT : Kind.OTHERWISE, mark.tag(), text, mark.start(), mark.end(), finds);
        }
        for (Span span : finds) {
            if (text.spans().stream().noneMatch(m -> m.start() < span.end() && span.start() < m.end())) {
                keep(Kind.INVENTED, span.tag(), text, span.start(), span.end(), List.of());
            }
        }
    }

    private void keep(Kind kind, String tag, MarkedText marked, int start, int end, List<Span> finds) {
        List<Miss> list = kept.computeIfAbsent(kind, k -> new TreeMap<>()).computeIfAbsent(tag, t -> new ArrayList<>());
        if (list.size() < EXAMPLES) {
            String text = marked.text();
            int from = Math.max(0, start - CONTEXT);
            int to = Math.min(text.length(), end + CONTEXT);
            List<String> touching = finds.stream().filter(s -> s.start() < end && start < s.end())
                    .map(s -> s.tag() + " " + text.substring(s.start(), s.end())).toList();
            list.add(new Miss(kind, tag, (from > 0 ? "\u2026" : "") + text.substring(from, start), text.substring(start, end),
                    text.substring(end, to) + (to < text.length() ? "\u2026" : ""), touching));
        }
    }

    /** What was kept: by kind, then by tag, in the order of the texts. */
    List<Miss> examples() {
        return kept.values().stream().flatMap(tags -> tags.values().stream()).flatMap(List::stream).toList();
    }
}
