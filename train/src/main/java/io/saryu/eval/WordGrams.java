package io.saryu.eval;

import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Counts of a text's sequences of 1 to 4 words. */
final class WordGrams {
    /** The longest sequences. */
    static final int ORDERS = 4;

    private WordGrams() {
    }

    /** How often each sequence of {@code order} words comes; words have no blanks, so a sequence is its words with blanks between. */
    static Map<String, Integer> of(List<String> words, int order) {
        Map<String, Integer> counts = new HashMap<>();
        for (int i = 0; i + order <= words.size(); i++) {
            counts.merge(String.join(" ", words.subList(i, i + order)), 1, Integer::sum);
        }
        return counts;
    }
}
