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
    private static final int N = 2048;
    private static final int C = 512;
    private static final int HEADS = 8;
    private static final int HS = 128;
    private Tensor x;
    private Tensor delta;
    private Tensor sum;
    private Tensor out;
    private Tensor rstd;
    private Tensor weight;
    private Tensor dWeight;
    private Tensor qkv;
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
        x = s.floats("x", N, C);
        delta = s.floats("delta", N, C);
        sum = s.floats("sum", N, C);
        out = s.floats("out", N, C);
        rstd = s.floats("rstd", N);
        weight = s.floats("weight", C);
        dWeight = s.floats("dWeight", C);
        qkv = s.floats("qkv", N, 3 * HEADS * HS);
        q = s.floats("q", N, HEADS * HS);
        k = s.floats("k", N, HEADS * HS);
        headRstd = s.floats("head rstd", N, 2 * HEADS);
        headWeight = s.floats("head weight", HS);
        dHeadWeight = s.floats("dHead weight", HS);
        cos = s.floats("cos", N, HS / 2);
        sin = s.floats("sin", N, HS / 2);
        positions = s.ints("positions", N, N);
    }

    /** Reads x and delta, writes sum and out. */
    @Benchmark
    public void addRmsNorm(KernelState s, Rate r) {
        s.backend.rmsNorm(s.ctx, out, rstd, sum, x, delta, weight, 1e-6);
        r.bytes(4.0 * 4 * N * C);
    }

    /** Reads dOut, dSum, sum; writes dSum. */
    @Benchmark
    public void addRmsNormBackward(KernelState s, Rate r) {
        s.backend.rmsNormBackward(s.ctx, delta, dWeight, false, out, delta, sum, weight, rstd);
        r.bytes(4.0 * 4 * N * C);
    }

    /** Reads and writes q and k. */
    @Benchmark
    public void qkNormRope(KernelState s, Rate r) {
        s.backend.qkNormRope(s.ctx, q, k, headRstd, qkv.columns(0, HEADS * HS), qkv.columns(HEADS * HS, 2 * HEADS * HS),
                headWeight, headWeight, cos, sin, positions, 1e-6);
        r.bytes(4.0 * 4 * N * HEADS * HS);
    }

    /** Reads q, k and their gradients, writes gradients in place. */
    @Benchmark
    public void qkNormRopeBackward(KernelState s, Rate r) {
        s.backend.qkNormRopeBackward(s.ctx, q, k, dHeadWeight, null, false, q, k, qkv.columns(0, HEADS * HS),
                qkv.columns(HEADS * HS, 2 * HEADS * HS), headWeight, headWeight, headRstd, cos, sin, positions);
        r.bytes(4.0 * 6 * N * HEADS * HS);
    }
}
