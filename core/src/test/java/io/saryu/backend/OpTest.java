package io.saryu.backend;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.fail;

import io.saryu.tensor.DType;
import io.saryu.tensor.Tensor;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicContainer;
import org.junit.jupiter.api.DynamicNode;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Every op of a backend over the table of {@link OpCases}: values against the oracle, memory outside the outputs
 * untouched, equal bits when run again. Subclasses name the backend.
 */
public abstract class OpTest {
    /** The backend under test. */
    protected abstract Backend backend();

    /** Types of what mixed precision keeps in 16 bits. */
    protected List<DType> dtypes() {
        return List.of(DType.F32, DType.BF16, DType.F16);
    }

    /** Numbers of threads to run with. */
    protected List<Integer> threads() {
        return List.of(1, 2, 3);
    }

    /**
     * Whether an op of a 16-bit type rounds to it within, too, as tensor cores want their operands: then results are near the
     * oracle's, and not its rounding.
     */
    protected boolean roundsWithin(String op) {
        return false;
    }

    @TestFactory
    Stream<DynamicNode> ops() {
        return OpCases.byOp().entrySet().stream().map(e -> DynamicContainer.dynamicContainer(e.getKey(),
                dtypes().stream().flatMap(type -> e.getValue().stream().filter(c -> !type.isHalf() || hasNarrow(c))
                        .map(c -> DynamicTest.dynamicTest(c.label() + " in " + type,
                                () -> check(c, backend(), threads(), type, c.tolerance(), roundsWithin(c.op())))))));
    }

    private static boolean hasNarrow(OpCase c) {
        return c.setup().operands.stream().anyMatch(o -> o.narrow);
    }

    /**
     * Runs one case once on the oracle, and twice on a backend with each number of threads. In 16 bits the oracle rounds what
     * is kept in 16 bits, as the backend must.
     */
    static void check(OpCase c, Backend ops, List<Integer> threads, DType dtype, double tolerance) {
        check(c, ops, threads, dtype, tolerance, false);
    }

    /** As the other, for an op that may round operands to a 16-bit type within: see {@link #roundsWithin(String)}. */
    public static void check(OpCase c, Backend ops, List<Integer> threads, DType dtype, double tolerance,
            boolean roundsWithin) {
        OpSetup setup = c.setup();
        Map<String, double[]> expected = null;
        for (int t : threads) {
            try (ExecutionContext ctx = ops.newContext(t); OpRun run = new OpRun(setup, ops, ctx, dtype);
                    OpRun again = new OpRun(setup, ops, ctx, dtype)) {
                if (expected == null) {
                    expected = oracle(run.rounded(c), dtype.isHalf() ? dtype : DType.F64);
                }
                run.call();
                Map<String, double[]> first = run.outputs();
                again.call();
                Map<String, double[]> second = again.outputs();
                for (OpSetup.Operand o : setup.operands) {
                    if (o.output) {
                        String what = c + ", " + t + " threads, output '" + o.name + "'";
                        if (o.narrow && dtype.isHalf() && roundsWithin) {
                            HalfChecks.near(what, o, expected.get(o.name), first.get(o.name), dtype);
                        } else if (o.narrow && dtype.isHalf()) {
                            HalfChecks.compare(what, o, expected.get(o.name), first.get(o.name), dtype, tolerance);
                        } else {
                            compare(what, o, expected.get(o.name), first.get(o.name), tolerance);
                        }
                        sameBits(what, first.get(o.name), second.get(o.name));
                    }
                }
            }
        }
    }

    private static Map<String, double[]> oracle(OpSetup setup, DType dtype) {
        Backend reference = new ReferenceBackend();
        try (ExecutionContext ctx = reference.newContext(1); OpRun run = new OpRun(setup, reference, ctx, dtype)) {
            run.call();
            return run.outputs();
        }
    }

    private static void compare(String what, OpSetup.Operand o, double[] expected, double[] actual, double tolerance) {
        if (o.kind == OpSetup.Kind.SCALARS) {
            for (int i = 0; i < expected.length; i++) {
                assertEquals(expected[i], actual[i], tolerance * Math.abs(expected[i]), what + " slot " + i);
            }
            return;
        }
        double difference = 0;
        double norm = 0;
        int worst = 0;
        for (int i = 0; i < expected.length; i++) {
            double d = actual[i] - expected[i];
            if (!Double.isFinite(d)) {
                fail(what + ": element " + i + " is " + actual[i] + ", not " + expected[i]);
            }
            difference += d * d;
            norm += expected[i] * expected[i];
            worst = Math.abs(d) > Math.abs(actual[worst] - expected[worst]) ? i : worst;
        }
        double allowed = tolerance * Math.max(Math.sqrt(norm), o.floor);
        if (Math.sqrt(difference) > allowed) {
            fail(what + ": relative error " + Math.sqrt(difference / norm) + " exceeds " + tolerance
                    + "; the largest is at " + worst + " of " + expected.length + ": " + actual[worst] + ", not "
                    + expected[worst]);
        }
    }

