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

/** Softmax cross-entropy of 320 rows of 50,000 logits. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
@Warmup(iterations = 2, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(value = 1, jvmArgsAppend = "--enable-native-access=ALL-UNNAMED")
public class LossBenchmark {
    private static final int N = 320;
    private static final int V = 50_000;
    private Tensor logits;
    private Tensor rowLoss;
    private Tensor targets;
    private Tensor scalars;

    /** Makes the operands. */
    @Setup(Level.Trial)
    public void setUp(KernelState s) {
        logits = s.floats("logits", N, V);
        rowLoss = s.floats("row loss", N);
        targets = s.ints("targets", N, V);
        scalars = s.scalars();
    }

    /** Reads the logits. */
    @Benchmark
    public void loss(KernelState s, Rate r) {
        s.backend.crossEntropy(s.ctx, rowLoss, null, logits, targets, scalars);
        r.bytes(4.0 * N * V);
    }

    /** Reads the logits twice and writes their gradient. */
    @Benchmark
    public void lossAndGradient(KernelState s, Rate r) {
        s.backend.crossEntropy(s.ctx, rowLoss, logits, logits, targets, scalars);
        r.bytes(4.0 * 3 * N * V);
    }
}
