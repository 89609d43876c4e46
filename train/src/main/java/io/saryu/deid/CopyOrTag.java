package io.saryu.deid;

import io.saryu.generate.GuidedSequence;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Decoding in which a model can only say its input again, with a tag before and after stretches of it (see {@link MarkingTask}).
 *
 * <p>Before each {@link Atom} the model is asked for the probability that a tag comes next. Outside a stretch, from the threshold
 * on, the most likely tag opens one; within, the same tag ends it. Tokens without a choice are not asked for. What comes out is
 * a list of spans of the input, never text.
 */
final class CopyOrTag implements GuidedSequence {
    /** Atoms of a stretch at most: an address of several lines. */
    private static final int LONGEST = 48;

    private final TagAlphabet tags;
    private final double threshold;
    private final List<Atom> atoms;
    private final int[][] copies;
    private final int mostSpans;
    private final List<Span> spans = new ArrayList<>();

    /** The atom that comes next, and where the open stretch began; -1 outside of one. */
    private int atom;
    private int opened = -1;
    private int tag;
    private double confidence;
    private int[] said = new int[16];
    private int count;

    /**
     * @param atoms     of the text
     * @param copies    their tokens
     * @param threshold probability from which on a tag is put: 0.5 is the model's own choice, less finds more
     */
    CopyOrTag(List<Atom> atoms, int[][] copies, TagAlphabet tags, double threshold) {
        this.atoms = atoms;
        this.copies = copies;
        this.tags = tags;
        this.threshold = threshold;
        this.mostSpans = mostSpans(atoms.size());
    }

    /** Stretches that are found in so many atoms at most, which bounds the tokens that a text may take. */
    private static int mostSpans(int atoms) {
        return Math.min(atoms, 8 + atoms / 3);
    }

    /** The most tokens that the answer on a text of these atoms takes. */
    static int mostTokens(int[][] copies) {
        int most = 1 + 2 * mostSpans(copies.length);
        for (int[] copy : copies) {
            most += copy.length;
        }
        return most;
    }

    /** What was found so far. */
    List<Span> spans() {
        return spans;
    }

    @Override
    public int mostTokens() {
        return mostTokens(copies);
    }

    @Override
    public int[] next(float[] logits) {
        count = 0;
        // Before the first choice there may be words without one, of which the model has not heard yet.
        forced();
        if (count == 0 && atom < copies.length) {
            if (opened < 0) {
                openOrNot(logits);
            } else {
                closeOrNot(logits);
            }
            forced();
        }
        if (atom == copies.length) {
            if (opened >= 0) {
                close(1);
            }
            // What is left to say at the end needs no word of the model.
            return new int[0];
        }
        return Arrays.copyOf(said, count);
    }

    private boolean isChoice() {
        return atom < copies.length && atoms.get(atom).replaceable() && copies[atom].length > 0
                && (opened >= 0 || spans.size() < mostSpans);
    }

    /** Says what comes before the next choice. */
    private void forced() {
        while (atom < copies.length) {
            if (opened >= 0 && atom > opened && (!atoms.get(atom).replaceable() || atom - opened >= LONGEST)) {
                say(tags.id(tag));
                close(1);
            }
            if (isChoice()) {
                return;
            }
            copy();
        }
    }

    private void copy() {
        for (int id : copies[atom]) {
            say(id);
        }
        atom++;
    }

    private void say(int id) {
        if (count == said.length) {
            said = Arrays.copyOf(said, 2 * count);
        }
        said[count++] = id;
    }

    private void openOrNot(float[] logits) {
        Softmax softmax = new Softmax(logits);
        double any = 0;
        int best = 0;
        for (int t = 0; t < tags.count(); t++) {
            any += softmax.probability(tags.id(t));
            if (logits[tags.id(t)] > logits[tags.id(best)]) {
                best = t;
            }
        }
        if (any >= threshold) {
            tag = best;
            confidence = softmax.probability(tags.id(best));
            opened = atom;
            say(tags.id(tag));
        }
        copy();
    }

    private void closeOrNot(float[] logits) {
        double p = new Softmax(logits).probability(tags.id(tag));
        if (p < 0.5) {
            copy();
            return;
        }
        say(tags.id(tag));
        // Whether the next atom begins another stretch is asked before it is said.
        close(p);
    }

    private void close(double p) {
        double c = confidence * p;
        spans.add(new Span(atoms.get(opened).start(), atoms.get(atom - 1).end(), tags.name(tag),
                Double.isNaN(c) ? 0 : Math.max(0, Math.min(1, c)), Span.Source.MODEL));
        opened = -1;
    }

    /** Probabilities of a row of logits. */
    private static final class Softmax {
        private final float[] logits;
        private final float top;
        private double sum;

        Softmax(float[] logits) {
            this.logits = logits;
            float most = Float.NEGATIVE_INFINITY;
            for (float x : logits) {
                most = Math.max(most, x);
            }
            this.top = most;
            for (float x : logits) {
                sum += Math.exp(x - top);
            }
        }

        double probability(int id) {
            return Math.exp(logits[id] - top) / sum;
        }
    }
}
