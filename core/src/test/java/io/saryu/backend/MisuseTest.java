package io.saryu.backend;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.saryu.tensor.DType;
import io.saryu.tensor.Device;
import io.saryu.tensor.Tensor;
import java.lang.foreign.Arena;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicContainer;
import org.junit.jupiter.api.DynamicNode;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/**
 * That each op refuses each operand of a wrong shape, type or device, closed, missing, or with ids out of range: an
 * exception that names the tensor, and no memory touched. Subclasses name the backend.
 */
public abstract class MisuseTest {
    /** The backend under test. */
    protected abstract Backend backend();

    /** Whether the backend looks at ids before it uses them: true where they are in host memory. */
    protected boolean readsIds() {
        return backend().device().isHost();
    }

    /** Operands that may have any length, or that may be missing. */
    private static final Set<String> ANY_LENGTH = Set.of("fill.out", "crossEntropy.logits", "gradientNorm.grads");
    private static final Set<String> ANY_RANK =
            Set.of("fill.out", "gradientNorm.grads", "gradientNorm.scalars", "crossEntropy.scalars", "adamW.scalars",
                    "dropout.scalars");
    private static final Set<String> OPTIONAL = Set.of("rmsNormBackward.dSum", "rmsNormBackward.dWeight",
            "crossEntropy.dLogits", "qkNormRopeBackward.dQWeight", "qkNormRopeBackward.dKWeight");

    /** Makes a wrong tensor of a right one. */
    @FunctionalInterface
    private interface Wrong {
        Tensor of(Tensor right);
    }

    /** One small case per op. */
    private static final Map<String, OpCase> REPRESENTATIVES = new LinkedHashMap<>();

    static {
        OpCases.byOp().forEach((op, cases) -> REPRESENTATIVES.put(op, representative(cases)));
    }

    @TestFactory
    Stream<DynamicNode> operands() {
        return REPRESENTATIVES.values().stream().map(c -> {
            List<DynamicNode> tests = new ArrayList<>();
            for (OpSetup.Operand o : c.setup().operands) {
                String place = c.op() + "." + o.name;
                if (!ANY_LENGTH.contains(place)) {
                    tests.add(test(o, "longer", c, IllegalArgumentException.class, this::longer));
                }
                if (!ANY_RANK.contains(place) && !flat(c)) {
                    tests.add(test(o, "of higher rank", c, IllegalArgumentException.class, this::higherRank));
                }
                if (!c.op().equals("fill")) {
                    tests.add(test(o, "of wrong type", c, IllegalArgumentException.class, this::wrongType));
                }
                tests.add(test(o, "closed", c, IllegalStateException.class, MisuseTest::closed));
                tests.add(test(o, "elsewhere", c, IllegalArgumentException.class, MisuseTest::elsewhere));
                if (!OPTIONAL.contains(place) && !(c.op().startsWith("attention") && o.kind == OpSetup.Kind.INTS)) {
                    tests.add(test(o, "missing", c, IllegalArgumentException.class, right -> null));
                }
            }
            return DynamicContainer.dynamicContainer(c.op(), tests);
        });
    }

    /** Ops for which only the count matters. */
    private static boolean flat(OpCase c) {
        return Set.of("add", "gradientNorm", "adamW").contains(c.op());
    }

    /** The case of about ten rows that uses most operands. */
    private static OpCase representative(List<OpCase> cases) {
        OpCase best = null;
        int most = 0;
        for (OpCase c : cases) {
            OpSetup s = c.setup();
            boolean small = s.operands.stream()
                    .allMatch(o -> o.values.length < 20_000 && o.values.length > 1 && o.rows == OpSetup.Rows.DENSE);
            if (small && s.operands.size() > most) {
                best = c;
                most = s.operands.size();
            }
        }
        return best;
    }

    private DynamicTest test(OpSetup.Operand o, String how, OpCase c, Class<? extends Exception> expected,
            Wrong wrong) {
        return DynamicTest.dynamicTest(o.name + " " + how, () -> {
            try (ExecutionContext ctx = backend().newContext(2);
                    OpRun run = new OpRun(c.setup(), backend(), ctx, DType.F32)) {
                Map<String, Tensor> operands = new HashMap<>(run.views());
                try (Tensor bad = wrong.of(operands.get(o.name))) {
                    operands.put(o.name, bad);
                    Exception e = assertThrows(expected, () -> run.call(operands));
                    assertTrue(e.getMessage().contains(o.name) || namesAnother(e, operands), e.getMessage());
                    run.assertUntouched();
                }
            }
        });
    }

