package io.saryu.dist;

import io.saryu.backend.Backend;
import io.saryu.backend.ReferenceBackend;
import io.saryu.tensor.DType;

/** Four workers against four accumulation steps on the oracle. */
class ReferenceDataParallelTest extends DataParallelTest {
    @Override
    protected Backend backend() {
        return new ReferenceBackend();
    }

    @Override
    protected DType dtype() {
        return DType.F64;
    }
}
