package io.saryu.golden;

import io.saryu.backend.Backend;
import io.saryu.backend.ReferenceBackend;
import io.saryu.tensor.DType;

/** LoRA on the oracle in double, against PEFT in double. */
class ReferenceLoraGoldenTest extends LoraGoldenTest {
    @Override
    protected Backend backend() {
        return new ReferenceBackend();
    }

    @Override
    protected DType dtype() {
        return DType.F64;
    }
}
