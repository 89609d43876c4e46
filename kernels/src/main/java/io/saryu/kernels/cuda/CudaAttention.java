package io.saryu.kernels.cuda;

import io.saryu.backend.AttentionLayout;
import io.saryu.tensor.Tensor;

/** Attention's launches; its kernels are written apart from the other ops'. */
final class CudaAttention {
    private CudaAttention() {
    }

    static void forward(CudaContext ctx, Tensor out, Tensor lse, Tensor q, Tensor k, Tensor v, AttentionLayout layout) {
        throw new UnsupportedOperationException("the cuda backend has no attention kernels yet");
    }

    static void backward(CudaContext ctx, Tensor dQ, Tensor dK, Tensor dV, Tensor dOut, Tensor out, Tensor lse, Tensor q,
            Tensor k, Tensor v, AttentionLayout layout) {
        throw new UnsupportedOperationException("the cuda backend has no attention kernels yet");
    }
}
