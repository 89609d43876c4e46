package io.saryu.deid;

import java.util.ArrayList;
import java.util.List;

/**
 * A text with stretches of it replaced, and nothing else changed: made from the text and the replacements alone, so no model can
 * add to it, and {@link #undo} gives the text back whatever it held.
 *
 * @param input        the text
 * @param replacements in the order of the text, none overlapping another
 */
public record Redaction(String input, List<Replacement> replacements) {
    /**
     * One replaced stretch.
     *
     * @param span what was found
     * @param text what stands there now
     */
    public record Replacement(Span span, String text) {
    }

    /**
     * Where a replacement stands in {@link #text()}.
     *
     * @param start first UTF-16 unit
     * @param end   the one after the last
     */
    public record Place(int start, int end) {
    }

    /** @throws IllegalArgumentException when replacements overlap, are out of order, or reach past the text */
    public Redaction {
        replacements = List.copyOf(replacements);
        int at = 0;
        for (Replacement r : replacements) {
            if (r.span().start() < at || r.span().end() > input.length()) {
                throw new IllegalArgumentException("the replacement of characters " + r.span().start() + " to " + r.span().end()
                        + " overlaps another, or ends past the text's " + input.length());
            }
            at = r.span().end();
        }
    }

    /** The text as it is to be read. */
    public String text() {
        StringBuilder out = new StringBuilder(input.length());
        int at = 0;
        for (Replacement r : replacements) {
            out.append(input, at, r.span().start()).append(r.text());
            at = r.span().end();
        }
        return out.append(input, at, input.length()).toString();
    }

    /** Where each replacement stands in {@link #text()}: a tag that the input held itself is none. */
    public List<Place> places() {
        List<Place> places = new ArrayList<>();
        int shift = 0;
        for (Replacement r : replacements) {
            int start = r.span().start() + shift;
            places.add(new Place(start, start + r.text().length()));
            shift += r.text().length() - r.span().length();
        }
        return places;
    }

    /** The input again, from a redacted text, where its replacements stand, and what they stand for. */
    public static String undo(String text, List<Place> places, List<String> originals) {
        StringBuilder out = new StringBuilder(text.length());
        int at = 0;
        for (int i = 0; i < places.size(); i++) {
            out.append(text, at, places.get(i).start()).append(originals.get(i));
            at = places.get(i).end();
        }
        return out.append(text, at, text.length()).toString();
    }
}
