package io.saryu.tokenizer;

import java.io.IOException;
import java.util.Arrays;
import java.util.List;

/**
 * The words to train on, one behind the other in one array: a word's units, 0, then its count in four units. Immutable
 * after it is made.
 */
final class WordList {
    /** What ends a word's units; no text holds it. */
    static final char END = 0;
    /** Units behind those of a word. */
    static final int TAIL = 5;

    private static final int MOST_UNITS = Integer.MAX_VALUE - 64;
    private static final int HISTOGRAM = 1 << 16;

    final char[] units;
    /** Number of words. */
    final int size;
    /** Where chunks of words begin, and the end: what threads share out. */
    final int[] chunks;
    /** Words counted fewer times than this were left out. */
    final long leastCount;
    /** Distinct words that were counted. */
    final long distinct;
    /** All words that were counted. */
    final long total;

    private WordList(Builder builder, long leastCount, long distinct, long total) {
        this.units = builder.units;
        this.size = builder.size;
        this.chunks = builder.chunks();
        this.leastCount = leastCount;
        this.distinct = distinct;
        this.total = total;
    }

    /** The count of the word that {@link #END} at this place ends. */
    static long count(char[] units, int end) {
        return (long) units[end + 1] << 48 | (long) units[end + 2] << 32 | (long) units[end + 3] << 16 | units[end + 4];
    }

    /**
     * Merges counted words; each is parted at the characters that get no piece, which no path but that of an unknown
     * character passes.
     *
     * @param mostWords distinct words to keep; the rarest are left out beyond that
     */
    static WordList of(List<WordRun> runs, Alphabet alphabet, int mostWords) throws IOException {
        long[] distinct = new long[HISTOGRAM];
        long[] lengths = new long[HISTOGRAM];
        long[] sums = new long[2];
        WordRun.merge(runs, (units, from, length, count) -> {
            int bin = (int) Math.min(count, HISTOGRAM - 1);
            distinct[bin]++;
            lengths[bin] += length + TAIL + (long) TAIL * alphabet.missing(units, from, length);
            sums[0]++;
            sums[1] += count;
        });
        long words = 0;
        long space = 0;
        int least = HISTOGRAM;
        while (least > 1 && words + distinct[least - 1] <= mostWords && space + lengths[least - 1] <= MOST_UNITS) {
            least--;
            words += distinct[least];
            space += lengths[least];
        }
        Builder builder = new Builder((int) space);
        long leastCount = least;
        WordRun.merge(runs, (units, from, length, count) -> {
            if (count >= leastCount) {
                int begin = from;
                for (int at = from; at < from + length;) {
                    int next = at + (Character.isHighSurrogate(units[at]) ? 2 : 1);
                    if (!alphabet.contains(units, at)) {
                        builder.add(units, begin, at - begin, count);
                        begin = next;
                    }
                    at = next;
                }
                builder.add(units, begin, from + length - begin, count);
            }
        });
        return new WordList(builder, leastCount, sums[0], sums[1]);
    }

    private static final class Builder {
        private static final int CHUNK = 1 << 14;

        private final char[] units;
        private int used;
        private int size;
        private int[] starts = new int[16];
        private int chunkCount;

        Builder(int space) {
            units = new char[space];
        }

        void add(char[] word, int from, int length, long count) {
            if (length <= 0) {
                return;
            }
            if (chunkCount == 0 || used - starts[chunkCount - 1] >= CHUNK) {
                if (chunkCount + 1 >= starts.length) {
                    starts = Arrays.copyOf(starts, starts.length * 2);
                }
                starts[chunkCount++] = used;
            }
            System.arraycopy(word, from, units, used, length);
            used += length;
            units[used] = END;
            units[used + 1] = (char) (count >> 48);
            units[used + 2] = (char) (count >> 32);
            units[used + 3] = (char) (count >> 16);
            units[used + 4] = (char) count;
            used += TAIL;
            size++;
        }

        int[] chunks() {
            int[] all = Arrays.copyOf(starts, chunkCount + 1);
            all[chunkCount] = used;
            return all;
        }
    }
}
