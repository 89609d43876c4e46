package io.saryu.instruct;

import io.saryu.data.BatchSource;
import io.saryu.data.Shuffle;
import io.saryu.optim.TrainingStep;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.stream.IntStream;

/**
 * Encoded examples in windows of T tokens, several in one where they fit; attention does not pass from one to another, and each
 * begins at position 0. The loss is on answers and their end markers only. Windows are made once (best fit, longest first, as
 * TRL's {@code bfd}), and shuffled anew in each epoch.
 */
public final class PackedExamples implements BatchSource {
    /** An example has a prompt, so that more than this many tokens a window's examples are not there. */
    private static final int TOKENS_AN_EXAMPLE = 16;

    private final List<PromptTemplate.Encoded> examples;
    private final int contextLength;
    private final int padding;
    private final long seed;
    private final int[][] windows;
    private final boolean positioned;

    /**
     * @param examples      none longer than T + 1 tokens, of which the last is only a target
     * @param contextLength T
     * @param packing       false for one example a window
     * @param padding       id that fills windows up
     * @param seed          another seed gives another order
     * @throws IllegalArgumentException without an example, or for one that is too long
     */
    public PackedExamples(List<PromptTemplate.Encoded> examples, int contextLength, boolean packing, int padding, long seed) {
        if (examples.isEmpty()) {
            throw new IllegalArgumentException("there is no example to train on");
        }
        this.examples = List.copyOf(examples);
        this.positioned = examples.stream().anyMatch(e -> e.positions() != null);
        this.contextLength = contextLength;
        this.padding = padding;
        this.seed = seed;
        this.windows = pack(packing ? mostPerWindow(contextLength) : 1);
    }

    private static int mostPerWindow(int contextLength) {
        return Math.max(1, contextLength / TOKENS_AN_EXAMPLE);
    }

    /** Sequences that a window can have, its padding included. */
    public static int mostSequences(int contextLength) {
        return mostPerWindow(contextLength) + 1;
    }

    private int length(int example) {
        return examples.get(example).ids().length - 1;
    }

    private int[][] pack(int most) {
        List<Integer> order = IntStream.range(0, examples.size()).boxed()
                .sorted(Comparator.comparingInt((Integer i) -> -length(i)).thenComparing(i -> i)).toList();
        List<List<Integer>> bins = new ArrayList<>();
        // Bins that can take another example, by the tokens that they have left.
        TreeMap<Integer, Deque<Integer>> open = new TreeMap<>();
        for (int example : order) {
            int length = length(example);
            if (length > contextLength || length < 1) {
                throw new IllegalArgumentException("an example of " + (length + 1) + " tokens does not fit into " + contextLength);
            }
            Map.Entry<Integer, Deque<Integer>> fit = open.ceilingEntry(length);
            int bin;
            int left;
            if (fit == null) {
                bin = bins.size();
                bins.add(new ArrayList<>());
                left = contextLength - length;
            } else {
                bin = fit.getValue().removeFirst();
                if (fit.getValue().isEmpty()) {
                    open.remove(fit.getKey());
                }
                left = fit.getKey() - length;
            }
            bins.get(bin).add(example);
            if (left > 0 && bins.get(bin).size() < most) {
                open.computeIfAbsent(left, k -> new ArrayDeque<>()).addLast(bin);
            }
        }
        return bins.stream().map(b -> b.stream().mapToInt(Integer::intValue).toArray()).toArray(int[][]::new);
    }

    @Override
    public int contextLength() {
        return contextLength;
    }

    @Override
    public long windowsPerEpoch() {
        return windows.length;
    }

    /** Examples of an epoch. */
    public int examples() {
        return examples.size();
    }

    /** The share of the windows' places that examples take; the rest is padding. */
    public double fill() {
        long tokens = IntStream.range(0, examples.size()).mapToLong(this::length).sum();
        return (double) tokens / ((long) windows.length * contextLength);
    }

    private int[] window(long position) {
        long epoch = position / windows.length;
        return windows[(int) new Shuffle(windows.length, Shuffle.mix(seed, epoch)).at(position % windows.length)];
    }

    @Override
    public void fill(long position, int batch, int[] ids, int[] targets) {
        Objects.checkFromIndexSize(0, Math.multiplyExact(batch, contextLength), Math.min(ids.length, targets.length));
        Arrays.fill(ids, 0, batch * contextLength, padding);
        Arrays.fill(targets, 0, batch * contextLength, TrainingStep.IGNORED);
        for (int b = 0; b < batch; b++) {
            int at = b * contextLength;
            for (int example : window(position + b)) {
                at += put(examples.get(example), ids, targets, at);
            }
        }
    }

    /**
     * Writes an example's inputs and targets.
     *
     * @return how many
     */
    static int put(PromptTemplate.Encoded example, int[] ids, int[] targets, int at) {
        int n = example.ids().length - 1;
        System.arraycopy(example.ids(), 0, ids, at, n);
        Arrays.fill(targets, at, at + example.promptLength() - 1, TrainingStep.IGNORED);
        System.arraycopy(example.ids(), example.promptLength(), targets, at + example.promptLength() - 1,
                n - example.promptLength() + 1);
        return n;
    }

    @Override
    public int[] positions(long position, int batch) {
        if (!positioned) {
            return null;
        }
        int[] positions = new int[batch * contextLength];
        for (int b = 0; b < batch; b++) {
            int at = b * contextLength;
            for (int example : window(position + b)) {
                at += putPositions(examples.get(example), positions, at);
            }
            for (int i = at; i < (b + 1) * contextLength; i++) {
                positions[i] = i - at;
            }
        }
        return positions;
    }

    /**
     * Writes the positions of an example's inputs.
     *
     * @return how many
     */
    static int putPositions(PromptTemplate.Encoded example, int[] positions, int at) {
        int n = example.ids().length - 1;
        for (int i = 0; i < n; i++) {
            positions[at + i] = example.positions() == null ? i : example.positions()[i];
        }
        return n;
    }

    @Override
    public int[] lengths(long position, int batch) {
        int[] lengths = new int[batch * mostSequences(contextLength)];
        int count = 0;
        for (int b = 0; b < batch; b++) {
            int left = contextLength;
            for (int example : window(position + b)) {
                lengths[count++] = length(example);
                left -= length(example);
            }
            if (left > 0) {
                lengths[count++] = left;
            }
        }
        return Arrays.copyOf(lengths, count);
    }
}
