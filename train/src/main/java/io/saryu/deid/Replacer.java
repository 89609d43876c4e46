package io.saryu.deid;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Turns spans into replacements. With {@link ReplacementStyle#NUMBERED} it remembers: equal values (but for case and white space)
 * get equal numbers in all texts that one replacer sees. Not thread-safe.
 */
public final class Replacer {
    private final ReplacementStyle style;
    private final Surrogates surrogates;
    private final Map<String, Map<String, Integer>> numbers = new HashMap<>();

    /** Of a style without a key. */
    public Replacer(ReplacementStyle style) {
        this(style, null);
    }

    /**
     * Of any style.
     *
     * @param key chooses the surrogates; null for the other styles
     * @throws IllegalArgumentException for surrogates without a key
     */
    public Replacer(ReplacementStyle style, SurrogateKey key) {
        if (style == ReplacementStyle.SURROGATE && key == null) {
            throw new IllegalArgumentException("surrogates are chosen with a key; give one");
        }
        this.style = style;
        this.surrogates = style == ReplacementStyle.SURROGATE ? new Surrogates(key) : null;
    }

    /**
     * The redacted text.
     *
     * @param spans in the order of the text, none overlapping another
     */
    public Redaction redact(String text, List<Span> spans) {
        List<Redaction.Replacement> replacements = new ArrayList<>();
        for (Span span : spans) {
            replacements.add(new Redaction.Replacement(span, replacement(text.substring(span.start(), span.end()), span.tag())));
        }
        return new Redaction(text, replacements);
    }

    private String replacement(String value, String tag) {
        if (style == ReplacementStyle.TAG) {
            return tag;
        }
        if (style == ReplacementStyle.SURROGATE) {
            return surrogates.of(value, tag);
        }
        Map<String, Integer> known = numbers.computeIfAbsent(tag, t -> new HashMap<>());
        String key = value.toLowerCase(Locale.ROOT).replaceAll("\\s+", " ").strip();
        int number = known.computeIfAbsent(key, k -> known.size() + 1);
        return tag.substring(0, tag.length() - 1) + "_" + number + "]";
    }
}
