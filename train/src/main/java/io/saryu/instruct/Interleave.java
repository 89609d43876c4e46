package io.saryu.instruct;

import io.saryu.data.Shuffle;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.function.IntSupplier;
import java.util.stream.Collectors;

/**
 * Mixes data sets row by row, with the meaning of {@code datasets.interleave_datasets}: with probabilities each row is of a set
 * drawn at random, without them the sets take turns; each set's rows come in its order.
 */
public final class Interleave {
    /** When to stop. */
    public enum StoppingStrategy {
        /** When the first set has given all its rows: nothing comes twice. */
        FIRST_EXHAUSTED,
        /** When every set has given all its rows: those of a smaller one begin again meanwhile. */
        ALL_EXHAUSTED,
        /** When every set has given all its rows, each row once: a set that is done is passed over. */
        ALL_EXHAUSTED_WITHOUT_REPLACEMENT
    }

    /** A row of a data set. */
    public record Row(int set, int index) {
    }

    private static final double TOLERANCE = 1e-6;

    private Interleave() {
    }

    /**
     * The rows in their mixed order.
     *
     * @param sizes         rows of each set, at least 1
     * @param probabilities of each set, adding up to 1; null to take turns
     * @param seed          another seed gives another order
     * @throws IllegalArgumentException for an empty set, or probabilities that do not fit
     */
    public static List<Row> rows(int[] sizes, double[] probabilities, StoppingStrategy strategy, long seed) {
        check(sizes, probabilities);
        if (probabilities == null) {
            return turns(sizes, strategy);
        }
        long[] drawn = {0};
        return drawn(sizes, strategy, () -> draw(probabilities, unit(Shuffle.mix(seed, drawn[0]++))));
    }

    private static void check(int[] sizes, double[] probabilities) {
        if (sizes.length == 0 || Arrays.stream(sizes).anyMatch(n -> n < 1)) {
            throw new IllegalArgumentException("a mix needs data sets of at least one row each, not " + Arrays.toString(sizes));
        }
        if (probabilities != null && (probabilities.length != sizes.length
                || Arrays.stream(probabilities).anyMatch(p -> !(p > 0)) || Math.abs(Arrays.stream(probabilities).sum() - 1) > TOLERANCE)) {
            throw new IllegalArgumentException("the probabilities of the data sets must be above 0 and add up to 1, not "
                    + Arrays.stream(probabilities).mapToObj(p -> String.format(Locale.ROOT, "%.6g", p))
                            .collect(Collectors.joining(" + ")));
        }
    }

    /** From 0 to below 1, of the upper 53 bits. */
    private static double unit(long bits) {
        return (bits >>> 11) * 0x1p-53;
    }

    private static int draw(double[] probabilities, double at) {
        double sum = 0;
        for (int i = 0; i < probabilities.length - 1; i++) {
            sum += probabilities[i];
            if (at < sum) {
                return i;
            }
        }
        return probabilities.length - 1;
    }

    /** @param source the set of each row, one after the other */
    static List<Row> drawn(int[] sizes, StoppingStrategy strategy, IntSupplier source) {
        List<Row> rows = new ArrayList<>();
        int[] next = new int[sizes.length];
        boolean[] exhausted = new boolean[sizes.length];
        int left = sizes.length;
        while (strategy == StoppingStrategy.FIRST_EXHAUSTED ? left == sizes.length : left > 0) {
            int set = source.getAsInt();
            if (strategy == StoppingStrategy.ALL_EXHAUSTED_WITHOUT_REPLACEMENT && exhausted[set]) {
                continue;
            }
            rows.add(new Row(set, next[set]));
            if (++next[set] == sizes[set]) {
                next[set] = 0;
                left -= exhausted[set] ? 0 : 1;
                exhausted[set] = true;
            }
        }
        return rows;
    }

    private static List<Row> turns(int[] sizes, StoppingStrategy strategy) {
        int rounds = strategy == StoppingStrategy.FIRST_EXHAUSTED ? Arrays.stream(sizes).min().orElseThrow()
                : Arrays.stream(sizes).max().orElseThrow();
        List<Row> rows = new ArrayList<>();
        for (int i = 0; i < rounds; i++) {
            for (int set = 0; set < sizes.length; set++) {
                if (i < sizes[set] || strategy == StoppingStrategy.ALL_EXHAUSTED) {
                    rows.add(new Row(set, i % sizes[set]));
                }
            }
        }
        return rows;
    }
}
