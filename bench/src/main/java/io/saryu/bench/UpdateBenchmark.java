package io.saryu.bench;

import io.saryu.backend.AdamWOptions;
import io.saryu.tensor.DType;
import io.saryu.tensor.Tensor;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/** The update of 10,000 parameters for each token, so 20 M by default: norm with clipping, and AdamW. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
@Warmup(iterations = 2, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(value = 1, jvmArgsAppend = "--enable-native-access=ALL-UNNAMED")
public class UpdateBenchmark {
    private static final int FOR_A_TOKEN = 10_000;
    private static final AdamWOptions OPTIONS = new AdamWOptions(0.9, 0.95, 1e-8, 0.1);
    private long n;
    private Tensor weights;
    private Tensor grads;
    private Tensor expAvg;
    private Tensor expAvgSq;
    private Tensor segments;
    private Tensor scalars;

    /** Makes the operands. */
    @Setup(Level.Trial)
    public void setUp(KernelState s) {
        n = (long) FOR_A_TOKEN * s.tokens;
        weights = s.floats("weights", n);
        grads = s.floats("grads", n);
        expAvg = s.floats("exp_avg", n);
        expAvgSq = s.floats("exp_avg_sq", n);
        s.backend.fill(s.ctx, expAvgSq, 0.01);
        segments = Tensor.allocate("segments", DType.I64, 1, 3).fillFrom(0, n, 1);
        scalars = s.scalars();
    }

    /** Reads the gradients. */
    @Benchmark
    public void gradientNorm(KernelState s, Rate r) {
        s.moves(r, (double) Float.BYTES * n, () -> s.backend.gradientNorm(s.ctx, scalars, grads, 1.0));
    }

    /** Reads four buffers, writes three. */
    @Benchmark
    public void adamW(KernelState s, Rate r) {
        s.moves(r, 7.0 * Float.BYTES * n,
                () -> s.backend.adamW(s.ctx, weights, grads, expAvg, expAvgSq, segments, scalars, OPTIONS));
    }

    /** Gives back what is the host's. */
    @TearDown(Level.Trial)
    public void tearDown() {
        segments.close();
    }
}
