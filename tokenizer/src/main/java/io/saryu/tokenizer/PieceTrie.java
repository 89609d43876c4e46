package io.saryu.tokenizer;

import java.util.Arrays;
import java.util.Comparator;
import java.util.List;

/**
 * Finds pieces in text, one UTF-16 code unit a step: a double array (Aoe 1989) over the units that occur in pieces,
 * numbered from 1, so that a Devanagari character is one step where UTF-8 has three. Immutable but for
 * {@link #setScores}.
 */
final class PieceTrie {
    /** The node that all pieces begin at. */
    static final int ROOT = 0;

    private static final int STRIDE = 4;
    private static final int BASE = 0;
    private static final int PARENT = 1;
    private static final int ID = 2;
    private static final int SCORE = 3;
    private static final int NONE = -1;

    private final short[] codes = new short[1 << 16];
    private final int alphabet;
    /** Per node: where its children begin, its parent, the piece that ends here, that piece's score as float bits. */
    private int[] nodes;
    private int used = 1;

    /**
     * @param pieces distinct and not empty
     * @param ids    of the pieces, at least 0
     * @param scores of the pieces
     */
    PieceTrie(List<String> pieces, int[] ids, float[] scores) {
        int next = 1;
        for (String piece : pieces) {
            for (int i = 0; i < piece.length(); i++) {
                if (codes[piece.charAt(i)] == 0) {
                    codes[piece.charAt(i)] = (short) next++;
                }
            }
        }
        alphabet = next;
        int[] order = sorted(pieces);
        Builder builder = new Builder(Math.max(1024, pieces.size() * 2));
        nodes = builder.build(pieces, order, ids, scores);
    }

    private static int[] sorted(List<String> pieces) {
        Integer[] order = new Integer[pieces.size()];
        Arrays.setAll(order, i -> i);
        Arrays.sort(order, Comparator.comparing(pieces::get));
        int[] plain = new int[order.length];
        Arrays.setAll(plain, i -> order[i]);
        return plain;
    }

    /** The node after one more unit; negative where no piece goes on so. */
    int child(int node, char unit) {
        int code = codes[unit] & 0xFFFF;
        int at = (nodes[node * STRIDE + BASE] + code) * STRIDE;
        return code != 0 && nodes[at + PARENT] == node ? at / STRIDE : NONE;
    }

    /** Id of the piece that ends at a node; negative for none. */
    int id(int node) {
        return nodes[node * STRIDE + ID];
    }

    /** Score of the piece that ends at a node. */
    float score(int node) {
        return Float.intBitsToFloat(nodes[node * STRIDE + SCORE]);
    }

    /** Gives every piece another score, by its id. */
    void setScores(float[] scores) {
        for (int node = 0; node < nodes.length; node += STRIDE) {
            if (nodes[node + ID] >= 0) {
                nodes[node + SCORE] = Float.floatToRawIntBits(scores[nodes[node + ID]]);
            }
        }
    }

    /** Nodes are placed depth first; free places form a list in the array, so that finding one does not search. */
    private final class Builder {
        /** While building, PARENT of a free place is -2 - the next free one, and BASE the one before. */
        private int[] array;
        private int places;
        private int first = NONE;
        private int last = NONE;

        Builder(int size) {
            array = new int[0];
            grow(size + alphabet);
            take(ROOT, ROOT);
        }

