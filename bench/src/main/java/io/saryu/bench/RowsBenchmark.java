package io.saryu.bench;

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
    private static final int C = 512;
    /** Rows of the table for each token, so 50,000 by default. */
    private static final double ROWS = 50_000 / 2048.0;
    private double bytes;
    private Tensor table;
    private Tensor rows;
    private Tensor other;
    private Tensor half;
    private Tensor ids;
    private Tensor places;

    /** Makes the operands. */
    @Setup(Level.Trial)
    public void setUp(KernelState s) {
        int n = s.tokens;
        int v = (int) Math.ceil(ROWS * n);
        bytes = (double) Float.BYTES * n * C;
        table = s.floats("table", v, C);
        rows = s.floats("rows", n, C);
        other = s.floats("other", n, C);
        half = s.narrow("half", n, C);
        ids = s.ints("ids", n, v);
        places = s.ints("places", IntStream.range(0, n).map(i -> 7 * i).toArray());
    }

    /** Embedding lookup. */
    @Benchmark
    public void gatherRows(KernelState s, Rate r) {
        s.moves(r, 2 * bytes, () -> s.backend.gatherRows(s.ctx, rows, table, ids));
    }

    /** Its gradient, added to the table. */
    @Benchmark
    public void gatherRowsBackward(KernelState s, Rate r) {
        s.moves(r, 3 * bytes, () -> s.backend.gatherRowsBackward(s.ctx, table, true, rows, ids));
    }

    /** Into a cache. */
    @Benchmark
    public void scatterRows(KernelState s, Rate r) {
        s.moves(r, 2 * bytes, () -> s.backend.scatterRows(s.ctx, table, rows, places));
    }

    /** A plain copy. */
    @Benchmark
    public void copy(KernelState s, Rate r) {
        s.moves(r, 2 * bytes, () -> s.backend.copy(s.ctx, other, rows));
    }

    /** From F32 to the narrow type. */
    @Benchmark
    public void narrow(KernelState s, Rate r) {
        s.moves(r, bytes + bytes / Float.BYTES * s.width(), () -> s.backend.copy(s.ctx, half, rows));
    }

    /** Elementwise sum. */
    @Benchmark
    public void add(KernelState s, Rate r) {
        s.moves(r, 3 * bytes, () -> s.backend.add(s.ctx, other, other, rows));
    }

    /** Setting a table. */
    @Benchmark
    public void fill(KernelState s, Rate r) {
        s.moves(r, (double) Float.BYTES * table.count(), () -> s.backend.fill(s.ctx, table, 0.5));
    }
}
