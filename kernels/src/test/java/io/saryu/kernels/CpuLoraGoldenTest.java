package io.saryu.kernels;

import io.saryu.backend.Backend;
import io.saryu.golden.LoraGoldenTest;
import io.saryu.tensor.DType;

/** LoRA in fp32 against PEFT in float64. */
class CpuLoraGoldenTest extends LoraGoldenTest {
    @Override
    protected Backend backend() {
        return new CpuBackendProvider().create();
    }

    @Override
    protected DType dtype() {
        return DType.F32;
    }
}
