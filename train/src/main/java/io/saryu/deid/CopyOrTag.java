package io.saryu.deid;

import io.saryu.generate.GuidedSequence;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * Decoding in which a model can only copy its input or put a tag in the place of a stretch of it.
 *
 * <p>Before each {@link Atom} the model is asked how likely it goes on with that atom's first token against the token that
 * begins a tag; where a tag is more likely than the threshold, the most likely tag is taken, and the model is asked again: the
 * stretch ends before the atom (or the end of the text) whose first token is the most likely to follow, the nearest one where
 * several begin alike. Tokens without a choice are not asked for. What comes out is a list of spans of the input, never text.
 */
final class CopyOrTag implements GuidedSequence {
    /** Atoms of a stretch at most: an address of several lines. */
    private static final int LONGEST = 48;

    private final TagAlphabet tags;
    private final int end;
    private final double threshold;
    private final List<Atom> atoms;
    /** Tokens that copy an atom, and those before a tag in its place. */
    private final int[][] copies;
    private final int[][] openings;
    private final List<Span> spans = new ArrayList<>();
    private final List<Integer> said = new ArrayList<>();

    /** Where the next choice is: before this atom, with so many tokens of it said already. */
    private int atom;
    private int within;
    private State state = State.COPY;
    private boolean started;
    private int tag;
    private double confidence;

    private enum State {
        /** Copy, or open a tag. */
        COPY,
        /** Which tag. */
        TAG,
        /** Where the tag's stretch ends. */
        END
    }

    /**
     * @param threshold probability from which on a tag is put: 0.5 is the model's own choice, less finds more
     * @param end       id that ends an answer
     */
    CopyOrTag(String text, TagAlphabet tags, int end, double threshold) {
        this.tags = tags;
        this.end = end;
        this.threshold = threshold;
        this.atoms = Atom.of(text);
        this.copies = new int[atoms.size()][];
        this.openings = new int[atoms.size()][];
        for (int i = 0; i < copies.length; i++) {
            Atom a = atoms.get(i);
            String space = text.substring(a.space(), a.start());
            String whole = text.substring(a.space(), a.end());
            copies[i] = i == 0 ? tags.encodeFirst(whole) : tags.encodeWithin(whole);
            // Before a tag, white space is encoded on its own.
            openings[i] = tagless(i == 0 ? tags.encodeFirst(space + tags.name(0)) : tags.encodeWithin(space + tags.name(0)));
        }
    }

    private static int[] tagless(int[] ids) {
        return Arrays.copyOf(ids, ids.length - 1);
    }

    /** What was found so far. */
    List<Span> spans() {
        return spans;
    }

    @Override
    public int mostTokens() {
        int most = 1;
        for (int i = 0; i < copies.length; i++) {
            most += Math.max(copies[i].length, openings[i].length + 1);
        }
        return most;
    }

    @Override
    public int[] next(float[] logits) {
        said.clear();
        if (!started) {
            started = true;
            forced();
        }
        // What comes before the first choice is said before the model is asked.
        if (said.isEmpty() && !isComplete()) {
            switch (state) {
                case COPY -> copyOrOpen(logits);
                case TAG -> open(bestTag(logits), logits);
                case END -> chooseEnd(logits);
            }
            forced();
        }
        if (isComplete()) {
            return new int[0];
        }
        int[] ids = new int[said.size()];
        Arrays.setAll(ids, said::get);
        return ids;
    }

    /** Only the end is left, which needs no word of the model. */
    private boolean isComplete() {
        return state == State.COPY && atom == copies.length;
    }

    /** Says all up to the next place where there is a choice. */
    private void forced() {
        while (state == State.COPY && atom < copies.length) {
            int[] copy = copies[atom];
            int[] opening = openings[atom];
            if (atoms.get(atom).replaceable() && copy.length > 0) {
                int same = within;
                while (same < copy.length - 1 && same < opening.length && copy[same] == opening[same]) {
                    same++;
                }
                say(copy, within, same);
                within = same;
                if (copy[within] != (within < opening.length ? opening[within] : -1)) {
                    return;
                }
            }
            say(copy, within, copy.length);
            atom++;
            within = 0;
        }
    }

    private void say(int[] ids, int from, int to) {
        for (int i = from; i < to; i++) {
            said.add(ids[i]);
        }
    }

