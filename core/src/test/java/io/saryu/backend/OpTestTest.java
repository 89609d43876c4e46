package io.saryu.backend;

import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.saryu.tensor.DType;
import io.saryu.tensor.Tensor;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** That the op test can fail: backends that are wrong on purpose, in each op, each in one way. */
class OpTestTest {
    /** The reference backend, except that after one op something is done to that op's first output. */
    private static Backend spoilt(String op, Consumer<Tensor> spoil) {
        Backend good = new ReferenceBackend();
        return (Backend) Proxy.newProxyInstance(OpTestTest.class.getClassLoader(), new Class<?>[] {Backend.class},
                (proxy, method, args) -> {
                    try {
                        Object result = method.invoke(good, args);
                        if (method.getName().equals(op)) {
                            spoil.accept((Tensor) args[1]);
                        }
                        return result;
                    } catch (InvocationTargetException e) {
                        throw e.getCause();
                    }
                });
    }

    private static Stream<DynamicTest> forEachOp(String message, Consumer<Tensor> spoil) {
        // The harness itself moves data with copyFromHost.
        return OpCases.byOp().entrySet().stream().filter(e -> !e.getKey().equals("copyFromHost"))
                .flatMap(e -> oneOfMiddleSize(e.getValue())).map(c -> DynamicTest.dynamicTest(c.toString(), () -> {
                    OpTest.check(c, new ReferenceBackend(), List.of(1), DType.F32, c.tolerance());
                    AssertionError error = assertThrows(AssertionError.class,
                            () -> OpTest.check(c, spoilt(c.op(), spoil), List.of(1), DType.F32, c.tolerance()));
                    assertTrue(error.getMessage().contains(message), error.getMessage());
                }));
    }

    private static Stream<OpCase> oneOfMiddleSize(List<OpCase> cases) {
        return Stream.of(cases.get(cases.size() / 2));
    }

    @TestFactory
    Stream<DynamicTest> aWrongValueIsFound() {
        return forEachOp("output '", t -> {
            double norm = 0;
            for (double v : t.toDoubles()) {
                norm += v * v;
            }
            t.set(0, t.get(0) + 1e-3 * Math.sqrt(norm) + 1e-3);
        });
    }

    @TestFactory
    Stream<DynamicTest> aValueNotWrittenIsFound() {
        return forEachOp("output '", t -> t.set(t.count() / 2, t.dtype().isFloating() ? Double.NaN : -77));
    }

    @TestFactory
    Stream<DynamicTest> aWriteBehindTheOutputIsFound() {
        return forEachOp("memory outside output", t -> {
            MemorySegment s = t.segment();
            int width = t.dtype().bytes();
            MemorySegment.ofAddress(s.address() + s.byteSize()).reinterpret(width)
                    .set(ValueLayout.JAVA_BYTE, 0, (byte) 1);
        });
    }

    @TestFactory
    Stream<DynamicTest> bitsThatChangeFromRunToRunAreFound() {
        int[] calls = {0};
        return forEachOp("differs between two runs", t -> {
            // Small enough to pass the comparison with the oracle.
            if (t.dtype() == DType.F32 && ++calls[0] % 2 == 0) {
                t.set(0, Math.nextUp((float) t.get(0)));
            } else if (t.dtype() == DType.F64 && ++calls[0] % 2 == 0) {
                t.set(StepScalars.GRAD_NORM, Math.nextUp(t.get(StepScalars.GRAD_NORM)));
            }
            // Of integers the comparison with the oracle lets no change pass.
        }).filter(test -> !test.getDisplayName().startsWith("quantize"));
    }
}
