package io.saryu.deid.data;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/**
 * Makes a new name of two: the beginning of one and the end of another, each cut between syllables, as {@code Kamala} and
 * {@code Rajesh} give {@code Kamesh}. A list of some hundred names is soon known by heart; with blends among them, a model must
 * learn to see names by their place and make.
 */
final class Blend {
    private static final int ATTEMPTS = 8;
    private static final int SHORTEST = 3;
    private static final int LONGEST = 14;
    private static final char VIRAMA = '\u094D';

    private Blend() {
    }

    /** A blend of the first words of two entries, with the further words of the second; null where they do not cut well. */
    static String of(List<String> entries, Random random) {
        for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
            String first = word(entries.get(random.nextInt(entries.size())));
            String whole = entries.get(random.nextInt(entries.size()));
            String second = word(whole);
            List<Integer> heads = cuts(first);
            List<Integer> tails = cuts(second);
            if (heads.isEmpty() || tails.isEmpty()) {
                continue;
            }
            String blend = first.substring(0, heads.get(random.nextInt(heads.size())))
                    + second.substring(tails.get(random.nextInt(tails.size())));
            if (blend.length() >= SHORTEST && blend.length() <= LONGEST && !blend.equals(first) && !blend.equals(second)) {
                return blend + whole.substring(second.length());
            }
        }
        return null;
    }

    private static String word(String entry) {
        int space = entry.indexOf(' ');
        return space < 0 ? entry : entry.substring(0, space);
    }

    /** Where a syllable begins within a word: Latin, a consonant after a vowel; Devanagari, a letter that is not bound to the one before. */
    private static List<Integer> cuts(String word) {
        List<Integer> cuts = new ArrayList<>();
        for (int i = 1; i < word.length(); i++) {
            char here = word.charAt(i);
            char before = word.charAt(i - 1);
            boolean latin = here >= 'a' && here <= 'z' && !vowel(here) && vowel(Character.toLowerCase(before));
            boolean indic = here > 0x900 && Character.isLetter(here) && before > 0x900 && before != VIRAMA;
            if (latin || indic) {
                cuts.add(i);
            }
        }
        return cuts;
    }

    private static boolean vowel(char c) {
        return "aeiou".indexOf(c) >= 0;
    }
}