    private static void sameBits(String what, double[] first, double[] second) {
        for (int i = 0; i < first.length; i++) {
            if (Double.doubleToRawLongBits(first[i]) != Double.doubleToRawLongBits(second[i])) {
                fail(what + " differs between two runs, at " + i + ": " + first[i] + " and " + second[i]);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(doubles = {Double.NaN, Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY})
    void gradientThatIsNotFiniteSkipsTheUpdate(double bad) {
        Backend ops = backend();
        int n = 1000;
        Tensor host = Tensor.allocate("host", DType.F32, n);
        host.set(n - 3, bad);
        try (ExecutionContext ctx = ops.newContext(2); Tensor grads = ops.allocate("grads", DType.F32, n);
                Tensor scalars = ops.allocate("scalars", DType.F64, StepScalars.COUNT)) {
            ops.copyFromHost(ctx, grads, host);
            ops.copyFromHost(ctx, scalars, Data.scalars());
            ops.gradientNorm(ctx, scalars, grads, 1);
            Tensor after = Data.scalars();
            ops.copyToHost(ctx, after, scalars);
            assertEquals(1, after.get(StepScalars.SKIP));
            assertEquals(false, Double.isFinite(after.get(StepScalars.GRAD_NORM)));
        }
    }

    /** The sum itself passes, the next larger number does not, and neither does what is no number. */
    @ParameterizedTest
    @CsvSource({"12.5,12.5,0", "12.500000000000002,12.5,1", "0,0,0", "1e300,1.7976931348623157e308,0", "NaN,12.5,1",
        "NaN,1.7976931348623157e308,1", "Infinity,1.7976931348623157e308,1"})
    void aLossAboveTheLimitSkipsTheUpdate(double sum, double limit, double skip) {
        Backend ops = backend();
        int n = 100;
        double[] ones = new double[n];
        Arrays.fill(ones, 1);
        Tensor host = Tensor.allocate("host", DType.F32, n).fillFrom(ones);
        Tensor segments = Tensor.allocate("segments", DType.I64, 1, 3).fillFrom(0, n, 1);
        try (ExecutionContext ctx = ops.newContext(2); Tensor grads = ops.allocate("grads", DType.F32, n);
                Tensor weights = ops.allocate("weights", DType.F32, n); Tensor m = ops.allocate("m", DType.F32, n);
                Tensor v = ops.allocate("v", DType.F32, n);
                Tensor scalars = ops.allocate("scalars", DType.F64, StepScalars.COUNT)) {
            for (Tensor t : List.of(grads, weights, m, v)) {
                ops.copyFromHost(ctx, t, host);
            }
            ops.copyFromHost(ctx, scalars, Data.scalars(StepScalars.LEARNING_RATE, 0.1, StepScalars.STEP, 1,
                    StepScalars.LOSS_SUM, sum, StepScalars.LOSS_LIMIT, limit));
            ops.gradientNorm(ctx, scalars, grads, 1);
            ops.adamW(ctx, weights, grads, m, v, segments, scalars, new AdamWOptions(0.9, 0.999, 1e-8, 0.1));
            Tensor after = Data.scalars();
            ops.copyToHost(ctx, after, scalars);
            assertEquals(skip, after.get(StepScalars.SKIP));
            assertEquals(10, after.get(StepScalars.GRAD_NORM), 1e-9);
            for (Tensor t : List.of(weights, m, v)) {
                ops.copyToHost(ctx, host, t);
                assertEquals(skip == 1, Arrays.equals(ones, host.toDoubles()), t.toString());
            }
        }
    }

    @ParameterizedTest
    @EnumSource(value = DType.class, names = {"F32", "BF16", "F16"})
    void hostCopiesConvertFloatingTypes(DType dtype) {
        Backend ops = backend();
        double[] values = new OpSetup("host copies").normal(1, 17, 9);
        try (ExecutionContext ctx = ops.newContext(1); Tensor there = ops.allocate("there", dtype, 17, 9)) {
            for (DType type : List.of(DType.F64, DType.F32, DType.F16, DType.BF16)) {
                Tensor host = Tensor.allocate("host", type, 17, 9).fillFrom(values);
                ops.copyFromHost(ctx, there, host);
                Tensor back = Tensor.allocate("back", type, 17, 9);
                ops.copyToHost(ctx, back, there);
                Tensor expected = Tensor.allocate("expected", dtype, 17, 9).fillFrom(host.toDoubles());
                for (int i = 0; i < values.length; i++) {
                    Tensor one = Tensor.allocate("one", type, 1).fillFrom(expected.get(i));
                    assertEquals(one.get(0), back.get(i), type + " element " + i);
                    one.close();
                }
            }
        }
    }

    @ParameterizedTest
    @EnumSource(value = DType.class, names = {"BF16", "F16"})
    void everyHalfIsWidenedExactly(DType type) {
        HalfChecks.widening(backend(), type);
    }

    @ParameterizedTest
    @EnumSource(value = DType.class, names = {"BF16", "F16"})
    void narrowingRoundsToNearestEven(DType type) {
        HalfChecks.narrowing(backend(), type);
    }
}
