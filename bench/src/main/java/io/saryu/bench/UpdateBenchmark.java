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
import org.openjdk.jmh.annotations.Warmup;

/** The update of 20 M parameters: norm with clipping, and AdamW. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
@Warmup(iterations = 2, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(value = 1, jvmArgsAppend = "--enable-native-access=ALL-UNNAMED")
public class UpdateBenchmark {
    private static final int N = 20_000_000;
    private Tensor weights;
    private Tensor grads;
    private Tensor expAvg;
    private Tensor expAvgSq;
    private Tensor segments;
    private Tensor scalars;

    /** Makes the operands. */
    @Setup(Level.Trial)
    public void setUp(KernelState s) {
        weights = s.floats("weights", N);
        grads = s.floats("grads", N);
        expAvg = s.floats("exp_avg", N);
        expAvgSq = s.floats("exp_avg_sq", N);
        s.backend.fill(s.ctx, expAvgSq, 0.01);
        segments = Tensor.allocate("segments", DType.I64, 1, 3).fillFrom(0, N, 1);
        scalars = s.scalars();
    }

    /** Reads the gradients. */
    @Benchmark
    public void gradientNorm(KernelState s, Rate r) {
        s.backend.gradientNorm(s.ctx, scalars, grads, 1.0);
        r.bytes(4.0 * N);
    }

    /** Reads four buffers, writes three. */
    @Benchmark
    public void adamW(KernelState s, Rate r) {
        s.backend.adamW(s.ctx, weights, grads, expAvg, expAvgSq, segments, scalars,
                new AdamWOptions(0.9, 0.95, 1e-8, 0.1));
        r.bytes(4.0 * 7 * N);
    }
}
