package io.saryu.bench;

import io.saryu.backend.Backend;
import io.saryu.backend.Backends;
import io.saryu.backend.ExecutionContext;
import io.saryu.backend.StepScalars;
import io.saryu.tensor.DType;
import io.saryu.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/**
 * A backend with a context, and tensors of seeded values that are closed at the end. For a GPU give
 * {@code -p device=cuda -p dtype=BF16 -p tokens=16384}; {@code SARYU_CUDA=emulated} with {@code tokens=64} is a dry run, whose
 * times mean nothing.
 */
@State(Scope.Benchmark)
public class KernelState {
    /** On a device that works beside the host, so many of an op are issued before one wait. */
    private static final int IN_A_ROW = 20;

    /** Name for {@link Backends#get}. */
    @Param("cpu")
    public String device;

    /** Worker threads of the context. */
    @Param("2")
    public int threads;

    /** Type of what may be narrow. */
    @Param("F32")
    public DType dtype;

    /** Rows of activations; other sizes go with it. */
    @Param("2048")
    public int tokens;

    Backend backend;
    ExecutionContext ctx;
    Roof roof;
    private final List<Tensor> owned = new ArrayList<>();
    private final SplittableRandom random = new SplittableRandom(42);

    /** Opens the backend and measures its roof; runs before the setup of the benchmark that uses this state. */
    @Setup(Level.Trial)
    public void open() {
        backend = Backends.get(device);
        ctx = backend.newContext(threads);
        if (!backend.supports(dtype)) {
            throw new IllegalArgumentException(backend.description() + " has no kernels for " + dtype + "; give -p dtype=F32");
        }
        roof = Roof.of(this);
    }

    // ---- running ops ----

    /** Runs an op that is bound by memory; {@code bytes} as {@link Rate#GB} counts them. */
    void moves(Rate rate, double bytes, Runnable op) {
        int times = repeat("op", op);
        for (int i = 0; i < times; i++) {
            rate.bytes(bytes, roof);
        }
    }

    /** Runs an op that is bound by multiplications. */
    void computes(Rate rate, double flops, Runnable op) {
        int times = repeat("op", op);
        for (int i = 0; i < times; i++) {
            rate.flops(flops, roof);
        }
    }

    /** Seconds of an op in the fastest of some rounds, after two that do not count. */
    double fastest(int rounds, Runnable op) {
        double best = Double.POSITIVE_INFINITY;
        for (int i = -2; i < rounds; i++) {
            long start = System.nanoTime();
            int times = repeat(op, op);
            double seconds = (System.nanoTime() - start) / 1e9 / times;
            best = i < 0 ? best : Math.min(best, seconds);
        }
        return best;
    }

    /** Issues the op, as one graph where the context can, until waiting for it does not count, and waits; how often that was. */
    private int repeat(Object key, Runnable op) {
        if (!ctx.replays()) {
            op.run();
            return 1;
        }
        ctx.replay(key, () -> {
            for (int i = 0; i < IN_A_ROW; i++) {
                op.run();
            }
        });
        ctx.synchronize();
        return IN_A_ROW;
    }

    // ---- operands ----

    /** Bytes of an element that may be narrow. */
    double width() {
        return dtype.bytes();
    }

    /** F32 values in (-1, 1). */
    Tensor floats(String name, long... shape) {
        return values(name, DType.F32, shape);
    }

    /** Values in (-1, 1) of the benchmark's type. */
    Tensor narrow(String name, long... shape) {
        return values(name, dtype, shape);
    }

    /** Values in (-1, 1). */
    Tensor values(String name, DType type, long... shape) {
        Tensor t = backend.allocate(name, type, shape);
        try (Tensor host = Tensor.allocate(name, DType.F32, shape)) {
            for (long i = 0; i < host.count(); i++) {
                host.setAt(i, random.nextDouble(-1, 1));
            }
            backend.copyFromHost(ctx, t, host);
            ctx.synchronize();
        }
        owned.add(t);
        return t;
    }

    /** Undefined values of any type. */
    Tensor space(String name, DType type, long... shape) {
        Tensor t = backend.allocate(name, type, shape);
        owned.add(t);
        return t;
    }

    /** I32 values in [0, bound). */
    Tensor ints(String name, int count, int bound) {
        return ints(name, random.ints(count, 0, bound).toArray());
    }

    /** The given I32 values. */
    Tensor ints(String name, int... values) {
        Tensor t = backend.allocate(name, DType.I32, values.length);
        try (Tensor host = Tensor.allocate(name, DType.I32, values.length)) {
            host.fillFrom(values, 0, values.length);
            backend.copyFromHost(ctx, t, host);
            ctx.synchronize();
        }
        owned.add(t);
        return t;
    }

    /** Step scalars with a run's first values. */
    Tensor scalars() {
        Tensor t = backend.allocate("scalars", DType.F64, StepScalars.COUNT);
        try (Tensor host = Tensor.allocate("scalars", DType.F64, StepScalars.COUNT)) {
            host.fillFrom(StepScalars.initial());
            host.set(StepScalars.STEP, 1);
            backend.copyFromHost(ctx, t, host);
            ctx.synchronize();
        }
        owned.add(t);
        return t;
    }

    /** Gives everything back. */
    @TearDown(Level.Trial)
    public void close() {
        owned.forEach(Tensor::close);
        ctx.close();
    }
}
