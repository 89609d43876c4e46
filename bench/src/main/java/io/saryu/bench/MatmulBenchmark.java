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
    private static final int C = 512;
    private static final int F = 4096;
    private double flops;
    private Tensor x;
    private Tensor one;
    private Tensor weight;
    private Tensor dWeight;
    private Tensor out;
    private Tensor outOne;

    /** Makes the operands. */
    @Setup(Level.Trial)
    public void setUp(KernelState s) {
        flops = 2.0 * s.tokens * C * F;
        x = s.narrow("x", s.tokens, C);
        one = s.narrow("one", 1, C);
        weight = s.narrow("weight", F, C);
        dWeight = s.floats("dWeight", F, C);
        out = s.narrow("out", s.tokens, F);
        outOne = s.narrow("out one", 1, F);
    }

    /** out = x W^T. */
    @Benchmark
    public void forward(KernelState s, Rate r) {
        s.computes(r, flops, () -> s.backend.matmul(s.ctx, out, x, false, weight, true, false));
    }

    /** dx = dOut W. */
    @Benchmark
    public void inputGradient(KernelState s, Rate r) {
        s.computes(r, flops, () -> s.backend.matmul(s.ctx, x, out, false, weight, false, false));
    }

    /** dW = dOut^T x, in F32. */
    @Benchmark
    public void weightGradient(KernelState s, Rate r) {
        s.computes(r, flops, () -> s.backend.matmul(s.ctx, dWeight, out, true, x, false, false));
    }

    /** One token: bound by reading the weight. */
    @Benchmark
    public void decode(KernelState s, Rate r) {
        s.moves(r, s.width() * C * F, () -> s.backend.matmul(s.ctx, outOne, one, false, weight, true, false));
    }
}
