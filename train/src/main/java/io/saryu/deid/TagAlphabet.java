package io.saryu.deid;

import io.saryu.tokenizer.TaskTags;
import io.saryu.tokenizer.Tokenizer;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The tags as ids of a tokenizer, and encoding of parts of a text. */
final class TagAlphabet {
    /** A piece that stands for itself alone, so that what follows it is encoded as within a text. */
    private static final String BREAK = "\n";
    private static final int MOST_REMEMBERED = 100_000;

    private final Tokenizer tokenizer;
    private final List<String> tags = TaskTags.all();
    private final int[] ids;
    private final int breakId;
    /** Words come again and again. */
    private final Map<String, int[]> encoded = new HashMap<>();

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

    /** @throws IllegalArgumentException for none of the tags */
    int indexOf(String tag) {
        int index = tags.indexOf(tag);
        if (index < 0) {
            throw new IllegalArgumentException(tag + " is not one of the tags " + String.join(", ", tags));
        }
        return index;
    }

    String name(int tag) {
        return tags.get(tag);
    }

    /** Ids of a text that stands within another; not to be changed. */
    int[] encodeWithin(String text) {
        if (encoded.size() >= MOST_REMEMBERED) {
            encoded.clear();
        }
        return encoded.computeIfAbsent(text, t -> {
            int[] ids = tokenizer.encode(BREAK + t);
            int from = 0;
            while (ids[from] != breakId) {
                from++;
            }
            return Arrays.copyOfRange(ids, from + 1, ids.length);
        });
    }

    /** Ids of a text that begins all. */
    int[] encodeFirst(String text) {
        return tokenizer.encode(text);
    }
}
