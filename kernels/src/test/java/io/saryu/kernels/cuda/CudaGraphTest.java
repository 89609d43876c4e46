package io.saryu.kernels.cuda;

import static io.saryu.backend.ExecutionContext.Replay.LAUNCH;
import static io.saryu.backend.ExecutionContext.Replay.RECORD;
import static io.saryu.backend.ExecutionContext.Replay.RUN;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.saryu.backend.ExecutionContext.Replay;
import io.saryu.tensor.DType;
import io.saryu.tensor.Tensor;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Work that is replayed: run, then recorded, then launched. */
@RequiresCuda
class CudaGraphTest {
    private static final int N = 1000;

    private CudaDevice device;
    private CudaBackend backend;
    private CudaContext ctx;
    private Tensor one;
    private Tensor sum;
    private Tensor host;
    private int runs;

    @BeforeEach
    void open() {
        device = CudaDevice.get(0);
        backend = new CudaBackend(device);
        ctx = (CudaContext) backend.newContext(1);
        one = backend.allocate("one", DType.F32, N);
        sum = backend.allocate("sum", DType.F32, N);
        host = Tensor.allocate("host", DType.F32, N);
        backend.fill(ctx, one, 1);
    }

    @AfterEach
    void close() {
        one.close();
        sum.close();
        host.close();
        ctx.close();
    }

    /** sum = sum + one, through memory of the workspace. */
    private void add() {
        runs++;
        try (Tensor scratch = ctx.acquire("scratch", DType.F32, N)) {
            backend.add(ctx, scratch, sum, one);
            backend.copy(ctx, sum, scratch);
        }
    }

    private double sum() {
        backend.copyToHost(ctx, host, sum);
        assertEquals(host.get(0), host.get(N - 1));
        return host.get(N / 2);
    }

    @Test
    void runsOnceRecordsOnceAndThenLaunches() {
        for (int i = 1; i <= 5; i++) {
            ctx.replay("add", this::add);
            assertEquals(i, sum());
            assertEquals(Math.min(i, 2), runs);
            assertFalse(ctx.isCapturing());
        }
        assertTrue(ctx.replays());
    }

    @Test
    void keysAreWorkOfTheirOwn() {
        for (int i = 0; i < 4; i++) {
            ctx.replay("add", this::add);
            ctx.replay("fill", () -> backend.fill(ctx, sum, 7));
            assertEquals(7, sum());
        }
        assertEquals(2, runs);
    }

    /** A graph holds addresses, so it must not be launched where the workspace would give others. */
    @Test
    void anotherStateOfTheWorkspaceIsRecordedAnew() {
        for (int i = 0; i < 3; i++) {
            ctx.replay("add", this::add);
        }
        assertEquals(2, runs);
        try (Tensor kept = ctx.acquire("kept", DType.F32, 64)) {
            backend.fill(ctx, kept, 5);
            for (int i = 0; i < 3; i++) {
                ctx.replay("add", this::add);
            }
            assertEquals(4, runs);
            assertEquals(6, sum());
            try (Tensor small = Tensor.allocate("small", DType.F32, 64)) {
                backend.copyToHost(ctx, small, kept);
                assertEquals(5, small.get(0));
            }
        }
        ctx.replay("add", this::add);
        assertEquals(4, runs);
        assertEquals(7, sum());
    }

    /** As ranks do that agree: what this context could do farther is forgotten. */
    @Test
    void runsRecordsAndLaunchesNoFartherThanOthersCan() {
        Replay[] least = {RUN, RECORD, LAUNCH, LAUNCH, RUN, RECORD, LAUNCH, RECORD, LAUNCH};
        int[] expectedRuns = {1, 2, 2, 2, 3, 4, 4, 5, 5};
        for (int i = 0; i < least.length; i++) {
            assertTrue(least[i].compareTo(ctx.nextReplay("add")) <= 0);
            ctx.replay("add", least[i], this::add);
            assertEquals(i + 1, sum());
            assertEquals(expectedRuns[i], runs, "after replay " + i);
        }
        try (Tensor kept = ctx.acquire("kept", DType.F32, 64)) {
            assertEquals(RUN, ctx.nextReplay("add"), kept.name());
            ctx.replay("add", RUN, this::add);
            assertEquals(RECORD, ctx.nextReplay("add"));
        }
        // The record from before would be of another time than the other ranks'.
        assertEquals(RUN, ctx.nextReplay("add"));
    }

    @Test
    void manyKeysDoNotHoldManyGraphs() {
        for (int key = 0; key < 40; key++) {
            for (int i = 0; i < 3; i++) {
                ctx.replay(key, this::add);
            }
        }
        assertEquals(120, sum());
        assertEquals(80, runs);
    }

    @Test
    void replayInsideReplayIsPartOfIt() {
        for (int i = 0; i < 3; i++) {
            ctx.replay("outer", () -> {
                ctx.replay("inner", this::add);
                ctx.replay("inner", this::add);
            });
        }
        assertEquals(6, sum());
    }

    private void assertRefused(String expected, Runnable work) {
        ctx.replay(expected, () -> { });
        IllegalStateException e = assertThrows(IllegalStateException.class, () -> ctx.replay(expected, work));
        assertTrue(e.getMessage().contains(expected), e.getMessage());
        assertFalse(ctx.isCapturing());
        // The stream can be used as before.
        runs = 0;
        for (int i = 0; i < 3; i++) {
            ctx.replay("after " + expected, this::add);
        }
        assertEquals(2, runs);
        assertEquals(3, sum());
        backend.fill(ctx, sum, 0);
    }

    @Test
    void whatCannotBeRecordedIsRefused() {
        assertRefused("copying 'host' from the host cannot be part of a CUDA graph", () -> backend.copyFromHost(ctx, sum, host));
        assertRefused("copying 'sum' to the host cannot", () -> backend.copyToHost(ctx, host, sum));
        assertRefused("waiting for the device cannot", ctx::synchronize);
        assertRefused("making the workspace larger cannot", () -> ctx.acquire("large", DType.F32, 10_000_000).close());
        assertRefused("loading kernel other of fill.cu cannot", () -> ctx.kernel("fill.cu", "other", null));
        assertRefused("has kept memory of the workspace", () -> ctx.acquire("kept", DType.F32, 1));
    }

    @Test
    void whatTheWorkThrowsComesOut() {
        RuntimeException mine = new RuntimeException("mine");
        add();
        backend.fill(ctx, sum, 0);
        ctx.replay("throws", () -> { });
        assertEquals(mine, assertThrows(RuntimeException.class, () -> ctx.replay("throws", () -> {
            add();
            throw mine;
        })));
        assertFalse(ctx.isCapturing());
        assertEquals(0, sum());
        assertThrows(RuntimeException.class, () -> ctx.replay("throws at once", () -> {
            throw mine;
        }));
        ctx.replay("throws at once", this::add);
        assertEquals(1, sum());
    }

    /** Pinned memory is what a graph may read from the host: what is there at each launch. */
    @Test
    void pinnedMemoryIsReadAtEachLaunch() {
        try (Tensor pinned = PinnedMemory.allocate(device, "pinned", DType.F32, N)) {
            assertEquals(0, pinned.get(N - 1));
            for (int i = 1; i <= 4; i++) {
                pinned.segment().fill((byte) 0);
                pinned.set(N / 2, i);
                ctx.replay("upload", () -> backend.copyFromHost(ctx, sum, pinned));
                backend.copyToHost(ctx, host, sum);
                assertEquals(i, host.get(N / 2));
            }
            ctx.synchronize();
        }
    }
}