    /** At {@code within}, the ids that copy and those that open a tag part. */
    private void copyOrOpen(float[] logits) {
        int copy = copies[atom][within];
        if (within < openings[atom].length) {
            double tagged = 1 / (1 + Math.exp(logits[copy] - logits[openings[atom][within]]));
            if (tagged >= threshold) {
                confidence = tagged;
                say(openings[atom], within, openings[atom].length);
                state = State.TAG;
                return;
            }
        } else if (openDirectly(logits, copy)) {
            return;
        }
        say(copies[atom], within, copies[atom].length);
        atom++;
        within = 0;
    }

    /** No white space is before the atom, or it is said already: the tags themselves are the other choice. */
    private boolean openDirectly(float[] logits, int copy) {
        double mass = 0;
        for (int t = 0; t < tags.count(); t++) {
            mass += Math.exp(logits[tags.id(t)] - logits[copy]);
        }
        double tagged = Double.isInfinite(mass) ? 1 : mass / (1 + mass);
        if (!(tagged >= threshold)) {
            return false;
        }
        confidence = tagged;
        open(bestTag(logits), logits);
        return true;
    }

    private void open(int best, float[] logits) {
        double mass = 0;
        for (int t = 0; t < tags.count(); t++) {
            mass += Math.exp(logits[tags.id(t)] - logits[tags.id(best)]);
        }
        confidence /= Math.max(1, mass);
        tag = best;
        said.add(tags.id(best));
        state = State.END;
    }

    private int bestTag(float[] logits) {
        int best = 0;
        for (int t = 1; t < tags.count(); t++) {
            if (logits[tags.id(t)] > logits[tags.id(best)]) {
                best = t;
            }
        }
        return best;
    }

    private void chooseEnd(float[] logits) {
        int last = furthest();
        int best = atom + 1;
        double top = Double.NEGATIVE_INFINITY;
        Set<Integer> firsts = new LinkedHashSet<>();
        for (int next = atom + 1; next <= last; next++) {
            int id = first(next);
            if (id >= 0 && firsts.add(id) && logits[id] > top) {
                best = next;
                top = logits[id];
            }
        }
        int adjacent = adjacentTag(logits, last, top);
        int stop = adjacent > 0 ? adjacent : best;
        double mass = 0;
        for (int id : firsts) {
            mass += Math.exp(logits[id] - top);
        }
        spans.add(new Span(atoms.get(atom).start(), atoms.get(stop - 1).end(), tags.name(tag),
                clamp(confidence / Math.max(1, mass)), Span.Source.MODEL));
        atom = stop;
        within = 0;
        state = State.COPY;
        if (adjacent > 0) {
            say(openings[atom], 0, openings[atom].length);
            confidence = 1;
            state = State.TAG;
        } else if (atom < copies.length && !mayStillOpen()) {
            say(copies[atom], 0, copies[atom].length);
            atom++;
        }
    }

    /** The choice of the atom to go on with was also that of its first token, which may be how a tag's white space begins, too. */
    private boolean mayStillOpen() {
        int[] opening = openings[atom];
        return atoms.get(atom).replaceable() && opening.length > 0 && copies[atom].length > 0 && copies[atom][0] == opening[0];
    }

    private int first(int next) {
        return next == copies.length ? end : copies[next].length == 0 ? -1 : copies[next][0];
    }

    /** Stretches do not run over what is fixed. */
    private int furthest() {
        int last = Math.min(copies.length, atom + LONGEST);
        for (int next = atom + 1; next < last; next++) {
            if (!atoms.get(next).replaceable()) {
                return next;
            }
        }
        return last;
    }

    /**
     * A tag may follow a tag, as in a name and its number: then the token that opens one is likelier than any that copies. The
     * output does not say where the first ends: where letters turn to digits or back.
     *
     * @return the atom that the next tag stands for first, or 0 where none follows at once
     */
    private int adjacentTag(float[] logits, int last, double top) {
        for (int next = atom + 1; next < last; next++) {
            Atom a = atoms.get(next);
            boolean turns = a.kind() != atoms.get(next - 1).kind() && a.kind() != Atom.Kind.OTHER && a.replaceable();
            if (turns && openings[next].length > 0) {
                int opening = openings[next][0];
                return copies[next].length > 0 && opening != copies[next][0] && logits[opening] > top ? next : 0;
            }
        }
        return 0;
    }

    private static double clamp(double p) {
        return Double.isNaN(p) ? 0 : Math.max(0, Math.min(1, p));
    }
}
