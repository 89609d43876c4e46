package io.saryu.kernels.cuda;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.saryu.backend.ExecutionContext;
import io.saryu.backend.ReferenceBackend;
import io.saryu.tensor.DType;
import io.saryu.tensor.Tensor;
import java.util.Random;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Memory, copies, waits and misuse; on the emulation, and on a GPU where there is one. */
@RequiresCuda
class CudaRuntimeTest {
    private CudaDevice device;
    private CudaBackend backend;
    private CudaContext ctx;
    private long heldBefore;

    @BeforeEach
    void open() {
        device = CudaDevice.get(0);
        heldBefore = device.bytesHeld();
        backend = new CudaBackend(device);
        ctx = (CudaContext) backend.newContext(1);
    }

    /** Nothing is left behind. */
    @AfterEach
    void close() {
        ctx.close();
        assertEquals(heldBefore, device.bytesHeld());
    }

    @Test
    void memoryIsZeroedAndAligned() {
        for (long n : new long[] {0, 1, 255, 100_003}) {
            try (Tensor t = backend.allocate("t", DType.F32, n); Tensor host = Tensor.allocate("host", DType.F32, n)) {
                assertEquals(0, t.segment().address() % 256);
                assertEquals(heldBefore + Math.max(1, 4 * n), device.bytesHeld());
                host.fillFrom(new Random(1).doubles(n, 1, 2).toArray());
                backend.copyToHost(ctx, host, t);
                assertArrayEquals(new double[(int) n], host.toDoubles());
            }
        }
    }

    @Test
    void memoryThatIsNotThereIsRefusedInOneSentence() {
        CudaException e = assertThrows(CudaException.class, () -> backend.allocate("huge", DType.F32, 1L << 40));
        assertTrue(e.getMessage().matches("cuda:0 \\(.*\\) has no 4096\\.00 GiB for tensor 'huge': [0-9.]+ of its [0-9.]+ GiB are"
                + " free, and this process holds [0-9.]+; use a smaller batch or gradient_checkpointing, .*"), e.getMessage());
        assertThrows(IllegalArgumentException.class, () -> backend.allocate("negative", DType.F32, 2, -1));
        assertThrows(ArithmeticException.class, () -> backend.allocate("overflow", DType.F32, 1L << 62));
        // Nothing was broken by it.
        backend.allocate("small", DType.F32, 4).close();
    }

    @Test
    void useAfterCloseIsRefused() {
        Tensor t = backend.allocate("gone", DType.F32, 4);
        t.close();
        t.close();
        assertTrue(assertThrows(IllegalStateException.class, () -> backend.fill(ctx, t, 1)).getMessage().contains("'gone'"));
        Tensor live = backend.allocate("live", DType.F32, 4);
        ExecutionContext other = backend.newContext(1);
        other.close();
        other.close();
        for (Runnable use : new Runnable[] {() -> backend.fill(other, live, 1), other::synchronize,
            () -> other.acquire("a", DType.F32, 1), () -> other.replay("key", () -> { }), other::finishPrefetch}) {
            assertTrue(assertThrows(IllegalStateException.class, use::run).getMessage().contains("closed"));
        }
        live.close();
    }

    @Test
    void otherContextsAndThreadsAreRefused() throws InterruptedException {
        try (Tensor t = backend.allocate("t", DType.F32, 4);
                ExecutionContext reference = new ReferenceBackend().newContext(1)) {
            assertTrue(assertThrows(IllegalArgumentException.class, () -> CudaContext.of(reference)).getMessage()
                    .contains("reference"));
            assertThrows(IllegalArgumentException.class, () -> CudaContext.of(null));
            AtomicReference<Throwable> thrown = new AtomicReference<>();
            Thread.ofVirtual().start(() -> {
                try {
                    backend.fill(ctx, t, 1);
                } catch (IllegalStateException e) {
                    thrown.set(e);
                }
            }).join();
            assertTrue(thrown.get().getMessage().contains("platform thread"));
        }
    }

