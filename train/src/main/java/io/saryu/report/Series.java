package io.saryu.report;

import java.util.Arrays;

/** A figure over the steps of a run: pairs of step and value, steps ascending. Not thread-safe. */
final class Series {
    private double[] steps = new double[64];
    private double[] values = new double[64];
    private int size;

    /** Appends a value; what is not a finite number is left out. */
    void add(double step, double value) {
        if (!Double.isFinite(step) || !Double.isFinite(value)) {
            return;
        }
        if (size == steps.length) {
            steps = Arrays.copyOf(steps, 2 * size);
            values = Arrays.copyOf(values, 2 * size);
        }
        steps[size] = step;
        values[size++] = value;
    }

    int size() {
        return size;
    }

    boolean isEmpty() {
        return size == 0;
    }

    double step(int i) {
        return steps[i];
    }

    double value(int i) {
        return values[i];
    }

    /** The last value, or NaN of an empty series. */
    double last() {
        return size == 0 ? Double.NaN : values[size - 1];
    }

    double lastStep() {
        return size == 0 ? Double.NaN : steps[size - 1];
    }

    double max() {
        return Arrays.stream(values, 0, size).max().orElse(Double.NaN);
    }

    /** The middle of the last {@code n} values, or NaN of an empty series. */
    double recentMedian(int n) {
        double[] recent = Arrays.copyOfRange(values, Math.max(0, size - n), size);
        Arrays.sort(recent);
        return recent.length == 0 ? Double.NaN : recent[recent.length / 2];
    }

    /** Every value times a factor. */
    Series times(double factor) {
        Series out = new Series();
        for (int i = 0; i < size; i++) {
            out.add(steps[i], values[i] * factor);
        }
        return out;
    }

    /**
     * At most about {@code most} points that look like all of them: of each stretch of points the lowest and the highest, so
     * that no spike is lost, and the first and the last of all.
     */
    Series thinned(int most) {
        if (size <= most) {
            return this;
        }
        Series out = new Series();
        out.add(steps[0], values[0]);
        int buckets = most / 2;
        for (int b = 0; b < buckets; b++) {
            int from = 1 + (int) ((long) (size - 2) * b / buckets);
            int to = 1 + (int) ((long) (size - 2) * (b + 1) / buckets);
            int low = from;
            int high = from;
            for (int i = from; i < to; i++) {
                low = values[i] < values[low] ? i : low;
                high = values[i] > values[high] ? i : high;
            }
            out.add(steps[Math.min(low, high)], values[Math.min(low, high)]);
            if (low != high) {
                out.add(steps[Math.max(low, high)], values[Math.max(low, high)]);
            }
        }
        out.add(steps[size - 1], values[size - 1]);
        return out;
    }
}
