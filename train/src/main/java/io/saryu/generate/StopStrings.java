package io.saryu.generate;

import java.util.List;

/**
 * Text that comes in pieces and ends before the first of some strings. What could be the beginning of one is held back until
 * it is clear, so that nobody sees part of a stop string.
 */
final class StopStrings {
    private final List<String> stops;
    private final StringBuilder held = new StringBuilder();
    private boolean ended;

    StopStrings(List<String> stops) {
        this.stops = stops;
    }

    /** Adds text; returns what can be shown now. Empty once a stop string came. */
    String add(String piece) {
        if (ended) {
            return "";
        }
        held.append(piece);
        int end = -1;
        for (String stop : stops) {
            int at = held.indexOf(stop);
            if (at >= 0 && (end < 0 || at < end)) {
                end = at;
            }
        }
        if (end >= 0) {
            ended = true;
            return take(end);
        }
        return take(held.length() - longestBeginning());
    }

    /** Whether a stop string came. */
    boolean ended() {
        return ended;
    }

    /** The rest, when no more text comes. */
    String finish() {
        return ended ? "" : take(held.length());
    }

    private String take(int length) {
        String out = held.substring(0, length);
        held.delete(0, length);
        return out;
    }

    /** Length of the longest end of what is held that begins a stop string. */
    private int longestBeginning() {
        int longest = 0;
        for (String stop : stops) {
            for (int n = Math.min(stop.length() - 1, held.length()); n > longest; n--) {
                if (stop.startsWith(held.substring(held.length() - n))) {
                    longest = n;
                }
            }
        }
        return longest;
    }
}
