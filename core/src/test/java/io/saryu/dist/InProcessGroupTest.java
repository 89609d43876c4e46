package io.saryu.dist;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.saryu.backend.Backend;
import io.saryu.backend.ExecutionContext;
import io.saryu.backend.ReferenceBackend;
import io.saryu.tensor.DType;
import io.saryu.tensor.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Ranks that come early, late, or not at all. Timeouts are for hangs only. */
@Timeout(value = 1, unit = TimeUnit.MINUTES)
class InProcessGroupTest {
    private static final int COUNT = 1000;

    private final Backend backend = new ReferenceBackend();
    private ExecutionContext[] contexts;
    private ExecutorService threads;

    @BeforeEach
    void start() {
        threads = Executors.newCachedThreadPool();
        contexts = new ExecutionContext[] {backend.newContext(1), backend.newContext(1), backend.newContext(1)};
    }

    @AfterEach
    void end() {
        threads.close();
        for (ExecutionContext ctx : contexts) {
            ctx.close();
        }
    }

    private Tensor filled(double value) {
        Tensor t = Tensor.allocate("values", DType.F32, COUNT);
        backend.fill(contexts[0], t, value);
        return t;
    }

    private static double[] all(double value) {
        double[] a = new double[COUNT];
        Arrays.fill(a, value);
        return a;
    }

    /** Rank 0 begins everything that it has while no other rank has come; one thread here plays all ranks in turn. */
    @Test
    void aRankThatIsAheadDoesNotWait() throws Exception {
        InProcessGroup group = new InProcessGroup(3);
        List<Communicator> ranks = List.of(group.rank(0), group.rank(1), group.rank(2));
        List<Tensor> first = new ArrayList<>();
        List<Tensor> second = new ArrayList<>();
        for (int r = 0; r < 3; r++) {
            first.add(filled(r + 1));
            second.add(filled(10 * (r + 1)));
            ranks.get(r).allReduceSumAsync(contexts[r], first.get(r));
            ranks.get(r).allReduceSumAsync(contexts[r], second.get(r));
        }
        for (int r = 0; r < 3; r++) {
            ranks.get(r).finishAsync(contexts[r]);
        }
        for (int r = 0; r < 3; r++) {
            assertArrayEquals(all(6), first.get(r).toDoubles());
            assertArrayEquals(all(60), second.get(r).toDoubles());
            ranks.get(r).close();
            first.get(r).close();
            second.get(r).close();
        }
    }

    /** Floating-point addition is not associative: the order shows. */
    @Test
    void asynchronousSumsAddInRankOrder() throws Exception {
        double[] values = {1e8, 1, -1e8};
        InProcessGroup group = new InProcessGroup(3);
        List<Future<double[]>> sums = new ArrayList<>();
        for (int r = 0; r < 3; r++) {
            int rank = r;
            Tensor t = filled(values[r]);
            sums.add(threads.submit(() -> {
                try (t; Communicator communicator = group.rank(rank)) {
                    communicator.allReduceSumAsync(contexts[rank], t);
                    // A collective that waits comes after those that were begun.
                    assertEquals(3, communicator.allReduceSum(1.0));
                    return t.toDoubles();
                }
            }));
        }
        float expected = ((float) 1e8 + 1f) - (float) 1e8;
        for (Future<double[]> sum : sums) {
            assertArrayEquals(all(expected), sum.get());
        }
    }

    @Test
    void aRankThatFailsEndsTheWaitsOfTheOthersWithItsReason() throws Exception {
        InProcessGroup group = new InProcessGroup(3);
        try (Tensor t = filled(1)) {
            Communicator zero = group.rank(0);
            zero.allReduceSumAsync(contexts[0], t);
            Future<?> finishing = threads.submit(() -> zero.finishAsync(contexts[0]));
            Future<?> waiting = threads.submit(() -> group.rank(1).barrier());
            group.rank(2).abort("rank 2 ran out of data");
            for (Future<?> f : List.of(finishing, waiting)) {
                ExecutionException e = assertThrows(ExecutionException.class, f::get);
                assertTrue(e.getCause() instanceof CommunicatorAbortedException, e.toString());
                assertEquals("rank 2 ran out of data", e.getCause().getMessage());
            }
            assertThrows(CommunicatorAbortedException.class, () -> group.rank(1).allReduceSumAsync(contexts[1], t));
            zero.close();
        }
    }

    @Test
    void aRankThatLeavesInTheMiddleEndsTheOthers() throws Exception {
        InProcessGroup group = new InProcessGroup(2);
        try (Tensor a = filled(1); Tensor b = filled(1)) {
            Communicator zero = group.rank(0);
            zero.allReduceSumAsync(contexts[0], a);
            zero.close();
            zero.close();
            Communicator one = group.rank(1);
            CommunicatorAbortedException e = assertThrows(CommunicatorAbortedException.class, () -> {
                one.allReduceSumAsync(contexts[1], b);
                one.finishAsync(contexts[1]);
            });
            assertEquals("rank 0 has left the group", e.getMessage());
            one.close();
        }
    }

    @Test
    void unequalTensorsAreRefusedOnAllRanks() throws Exception {
        InProcessGroup group = new InProcessGroup(2);
        try (Tensor a = filled(1); Tensor b = Tensor.allocate("other", DType.F32, 7)) {
            List<Communicator> ranks = List.of(group.rank(0), group.rank(1));
            ranks.get(0).allReduceSumAsync(contexts[0], a);
            ranks.get(1).allReduceSumAsync(contexts[1], b);
            for (int r = 0; r < 2; r++) {
                Communicator rank = ranks.get(r);
                ExecutionContext ctx = contexts[r];
                String said = assertThrows(CommunicatorAbortedException.class, () -> rank.finishAsync(ctx)).getMessage();
                assertTrue(said.contains("rank 1 brought") && said.contains("other"), said);
            }
            ranks.forEach(Communicator::close);
        }
    }

    @Test
    void anInterruptedRankEndsTheRun() throws Exception {
        InProcessGroup group = new InProcessGroup(2);
        try (Tensor t = filled(1)) {
            Communicator zero = group.rank(0);
            zero.allReduceSumAsync(contexts[0], t);
            Thread.currentThread().interrupt();
            assertThrows(CommunicatorAbortedException.class, () -> zero.finishAsync(contexts[0]));
            assertTrue(Thread.interrupted());
            zero.close();
            assertThrows(CommunicatorAbortedException.class, () -> group.rank(1).barrier());
        }
    }
}
