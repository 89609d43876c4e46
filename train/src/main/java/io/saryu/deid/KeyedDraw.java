package io.saryu.deid;

import java.nio.ByteBuffer;
import java.util.List;

/** Choices that a key, a tag and a value determine: HMAC-SHA256 of these and a counter, eight bytes a choice. Not thread-safe. */
final class KeyedDraw {
    private final SurrogateKey key;
    private final String prefix;
    private final String value;
    private ByteBuffer block = ByteBuffer.allocate(0);
    private int blocks;

    /** @param attempt another one gives other choices for the same value */
    KeyedDraw(SurrogateKey key, String tag, String value, int attempt) {
        this.key = key;
        // The value stands last, so that no two sets of parts make one text.
        this.prefix = tag + '\n' + attempt + '\n';
        this.value = value;
    }

    /** From 0 to below {@code bound}; that 2^64 is no multiple of it shifts chances by less than 2^-32. */
    int below(int bound) {
        if (block.remaining() < Long.BYTES) {
            block = ByteBuffer.wrap(key.hash(prefix + blocks++ + '\n' + value));
        }
        return (int) Long.remainderUnsigned(block.getLong(), bound);
    }

    /** From {@code first} to {@code last}, both included. */
    int between(int first, int last) {
        return first + below(last - first + 1);
    }

    <T> T pick(List<T> list) {
        return list.get(below(list.size()));
    }

    char letter(String alphabet) {
        return alphabet.charAt(below(alphabet.length()));
    }
}
