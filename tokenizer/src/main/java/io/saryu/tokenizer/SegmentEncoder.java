package io.saryu.tokenizer;

import java.util.Arrays;

/** The memory in which one thread encodes, kept from text to text: nothing is allocated but the result. */
final class SegmentEncoder {
    private static final int KEPT = 1 << 20;

    private final UnigramEncoder model;
    private final PieceTrie pieces;
    private final WordCache cache;
    private char[] text = new char[1024];
    private int[] ids = new int[1024];
    private int count;
    private int symbolId;
    /** Whether the last id stands for text that no piece covers. */
    private boolean afterUnknown;
    /** Of the best path that ends before unit i: its score, where its last piece begins, that piece. */
    private float[] bestScore = new float[1024];
    private int[] bestStart = new int[1024];
    private int[] bestId = new int[1024];

    SegmentEncoder(UnigramEncoder model) {
        this.model = model;
        this.pieces = model.pieces;
        this.cache = model.byWord ? new WordCache() : null;
    }

    /** The ids of a text. */
    int[] encode(String string) {
        int length = string.length();
        if (length > text.length) {
            text = new char[Math.max(length, 2 * text.length)];
        }
        string.getChars(0, length, text, 0);
        mend(length);
        count = 0;
        int begin = 0;
        if (model.symbols != null) {
            for (int at = 0; at < length;) {
                char unit = text[at];
                int end = (model.symbolStarts[unit >> 6] & 1L << unit) == 0 ? at : symbol(at, length);
                if (end == at) {
                    at++;
                    continue;
                }
                segment(begin, at);
                room(1);
                ids[count++] = symbolId;
                at = end;
                begin = end;
            }
        }
        segment(begin, length);
        int[] result = Arrays.copyOf(ids, count);
        if (text.length > KEPT) {
            text = new char[KEPT];
            ids = new int[KEPT];
            bestScore = new float[KEPT];
            bestStart = new int[KEPT];
            bestId = new int[KEPT];
        }
        return result;
    }

    /** Blanks become U+2581, unpaired surrogates U+FFFD. */
    private void mend(int length) {
        char[] units = text;
        for (int i = 0; i < length; i++) {
            char unit = units[i];
            if (unit == ' ') {
                units[i] = UnigramEncoder.BLANK;
            } else if (Character.isSurrogate(unit)) {
                if (Character.isHighSurrogate(unit) && i + 1 < length && Character.isLowSurrogate(units[i + 1])) {
                    i++;
                } else {
                    units[i] = '\uFFFD';
                }
            }
        }
    }

    /** End of the longest symbol that begins here, whose id is left in {@link #symbolId}; {@code from} for none. */
    private int symbol(int from, int length) {
        int end = from;
        int node = PieceTrie.ROOT;
        for (int at = from; at < length && (node = model.symbols.child(node, text[at])) >= 0;) {
            at++;
            if (model.symbols.id(node) >= 0) {
                end = at;
                symbolId = model.symbols.id(node);
            }
        }
        return end;
    }

    /** What stands between two symbols. */
    private void segment(int from, int to) {
        if (from == to) {
            return;
        }
        afterUnknown = false;
        int countBefore = count;
        if (!model.byWord || !words(from, to)) {
            count = countBefore;
            viterbi(from, to);
        }
    }

    /** @return false where the sum of the scores is more than floats hold exactly */
    private boolean words(int from, int to) {
        char[] units = text;
        float sum = 0;
        for (int begin = from; begin < to;) {
            int hash = units[begin];
            int end = begin + 1;
            for (char unit; end < to && (unit = units[end]) != UnigramEncoder.BLANK; end++) {
                hash = 31 * hash + unit;
            }
            sum += word(begin, end - begin, hash);
            if (sum < model.leastExactSum) {
                return false;
            }
            begin = end;
        }
        return true;
    }

    private float word(int begin, int length, int hash) {
        if (length > WordCache.MAX_LENGTH) {
            return viterbi(begin, begin + length);
        }
        int slot = cache.slot(text, begin, length, hash);
        if (cache.isFree(slot)) {
            int before = count;
            float score = viterbi(begin, begin + length);
            cache.put(slot, text, begin, length, hash, ids, before, count - before, score);
            return score;
        }
        int size = cache.size(slot);
        room(size);
        cache.copy(slot, ids, count);
        count += size;
        return cache.score(slot);
    }

    /** Adds the ids of the best path. A sum is compared before it is rounded to a float, as SentencePiece does. */
    private float viterbi(int from, int to) {
        int length = to - from;
        if (length >= bestStart.length) {
            int size = Math.max(length + 1, 2 * bestStart.length);
            bestScore = new float[size];
            bestStart = new int[size];
            bestId = new int[size];
        }
        Arrays.fill(bestStart, 0, length + 1, -1);
        bestScore[0] = 0;
        for (int start = 0; start < length;) {
            float before = bestScore[start];
            int single = start + (Character.isHighSurrogate(text[from + start]) ? 2 : 1);
            boolean covered = false;
            int node = PieceTrie.ROOT;
            for (int at = start; at < length && (node = pieces.child(node, text[from + at])) >= 0;) {
                at++;
                int id = pieces.id(node);
                if (id >= 0) {
                    double score = (double) pieces.score(node) + before;
                    if (bestStart[at] < 0 || score > bestScore[at]) {
                        bestScore[at] = (float) score;
                        bestStart[at] = start;
                        bestId[at] = id;
                    }
                    covered |= at == single;
                }
            }
            if (!covered) {
                float score = model.unkScore + before;
                if (bestStart[single] < 0 || score > bestScore[single]) {
                    bestScore[single] = score;
                    bestStart[single] = start;
                    bestId[single] = model.unkId;
                }
            }
            start = single;
        }
        addPath(from, length);
        return bestScore[length];
    }

    private void addPath(int from, int length) {
        // Turn the links around: from each begin to the end of its piece.
        int end = length;
        int next = -1;
        while (end > 0) {
            int start = bestStart[end];
            bestStart[end] = next;
            next = end;
            end = start;
        }
        for (int start = 0; next > 0; start = end) {
            end = next;
            add(bestId[end], from + start, from + end);
            next = bestStart[end];
        }
    }

    private void add(int id, int from, int to) {
        boolean unknown = id == model.unkId;
        if (unknown && model.byteIds != null) {
            addBytes(to - from == 2 ? Character.toCodePoint(text[from], text[from + 1]) : text[from]);
        } else if (!unknown || !afterUnknown) {
            room(1);
            ids[count++] = id;
        }
        afterUnknown = unknown;
    }

    /** The bytes of a character in UTF-8. */
    private void addBytes(int c) {
        room(4);
        int[] bytes = model.byteIds;
        if (c < 0x80) {
            ids[count++] = bytes[c];
        } else {
            if (c < 0x800) {
                ids[count++] = bytes[0xC0 | c >> 6];
            } else {
                if (c < 0x10000) {
                    ids[count++] = bytes[0xE0 | c >> 12];
                } else {
                    ids[count++] = bytes[0xF0 | c >> 18];
                    ids[count++] = bytes[0x80 | c >> 12 & 0x3F];
                }
                ids[count++] = bytes[0x80 | c >> 6 & 0x3F];
            }
            ids[count++] = bytes[0x80 | c & 0x3F];
        }
    }

    private void room(int more) {
        if (count + more > ids.length) {
            ids = Arrays.copyOf(ids, 2 * ids.length);
        }
    }
}
