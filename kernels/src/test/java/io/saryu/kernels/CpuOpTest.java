package io.saryu.kernels;

import io.saryu.backend.Backend;
import io.saryu.backend.OpTest;

/** Every op against the oracle. */
class CpuOpTest extends OpTest {
    @Override
    protected Backend backend() {
        return new CpuBackendProvider().create();
    }
}