    /** Ops that convert, and operands that are narrow alone and so may be of any type that their op allows. */
    private static final Set<String> ANY_TYPE = Set.of("copy.out", "copy.in", "fill.out", "copyFromHost.out", "matmul.out",
            "rmsNormBackward.dOut", "crossEntropy.dLogits");

    /** In mixed precision: what must be wide is given in 16 bits, what is narrow in the other 16-bit type. */
    @TestFactory
    Stream<DynamicTest> mixedTypes() {
        return REPRESENTATIVES.values().stream().flatMap(c -> c.setup().operands.stream()
                .filter(o -> o.kind == OpSetup.Kind.VALUES || o.kind == OpSetup.Kind.STATISTICS)
                .filter(o -> !ANY_TYPE.contains(c.op() + "." + o.name)).map(o -> DynamicTest.dynamicTest(
                        c.op() + "." + o.name, () -> {
                    try (ExecutionContext ctx = backend().newContext(2);
                            OpRun run = new OpRun(c.setup(), backend(), ctx, DType.BF16)) {
                        Map<String, Tensor> operands = new HashMap<>(run.views());
                        Tensor right = operands.get(o.name);
                        try (Tensor bad = make(right, right.dtype() == DType.F32 ? DType.BF16 : DType.F16, right.shape())) {
                            operands.put(o.name, bad);
                            Exception e = assertThrows(IllegalArgumentException.class, () -> run.call(operands));
                            assertTrue(e.getMessage().contains(bad.toString()) || namesAnother(e, operands), e.getMessage());
                            run.assertUntouched();
                        }
                    }
                })));
    }

    /** When two tensors do not fit each other the message may name the other one, with its shape. */
    private static boolean namesAnother(Exception e, Map<String, Tensor> operands) {
        return operands.values().stream().anyMatch(t -> t != null && e.getMessage().contains(t.toString()));
    }

    private Tensor make(Tensor like, DType dtype, long... shape) {
        return like.device().isHost() ? Tensor.allocate(like.name(), dtype, shape)
                : backend().allocate(like.name(), dtype, shape);
    }

    private Tensor longer(Tensor right) {
        long[] shape = right.shape();
        shape[shape.length - 1]++;
        return make(right, right.dtype(), shape);
    }

    private Tensor higherRank(Tensor right) {
        long[] shape = new long[right.rank() + 1];
        shape[0] = 1;
        System.arraycopy(right.shape(), 0, shape, 1, right.rank());
        return make(right, right.dtype(), shape);
    }

    private Tensor wrongType(Tensor right) {
        boolean values = right.dtype().isFloating() && right.dtype() != DType.F64;
        return make(right, values ? DType.I32 : DType.F32, right.shape());
    }

    private static Tensor closed(Tensor right) {
        Tensor t = Tensor.allocate(right.name(), right.dtype(), right.shape());
        t.close();
        return t;
    }

    /** Host memory that claims to be on a device that nobody has. */
    private static Tensor elsewhere(Tensor right) {
        Arena arena = Arena.ofShared();
        return Tensor.of(right.name(), right.dtype(), new Device("elsewhere", 3),
                arena.allocate(right.count() * right.dtype().bytes()), arena::close, right.shape());
    }

    @TestFactory
    Stream<DynamicTest> ids() {
        List<DynamicTest> tests = new ArrayList<>();
        Map<String, String> operandOf = Map.of("gatherRows", "ids", "gatherWeights", "ids", "gatherRowsBackward", "ids", "scatterRows", "rows",
                "qkNormRope", "positions", "qkNormRopeBackward", "positions", "crossEntropy", "targets");
        operandOf.forEach((op, operand) -> {
            for (int bad : new int[] {-1, -101, Integer.MIN_VALUE, 1_000_000, Integer.MAX_VALUE}) {
                tests.add(values(op, operand, bad, 1));
            }
        });
        tests.add(DynamicTest.dynamicTest("scatterRows twice to one row", () -> refuse("scatterRows", "rows", 0, 1)));
        for (String op : List.of("attention", "attentionBackward")) {
            for (int bad : new int[] {-1, 1_000_000, Integer.MAX_VALUE, Integer.MIN_VALUE}) {
                for (String operand : List.of("cu_seqlens", "key_start", "key_length")) {
                    tests.add(values(op, operand, bad, 1));
                    tests.add(values(op, operand, bad, 0));
                }
            }
        }
        tests.add(DynamicTest.dynamicTest("attentionBackward with shared keys",
                () -> refuse("attentionBackward", "key_start", 0, 1)));
        return readsIds() ? tests.stream() : Stream.empty();
    }

