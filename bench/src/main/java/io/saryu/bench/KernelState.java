package io.saryu.bench;

import io.saryu.backend.Backend;
import io.saryu.backend.Backends;
import io.saryu.backend.ExecutionContext;
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

/** A backend with a context, and tensors of seeded values that are closed at the end. */
@State(Scope.Benchmark)
public class KernelState {
    /** Name for {@link Backends#get}. */
    @Param("cpu")
    public String device;

    /** Worker threads of the context. */
    @Param("2")
    public int threads;

    Backend backend;
    ExecutionContext ctx;
    private final List<Tensor> owned = new ArrayList<>();
    private final SplittableRandom random = new SplittableRandom(42);

    /** Opens the backend; runs before the setup of the benchmark that uses this state. */
    @Setup(Level.Trial)
    public void open() {
        backend = Backends.get(device);
        ctx = backend.newContext(threads);
    }

    /** F32 values in (-1, 1). */
    Tensor floats(String name, long... shape) {
        Tensor t = backend.allocate(name, DType.F32, shape);
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
        Tensor t = backend.allocate("scalars", DType.F64, io.saryu.backend.StepScalars.COUNT);
        try (Tensor host = Tensor.allocate("scalars", DType.F64, io.saryu.backend.StepScalars.COUNT)) {
            host.fillFrom(io.saryu.backend.StepScalars.initial());
            host.set(io.saryu.backend.StepScalars.STEP, 1);
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
