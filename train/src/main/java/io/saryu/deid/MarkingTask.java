package io.saryu.deid;

import io.saryu.instruct.PromptTemplate;
import io.saryu.tokenizer.Tokenizer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What a model is asked that marks personal data, as tokens: the text, and the text again with a tag before and the same tag
 * after each stretch, as in {@code My name is[NAME] John Smith[NAME].}
 *
 * <p>An output with tags in the place of stretches would not say where a stretch ends when another follows, or when what
 * follows occurs in it, too, such as a comma; here each choice is about the next word alone, and copying never skips. Text is
 * encoded {@link Atom} by atom, in the prompt as in the answer, so that a copy has the very tokens of what it copies; the tag
 * stands before the white space, which keeps those tokens whole.
 */
public final class MarkingTask {
    /** A letter that no template has, in the place of the text. */
    private static final String PLACE = "\uE000";

    private final TagAlphabet tags;
    private final int end;
    private final int[] head;
    private final int[] tail;

    /** @throws IllegalArgumentException when the tokenizer lacks a tag or what the template needs */
    public MarkingTask(PromptTemplate template, String instruction, Tokenizer tokenizer) {
        this.tags = new TagAlphabet(tokenizer);
        this.end = template.endMarker(tokenizer);
        String prompt = template.prompt(instruction, PLACE);
        int place = prompt.indexOf(PLACE);
        this.head = tags.encodeFirst(prompt.substring(0, place));
        this.tail = tags.encodeWithin(prompt.substring(place + PLACE.length()));
    }

    TagAlphabet tags() {
        return tags;
    }

    /** The tokens of each atom. */
    int[][] copies(String text, List<Atom> atoms) {
        return atoms.stream().map(a -> tags.encodeWithin(text.substring(a.space(), a.end()))).toArray(int[][]::new);
    }

    /** The prompt of a text whose atoms have these tokens. */
    int[] prompt(int[][] copies) {
        Ids ids = new Ids();
        ids.add(head);
        for (int[] copy : copies) {
            ids.add(copy);
        }
        ids.add(tail);
        return ids.toArray();
    }

    /** Tokens of a prompt without its text. */
    int promptTokens() {
        return head.length + tail.length;
    }

    /**
     * A text and its answer, to learn from.
     *
     * @return nothing where a span begins or ends within an atom, or two share one; spans without a tag are not marked
     */
    public Optional<PromptTemplate.Encoded> encode(MarkedText text) {
        List<Atom> atoms = Atom.of(text.text());
        Map<Integer, MarkedText.Mark> starts = new HashMap<>();
        Map<Integer, MarkedText.Mark> ends = new HashMap<>();
        for (MarkedText.Mark mark : text.spans()) {
            if (mark.tag() != null && (starts.put(mark.start(), mark) != null || ends.put(mark.end(), mark) != null)) {
                return Optional.empty();
            }
        }
        int[][] copies = copies(text.text(), atoms);
        Ids ids = new Ids();
        ids.add(prompt(copies));
        int promptLength = ids.size();
        MarkedText.Mark open = null;
        int closed = 0;
        for (int i = 0; i < copies.length; i++) {
            MarkedText.Mark starting = starts.get(atoms.get(i).start());
            if (starting != null && open == null && atoms.get(i).replaceable()) {
                open = starting;
                ids.add(tags.id(tags.indexOf(open.tag())));
            }
            ids.add(copies[i]);
            if (open != null && ends.get(atoms.get(i).end()) == open) {
                ids.add(tags.id(tags.indexOf(open.tag())));
                open = null;
                closed++;
            }
        }
        ids.add(new int[] {end});
        return closed == starts.size() ? Optional.of(new PromptTemplate.Encoded(ids.toArray(), promptLength)) : Optional.empty();
    }

    /** The answer as text. */
    public static String marked(MarkedText text) {
        StringBuilder out = new StringBuilder();
        int at = 0;
        for (MarkedText.Mark mark : text.spans().stream().sorted((a, b) -> Integer.compare(a.start(), b.start())).toList()) {
            if (mark.tag() != null && mark.start() >= at) {
                out.append(text.text(), at, mark.start()).append(mark.tag()).append(text.text(), mark.start(), mark.end())
                        .append(mark.tag());
                at = mark.end();
            }
        }
        return out.append(text.text(), at, text.text().length()).toString();
    }

    /** Token ids that grow. */
    private static final class Ids {
        private final List<int[]> parts = new ArrayList<>();
        private int size;

        void add(int... ids) {
            parts.add(ids);
            size += ids.length;
        }

        int size() {
            return size;
        }

        int[] toArray() {
            int[] all = new int[size];
            int at = 0;
            for (int[] part : parts) {
                System.arraycopy(part, 0, all, at, part.length);
                at += part.length;
            }
            return all;
        }
    }
}
