package io.saryu.kernels;

import io.saryu.backend.Backend;
import io.saryu.backend.MisuseTest;

/** Nothing wrong reaches C. */
class CpuMisuseTest extends MisuseTest {
    @Override
    protected Backend backend() {
        return new CpuBackendProvider().create();
    }
}
