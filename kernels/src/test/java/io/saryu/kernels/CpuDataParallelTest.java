package io.saryu.kernels;

import io.saryu.backend.Backend;
import io.saryu.dist.DataParallelTest;
import io.saryu.tensor.DType;

/** Four CPU workers against four accumulation steps. */
class CpuDataParallelTest extends DataParallelTest {
    @Override
    protected Backend backend() {
        return new CpuBackendProvider().create();
    }

    @Override
    protected DType dtype() {
        return DType.F32;
    }
}
