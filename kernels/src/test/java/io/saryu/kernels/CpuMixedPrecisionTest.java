package io.saryu.kernels;

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

/** The whole model in 16 bits on the CPU. */
class CpuMixedPrecisionTest extends MixedPrecisionTest {
    @Override
    protected Backend backend() {
        return new CpuBackendProvider().create();
    }

    /**
     * Both round at the same places, but a value near the middle of two neighbours may go either way, and what is computed from
     * it then rounds differently too: they differ by less than each is off, and mostly by nothing at all.
     */
    @ParameterizedTest
    @CsvSource({"tied-gqa,BF16", "tied-gqa,F16", "untied-mha,BF16", "untied-mha,F16"})
    void agreesWithTheOracle(String name, DType type) throws IOException {
        Pass oracle = pass(new ReferenceBackend(), name, type);
        Pass cpu = pass(backend(), name, type);
        double unit = unit(type);
        double logits = difference(Map.of("logits", oracle.values().remove("logits")),
                Map.of("logits", cpu.values().remove("logits")));
        double gradients = difference(oracle.values(), cpu.values());
        assertTrue(logits <= oracle.logitUnits() / 2 * unit, "logits are off by " + logits / unit + " units");
        assertTrue(gradients <= oracle.gradientUnits() / 2 * unit, "gradients are off by " + gradients / unit + " units");
        assertEquals(oracle.loss(), cpu.loss(), unit / 4);
    }
}
