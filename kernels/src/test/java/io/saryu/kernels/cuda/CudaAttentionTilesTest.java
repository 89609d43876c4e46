package io.saryu.kernels.cuda;

import io.saryu.backend.Backend;
import io.saryu.backend.OpCases;
import io.saryu.backend.OpTest;
import io.saryu.kernels.cuda.AttentionTiles.Width;
import io.saryu.tensor.DType;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/**
 * Attention on tensor cores in narrow and in wide tiles against the oracle, whichever of the two this GPU would take: a large one
 * takes the wide ones only for more work than a test has.
 */
@RequiresCuda
class CudaAttentionTilesTest {
    @TestFactory
    Stream<DynamicTest> values() {
        CudaDevice gpu = CudaDevice.get(0);
        return Stream.of(Width.NARROW, Width.WIDE).flatMap(width -> {
            Backend ops = new CudaBackend(gpu, width);
            return Stream.of(DType.BF16, DType.F16).filter(gpu::supports).flatMap(type -> OpCases.tiles().stream().map(
                    c -> DynamicTest.dynamicTest(c + " in " + type + ", " + width,
                            () -> OpTest.check(c, ops, List.of(1), type, c.tolerance(), true))));
        });
    }
}
