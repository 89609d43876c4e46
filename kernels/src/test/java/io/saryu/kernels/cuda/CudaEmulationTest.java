package io.saryu.kernels.cuda;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.saryu.backend.Backend;
import io.saryu.backend.ExecutionContext;
import io.saryu.bindings.NativeLibraries;
import io.saryu.tensor.DType;
import io.saryu.tensor.Tensor;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfEnvironmentVariable;

/** What only the emulation sees: which kernel wrote where it must not, and what was not given back. */
@RequiresCuda
@EnabledIfEnvironmentVariable(named = "SARYU_CUDA", matches = "emulated", disabledReason = "a GPU does not see this")
class CudaEmulationTest {
    private final Backend ops = new CudaBackend(CudaDevice.get(0));

    /** What is live in the emulation, pinned memory, streams, events and graphs too, with a line on each. */
    private record Live(long count, String lines) {
    }

    private static Live live() throws Throwable {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment text = arena.allocate(1 << 16);
            long count = (long) Linker.nativeLinker().downcallHandle(
                    NativeLibraries.symbol("saryu_emulated", "saryu_emulated_report"),
                    FunctionDescriptor.of(ValueLayout.JAVA_LONG, ValueLayout.ADDRESS, ValueLayout.JAVA_LONG))
                    .invokeExact(text, text.byteSize());
            return new Live(count, text.getString(0));
        }
    }

    /** Kernels and the device itself are kept; so they are there before anything is counted. */
    @BeforeEach
    void useEverythingOnce() {
        work();
    }

    private void work() {
        try (ExecutionContext ctx = ops.newContext(1); Tensor a = ops.allocate("a", DType.F32, 5, 7);
                Tensor b = ops.allocate("b", DType.F32, 7, 9); Tensor c = ops.allocate("c", DType.F32, 5, 9);
                Tensor host = Tensor.allocate("host", DType.F32, 5, 7)) {
            ops.copyFromHost(ctx, a, host);
            for (int i = 0; i < 4; i++) {
                ctx.replay("step", () -> {
                    ops.fill(ctx, b, 1);
                    ops.matmul(ctx, c, a, false, b, false, false);
                });
            }
            ctx.prefetch(a, host);
            ctx.finishPrefetch();
            ops.copyToHost(ctx, host, a);
        }
    }

    @Test
    void everythingIsGivenBack() throws Throwable {
        Live before = live();
        work();
        Live after = live();
        assertEquals(before.count(), after.count(), () -> "before:\n" + before.lines() + "after:\n" + after.lines());
        try (Tensor kept = ops.allocate("kept", DType.F32, 3)) {
            assertEquals(before.count() + 1, live().count());
            assertTrue(live().lines().contains("the 12 bytes at"), live().lines());
        }
    }

    /** A kernel that is told of more elements than there are. */
    @Test
    void theKernelThatWritesPastATensorIsNamed() {
        try (ExecutionContext ctx = ops.newContext(1); Tensor t = ops.allocate("t", DType.F32, 10)) {
            CudaContext cuda = CudaContext.of(ctx);
            cuda.launch(cuda.kernel("fill.cu", "fill_4", null), 1, 1, 1, 32, 0).int64(1).int64(11).pointer(t).int64(11)
                    .int64(0).run();
            CudaException wrong = assertThrows(CudaException.class, ctx::synchronize);
            assertTrue(wrong.getMessage().contains(
                    "[emulation: kernel fill_4 (fill.cu) wrote past the end, at byte 40, of the 40 bytes at"),
                    wrong.getMessage());
            assertDoesNotThrow(ctx::synchronize);
        }
    }

    /** Freed memory, where the fault is that of the call. */
    @Test
    void aTensorThatWasClosedIsNamedByTheLaunch() {
        try (ExecutionContext ctx = ops.newContext(1)) {
            CudaContext cuda = CudaContext.of(ctx);
            Tensor t = ops.allocate("t", DType.F32, 10);
            long address = t.segment().address();
            t.close();
            Launch launch = cuda.launch(cuda.kernel("fill.cu", "fill_4", null), 1, 1, 1, 32, 0).int64(1).int64(10)
                    .int64(address).int64(10).int64(0);
            CudaException wrong = assertThrows(CudaException.class, launch::run);
            assertTrue(wrong.getMessage().contains("kernel fill_4 (fill.cu), argument 2") && wrong.getMessage().contains(
                    "which was freed"), wrong.getMessage());
        }
    }

    /** The emulation has sm_75's attention in fp16, and says so of bf16, which the backend never asks for there. */
    @Test
    void attentionThatAnArchitectureDoesNotHaveIsNotEmulated() {
        KernelCompiler old = new KernelCompiler(75, new KernelCache(null));
        assertDoesNotThrow(() -> old.image("attention.cu", new String[] {"SARYU_TYPE=2", "SARYU_HEAD=64"}));
        CudaException wrong = assertThrows(CudaException.class,
                () -> old.image("attention.cu", new String[] {"SARYU_TYPE=1", "SARYU_HEAD=64"}));
        assertTrue(wrong.getMessage().contains("\"attention.cu SARYU_HEAD=64 SARYU_TYPE=1\" is not emulated for sm_75: only fp16 is"),
                wrong.getMessage());
    }
}
