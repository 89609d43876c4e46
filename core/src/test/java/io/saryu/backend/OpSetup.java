package io.saryu.backend;

import io.saryu.tensor.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Random;

/** The operands of one op call, by name, with their values before the call; and the call. */
public final class OpSetup {
    /** What an operand holds, which decides its element type on a backend. */
    public enum Kind {
        /** Activations, weights, gradients: the type under test, or F32 for what mixed precision keeps wide. */
        VALUES,
        /** Row statistics: F32, or F64 on the oracle. */
        STATISTICS,
        /** {@link StepScalars}. */
        SCALARS,
        /** I32 ids, positions, offsets. */
        INTS,
        /** I8 weights. */
        BYTES,
        /** I64 on the host. */
        SEGMENTS
    }

    /** How the rows of an operand lie in memory. */
    public enum Rows {
        /** One after the other. */
        DENSE,
        /** As columns of a wider matrix, and not aligned to 16 bytes. */
        STRIDED,
        /** As columns of a wider matrix, each row aligned as the matrix is where columns are a multiple of 8. */
        PADDED;

        /** What a case's label says of it. */
        String words() {
            return OpCases.when(this != DENSE, name().toLowerCase(Locale.ROOT));
        }
    }

    /** The call under test. */
    @FunctionalInterface
    public interface Call {
        void run(Backend ops, ExecutionContext ctx, Operands t);
    }

    /** Tensors of one run. */
    @FunctionalInterface
    public interface Operands {
        Tensor get(String name);
    }

    /** One operand. */
    public static final class Operand {
        final String name;
        final Kind kind;
        final boolean output;
        final double[] values;
        final long[] shape;
        Rows rows = Rows.DENSE;
        boolean narrow;
        double floor;

        Operand(String name, Kind kind, boolean output, double[] values, long[] shape) {
            this.name = name;
            this.kind = kind;
            this.output = output;
            this.values = values;
            this.shape = shape;
        }
    }

    final List<Operand> operands = new ArrayList<>();
    final Random random;
    Call call;

    OpSetup(String name) {
        this.random = new Random(name.hashCode());
    }

    /** An input of normal values times {@code scale}. */
    public OpSetup in(String name, double scale, long... shape) {
        return add(name, Kind.VALUES, false, normal(scale, shape), shape);
    }

    /** An input of these values. */
    public OpSetup in(String name, double[] values, long... shape) {
        return add(name, Kind.VALUES, false, values, shape);
    }

    /** An output whose content before the call does not matter: it is NaN. */
    public OpSetup out(String name, long... shape) {
        return add(name, Kind.VALUES, true, nan(shape), shape);
    }

    /** An operand that is read and written, of normal values times {@code scale}. */
    public OpSetup inOut(String name, double scale, long... shape) {
        return add(name, Kind.VALUES, true, normal(scale, shape), shape);
    }

    /** An operand that is read and written, of these values. */
    public OpSetup inOut(String name, double[] values, long... shape) {
        return add(name, Kind.VALUES, true, values, shape);
    }

    /** An output that is added to when {@code accumulate} and overwritten otherwise. */
    public OpSetup outOr(boolean accumulate, String name, long... shape) {
        return accumulate ? inOut(name, 1, shape) : out(name, shape);
    }

    /** Statistics that a forward pass left. */
    public OpSetup statistics(String name, double[] values, long... shape) {
        return add(name, Kind.STATISTICS, false, values, shape);
    }

    /** Statistics that the call writes. */
    public OpSetup statisticsOut(String name, long... shape) {
        return add(name, Kind.STATISTICS, true, nan(shape), shape);
    }

    /** Step scalars, with index/value pairs changed from {@link StepScalars#initial()}; read and written. */
    public OpSetup scalars(double... indexAndValue) {
        double[] values = Data.scalars(indexAndValue).toDoubles();
        return add("scalars", Kind.SCALARS, true, values, new long[] {StepScalars.COUNT});
    }

    /** I32 values. */
    public OpSetup ints(String name, int... values) {
        return add(name, Kind.INTS, false, Arrays.stream(values).asDoubleStream().toArray(),
                new long[] {values.length});
    }

    /** I32 output. */
    public OpSetup intsOut(String name, int count) {
        return add(name, Kind.INTS, true, new double[count], new long[] {count});
    }

    /** I8 values from -127 to 127. */
    public OpSetup bytes(String name, long... shape) {
        double[] values = nan(shape);
        for (int i = 0; i < values.length; i++) {
            values[i] = random.nextInt(255) - 127;
        }
        return add(name, Kind.BYTES, false, values, shape);
    }

    /** I8 output. */
    public OpSetup bytesOut(String name, long... shape) {
        double[] values = nan(shape);
        Arrays.fill(values, 0);
        return add(name, Kind.BYTES, true, values, shape);
    }

    /** AdamW segments: first element, elements, weight decay flag. */
    public OpSetup segments(long... triples) {
        return add("segments", Kind.SEGMENTS, false, Arrays.stream(triples).asDoubleStream().toArray(),
                new long[] {triples.length / 3, 3});
    }

    private OpSetup add(String name, Kind kind, boolean output, double[] values, long[] shape) {
        operands.add(new Operand(name, kind, output, values, shape));
        return this;
    }

    /** Marks the last operand as one that mixed precision keeps in 16 bits. */
    public OpSetup narrow() {
        operands.getLast().narrow = true;
        return this;
    }

    /** Lays the last operand out as columns of a wider matrix, when {@code yes}. */
    public OpSetup strided(boolean yes) {
        return rows(yes ? Rows.STRIDED : Rows.DENSE);
    }

    /** Lays the last operand out in this way. */
    public OpSetup rows(Rows rows) {
        operands.getLast().rows = rows;
        return this;
    }

    /**
     * For outputs that are small by cancellation of terms near 1: errors of the last operand count relative to at least
     * one per element.
     */
    public OpSetup cancels() {
        Operand o = operands.getLast();
        o.floor = Math.sqrt(o.values.length);
        return this;
    }

    /** The call; declared last. */
    public void call(Call c) {
        this.call = c;
    }

    /** Values of an operand declared before. */
    public double[] values(String name) {
        return operand(name).values;
    }

    Operand operand(String name) {
        return operands.stream().filter(o -> o.name.equals(name)).findFirst()
                .orElseThrow(() -> new IllegalArgumentException("no operand " + name));
    }

    double[] normal(double scale, long... shape) {
        double[] v = nan(shape);
        for (int i = 0; i < v.length; i++) {
            v[i] = scale * random.nextGaussian();
        }
        return v;
    }

    int[] ids(int count, int limit) {
        return random.ints(count, 0, limit).toArray();
    }

    private static double[] nan(long... shape) {
        long n = 1;
        for (long d : shape) {
            n *= d;
        }
        double[] v = new double[(int) n];
        Arrays.fill(v, Double.NaN);
        return v;
    }
}
