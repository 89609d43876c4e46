package io.saryu.kernels.cuda;

import io.saryu.bindings.cublaslt.CublasLt;
import io.saryu.bindings.cublaslt.cublasLtMatmulHeuristicResult_t;
import io.saryu.tensor.DType;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * cuBLASLt's descriptors for one kind of product, and the algorithm that it chose. cuBLASLt's matrices are column-major, so a
 * row-major product is asked for with its operands exchanged: {@code out^T = op(b)^T op(a)^T}, each as it lies in memory.
 */
final class MatmulPlan implements AutoCloseable {
    /**
     * All that the choice of an algorithm depends on.
     *
     * @param m          rows of out
     * @param n          columns of out
     * @param k          inner dimension
     * @param alignment  power of two that the addresses of a, b and out are multiples of, three bytes
     */
    record Key(long m, long n, long k, long ldOut, long ldA, long ldB, boolean transposeA, boolean transposeB, DType type,
            DType outType, int alignment) {
    }

    private final Arena life = Arena.ofShared();
    final MemorySegment operation;
    final MemorySegment first;
    final MemorySegment second;
    final MemorySegment result;
    final MemorySegment algorithm;
    /** What the algorithm needs. */
    final long workspaceBytes;

    /** @throws CudaException when cuBLASLt has no algorithm for it */
    MatmulPlan(CudaContext ctx, Key key, boolean tf32, long mostWorkspaceBytes) {
        try (Arena local = Arena.ofConfined()) {
            String what = "preparing a product of " + key;
            MemorySegment out = local.allocate(ValueLayout.ADDRESS);
            int compute = tf32 ? CublasLt.CUBLAS_COMPUTE_32F_FAST_TF32() : CublasLt.CUBLAS_COMPUTE_32F();
            CudaErrors.cublasLt(CublasLt.cublasLtMatmulDescCreate(out, compute, CublasLt.CUDA_R_32F()), what);
            operation = owned(out, CublasLt::cublasLtMatmulDescDestroy);
            transpose(local, CublasLt.CUBLASLT_MATMUL_DESC_TRANSA(), key.transposeB(), what);
            transpose(local, CublasLt.CUBLASLT_MATMUL_DESC_TRANSB(), key.transposeA(), what);
            first = layout(out, key.type(), key.transposeB() ? key.k() : key.n(), key.transposeB() ? key.n() : key.k(),
                    key.ldB(), what);
            second = layout(out, key.type(), key.transposeA() ? key.m() : key.k(), key.transposeA() ? key.k() : key.m(),
                    key.ldA(), what);
            result = layout(out, key.outType(), key.n(), key.m(), key.ldOut(), what);
            MemorySegment choice = choose(ctx, local, key, mostWorkspaceBytes, what);
            algorithm = cublasLtMatmulHeuristicResult_t.algo(choice);
            workspaceBytes = cublasLtMatmulHeuristicResult_t.workspaceSize(choice);
        } catch (RuntimeException | Error e) {
            life.close();
            throw e;
        }
    }

    @FunctionalInterface
    private interface Destroy {
        int of(MemorySegment handle);
    }

    private MemorySegment owned(MemorySegment out, Destroy destroy) {
        return out.get(ValueLayout.ADDRESS, 0).reinterpret(life, destroy::of);
    }

    private void transpose(Arena local, int attribute, boolean transposed, String what) {
        MemorySegment value = local.allocateFrom(ValueLayout.JAVA_INT,
                transposed ? CublasLt.CUBLAS_OP_T() : CublasLt.CUBLAS_OP_N());
        CudaErrors.cublasLt(CublasLt.cublasLtMatmulDescSetAttribute(operation, attribute, value, 4), what);
    }

    private MemorySegment layout(MemorySegment out, DType type, long rows, long columns, long ld, String what) {
        CudaErrors.cublasLt(CublasLt.cublasLtMatrixLayoutCreate(out, code(type), rows, columns, ld), what);
        return owned(out, CublasLt::cublasLtMatrixLayoutDestroy);
    }

    private static int code(DType type) {
        return switch (type) {
            case F32 -> CublasLt.CUDA_R_32F();
            case BF16 -> CublasLt.CUDA_R_16BF();
            case F16 -> CublasLt.CUDA_R_16F();
            default -> throw new IllegalArgumentException("the cuda backend has no products of " + type);
        };
    }

    private MemorySegment choose(CudaContext ctx, Arena local, Key key, long mostWorkspaceBytes, String what) {
        MemorySegment out = local.allocate(ValueLayout.ADDRESS);
        CudaErrors.cublasLt(CublasLt.cublasLtMatmulPreferenceCreate(out), what);
        MemorySegment preference = out.get(ValueLayout.ADDRESS, 0);
        try {
            MemorySegment bytes = local.allocateFrom(ValueLayout.JAVA_LONG, mostWorkspaceBytes);
            CudaErrors.cublasLt(CublasLt.cublasLtMatmulPreferenceSetAttribute(preference,
                    CublasLt.CUBLASLT_MATMUL_PREF_MAX_WORKSPACE_BYTES(), bytes, 8), what);
            // Parts of a sum are added in fp32, so that 16-bit results are rounded once, and in an order that stays the same.
            set(local, preference, CublasLt.CUBLASLT_MATMUL_PREF_REDUCTION_SCHEME_MASK(),
                    CublasLt.CUBLASLT_REDUCTION_SCHEME_COMPUTE_TYPE(), what);
            set(local, preference, CublasLt.CUBLASLT_MATMUL_PREF_MIN_ALIGNMENT_A_BYTES(), aligned(key, 1), what);
            set(local, preference, CublasLt.CUBLASLT_MATMUL_PREF_MIN_ALIGNMENT_B_BYTES(), aligned(key, 0), what);
            set(local, preference, CublasLt.CUBLASLT_MATMUL_PREF_MIN_ALIGNMENT_C_BYTES(), aligned(key, 2), what);
            set(local, preference, CublasLt.CUBLASLT_MATMUL_PREF_MIN_ALIGNMENT_D_BYTES(), aligned(key, 2), what);
            MemorySegment found = cublasLtMatmulHeuristicResult_t.allocate(life);
            MemorySegment count = local.allocate(ValueLayout.JAVA_INT);
            int status = CublasLt.cublasLtMatmulAlgoGetHeuristic(ctx.cublasLt(), operation, first, second, result, result,
                    preference, 1, found, count);
            if (status == CublasLt.CUBLAS_STATUS_NOT_SUPPORTED() || status == 0 && count.get(ValueLayout.JAVA_INT, 0) == 0) {
                throw new CudaException("cuBLASLt has no algorithm on " + ctx.device() + " for a product of " + key
                        + ": use dimensions and row strides that are multiples of 8", status);
            }
            CudaErrors.cublasLt(status, what);
            return found;
        } finally {
            CublasLt.cublasLtMatmulPreferenceDestroy(preference);
        }
    }

    private static void set(Arena local, MemorySegment preference, int attribute, int value, String what) {
        CudaErrors.cublasLt(CublasLt.cublasLtMatmulPreferenceSetAttribute(preference, attribute,
                local.allocateFrom(ValueLayout.JAVA_INT, value), 4), what);
    }

    /** In {@link Key#alignment}, operand 0 is a, 1 is b and 2 is out. */
    private static int aligned(Key key, int operand) {
        return 1 << (key.alignment() >> 8 * operand & 0xFF);
    }

    @Override
    public void close() {
        life.close();
    }
}
