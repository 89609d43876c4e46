package io.saryu.bench;

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
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** Weights that stay narrow: one token by a layer of 512 to 4096, rows of an embedding, and rounding to int8. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
@Warmup(iterations = 2, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(value = 1, jvmArgsAppend = "--enable-native-access=ALL-UNNAMED")
public class WeightsBenchmark {
    private static final int C = 512;
    private static final int F = 4096;

    /** Type of the weights. */
    @Param({"BF16", "I8"})
    public DType weights;

    private Tensor one;
    private Tensor outOne;
    private Tensor wide;
    private Tensor stored;
    private Tensor scales;
    private Tensor ids;
    private Tensor rows;
    private Tensor int8;
    private Tensor int8Scales;

    /** Makes the operands. */
    @Setup(Level.Trial)
    public void setUp(KernelState s) {
        one = s.floats("one", 1, C);
        outOne = s.floats("out one", 1, F);
        wide = s.floats("weight", F, C);
        int8 = s.space("int8", DType.I8, F, C);
        int8Scales = s.floats("scales", F);
        s.backend.quantize(s.ctx, int8, int8Scales, wide);
        boolean bytes = weights == DType.I8;
        stored = bytes ? int8 : s.values("stored", weights, F, C);
        scales = bytes ? int8Scales : null;
        ids = s.ints("ids", s.tokens, F);
        rows = s.floats("rows", s.tokens, C);
    }

    /** Reads the weights. */
    @Benchmark
    public void matmulWeights(KernelState s, Rate r) {
        s.moves(r, (double) weights.bytes() * F * C,
                () -> s.backend.matmulWeights(s.ctx, outOne, one, stored, scales));
    }

    /** Reads narrow rows, writes them in F32. */
    @Benchmark
    public void gatherWeights(KernelState s, Rate r) {
        s.moves(r, (double) (weights.bytes() + Float.BYTES) * s.tokens * C,
                () -> s.backend.gatherWeights(s.ctx, rows, stored, scales, ids));
    }

    /** Reads F32, writes bytes; the same whatever the type of the weights. */
    @Benchmark
    public void quantize(KernelState s, Rate r) {
        s.moves(r, (double) (Float.BYTES + 1) * F * C, () -> s.backend.quantize(s.ctx, int8, int8Scales, wide));
    }
}
