package io.saryu.benchmark;

import io.saryu.backend.AttentionLayout;
import io.saryu.backend.Backend;
import io.saryu.backend.ExecutionContext;
import io.saryu.tensor.Tensor;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Measures every op of a backend: a proxy stands before the backend, so that a new op is measured without a line here. For
 * backends whose ops have taken effect when their call returns.
 */
final class OpProfile {
    /**
     * What one op did at one shape.
     *
     * @param name  the op, for products with their M x N x K
     * @param calls how often
     * @param nanos in all
     * @param bytes of all its operands, each once a call: what must at least move
     * @param flops multiplications and additions of products and attention; 0 for others
     */
    record Entry(String name, long calls, long nanos, long bytes, double flops) {
        private Entry plus(Entry o) {
            return new Entry(name, calls + o.calls, nanos + o.nanos, bytes + o.bytes, flops + o.flops);
        }
    }

    private final Map<String, Entry> entries = new TreeMap<>();
    private final Backend inner;
    private final Backend outer;

    OpProfile(Backend inner) {
        this.inner = inner;
        this.outer = proxy(Backend.class, this::invoke);
    }

    /** The backend to use in place of the one that is measured. */
    Backend backend() {
        return outer;
    }

    void reset() {
        entries.clear();
    }

    /** The costliest first. */
    List<Entry> entries() {
        List<Entry> sorted = new ArrayList<>(entries.values());
        sorted.sort(Comparator.comparingLong(Entry::nanos).reversed());
        return sorted;
    }

    private Object invoke(Object self, Method method, Object[] arguments) throws Throwable {
        if (method.getName().equals("newContext")) {
            return new Context((ExecutionContext) call(inner, method, arguments)).proxy;
        }
        boolean op = arguments != null && arguments.length > 0 && Proxy.isProxyClass(arguments[0].getClass());
        if (!op) {
            return call(inner, method, arguments);
        }
        Object[] unwrapped = arguments.clone();
        unwrapped[0] = ((Context) Proxy.getInvocationHandler(arguments[0])).inner;
        long start = System.nanoTime();
        call(inner, method, unwrapped);
        long nanos = System.nanoTime() - start;
        String name = name(method.getName(), arguments);
        entries.merge(name, new Entry(name, 1, nanos, bytes(method.getName(), arguments), flops(method.getName(), arguments)), Entry::plus);
        return null;
    }

    /** The context that ops get: it names the proxy as its backend. */
    private final class Context implements InvocationHandler {
        private final ExecutionContext inner;
        private final ExecutionContext proxy;

        Context(ExecutionContext inner) {
            this.inner = inner;
            this.proxy = proxy(ExecutionContext.class, this);
        }

        @Override
        public Object invoke(Object self, Method method, Object[] arguments) throws Throwable {
            return method.getName().equals("backend") ? outer : call(inner, method, arguments);
        }
    }

    private static <T> T proxy(Class<T> type, InvocationHandler handler) {
        return type.cast(Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {type}, handler));
    }

    private static Object call(Object target, Method method, Object[] arguments) throws Throwable {
        try {
            return method.invoke(target, arguments);
        } catch (InvocationTargetException e) {
            throw e.getCause();
        }
    }

    private static String name(String op, Object[] arguments) {
        if (!op.startsWith("matmul")) {
            return op;
        }
        Tensor out = (Tensor) arguments[1];
        String shape = op + " " + out.dim(0) + " x " + out.dim(1) + " x " + inner(op, arguments);
        return op.equals("matmul") ? shape + ((boolean) arguments[3] ? " t" : " n") + ((boolean) arguments[5] ? "t" : "n")
                : shape;
    }

    private static long inner(String op, Object[] arguments) {
        return ((Tensor) arguments[2]).dim(op.equals("matmul") && (boolean) arguments[3] ? 0 : 1);
    }

    private static long bytes(String op, Object[] arguments) {
        if (op.equals("gatherRows") || op.equals("gatherWeights") || op.equals("scatterRows")) {
            // Of the table, as many rows as of the other.
            return 2 * Math.min(bytes(arguments[1]), bytes(arguments[2]));
        }
        long sum = 0;
        for (Object a : arguments) {
            sum += bytes(a);
        }
        return sum;
    }

    private static long bytes(Object argument) {
        return argument instanceof Tensor t ? t.count() * t.dtype().bytes() : 0;
    }

    private static double flops(String op, Object[] arguments) {
        if (op.startsWith("matmul")) {
            return 2.0 * ((Tensor) arguments[1]).count() * inner(op, arguments);
        }
        if (!op.startsWith("attention")) {
            return 0;
        }
        AttentionLayout layout = Arrays.stream(arguments).filter(AttentionLayout.class::isInstance)
                .map(AttentionLayout.class::cast).findFirst().orElseThrow();
        double pairs = 0;
        for (int b = 0; b < layout.batch(); b++) {
            double tq = layout.cuSeqlensQ().get(b + 1) - layout.cuSeqlensQ().get(b);
            pairs += tq * (layout.keyLength().get(b) - tq) + tq * (tq + 1) / 2;
        }
        // Two products forward, five backward, over the pairs that causality leaves.
        return (op.equals("attention") ? 2 : 5) * 2.0 * pairs * layout.heads() * layout.headDim();
    }
}
