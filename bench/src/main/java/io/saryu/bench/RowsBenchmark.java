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

/** Moving rows: embedding, its gradient, the cache, copies and additions. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
@Warmup(iterations = 2, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(value = 1, jvmArgsAppend = "--enable-native-access=ALL-UNNAMED")
public class RowsBenchmark {
    private static final int N = 2048;
    private static final int C = 512;
    private static final int V = 50_000;
    private Tensor table;
    private Tensor rows;
    private Tensor other;
    private Tensor ids;
    private Tensor places;

    /** Makes the operands. */
    @Setup(Level.Trial)
    public void setUp(KernelState s) {
        table = s.floats("table", V, C);
        rows = s.floats("rows", N, C);
        other = s.floats("other", N, C);
        ids = s.ints("ids", N, V);
        int[] distinct = new int[N];
        for (int i = 0; i < N; i++) {
            distinct[i] = 7 * i;
        }
        places = s.ints("places", distinct);
    }

    /** Embedding lookup. */
    @Benchmark
    public void gatherRows(KernelState s, Rate r) {
        s.backend.gatherRows(s.ctx, rows, table, ids);
        r.bytes(4.0 * 2 * N * C);
    }

    /** Its gradient, added to the table. */
    @Benchmark
    public void gatherRowsBackward(KernelState s, Rate r) {
        s.backend.gatherRowsBackward(s.ctx, table, true, rows, ids);
        r.bytes(4.0 * 3 * N * C);
    }

    /** Into a cache. */
    @Benchmark
    public void scatterRows(KernelState s, Rate r) {
        s.backend.scatterRows(s.ctx, table, rows, places);
        r.bytes(4.0 * 2 * N * C);
    }

    /** A plain copy: the roof of everything above. */
    @Benchmark
    public void copy(KernelState s, Rate r) {
        s.backend.copy(s.ctx, other, rows);
        r.bytes(4.0 * 2 * N * C);
    }

    /** Elementwise sum. */
    @Benchmark
    public void add(KernelState s, Rate r) {
        s.backend.add(s.ctx, other, other, rows);
        r.bytes(4.0 * 3 * N * C);
    }

    /** Zeroing a table. */
    @Benchmark
    public void fill(KernelState s, Rate r) {
        s.backend.fill(s.ctx, table, 0.5);
        r.bytes(4.0 * V * C);
    }
}
