package io.saryu.train;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.saryu.backend.Backend;
import io.saryu.backend.Backends;
import io.saryu.backend.ExecutionContext;
import io.saryu.tensor.DType;
import io.saryu.tensor.Tensor;
import java.util.Arrays;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RandomOperandsTest {
    /** Also where the last part is shorter than what is drawn. */
    @ParameterizedTest
    @CsvSource({"F32, 3, 5", "BF16, 1031, 2053", "F16, 64, 64"})
    void everyElementIsDrawn(DType type, long rows, long columns) {
        Backend backend = Backends.get("cpu");
        try (ExecutionContext ctx = backend.newContext(1); Tensor t = backend.allocate("operand", type, rows, columns)) {
            RandomOperands.fill(ctx, t);
            double[] values = t.toDoubles();
            assertTrue(Arrays.stream(values).allMatch(v -> Math.abs(v) <= 1));
            double scale = Math.sqrt(values.length);
            assertEquals(0, Arrays.stream(values).average().orElseThrow(), 4 / scale);
            assertEquals(1 / 3.0, Arrays.stream(values).map(v -> v * v).average().orElseThrow(), 4 / scale);
            double tail = Arrays.stream(values).skip(values.length - columns).map(Math::abs).max().orElseThrow();
            assertTrue(tail > 0.3, "the last row is empty");
        }
    }
}
