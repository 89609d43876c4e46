package io.saryu.kernels.cuda;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.saryu.bindings.nccl.Nccl;
import io.saryu.dist.CommunicatorAbortedException;
import io.saryu.kernels.cuda.CudaRanks.Outcome;
import io.saryu.kernels.cuda.CudaRanks.Rank;
import io.saryu.tensor.DType;
import io.saryu.tensor.Tensor;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Collectives of devices that are threads of this process: on the emulated ones, or on as many GPUs. */
@RequiresCuda
@Timeout(value = 2, unit = TimeUnit.MINUTES)
class CudaNcclTest {
    private static final int RANKS = 4;
    private static final int COUNT = 1003;

    private static int ranks(int wanted) {
        assumeTrue(CudaLibraries.nccl().problem() == null, CudaLibraries.nccl().problem());
        assumeTrue(CudaLibraries.deviceCount() >= wanted, "this needs " + wanted + " devices");
        return wanted;
    }

    private static Tensor filled(Rank rank, DType dtype, double value) {
        return from(rank, dtype, values(value));
    }

    private static Tensor from(Rank rank, DType dtype, double... values) {
        Tensor t = rank.backend().allocate("values", dtype, values.length);
        try (Tensor host = Tensor.allocate("host", dtype, values.length)) {
            host.fillFrom(values);
            rank.backend().copyFromHost(rank.ctx(), t, host);
            rank.ctx().synchronize();
        }
        return t;
    }

    private static double[] read(Rank rank, Tensor t) {
        try (Tensor host = Tensor.allocate("host", t.dtype(), t.count())) {
            rank.backend().copyToHost(rank.ctx(), host, t);
            return host.toDoubles();
        }
    }

    private static double[] values(double value) {
        double[] a = new double[COUNT];
        Arrays.fill(a, value);
        return a;
    }

    /** All that training sums. In the GPU's order; these sums are exact in any. */
    @ParameterizedTest
    @EnumSource(names = {"F64", "F32", "I32", "I64"})
    void sums(DType dtype) throws Exception {
        for (double[] sum : CudaRanks.all(ranks(RANKS), rank -> {
            try (Tensor t = filled(rank, dtype, 1 << rank.number())) {
                rank.communicator().allReduceSum(rank.ctx(), t);
                return read(rank, t);
            }
        })) {
            assertArrayEquals(values(15), sum);
        }
    }

    /** Sixty thousand, four times, is more than fp16 can hold; its mean is not. */
    @ParameterizedTest
    @EnumSource(names = {"F16", "BF16"})
    void sixteenBitsAreAveraged(DType dtype) throws Exception {
        for (double[] mean : CudaRanks.all(ranks(RANKS), rank -> {
            try (Tensor t = filled(rank, dtype, rank.number() % 2 == 0 ? 49152 : 57344)) {
                rank.communicator().allReduceSum(rank.ctx(), t);
                return read(rank, t);
            }
        })) {
            assertArrayEquals(values(53248), mean);
        }
    }

    @Test
    void aSliceIsSummedAndNothingAroundIt() throws Exception {
        for (double[] all : CudaRanks.all(ranks(RANKS), rank -> {
            try (Tensor t = from(rank, DType.F64, 1, 2, 3)) {
                rank.communicator().allReduceSum(rank.ctx(), t.slice("one", 1, 1));
                return read(rank, t);
            }
        })) {
            assertArrayEquals(new double[] {1, 8, 3}, all);
        }
    }

    @Test
    void whatComesAfterFinishSeesTheSums() throws Exception {
        for (double[] sum : CudaRanks.all(ranks(RANKS), rank -> {
            try (Tensor a = filled(rank, DType.F32, 1); Tensor b = filled(rank, DType.F32, rank.number())) {
                rank.communicator().allReduceSumAsync(rank.ctx(), a);
                rank.communicator().allReduceSumAsync(rank.ctx(), b);
                rank.communicator().finishAsync(rank.ctx());
                rank.backend().add(rank.ctx(), a, a, b);
                return read(rank, a);
            }
        })) {
            assertArrayEquals(values(10), sum);
        }
    }

