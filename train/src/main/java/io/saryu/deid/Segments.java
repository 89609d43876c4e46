package io.saryu.deid;

import io.saryu.text.SentenceSplitter;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;

/**
 * Cuts texts that are longer than a model's context: at sentences, within one only where it alone is too long, and within a word
 * only where that alone is.
 */
final class Segments {
    private Segments() {
    }

    /**
     * Stretches that together are the text, each of which fits, as far as single characters do.
     *
     * @return where each starts, and at the end the text's length
     */
    static List<Integer> of(String text, SentenceSplitter sentences, Predicate<String> fits) {
        List<Integer> cuts = new ArrayList<>(List.of(0));
        if (fits.test(text)) {
            cuts.add(text.length());
            return cuts;
        }
        int from = 0;
        for (int end : ends(text, sentences)) {
            int start = cuts.getLast();
            if (fits.test(text.substring(start, end))) {
                from = end;
                continue;
            }
            if (from > start) {
                cuts.add(from);
            }
            divide(text, cuts.getLast(), end, fits, cuts);
            from = end;
        }
        if (cuts.getLast() < text.length()) {
            cuts.add(text.length());
        }
        return cuts;
    }

    /** Where sentences end, the white space after one counted to it. */
    private static List<Integer> ends(String text, SentenceSplitter sentences) {
        List<Integer> ends = new ArrayList<>();
        int at = 0;
        for (String sentence : sentences.split(text)) {
            int found = text.indexOf(sentence, at);
            if (found > at && at > 0) {
                ends.add(found);
            }
            at = found < 0 ? at : found + sentence.length();
        }
        ends.add(text.length());
        return ends;
    }

    /** Before the atom in the middle; within an atom that alone is too long, in its middle; 0 for one character. */
    private static int middle(String part) {
        List<Atom> atoms = Atom.of(part);
        int before = atoms.get(atoms.size() / 2).space();
        return before > 0 ? before : part.offsetByCodePoints(0, part.codePointCount(0, part.length()) / 2);
    }

    /** Cuts what is too long in its middle, and again; what fits at the end is left open for the next sentence. */
    private static void divide(String text, int start, int end, Predicate<String> fits, List<Integer> cuts) {
        String part = text.substring(start, end);
        if (fits.test(part)) {
            return;
        }
        int middle = start + middle(part);
        if (middle == start) {
            return;
        }
        divide(text, start, middle, fits, cuts);
        if (cuts.getLast() < middle) {
            cuts.add(middle);
        }
        divide(text, middle, end, fits, cuts);
    }
}
