package io.saryu.bench;

import io.saryu.backend.AttentionLayout;
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

/** Causal attention of 4 sequences of 512 tokens, 8 heads of 128, and a decode step over the same cache. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
@Warmup(iterations = 2, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(value = 1, jvmArgsAppend = "--enable-native-access=ALL-UNNAMED")
public class AttentionBenchmark {
    private static final int B = 4;
    private static final int T = 512;
    private static final int HEADS = 8;
    private static final int HS = 128;
    private Tensor q;
    private Tensor k;
    private Tensor v;
    private Tensor out;
    private Tensor lse;
    private Tensor dQ;
    private Tensor dK;
    private Tensor dV;
    private AttentionLayout layout;
    private Tensor one;
    private Tensor outOne;
    private Tensor lseOne;
    private AttentionLayout decode;

    /** Makes the operands. */
    @Setup(Level.Trial)
    public void setUp(KernelState s) {
        int width = HEADS * HS;
        q = s.floats("q", B * T, width);
        k = s.floats("k", B * T, width);
        v = s.floats("v", B * T, width);
        out = s.floats("out", B * T, width);
        lse = s.floats("lse", B * T, HEADS);
        dQ = s.floats("dQ", B * T, width);
        dK = s.floats("dK", B * T, width);
        dV = s.floats("dV", B * T, width);
        one = s.floats("one", B, width);
        outOne = s.floats("out one", B, width);
        lseOne = s.floats("lse one", B, HEADS);
        Tensor starts = s.ints("starts", 0, T, 2 * T, 3 * T);
        Tensor lengths = s.ints("lengths", T, T, T, T);
        layout = new AttentionLayout(s.ints("cu", 0, T, 2 * T, 3 * T, 4 * T), starts, lengths, T, T, HEADS, HEADS, HS,
                1 / Math.sqrt(HS));
        decode = new AttentionLayout(s.ints("cu", 0, 1, 2, 3, 4), starts, lengths, 1, T, HEADS, HEADS, HS,
                1 / Math.sqrt(HS));
    }

    /** Half of 4 T^2 HS per head, since the rest is masked. */
    @Benchmark
    public void forward(KernelState s, Rate r) {
        s.backend.attention(s.ctx, out, lse, q, k, v, layout);
        r.flops(2.0 * B * HEADS * T * T * HS);
    }

    /** Five products instead of two. */
    @Benchmark
    public void backward(KernelState s, Rate r) {
        s.backend.attentionBackward(s.ctx, dQ, dK, dV, out, out, lse, q, k, v, layout);
        r.flops(5.0 * B * HEADS * T * T * HS);
    }

    /** One query per sequence: bound by reading keys and values. */
    @Benchmark
    public void decode(KernelState s, Rate r) {
        s.backend.attention(s.ctx, outOne, lseOne, one, k, v, decode);
        r.bytes(4.0 * 2 * B * T * HEADS * HS);
    }
}
