package io.saryu.kernels.cuda;

import io.saryu.tensor.DType;
import io.saryu.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;

/**
 * Memory that one op of a context needs while it runs: blocks' partial sums, lists of rows. Ops of a context follow each
 * other, so they share it; it is apart from the workspace, whose size is planned from activations alone.
 */
final class CudaScratch implements AutoCloseable {
    private static final long SMALLEST = 1L << 20;

    private final CudaContext ctx;
    /** All that there ever were: a recorded graph goes on using the block of its time. */
    private final List<Tensor> blocks = new ArrayList<>();

    CudaScratch(CudaContext ctx) {
        this.ctx = ctx;
    }

    static CudaScratch of(CudaContext ctx) {
        return ctx.resource(CudaScratch.class, CudaScratch::new);
    }

    /**
     * Undefined memory until the next op takes some.
     *
     * @throws IllegalStateException when it would have to grow while a graph is recorded
     */
    Tensor take(DType dtype, long count) {
        long bytes = count * dtype.bytes();
        Tensor block = blocks.isEmpty() ? null : blocks.getLast();
        if (block == null || block.count() < bytes) {
            ctx.refuseWhileCapturing("making scratch memory larger");
            long size = Math.max(SMALLEST, Math.max(bytes, block == null ? 0 : 2 * block.count()));
            block = CudaMemory.allocate(ctx.device(), "scratch", DType.I8, size);
            blocks.add(block);
        }
        return Tensor.of("scratch", dtype, block.device(), block.segment(), null, count);
    }

    @Override
    public void close() {
        blocks.forEach(Tensor::close);
    }
}
