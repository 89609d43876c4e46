package io.saryu.golden;

import io.saryu.backend.Backend;
import io.saryu.backend.ReferenceBackend;

/** The oracle, which rounds where the recipe does. */
class ReferenceMixedPrecisionTest extends MixedPrecisionTest {
    @Override
    protected Backend backend() {
        return new ReferenceBackend();
    }
}