        int[] build(List<String> pieces, int[] order, int[] ids, float[] scores) {
            int[] stack = new int[64];
            int depth = push(stack, 0, 0, order.length, 0, ROOT);
            int[] units = new int[alphabet];
            int[] starts = new int[alphabet + 1];
            while (depth > 0) {
                depth -= 4;
                int from = stack[depth];
                int to = stack[depth + 1];
                int length = stack[depth + 2];
                int node = stack[depth + 3];
                if (from < to && pieces.get(order[from]).length() == length) {
                    int piece = order[from++];
                    array[node * STRIDE + ID] = ids[piece];
                    array[node * STRIDE + SCORE] = Float.floatToRawIntBits(scores[piece]);
                }
                int children = 0;
                for (int i = from; i < to; i++) {
                    char unit = pieces.get(order[i]).charAt(length);
                    if (children == 0 || units[children - 1] != unit) {
                        units[children] = unit;
                        starts[children++] = i;
                    }
                }
                if (children == 0) {
                    continue;
                }
                starts[children] = to;
                int base = place(units, children);
                array[node * STRIDE + BASE] = base;
                for (int c = 0; c < children; c++) {
                    int child = base + (codes[units[c]] & 0xFFFF);
                    take(child, node);
                    stack = room(stack, depth);
                    depth = push(stack, depth, starts[c], starts[c + 1], length + 1, child);
                }
            }
            return finished();
        }

        private int[] room(int[] stack, int depth) {
            return depth + 4 <= stack.length ? stack : Arrays.copyOf(stack, stack.length * 2);
        }

        private int push(int[] stack, int depth, int from, int to, int length, int node) {
            stack[depth] = from;
            stack[depth + 1] = to;
            stack[depth + 2] = length;
            stack[depth + 3] = node;
            return depth + 4;
        }

        /** Where all children fit. Looks through some free places, then goes to the end. */
        private int place(int[] units, int children) {
            int least = Integer.MAX_VALUE;
            for (int c = 0; c < children; c++) {
                least = Math.min(least, codes[units[c]] & 0xFFFF);
            }
            int tries = 0;
            for (int free = first; free >= 0 && tries < 200; free = nextFree(free), tries++) {
                if (free - least >= 0 && fits(free - least, units, children)) {
                    return free - least;
                }
            }
            int base = Math.max(used - least, 0);
            while (!fits(base, units, children)) {
                base++;
            }
            return base;
        }

        private boolean fits(int base, int[] units, int children) {
            if (base + alphabet >= places) {
                grow(Math.max(base + alphabet + 1, places + places / 2));
            }
            for (int c = 0; c < children; c++) {
                if (!isFree(base + (codes[units[c]] & 0xFFFF))) {
                    return false;
                }
            }
            return true;
        }

        private boolean isFree(int place) {
            return array[place * STRIDE + PARENT] <= -2;
        }

        private int nextFree(int place) {
            int next = -2 - array[place * STRIDE + PARENT];
            return next == places ? NONE : next;
        }

        private void grow(int size) {
            int old = places;
            array = Arrays.copyOf(array, Math.multiplyExact(size, STRIDE));
            places = size;
            for (int place = old; place < size; place++) {
                array[place * STRIDE + BASE] = place == old ? last : place - 1;
                array[place * STRIDE + PARENT] = -2 - (place + 1);
                array[place * STRIDE + ID] = NONE;
            }
            if (last >= 0) {
                array[last * STRIDE + PARENT] = -2 - old;
            } else {
                first = old;
            }
            last = size - 1;
        }

        private void take(int place, int parent) {
            int before = array[place * STRIDE + BASE];
            int next = nextFree(place);
            if (before >= 0) {
                array[before * STRIDE + PARENT] = next < 0 ? -2 - places : -2 - next;
            } else {
                first = next;
            }
            if (next >= 0) {
                array[next * STRIDE + BASE] = before;
            } else {
                last = before;
            }
            array[place * STRIDE + BASE] = 0;
            array[place * STRIDE + PARENT] = parent;
            used = Math.max(used, place + 1);
        }

        /** Cut behind the last node, with room for any step from it; free places belong to no parent. */
        private int[] finished() {
            int size = used + alphabet;
            int[] result = Arrays.copyOf(array, Math.multiplyExact(size, STRIDE));
            for (int place = 0; place < size; place++) {
                if (place >= places || isFree(place)) {
                    result[place * STRIDE + BASE] = 0;
                    result[place * STRIDE + PARENT] = NONE;
                    result[place * STRIDE + ID] = NONE;
                }
            }
            // No step leads back to the root.
            result[PARENT] = NONE;
            return result;
        }
    }
}