    private DynamicTest values(String op, String operand, int bad, int index) {
        return DynamicTest.dynamicTest(op + " " + operand + "[" + index + "] = " + bad,
                () -> refuse(op, operand, bad, index));
    }

    /** Puts values into an id operand of the op's representative case. */
    private void refuse(String op, String operand, int bad, int index) {
        OpSetup setup = REPRESENTATIVES.get(op).setup();
        double[] ids = setup.values(operand);
        if (op.equals("scatterRows") && bad == 0) {
            ids[0] = 0;
        }
        ids[index] = bad;
        try (ExecutionContext ctx = backend().newContext(2); OpRun run = new OpRun(setup, backend(), ctx, DType.F32)) {
            Exception e = assertThrows(IllegalArgumentException.class, run::call);
            assertTrue(e.getMessage().contains(operand), e.getMessage());
            run.assertUntouched();
        }
    }

    @TestFactory
    Stream<DynamicTest> segments() {
        long[][] bad = {{-1, 5, 0}, {0, -1, 0}, {0, 9, 0}, {8, 1, 0}, {Long.MAX_VALUE, 2, 0}, {5, Long.MAX_VALUE, 1}};
        return Stream.of(bad).map(s -> DynamicTest.dynamicTest("segment " + s[0] + ", " + s[1], () -> {
            OpSetup setup = new OpSetup("segments").inOut("weights", 1, 8).in("grads", 1, 8).inOut("expAvg", 1, 8)
                    .inOut("expAvgSq", new double[8], 8).scalars(StepScalars.STEP, 1);
            Tensor segments = Tensor.allocate("segments", DType.I64, 1, 3);
            for (int i = 0; i < 3; i++) {
                segments.segment().setAtIndex(ValueLayout.JAVA_LONG, i, s[i]);
            }
            setup.call((ops, ctx, o) -> ops.adamW(ctx, o.get("weights"), o.get("grads"), o.get("expAvg"),
                    o.get("expAvgSq"), segments, o.get("scalars"), new AdamWOptions(0.9, 0.999, 1e-8, 0)));
            try (ExecutionContext ctx = backend().newContext(2);
                    OpRun run = new OpRun(setup, backend(), ctx, DType.F32)) {
                Exception e = assertThrows(IllegalArgumentException.class, run::call);
                assertTrue(e.getMessage().contains("segments"), e.getMessage());
                run.assertUntouched();
            }
        }));
    }

    @Test
    void contexts() {
        Backend ops = backend();
        assertThrows(IllegalArgumentException.class, () -> ops.newContext(0));
        assertThrows(IllegalArgumentException.class, () -> ops.newContext(-1));
        ExecutionContext closed = ops.newContext(2);
        assertEquals(ops, closed.backend());
        Tensor left = closed.acquire("left", DType.F32, 4);
        closed.close();
        closed.close();
        try (Tensor t = ops.allocate("t", DType.F32, 4)) {
            assertThrows(IllegalStateException.class, () -> ops.fill(closed, t, 1));
            assertThrows(IllegalStateException.class, () -> closed.acquire("more", DType.F32, 4));
            assertThrows(IllegalArgumentException.class, () -> ops.fill(null, t, 1));
            try (ExecutionContext other = new ReferenceBackend().newContext(1)) {
                if (!ops.name().equals(other.backend().name())) {
                    assertThrows(IllegalArgumentException.class, () -> ops.fill(other, t, 1));
                }
            }
            try (ExecutionContext ctx = ops.newContext(1)) {
                assertThrows(IllegalStateException.class, () -> ops.fill(ctx, left, 1));
                assertThrows(IllegalArgumentException.class, () -> ops.gradientNorm(ctx, scalars(ops, ctx), t, -1));
                assertThrows(IllegalArgumentException.class,
                        () -> ops.gradientNorm(ctx, scalars(ops, ctx), t, Double.NaN));
            }
        }
    }

    private static Tensor scalars(Backend ops, ExecutionContext ctx) {
        Tensor t = ops.allocate("scalars", DType.F64, StepScalars.COUNT);
        ops.copyFromHost(ctx, t, Data.scalars());
        return t;
    }
}
