package io.saryu.golden;

import io.saryu.backend.Backend;
import io.saryu.backend.ReferenceBackend;
import io.saryu.tensor.DType;

/** The oracle in double, against PyTorch in double. */
class ReferenceGoldenTest extends GoldenTest {
    @Override
    protected Backend backend() {
        return new ReferenceBackend();
    }

    @Override
    protected DType dtype() {
        return DType.F64;
    }
}
