package io.saryu.kernels.cuda;

import io.saryu.backend.Backend;
import io.saryu.golden.LoraGoldenTest;
import io.saryu.tensor.DType;

/** LoRA in fp32 against PEFT in float64. */
@RequiresCuda
class CudaLoraGoldenTest extends LoraGoldenTest {
    @Override
    protected Backend backend() {
        return new CudaBackend(CudaDevice.get(0));
    }

    @Override
    protected DType dtype() {
        return DType.F32;
    }
}
