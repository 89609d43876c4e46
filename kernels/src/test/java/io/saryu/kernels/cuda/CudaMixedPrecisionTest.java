package io.saryu.kernels.cuda;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.saryu.backend.Backend;
import io.saryu.backend.ReferenceBackend;
import io.saryu.golden.MixedPrecisionTest;
import io.saryu.tensor.DType;
import java.io.IOException;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The whole model in 16 bits on the GPU. */
@RequiresCuda
class CudaMixedPrecisionTest extends MixedPrecisionTest {
    @Override
    protected Backend backend() {
        return new CudaBackend(CudaDevice.get(0));
    }

    /**
     * The GPU rounds where the oracle does, and the probabilities of attention too, since tensor cores read them in 16 bits. What
     * differs before a rounding often differs by a whole unit after it, so the two are about as far from each other as each is
     * from exact values, and not by less as on the CPU, where they mostly agree.
     */
    @ParameterizedTest
    @CsvSource({"tied-gqa,BF16", "tied-gqa,F16", "untied-mha,BF16", "untied-mha,F16"})
    void agreesWithTheOracle(String name, DType type) throws IOException {
        Pass oracle = pass(new ReferenceBackend(), name, type);
        Pass cuda = pass(backend(), name, type);
        double unit = unit(type);
        double logits = difference(Map.of("logits", oracle.values().remove("logits")),
                Map.of("logits", cuda.values().remove("logits")));
        double gradients = difference(oracle.values(), cuda.values());
        assertTrue(logits <= oracle.logitUnits() * unit, "logits are off by " + logits / unit + " units");
        assertTrue(gradients <= oracle.gradientUnits() * unit, "gradients are off by " + gradients / unit + " units");
        assertEquals(oracle.loss(), cuda.loss(), unit);
    }
}
