package io.saryu.text;

import java.util.Arrays;
import java.util.Map;

/** A fixed set of short words, each with a small number, looked up in a char array without making a string. Immutable. */
final class WordTable {
    private final String[] words;
    private final byte[] values;
    private final int mask;
    private final int longest;

    /**
     * A table of words.
     *
     * @param words lists of words, parted by white space, with the number of each list, above 0; a word that comes twice
     *              has the number that came last in the map's order
     */
    WordTable(Map<String, Integer> words) {
        int count = words.keySet().stream().mapToInt(list -> list.strip().split("\\s+").length).sum();
        int size = Integer.highestOneBit(Math.max(4, count * 4 - 1));
        this.words = new String[size];
        this.values = new byte[size];
        this.mask = size - 1;
        int max = 0;
        for (Map.Entry<String, Integer> list : words.entrySet()) {
            for (String word : list.getKey().strip().split("\\s+")) {
                put(word, list.getValue().byteValue());
                max = Math.max(max, word.length());
            }
        }
        this.longest = max;
    }

    private void put(String word, byte value) {
        char[] text = word.toCharArray();
        int at = hash(text, 0, text.length) & mask;
        while (words[at] != null && !words[at].equals(word)) {
            at = at + 1 & mask;
        }
        words[at] = word;
        values[at] = value;
    }

    /** The number of the word that is {@code text} from {@code from} to {@code to}; 0 where it is none of the table. */
    int get(char[] text, int from, int to) {
        if (to - from > longest || to <= from) {
            return 0;
        }
        for (int at = hash(text, from, to) & mask; words[at] != null; at = at + 1 & mask) {
            if (equal(words[at], text, from, to)) {
                return values[at];
            }
        }
        return 0;
    }

    private static boolean equal(String word, char[] text, int from, int to) {
        if (word.length() != to - from) {
            return false;
        }
        for (int i = from; i < to; i++) {
            if (word.charAt(i - from) != text[i]) {
                return false;
            }
        }
        return true;
    }

    private static int hash(char[] text, int from, int to) {
        int hash = 0;
        for (int i = from; i < to; i++) {
            hash = hash * 31 + text[i];
        }
        return hash ^ hash >>> 15;
    }

    @Override
    public String toString() {
        return Arrays.toString(Arrays.stream(words).filter(word -> word != null).sorted().toArray());
    }
}
