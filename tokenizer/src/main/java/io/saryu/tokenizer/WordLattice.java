package io.saryu.tokenizer;

import java.util.Arrays;
import java.util.function.IntConsumer;

/**
 * All ways to part one word into pieces, for training: expected counts of pieces (forward-backward) and the best way
 * (Viterbi). The memory of one thread.
 */
final class WordLattice {
    /**
     * Probabilities are multiplied by e to the power of this for each unit of a piece's text. Every path covers the
     * whole word, so all paths grow alike and shares stay as they are, but products stay within a double.
     */
    static final double GAIN = 2;

    private static final double TINY = 1e-280;
    private static final double HUGE = 1e280;

    private final PieceTrie trie;
    private final int unknown;
    private final double unknownScore;
    private final double[] forward = new double[WordCounter.MAX_LENGTH + 1];
    private final double[] backward = new double[WordCounter.MAX_LENGTH + 1];
    private final float[] best = new float[WordCounter.MAX_LENGTH + 1];
    private final int[] bestStart = new int[WordCounter.MAX_LENGTH + 1];
    private final int[] bestId = new int[WordCounter.MAX_LENGTH + 1];
    private int nodes;
    private int[] nodeStart = new int[256];
    private int[] nodeEnd = new int[256];
    private int[] nodeId = new int[256];
    private double[] nodeScore = new double[256];

    /**
     * @param trie         of the pieces
     * @param unknown      id for a character that no piece covers
     * @param unknownScore logarithm of its probability
     */
    WordLattice(PieceTrie trie, int unknown, double unknownScore) {
        this.trie = trie;
        this.unknown = unknown;
        this.unknownScore = unknownScore;
    }

    /** Takes a share of a word's count. */
    @FunctionalInterface
    interface Counts {
        void add(int id, double count);
    }

    /** Finds the pieces in a word; the trie's scores are kept with them. */
    private void fill(char[] units, int from, int length, double unknownNodeScore) {
        nodes = 0;
        for (int start = 0; start < length;) {
            int single = start + (Character.isHighSurrogate(units[from + start]) ? 2 : 1);
            boolean covered = false;
            int node = PieceTrie.ROOT;
            for (int at = start; at < length && (node = trie.child(node, units[from + at])) >= 0;) {
                at++;
                if (trie.id(node) >= 0) {
                    add(start, at, trie.id(node), trie.score(node));
                    covered |= at == single;
                }
            }
            if (!covered) {
                add(start, single, unknown, unknownNodeScore);
            }
            start = single;
        }
    }

    private void add(int start, int end, int id, double score) {
        if (nodes == nodeId.length) {
            nodeStart = Arrays.copyOf(nodeStart, nodes * 2);
            nodeEnd = Arrays.copyOf(nodeEnd, nodes * 2);
            nodeId = Arrays.copyOf(nodeId, nodes * 2);
            nodeScore = Arrays.copyOf(nodeScore, nodes * 2);
        }
        nodeStart[nodes] = start;
        nodeEnd[nodes] = end;
        nodeId[nodes] = id;
        nodeScore[nodes++] = score;
    }

    /**
     * Expected counts; the trie's scores are probabilities times {@link #GAIN}.
     *
     * @param count of the word
     * @param sink  is not told of unknown characters
     */
    void expect(char[] units, int from, int length, long count, Counts sink) {
        fill(units, from, length, Math.exp(unknownScore + GAIN));
        Arrays.fill(forward, 0, length + 1, 0);
        forward[0] = 1;
        for (int i = 0; i < nodes; i++) {
            forward[nodeEnd[i]] += forward[nodeStart[i]] * nodeScore[i];
        }
        double all = forward[length];
        if (!(all > TINY && all < HUGE)) {
            expectInLogarithms(length, count, sink);
            return;
        }
        Arrays.fill(backward, 0, length, 0);
        backward[length] = count / all;
        for (int i = nodes - 1; i >= 0; i--) {
            double behind = nodeScore[i] * backward[nodeEnd[i]];
            backward[nodeStart[i]] += behind;
            if (nodeId[i] != unknown) {
                sink.add(nodeId[i], forward[nodeStart[i]] * behind);
            }
        }
    }

    /** The same for a word whose probability no double holds. */
    private void expectInLogarithms(int length, long count, Counts sink) {
        Arrays.fill(forward, 0, length + 1, Double.NEGATIVE_INFINITY);
        forward[0] = 0;
        for (int i = 0; i < nodes; i++) {
            nodeScore[i] = Math.log(nodeScore[i]);
            forward[nodeEnd[i]] = logSum(forward[nodeEnd[i]], forward[nodeStart[i]] + nodeScore[i]);
        }
        Arrays.fill(backward, 0, length, Double.NEGATIVE_INFINITY);
        backward[length] = 0;
        for (int i = nodes - 1; i >= 0; i--) {
            double behind = nodeScore[i] + backward[nodeEnd[i]];
            backward[nodeStart[i]] = logSum(backward[nodeStart[i]], behind);
            if (nodeId[i] != unknown) {
                sink.add(nodeId[i], count * Math.exp(forward[nodeStart[i]] + behind - forward[length]));
            }
        }
    }

    private static double logSum(double a, double b) {
        double more = Math.max(a, b);
        return more == Double.NEGATIVE_INFINITY ? more : more + Math.log1p(Math.exp(Math.min(a, b) - more));
    }

    /**
     * The best way; the trie's scores are logarithms.
     *
     * @param without a piece that is not to be the whole text; negative for none
     * @return whether there is a way
     */
    boolean part(char[] units, int from, int length, int without) {
        fill(units, from, length, unknownScore);
        Arrays.fill(bestStart, 0, length + 1, -1);
        best[0] = 0;
        for (int i = 0; i < nodes; i++) {
            if (nodeId[i] == without && nodeEnd[i] - nodeStart[i] == length) {
                continue;
            }
            if (nodeStart[i] > 0 && bestStart[nodeStart[i]] < 0) {
                continue;
            }
            float score = (float) (best[nodeStart[i]] + nodeScore[i]);
            int end = nodeEnd[i];
            if (bestStart[end] < 0 || score > best[end]) {
                best[end] = score;
                bestStart[end] = nodeStart[i];
                bestId[end] = nodeId[i];
            }
        }
        return bestStart[length] >= 0;
    }

    /** Score of the way that {@link #part} found. */
    float score(int length) {
        return best[length];
    }

    /** Tells the pieces of the way that {@link #part} found, unknown ones too, from the last to the first. */
    void pieces(int length, IntConsumer sink) {
        for (int end = length; end > 0; end = bestStart[end]) {
            sink.accept(bestId[end]);
        }
    }
}