    /** Shapes below and above a staging buffer, dense and with row strides on either side, in each pair of types. */
    @ParameterizedTest
    @CsvSource({"F32, F32", "F32, F16", "F16, F32", "BF16, F32", "I32, I32", "F64, F64"})
    void copiesThereAndBack(DType onDevice, DType onHost) {
        Random random = new Random(7);
        for (int[] size : new int[][] {{1, 1}, {3, 5}, {130, 33}, {2, 700_001}, {4_001, 301}}) {
            int rows = size[0];
            int columns = size[1];
            int gap = 3;
            try (Tensor there = backend.allocate("there", onDevice, rows, columns + gap);
                    Tensor from = Tensor.allocate("from", onHost, rows, columns + gap);
                    Tensor back = Tensor.allocate("back", onHost, rows, columns)) {
                for (long i = 0; i < from.count(); i++) {
                    // Whole numbers that all these types hold.
                    from.set(i, random.nextInt(-100, 100));
                }
                Tensor part = from.columns(gap, columns + gap);
                backend.copyFromHost(ctx, there.columns(0, columns), part);
                backend.copyToHost(ctx, back, there.columns(0, columns));
                assertArrayEquals(part.toDoubles(), back.toDoubles());
                // What lies between the rows is as it was.
                try (Tensor between = Tensor.allocate("between", onHost, rows, gap)) {
                    backend.copyToHost(ctx, between, there.columns(columns, columns + gap));
                    assertArrayEquals(new double[rows * gap], between.toDoubles());
                }
            }
        }
    }

    @Test
    void theHostTensorMayChangeAfterACopyFromIt() {
        int n = 3_000_001;
        try (Tensor there = backend.allocate("there", DType.I32, n); Tensor host = Tensor.allocate("host", DType.I32, n)) {
            int[] values = new Random(3).ints(n).toArray();
            host.fillFrom(values, 0, n);
            backend.copyFromHost(ctx, there, host);
            host.segment().fill((byte) 0);
            backend.copyToHost(ctx, host, there);
            try (Tensor expected = Tensor.allocate("expected", DType.I32, n)) {
                assertEquals(-1, expected.fillFrom(values, 0, n).segment().mismatch(host.segment()));
            }
        }
    }

    @Test
    void prefetchedBatchesAreThereWhenNeeded() {
        try (Tensor there = backend.allocate("there", DType.I32, 1000); Tensor sum = backend.allocate("sum", DType.I32, 1000);
                Tensor host = Tensor.allocate("host", DType.I32, 1000)) {
            ctx.finishPrefetch();
            for (int round = 1; round < 5; round++) {
                host.fillFrom(new Random(round).ints(1000).toArray(), 0, 1000);
                ctx.prefetch(there, host);
                double[] expected = host.toDoubles();
                host.segment().fill((byte) 1);
                ctx.finishPrefetch();
                backend.copy(ctx, sum, there);
                backend.copyToHost(ctx, host, sum);
                assertArrayEquals(expected, host.toDoubles());
            }
            assertThrows(IllegalArgumentException.class, () -> ctx.prefetch(there, Tensor.allocate("f", DType.F32, 1000)));
            assertThrows(IllegalArgumentException.class, () -> ctx.prefetch(host, host));
        }
    }

    @Test
    void aKernelThatIsNotThereIsNamed() {
        assertTrue(assertThrows(CudaException.class, () -> ctx.kernel("nothing.cu", "nothing", null)).getMessage()
                .contains("nothing.cu"));
        assertTrue(assertThrows(CudaException.class, () -> ctx.kernel("fill.cu", "nothing", null)).getMessage()
                .contains("finding kernel nothing in fill.cu failed"));
    }

    @Test
    void aLaunchChecksItsGridAndItsTensors() {
        CudaKernel fill = ctx.kernel("fill.cu", "fill_4", null);
        assertSame(fill, ctx.kernel("fill.cu", "fill_4", null));
        assertThrows(IllegalArgumentException.class, () -> ctx.launch(fill, 1L << 31, 1, 1, 32, 0).run());
        assertThrows(IllegalArgumentException.class, () -> ctx.launch(fill, 1, 65_536, 1, 32, 0).run());
        ctx.launch(fill, 0, 1, 1, 32, 0).run();
        try (Tensor host = Tensor.allocate("host", DType.F32, 4)) {
            assertThrows(IllegalArgumentException.class, () -> ctx.launch(fill, 1, 1, 1, 32, 0).pointer(host));
        }
        CudaException e = assertThrows(CudaException.class, () -> ctx.launch(fill, 1, 1, 1, 32, 1 << 30).run());
        assertTrue(e.getMessage().contains("bytes of shared memory"), e.getMessage());
    }
}
