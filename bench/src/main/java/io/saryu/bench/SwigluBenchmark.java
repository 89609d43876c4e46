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

/** SwiGLU of rows of 2048. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
@Warmup(iterations = 2, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(value = 1, jvmArgsAppend = "--enable-native-access=ALL-UNNAMED")
public class SwigluBenchmark {
    private static final int F = 2048;
    private Tensor gateUp;
    private Tensor out;
    private Tensor dGateUp;

    /** Makes the operands. */
    @Setup(Level.Trial)
    public void setUp(KernelState s) {
        gateUp = s.narrow("gate up", s.tokens, 2 * F);
        dGateUp = s.narrow("dGate up", s.tokens, 2 * F);
        out = s.narrow("out", s.tokens, F);
    }

    /** Reads gate and up, writes out. */
    @Benchmark
    public void forward(KernelState s, Rate r) {
        s.moves(r, 3 * s.width() * s.tokens * F, () -> s.backend.swiglu(s.ctx, out, gateUp));
    }

    /** Reads dOut, gate and up, writes both gradients. */
    @Benchmark
    public void backward(KernelState s, Rate r) {
        s.moves(r, 5 * s.width() * s.tokens * F, () -> s.backend.swigluBackward(s.ctx, dGateUp, out, gateUp));
    }
}
