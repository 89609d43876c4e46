package io.saryu.kernels.cuda;

import io.saryu.bindings.cublaslt.CublasLt;
import io.saryu.tensor.DType;
import io.saryu.tensor.Tensor;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Matrix products of one context by cuBLASLt. Sums are fp32, without TF32 unless {@code SARYU_TF32=1}. The algorithm for a
 * shape is chosen once by cuBLASLt's heuristic, which is the same each time for the same GPU and library, and needs no trial:
 * so equal inputs give equal bits.
 */
final class CudaMatmul implements AutoCloseable {
    /** The most that an algorithm may need: what NVIDIA advises for Hopper. */
    private static final long WORKSPACE_BYTES = 32L << 20;
    /** Generation brings a new shape for each length of a prompt. */
    private static final int MOST_PLANS = 4096;
    /** Whether fp32 products may round their operands to TF32. */
    static final boolean TF32 = "1".equals(System.getenv("SARYU_TF32"));

    private final CudaContext ctx;
    private final Arena life = Arena.ofShared();
    private final MemorySegment one = life.allocateFrom(ValueLayout.JAVA_FLOAT, 1);
    private final MemorySegment zero = life.allocateFrom(ValueLayout.JAVA_FLOAT, 0);
    private final CudaScratch workspace;
    private final Map<MatmulPlan.Key, MatmulPlan> plans = new LinkedHashMap<>(64, 0.75f, true) {
        @Override
        protected boolean removeEldestEntry(Map.Entry<MatmulPlan.Key, MatmulPlan> eldest) {
            if (size() > MOST_PLANS) {
                eldest.getValue().close();
                return true;
            }
            return false;
        }
    };

    private CudaMatmul(CudaContext ctx) {
        this.ctx = ctx;
        this.workspace = new CudaScratch(ctx);
        // All that a plan may ask for, at once: the next one may come while a graph is recorded, when nothing can grow.
        this.workspace.take(DType.I8, WORKSPACE_BYTES);
    }

    static CudaMatmul of(CudaContext ctx) {
        return ctx.resource(CudaMatmul.class, CudaMatmul::new);
    }

    /** {@code out = op(a) op(b)}, or {@code +=} with accumulate; shapes and types were checked. */
    void run(Tensor out, Tensor a, boolean transposeA, Tensor b, boolean transposeB, boolean accumulate) {
        long k = a.dim(transposeA ? 0 : 1);
        if (out.count() == 0) {
            return;
        }
        if (k == 0) {
            if (!accumulate) {
                CudaMovement.fill(ctx, out, 0);
            }
            return;
        }
        MatmulPlan plan = plan(new MatmulPlan.Key(out.dim(0), out.dim(1), k, out.rowStride(), a.rowStride(), b.rowStride(),
                transposeA, transposeB, a.dtype(), out.dtype(), alignment(a) | alignment(b) << 8 | alignment(out) << 16));
        MemorySegment c = out.segment();
        long bytes = plan.workspaceBytes;
        MemorySegment space = bytes == 0 ? MemorySegment.NULL : workspace.take(DType.I8, bytes).segment();
        CudaErrors.cublasLt(CublasLt.cublasLtMatmul(ctx.cublasLt(), plan.operation, one, b.segment(), plan.first,
                a.segment(), plan.second, accumulate ? one : zero, c, plan.result, c, plan.result, plan.algorithm,
                space, bytes, ctx.stream()), "matmul");
    }

    private MatmulPlan plan(MatmulPlan.Key key) {
        MatmulPlan known = plans.get(key);
        if (known == null) {
            known = new MatmulPlan(ctx, key, TF32 && key.type() == DType.F32, WORKSPACE_BYTES);
            plans.put(key, known);
        }
        return known;
    }

    /**
     * The logarithm of the power of two, up to 16, that an address is a multiple of. No kernel asks for more, and tensors of a
     * workspace, which begin at multiples of 64, then have one plan wherever they lie.
     */
    private static int alignment(Tensor t) {
        return Math.min(4, Long.numberOfTrailingZeros(t.segment().address()));
    }

    @Override
    public void close() {
        plans.values().forEach(MatmulPlan::close);
        workspace.close();
        life.close();
    }
}
