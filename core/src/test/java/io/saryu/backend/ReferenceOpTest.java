package io.saryu.backend;

import java.util.List;

/** The oracle over F32 tensors against itself over F64: shows that the table and its harness work. */
class ReferenceOpTest extends OpTest {
    private final Backend backend = new ReferenceBackend();

    @Override
    protected Backend backend() {
        return backend;
    }

    @Override
    protected List<Integer> threads() {
        return List.of(1);
    }
}
