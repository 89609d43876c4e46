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

/** Softmax cross-entropy of rows of 50,000 logits, five for every 32 tokens, as chunks of a step have them. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
@Warmup(iterations = 2, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(value = 1, jvmArgsAppend = "--enable-native-access=ALL-UNNAMED")
public class LossBenchmark {
    private static final int V = 50_000;
    private int n;
    private Tensor logits;
    private Tensor dLogits;
    private Tensor rowLoss;
    private Tensor targets;
    private Tensor scalars;

    /** Makes the operands. */
    @Setup(Level.Trial)
    public void setUp(KernelState s) {
        n = Math.max(1, s.tokens * 5 / 32);
        logits = s.floats("logits", n, V);
        dLogits = s.dtype.isHalf() ? s.narrow("dLogits", n, V) : logits;
        rowLoss = s.floats("row loss", n);
        targets = s.ints("targets", n, V);
        scalars = s.scalars();
    }

    /** Reads the logits. */
    @Benchmark
    public void loss(KernelState s, Rate r) {
        s.moves(r, (double) Float.BYTES * n * V,
                () -> s.backend.crossEntropy(s.ctx, rowLoss, null, logits, targets, scalars));
    }

    /** Reads the logits twice and writes their gradient. */
    @Benchmark
    public void lossAndGradient(KernelState s, Rate r) {
        s.moves(r, (2 * Float.BYTES + s.width()) * n * V,
                () -> s.backend.crossEntropy(s.ctx, rowLoss, dLogits, logits, targets, scalars));
    }
}
