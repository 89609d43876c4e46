package io.saryu.bench;

import io.saryu.backend.AttentionLayout;
import io.saryu.tensor.Tensor;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** Causal attention of sequences of {@code length} tokens, forward and backward, and a decode step over the same keys. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
@Warmup(iterations = 2, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(value = 1, jvmArgsAppend = "--enable-native-access=ALL-UNNAMED")
public class AttentionBenchmark {
    private static final int WIDTH = 1024;

    /** Tokens of a sequence, at most all of them. */
    @Param("512")
    public int length;

    /** Head size; the heads together have 1024. */
    @Param("128")
    public int headDim;

    private int batch;
    private int t;
    private int heads;
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
        t = Math.min(length, s.tokens);
        batch = s.tokens / t;
        heads = WIDTH / headDim;
        int n = batch * t;
        q = s.narrow("q", n, WIDTH);
        k = s.narrow("k", n, WIDTH);
        v = s.narrow("v", n, WIDTH);
        out = s.narrow("out", n, WIDTH);
        lse = s.floats("lse", n, heads);
        dQ = s.narrow("dQ", n, WIDTH);
        dK = s.narrow("dK", n, WIDTH);
        dV = s.narrow("dV", n, WIDTH);
        one = s.narrow("one", batch, WIDTH);
        outOne = s.narrow("out one", batch, WIDTH);
        lseOne = s.floats("lse one", batch, heads);
        Tensor starts = s.ints("starts", IntStream.range(0, batch).map(b -> b * t).toArray());
        Tensor lengths = s.ints("lengths", IntStream.range(0, batch).map(b -> t).toArray());
        layout = layout(s, starts, lengths, t);
        decode = layout(s, starts, lengths, 1);
        s.backend.attention(s.ctx, out, lse, q, k, v, layout);
    }

    private AttentionLayout layout(KernelState s, Tensor starts, Tensor lengths, int queries) {
        Tensor cu = s.ints("cu", IntStream.rangeClosed(0, batch).map(b -> b * queries).toArray());
        return new AttentionLayout(cu, starts, lengths, queries, t, heads, heads, headDim, 1 / Math.sqrt(headDim));
    }

    /** Half of 4 T^2 HS per head, since the rest is masked. */
    @Benchmark
    public void forward(KernelState s, Rate r) {
        s.computes(r, 2.0 * batch * t * t * WIDTH, () -> s.backend.attention(s.ctx, out, lse, q, k, v, layout));
    }

    /** Five products instead of two. */
    @Benchmark
    public void backward(KernelState s, Rate r) {
        s.computes(r, 5.0 * batch * t * t * WIDTH,
                () -> s.backend.attentionBackward(s.ctx, dQ, dK, dV, out, out, lse, q, k, v, layout));
    }

    /** One query per sequence: bound by reading keys and values. */
    @Benchmark
    public void decode(KernelState s, Rate r) {
        s.moves(r, s.width() * 2 * batch * t * WIDTH,
                () -> s.backend.attention(s.ctx, outOne, lseOne, one, k, v, decode));
    }
}
