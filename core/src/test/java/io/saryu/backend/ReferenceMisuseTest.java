package io.saryu.backend;

/** The reference backend against misuse. */
class ReferenceMisuseTest extends MisuseTest {
    private final Backend backend = new ReferenceBackend();

    @Override
    protected Backend backend() {
        return backend;
    }
}
