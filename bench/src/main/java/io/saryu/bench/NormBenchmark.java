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

/** RMSNorm with the residual addition, and q/k-norm with rotary positions. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
@Warmup(iterations = 2, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(value = 1, jvmArgsAppend = "--enable-native-access=ALL-UNNAMED")
public class NormBenchmark {
    private static final int C = 512;
    private static final int HEADS = 8;
    private static final int HS = 128;
    private static final int WIDTH = HEADS * HS;
    private int n;
    private Tensor x;
    private Tensor delta;
    private Tensor sum;
    private Tensor out;
    private Tensor rstd;
    private Tensor weight;
    private Tensor dWeight;
    private Tensor dSum;
    private Tensor qRaw;
    private Tensor kRaw;
    private Tensor q;
    private Tensor k;
    private Tensor headRstd;
    private Tensor headWeight;
    private Tensor dHeadWeight;
    private Tensor cos;
    private Tensor sin;
    private Tensor positions;

    /** Makes the operands. */
    @Setup(Level.Trial)
    public void setUp(KernelState s) {
        n = s.tokens;
        x = s.floats("x", n, C);
        delta = s.narrow("delta", n, C);
        sum = s.floats("sum", n, C);
        out = s.narrow("out", n, C);
        dSum = s.floats("dSum", n, C);
        rstd = s.floats("rstd", n);
        weight = s.floats("weight", C);
        dWeight = s.floats("dWeight", C);
        Tensor qkv = s.narrow("qkv", n, 3 * WIDTH);
        qRaw = qkv.columns(0, WIDTH);
        kRaw = qkv.columns(WIDTH, 2 * WIDTH);
        q = s.narrow("q", n, WIDTH);
        k = s.narrow("k", n, WIDTH);
        headRstd = s.floats("head rstd", n, 2 * HEADS);
        headWeight = s.floats("head weight", HS);
        dHeadWeight = s.floats("dHead weight", HS);
        cos = s.floats("cos", n, HS / 2);
        sin = s.floats("sin", n, HS / 2);
        positions = s.ints("positions", n, n);
    }

    /** Reads x and delta, writes sum and out. */
    @Benchmark
    public void addRmsNorm(KernelState s, Rate r) {
        s.moves(r, (2 * Float.BYTES + 2 * s.width()) * n * C,
                () -> s.backend.rmsNorm(s.ctx, out, rstd, sum, x, delta, weight, 1e-6));
    }

    /** Reads dOut, dSum, sum; writes dSum. */
    @Benchmark
    public void addRmsNormBackward(KernelState s, Rate r) {
        s.moves(r, (3 * Float.BYTES + s.width()) * n * C,
                () -> s.backend.rmsNormBackward(s.ctx, dSum, dWeight, false, out, dSum, sum, weight, rstd));
    }

    /** Reads and writes q and k. */
    @Benchmark
    public void qkNormRope(KernelState s, Rate r) {
        s.moves(r, 4 * s.width() * n * WIDTH, () -> s.backend.qkNormRope(s.ctx, q, k, headRstd, qRaw, kRaw, headWeight,
                headWeight, cos, sin, positions, 1e-6));
    }

    /** Reads q, k and their gradients, writes gradients in place. */
    @Benchmark
    public void qkNormRopeBackward(KernelState s, Rate r) {
        s.moves(r, 6 * s.width() * n * WIDTH, () -> s.backend.qkNormRopeBackward(s.ctx, q, k, dHeadWeight, null, false, q, k,
                qRaw, kRaw, headWeight, headWeight, headRstd, cos, sin, positions));
    }
}
