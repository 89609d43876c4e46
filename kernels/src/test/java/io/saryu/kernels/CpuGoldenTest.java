package io.saryu.kernels;

import io.saryu.backend.Backend;
import io.saryu.golden.GoldenTest;
import io.saryu.tensor.DType;

/** The whole model in fp32 against PyTorch in float64. */
class CpuGoldenTest extends GoldenTest {
    @Override
    protected Backend backend() {
        return new CpuBackendProvider().create();
    }

    @Override
    protected DType dtype() {
        return DType.F32;
    }
}
