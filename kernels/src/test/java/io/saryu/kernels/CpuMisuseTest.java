package io.saryu.kernels;

import static org.junit.jupiter.api.Assertions.assertTrue;

import io.saryu.backend.Backend;
import io.saryu.backend.ExecutionContext;
import io.saryu.backend.MisuseTest;
import io.saryu.tensor.DType;
import io.saryu.tensor.Tensor;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import org.junit.jupiter.api.Test;

/** Nothing wrong reaches C. */
class CpuMisuseTest extends MisuseTest {
    @Override
    protected Backend backend() {
        return new CpuBackendProvider().create();
    }

    /** Native code that works with a freed pool ends the JVM, and with it this test. */
    @Test
    void closingAContextThatComputesElsewhereIsRefused() throws Exception {
        Backend backend = backend();
        int refused = 0;
        try (Tensor x = backend.allocate("x", DType.F32, 256, 256); Tensor y = backend.allocate("y", DType.F32, 256, 256)) {
            for (int round = 0; round < 20; round++) {
                ExecutionContext ctx = backend.newContext(2);
                FutureTask<Void> work = new FutureTask<>(() -> {
                    while (true) {
                        backend.matmul(ctx, y, x, false, x, true, false);
                    }
                });
                Thread.ofPlatform().start(work);
                Thread.sleep(5);
                for (boolean closed = false; !closed;) {
                    try {
                        ctx.close();
                        closed = true;
                    } catch (IllegalStateException e) {
                        assertTrue(e.getMessage().contains("still computes"), e.getMessage());
                        refused++;
                    }
                }
                endsBySayingSo(work);
            }
        }
        assertTrue(refused > 0, "no close came while an op ran");
    }

    private static void endsBySayingSo(FutureTask<Void> work) throws InterruptedException {
        try {
            work.get();
        } catch (ExecutionException e) {
            // Closed between the check and the call, the generated binding wraps what Java's linker says.
            Throwable said = e.getCause() instanceof AssertionError wrapped ? wrapped.getCause() : e.getCause();
            assertTrue(said instanceof IllegalStateException, () -> "it ended with " + said);
        }
    }
}
