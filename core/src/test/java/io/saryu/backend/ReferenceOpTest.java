package io.saryu.backend;

import io.saryu.tensor.DType;
import java.util.List;

/** The oracle over F32 tensors against itself over F64: shows that the table and its harness work. */
class ReferenceOpTest extends OpTest {
    private final Backend backend = new ReferenceBackend();

    @Override
    protected Backend backend() {
        return backend;
    }

    /** In 16 bits the oracle would be compared with itself. */
    @Override
    protected List<DType> dtypes() {
        return List.of(DType.F32);
    }

    @Override
    protected List<Integer> threads() {
        return List.of(1);
    }
}
