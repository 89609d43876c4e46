package io.saryu.optim;

import static org.junit.jupiter.api.Assertions.assertTrue;

import io.saryu.nn.Qwen3Config;
import io.saryu.tensor.DType;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class StepPlanTest {
    private static final int TOKENS = 4 * 512;
    private static final Qwen3Config CONFIG = new Qwen3Config(50_000, 512, 2048, 12, 8, 8, 128, 1024, 1e-6, 1e6, 0.02, true,
            null, List.of(), null);

    private static long workspace(DType type, int checkpointed, int microBatches) {
        return StepPlan.of(CONFIG, new StepPlan.Work(type, checkpointed, 4, TOKENS / 4, microBatches, 32L << 20)).workspace();
    }

    /** Bytes that backward reads of a layer's activations: two sums in fp32, then q, k and v, attention's result, gate and up. */
    private static long kept(DType type) {
        return TOKENS * (2 * 4 * 512L + type.bytes() * (3 * 1024 + 1024 + 2 * 2048L));
    }

    /** Most of the layers' gradients serve as memory of activations, but in micro-steps that add to them. */
    @ParameterizedTest
    @EnumSource(value = DType.class, names = {"F32", "BF16"})
    void activationsUseTheMemoryOfGradients(DType type) {
        long layerGradients = 4 * (CONFIG.parameterCount() - 50_000L * 512);
        long lent = workspace(type, 0, 1);
        long all = 12 * kept(type);
        assertTrue(lent < all - layerGradients / 2, lent + " bytes of " + all);
        assertTrue(workspace(type, 0, 2) > all, "the second micro-step adds to gradients");
    }

    /** What is kept of a layer is its input, and of the last one everything. */
    @Test
    void checkpointsKeepLittle() {
        long most = kept(DType.F32) + 11 * TOKENS * 512L * 4 + (64 << 20);
        assertTrue(workspace(DType.F32, 12, 1) < most - (40 << 20), workspace(DType.F32, 12, 1) + " bytes");
        assertTrue(workspace(DType.F32, 3, 1) < workspace(DType.F32, 0, 1) - 2 * kept(DType.F32));
    }
}
