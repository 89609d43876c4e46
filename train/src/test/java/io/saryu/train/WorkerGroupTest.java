package io.saryu.train;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.saryu.backend.Backend;
import io.saryu.backend.Backends;
import io.saryu.data.BatchSource;
import io.saryu.tensor.Tensor;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Ranks that fail, at any place. Timeouts are for hangs only. */
@Timeout(value = 2, unit = TimeUnit.MINUTES)
class WorkerGroupTest {
    private static final int RANKS = 3;
    private static final int CONTEXT = 16;

    /** The CPU backend, which remembers what it gave, and runs out of memory where it is told to. */
    private static final class Watched {
        private final List<Tensor> given = Collections.synchronizedList(new ArrayList<>());
        private final Backend cpu = Backends.get("cpu");
        private int allocations = Integer.MAX_VALUE;

        Backend backend() {
            return (Backend) Proxy.newProxyInstance(Backend.class.getClassLoader(), new Class<?>[] {Backend.class},
                    (self, method, arguments) -> {
                        if (method.getName().equals("allocate") && allocations-- == 0) {
                            throw new OutOfMemoryError("no room for '" + arguments[0] + "'");
                        }
                        try {
                            Object result = method.invoke(cpu, arguments);
                            if (result instanceof Tensor t) {
                                given.add(t);
                            }
                            return result;
                        } catch (InvocationTargetException e) {
                            throw e.getCause();
                        }
                    });
        }

        void assertAllGivenBack() {
            List<String> alive = given.stream().filter(Tensor::isAlive).map(Tensor::toString).toList();
            assertEquals(List.of(), alive);
        }
    }

    /** Counts upwards, and fails at some window. */
    private record Source(long failsAt, Runnable failure) implements BatchSource {
        @Override
        public int contextLength() {
            return CONTEXT;
        }

        @Override
        public long windowsPerEpoch() {
            return 1000;
        }

        @Override
        public void fill(long position, int batch, int[] ids, int[] targets) {
            if (position == failsAt) {
                failure.run();
            }
            for (int i = 0; i < ids.length; i++) {
                ids[i] = (int) ((position * 7 + i) % 50);
                targets[i] = (int) ((position * 7 + i + 1) % 50);
            }
        }
    }

    private static TrainConfig config(int accumulation) {
        return TrainConfig.parse("""
                num_devices: %d
                model:
                  vocab_size: 50
                  hidden_size: 16
                  intermediate_size: 32
                  num_hidden_layers: 2
                  num_attention_heads: 2
                  num_key_value_heads: 1
                  head_dim: 8
                data:
                  tokenizer: nowhere
                  context_length: %d
                  train: nowhere.bin
                train:
                  per_device_train_batch_size: 1
                  gradient_accumulation_steps: %d
                """.formatted(RANKS, CONTEXT, accumulation), "test", List.of());
    }

    /** An executor that was closed has no task left, but its thread may still be on its way out. */
    private static void assertNoWorkerLeft() {
        for (Thread t : Thread.getAllStackTraces().keySet()) {
            if (t.getName().startsWith("saryu-rank") || t.getName().startsWith("saryu-communication")) {
                assertTrue(assertDoesNotThrow(() -> t.join(Duration.ofSeconds(30))), t.getName());
            }
        }
    }

    /** With one micro-batch, rank r of step s reads window 3 s + r. */
    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2})
    void aRankWithoutDataIsNamed(int rank) {
        Watched watched = new Watched();
        try (WorkerGroup group = new WorkerGroup(config(1), watched.backend(), RANKS)) {
            BatchSource source = new Source(RANKS + rank, () -> {
                throw new IllegalStateException("the disk is gone");
            });
            group.step(1, 1e-3, source, 0, () -> false);
            RankFailedException e = assertThrows(RankFailedException.class,
                    () -> group.step(2, 1e-3, source, RANKS, () -> false));
            assertEquals("rank " + rank + " of 3 failed at step 2: the disk is gone; all ranks have stopped, and the run can go"
                    + " on from its last checkpoint with --resume", e.getMessage());
            assertEquals(rank, e.rank());
        }
        assertNoWorkerLeft();
        watched.assertAllGivenBack();
    }

    /** Ids outside the vocabulary are refused by the first op of the micro-batch; in the last one, sums are about to begin. */
    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2})
    void aRankThatFailsBetweenMicroBatchesEndsTheOthers(int microBatch) {
        Watched watched = new Watched();
        BatchSource bad = new BatchSource() {
            private final BatchSource good = new Source(-1, null);

            @Override
            public int contextLength() {
                return CONTEXT;
            }

            @Override
            public long windowsPerEpoch() {
                return 1000;
            }

            @Override
            public void fill(long position, int batch, int[] ids, int[] targets) {
                good.fill(position, batch, ids, targets);
                if (position == 3 + microBatch) {
                    ids[5] = 50;
                }
            }
        };
        try (WorkerGroup group = new WorkerGroup(config(3), watched.backend(), RANKS)) {
            RankFailedException e = assertThrows(RankFailedException.class,
                    () -> group.step(1, 1e-3, bad, 0, () -> false));
            assertTrue(e.getMessage().startsWith("rank 1 of 3 failed at step 1: ") && e.getMessage().contains("50"),
                    e.getMessage());
        }
        assertNoWorkerLeft();
        watched.assertAllGivenBack();
    }

    /** There is room for one or two of three replicas: they are given back. */
    @Test
    void aGroupThatFindsNoMemoryLeavesNothing() {
        Watched all = new Watched();
        new WorkerGroup(config(1), all.backend(), RANKS).close();
        all.assertAllGivenBack();
        int each = all.given.size() / RANKS;
        for (int fit = 1; fit < RANKS; fit++) {
            Watched some = new Watched();
            some.allocations = fit * each;
            String said = assertThrows(OutOfMemoryError.class, () -> new WorkerGroup(config(1), some.backend(), RANKS))
                    .getMessage();
            assertEquals("no room for 'weights'", said);
            some.assertAllGivenBack();
            assertEquals(fit * each, some.given.size());
        }
        assertNoWorkerLeft();
    }

    /** Only the caller's thread is asked, and not more often than there are gaps between micro-batches. */
    @Test
    void oneRankDecidesToStopForAll() {
        try (WorkerGroup group = new WorkerGroup(config(4), Backends.get("cpu"), RANKS)) {
            BatchSource source = new Source(-1, null);
            AtomicInteger asked = new AtomicInteger();
            for (int stopAt = 1; stopAt <= 3; stopAt++) {
                int at = stopAt;
                asked.set(0);
                assertNull(group.step(1, 1e-3, source, 0, () -> asked.incrementAndGet() == at));
                assertEquals(at, asked.get());
            }
            asked.set(0);
            assertTrue(group.step(1, 1e-3, source, 0, () -> asked.incrementAndGet() > 3).loss() > 0);
            assertEquals(3, asked.get());
        }
    }
}
