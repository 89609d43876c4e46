package io.saryu.train;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.saryu.backend.Backends;
import io.saryu.backend.ExecutionContext;
import io.saryu.nn.Qwen3Config;
import io.saryu.tensor.DType;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ModelFlopsTest {
    private static Qwen3Config model(boolean tied) {
        return new Qwen3Config(100, 16, 32, 2, 4, 2, 8, 64, 1e-6, 1e6, 0.02, tied, null, List.of(), null);
    }

    /** Counted by hand: every matrix twice forward and four times backward, norms as the matrices, attention's products. */
    @Test
    void countsProducts() {
        long attention = 16 * 4 * 8 + 2 * 16 * 2 * 8 + 4 * 8 * 16;
        long mlp = 3 * 16 * 32;
        long norms = 2 * 16 + 2 * 8;
        long weights = 2 * (attention + mlp + norms) + 16 + 100 * 16;
        double scores = 3 * (2.0 * 2 * 2 * 4 * 8 * 64);
        assertEquals(6.0 * weights + scores, ModelFlops.perToken(model(true), 64));
        // The table of an untied embedding is looked up, its output projection is multiplied with.
        assertEquals(6.0 * weights + scores, ModelFlops.perToken(model(false), 64));
    }

    @ParameterizedTest
    @ValueSource(strings = {"cpu", "reference"})
    void peaksAreMeasuredAndKeepNothing(String device) {
        try (ExecutionContext ctx = Backends.get(device).newContext(2)) {
            double peak = PeakFlops.measure(ctx, DType.F32);
            assertTrue(peak > 1e6 && peak < 1e16, "FLOP/s: " + peak);
            assertEquals(0, ctx.workspace().bytesHeld());
        }
    }
}