    @Test
    void broadcastsFromAnyRank() throws Exception {
        for (double[] got : CudaRanks.all(ranks(RANKS), rank -> {
            try (Tensor t = filled(rank, DType.F32, rank.number())) {
                rank.communicator().broadcast(rank.ctx(), t, 2);
                rank.communicator().barrier();
                assertEquals(6, rank.communicator().allReduceSum((double) rank.number()));
                return read(rank, t);
            }
        })) {
            assertArrayEquals(values(2), got);
        }
    }

    /** The third time and later the record is launched: each time the values are four times what they were. */
    @Test
    void sumsAreRecordedIntoAGraph() throws Exception {
        inAGraph(ranks(RANKS), new double[] {4, 16, 64, 256, 1024});
    }

    /** What one GPU alone can show. */
    @Test
    void aWorldOfOneIsRecordedToo() throws Exception {
        inAGraph(ranks(1), new double[] {1, 1, 1, 1, 1});
    }

    private static void inAGraph(int ranks, double[] expected) throws Exception {
        for (double[] seen : CudaRanks.all(ranks, rank -> {
            double[] values = new double[expected.length];
            try (Tensor t = filled(rank, DType.F32, 1); Tensor half = filled(rank, DType.F32, 0)) {
                for (int i = 0; i < values.length; i++) {
                    rank.ctx().replay("sums", () -> {
                        // Work on both sides of the sum, and beside it.
                        rank.backend().copy(rank.ctx(), half, t);
                        rank.communicator().allReduceSumAsync(rank.ctx(), half);
                        rank.backend().add(rank.ctx(), t, t, t);
                        rank.communicator().finishAsync(rank.ctx());
                        rank.backend().copy(rank.ctx(), t, half);
                    });
                    values[i] = read(rank, t)[COUNT - 1];
                }
            }
            return values;
        })) {
            assertArrayEquals(expected, seen);
        }
    }

    @Test
    void mismatchedSumsAreCaughtAndNamed() throws Exception {
        assumeTrue(CudaLibraries.emulated(), "only the emulation sees it; NCCL would hang");
        List<Outcome<double[]>> outcomes = CudaRanks.run(ranks(3), rank -> {
            try (Tensor t = filled(rank, DType.F32, 1); Tensor wide = filled(rank, DType.F64, 1)) {
                rank.communicator().allReduceSum(rank.ctx(), t);
                rank.communicator().allReduceSum(rank.ctx(), rank.number() == 1 ? wide.slice("part", 0, 7) : t);
                return read(rank, t);
            }
        });
        for (Outcome<double[]> o : outcomes) {
            assertInstanceOf(CommunicatorAbortedException.class, o.thrown());
            assertTrue(o.thrown().getMessage().contains("mismatched collectives: as its call 1 rank 0 made ncclAllReduce of 1003"
                    + " float32 (sum), and as its call 1 rank 1 made ncclAllReduce of 7 float64 (sum)")
                    || o.thrown().getMessage().contains("as its call 1 rank 1 made ncclAllReduce of 7 float64 (sum), and as its"
                    + " call 1 rank 2 made ncclAllReduce of 1003 float32 (sum)"), o.thrown().getMessage());
        }
    }

    @Test
    void differentOrdersAreCaughtAndNamed() throws Exception {
        assumeTrue(CudaLibraries.emulated(), "only the emulation sees it; NCCL would hang");
        List<Outcome<double[]>> outcomes = CudaRanks.run(ranks(2), rank -> {
            try (Tensor t = filled(rank, DType.F32, 1)) {
                if (rank.number() == 0) {
                    rank.communicator().allReduceSum(rank.ctx(), t);
                } else {
                    rank.communicator().broadcast(rank.ctx(), t, 1);
                }
                return read(rank, t);
            }
        });
        for (Outcome<double[]> o : outcomes) {
            assertInstanceOf(CommunicatorAbortedException.class, o.thrown());
            assertTrue(o.thrown().getMessage().contains("rank 0 made ncclAllReduce of 1003 float32 (sum)")
                    && o.thrown().getMessage().contains("rank 1 made ncclBroadcast of 1003 float32 from rank 1"),
                    o.thrown().getMessage());
        }
    }

