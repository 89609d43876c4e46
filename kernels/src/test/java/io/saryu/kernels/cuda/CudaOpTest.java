package io.saryu.kernels.cuda;

import io.saryu.backend.Backend;
import io.saryu.backend.OpTest;
import java.util.List;

/** Every op against the oracle. */
@RequiresCuda
class CudaOpTest extends OpTest {
    @Override
    protected Backend backend() {
        return new CudaBackend(CudaDevice.get(0));
    }

    @Override
    protected List<Integer> threads() {
        return List.of(1);
    }

    /** Weights of attention and their gradients go to tensor cores as what they multiply: in the operands' type. */
    @Override
    protected boolean roundsWithin(String op) {
        return op.equals("attention") || op.equals("attentionBackward");
    }
}
