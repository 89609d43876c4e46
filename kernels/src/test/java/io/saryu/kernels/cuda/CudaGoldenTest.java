package io.saryu.kernels.cuda;

import io.saryu.backend.Backend;
import io.saryu.golden.GoldenTest;
import io.saryu.tensor.DType;

/** The whole model in fp32 against PyTorch in float64. */
@RequiresCuda
class CudaGoldenTest extends GoldenTest {
    @Override
    protected Backend backend() {
        return new CudaBackend(CudaDevice.get(0));
    }

    @Override
    protected DType dtype() {
        return DType.F32;
    }
}
