package io.saryu.deid;

import io.saryu.tokenizer.TaskTags;
import io.saryu.tokenizer.Tokenizer;
import java.util.Arrays;
import java.util.List;

/** The tags as ids of a tokenizer, and encoding of parts of a text. */
final class TagAlphabet {
    /** A piece that stands for itself alone, so that what follows it is encoded as within a text. */
    private static final String BREAK = "\n";

    private final Tokenizer tokenizer;
    private final List<String> tags = TaskTags.all();
    private final int[] ids;
    private final int breakId;

    /** @throws IllegalArgumentException when the tokenizer lacks one of the tags */
    TagAlphabet(Tokenizer tokenizer) {
        this.tokenizer = tokenizer;
        this.breakId = single(BREAK, "newline");
        this.ids = tags.stream().mapToInt(tag -> single(tag, tag)).toArray();
    }

    private int single(String text, String name) {
        int[] encoded = tokenizer.encode(BREAK + text);
        int last = encoded[encoded.length - 1];
        if (!tokenizer.piece(last).equals(text)) {
            throw new IllegalArgumentException("the tokenizer has no piece '" + name + "', which de-identification needs; take a"
                    + " model whose tokenizer was made by saryu tokenizer train");
        }
        return last;
    }

    int count() {
        return ids.length;
    }

    int id(int tag) {
        return ids[tag];
    }

    String name(int tag) {
        return tags.get(tag);
    }

    /** Ids of a text that stands within another. */
    int[] encodeWithin(String text) {
        int[] encoded = tokenizer.encode(BREAK + text);
        int from = 0;
        while (encoded[from] != breakId) {
            from++;
        }
        return Arrays.copyOfRange(encoded, from + 1, encoded.length);
    }

    /** Ids of a text that stands at the start. */
    int[] encodeFirst(String text) {
        return tokenizer.encode(text);
    }
}
