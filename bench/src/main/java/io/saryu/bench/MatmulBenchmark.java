package io.saryu.bench;

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

/** The products of the 88.5 M model's feed-forward layer: forward, input gradient, weight gradient, and decode. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
@Warmup(iterations = 2, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(value = 1, jvmArgsAppend = "--enable-native-access=ALL-UNNAMED")
public class MatmulBenchmark {
    private static final int N = 2048;
    private static final int C = 512;
    private static final int F = 4096;
    private Tensor x;
    private Tensor one;
    private Tensor weight;
    private Tensor out;
    private Tensor outOne;

    /** Makes the operands. */
    @Setup(Level.Trial)
    public void setUp(KernelState s) {
        x = s.floats("x", N, C);
        one = s.floats("one", 1, C);
        weight = s.floats("weight", F, C);
        out = s.floats("out", N, F);
        outOne = s.floats("out one", 1, F);
    }

    /** out = x W^T. */
    @Benchmark
    public void forward(KernelState s, Rate r) {
        s.backend.matmul(s.ctx, out, x, false, weight, true, false);
        r.flops(2.0 * N * C * F);
    }

    /** dx = dOut W. */
    @Benchmark
    public void inputGradient(KernelState s, Rate r) {
        s.backend.matmul(s.ctx, x, out, false, weight, false, false);
        r.flops(2.0 * N * C * F);
    }

    /** dW = dOut^T x. */
    @Benchmark
    public void weightGradient(KernelState s, Rate r) {
        s.backend.matmul(s.ctx, weight, out, true, x, false, false);
        r.flops(2.0 * N * C * F);
    }

    /** One token: bound by reading the weight. */
    @Benchmark
    public void decode(KernelState s, Rate r) {
        s.backend.matmul(s.ctx, outOne, one, false, weight, true, false);
        r.bytes(4.0 * C * F);
        r.flops(2.0 * C * F);
    }
}