    /** The others' GPUs are in the middle of a sum, which they would otherwise wait for for ever. */
    @Test
    void aRankThatFailsEndsTheWaitsOfTheOthers() throws Exception {
        List<Outcome<double[]>> outcomes = CudaRanks.run(ranks(3), rank -> {
            try (Tensor t = filled(rank, DType.F32, 1)) {
                rank.communicator().allReduceSum(rank.ctx(), t);
                rank.ctx().synchronize();
                if (rank.number() == 2) {
                    throw new IllegalStateException("the disk is full");
                }
                rank.communicator().allReduceSum(rank.ctx(), t);
                return read(rank, t);
            }
        });
        for (int r = 0; r < 2; r++) {
            assertInstanceOf(CommunicatorAbortedException.class, outcomes.get(r).thrown());
            assertEquals("rank 2 failed: the disk is full", outcomes.get(r).thrown().getMessage());
        }
        assertEquals("the disk is full", outcomes.get(2).thrown().getMessage());
    }

    /** The abort comes out of NCCL when the graphs are destroyed, which is for the thread to do that would ask here. */
    @Test
    void anAbortUnderWayHoldsNobodyUp() throws Exception {
        assumeTrue(CudaLibraries.emulated(), "only the emulation's abort surely waits for the graph");
        ranks(1);
        CudaBackend backend = new CudaBackend(CudaDevice.get(0));
        try (CudaContext ctx = (CudaContext) backend.newContext(1); Tensor t = backend.allocate("values", DType.F32, COUNT)) {
            NcclHandle handle = NcclHandle.meet(ctx.device(), NcclHandle.uniqueId(), 0, 1);
            Runnable sum = () -> handle.issue("summing", comm -> Nccl.ncclAllReduce(t.segment(), t.segment(), t.count(),
                    Nccl.ncclFloat32(), Nccl.ncclSum(), comm, ctx.stream()));
            for (int i = 0; i < 3; i++) {
                ctx.replay("sum", sum);
            }
            ctx.synchronize();
            handle.abort();
            assertNull(handle.asyncError());
            assertThrows(IllegalStateException.class, sum::run);
            assertTrue(Thread.getAllStackTraces().keySet().stream().anyMatch(thread -> thread.getName().equals("saryu-nccl-abort")),
                    "the abort has come to its end before, so that this has shown nothing");
        }
    }

    @Test
    void misuseIsRefused() throws Exception {
        List<String> said = CudaRanks.all(ranks(1), rank -> {
            try (Tensor host = Tensor.allocate("host", DType.F32, 4); Tensor t = filled(rank, DType.F32, 1);
                    Tensor bytes = rank.backend().allocate("flags", DType.BOOL, 4)) {
                StringBuilder all = new StringBuilder();
                for (Runnable wrong : List.<Runnable>of(() -> rank.communicator().allReduceSum(rank.ctx(), host),
                        () -> rank.communicator().broadcast(rank.ctx(), t, 1),
                        () -> rank.communicator().allReduceSum(rank.ctx(), bytes))) {
                    try {
                        wrong.run();
                        all.append("nothing was said\n");
                    } catch (IllegalArgumentException e) {
                        all.append(e.getMessage()).append('\n');
                    }
                }
                return all.toString();
            }
        });
        String text = said.getFirst();
        assertTrue(text.contains("it must be contiguous and on cuda:0, where rank 0 computes"), text);
        assertTrue(text.contains("rank 1 is not in a group of 1"), text);
        assertTrue(text.contains("is of a type that NCCL does not sum"), text);
        assertTrue(!text.contains("nothing was said"), text);
    }

    @Test
    void closingTwiceDoesNothing() throws Exception {
        assertNull(CudaRanks.all(ranks(2), rank -> {
            try (Tensor t = filled(rank, DType.F32, 1)) {
                rank.communicator().allReduceSum(rank.ctx(), t);
                rank.ctx().synchronize();
            }
            rank.communicator().close();
            rank.communicator().close();
            return null;
        }).getFirst());
    }
}
