#include "device.h"
#include "weights.h"

/* Sums of the products of ROWS rows of a with each of COLUMNS rows of b; a row or column that is not there is the last one
 * again, and is not stored. */
template <int ROWS, int COLUMNS, int W>
DEVICE void dots(float (&sums)[ROWS][COLUMNS], int rows, int columns, long long K, const float *a, long long ld_a,
                 const stored *b, long long ld_b) {
    for (long long k = (threadIdx.x & 31) * W; k < K; k += 32 * W) {
        float w[COLUMNS][W];
#pragma unroll
        for (int n = 0; n < COLUMNS; n++) {
            load_stored<W>(w[n], b + (n < columns ? n : columns - 1) * ld_b + k);
        }
#pragma unroll
        for (int m = 0; m < ROWS; m++) {
            float x[W];
            load<W>(x, a + (m < rows ? m : rows - 1) * ld_a + k);
#pragma unroll
            for (int n = 0; n < COLUMNS; n++) {
#pragma unroll
                for (int i = 0; i < W; i++) {
                    sums[m][n] += x[i] * w[n][i];
                }
            }
        }
    }
}

/* out (rows, N) = a (rows, K) b^T, b (N, K), rows <= ROWS: bound by reading b, which is read once. A warp takes COLUMNS rows
 * of b at a time, so that what it reads of a serves that often. */
template <int ROWS, int COLUMNS>
DEVICE void few_rows(int rows, long long N, long long K, float *out, long long ld_out, const float *a, long long ld_a,
                     const stored *b, long long ld_b, const float *scales) {
    bool packs = K % STORED_WIDTH == 0 && aligned16(a, ld_a) && aligned16(b, ld_b);
    int warps = blockDim.x / 32, lane = threadIdx.x & 31;
    long long step = (long long)gridDim.x * warps * COLUMNS;
    for (long long n = ((long long)blockIdx.x * warps + threadIdx.x / 32) * COLUMNS; n < N; n += step) {
        float sums[ROWS][COLUMNS];
#pragma unroll
        for (int m = 0; m < ROWS; m++) {
#pragma unroll
            for (int c = 0; c < COLUMNS; c++) {
                sums[m][c] = 0;
            }
        }
        int columns = N - n < COLUMNS ? (int)(N - n) : COLUMNS;
        if (packs) {
            dots<ROWS, COLUMNS, STORED_WIDTH>(sums, rows, columns, K, a, ld_a, b + n * ld_b, ld_b);
        } else {
            dots<ROWS, COLUMNS, 1>(sums, rows, columns, K, a, ld_a, b + n * ld_b, ld_b);
        }
#pragma unroll
        for (int m = 0; m < ROWS; m++) {
#pragma unroll
            for (int c = 0; c < COLUMNS; c++) {
                float total = warp_sum(sums[m][c]);
                if (lane == 0 && m < rows && c < columns) {
                    out[m * ld_out + n + c] = scales == nullptr ? total : total * scales[n + c];
                }
            }
        }
    }
}

#define FEW_ROWS(NAME, ROWS, COLUMNS, BLOCKS)                                                                           \
    SARYU_KERNEL_BOUNDS(128, BLOCKS)                                                                                    \
    NAME(int rows, long long N, long long K, float *out, long long ld_out, const float *a, long long ld_a,              \
         const stored *b, long long ld_b, const float *scales) {                                                        \
        few_rows<ROWS, COLUMNS>(rows, N, K, out, ld_out, a, ld_a, b, ld_b, scales);                                     \
    }                                                                                                                   \
    SARYU_EXPORT(NAME)

FEW_ROWS(matmul_weights_1, 1, 1, 8)
FEW_ROWS(matmul_weights_2, 2, 1, 6)
FEW_ROWS(matmul_weights_4, 4, 2, 4)
/* Sixteen bytes at a time leave no registers for a third block. */
FEW_ROWS(matmul_weights_8, 8, 2, SARYU_TYPE == 3 ? 2 : 3)

/* Rows of b widened to fp32 and scaled, out (rows, K): for products of many rows. */
SARYU_KERNEL widen_weights(long long rows, long long K, float *out, const stored *b, long long ld_b, const float *scales) {
    bool packs = K % STORED_WIDTH == 0 && aligned16(out, K) && aligned16(b, ld_b);
    int warps = blockDim.x / 32;
    for (long long r = (long long)blockIdx.x * warps + threadIdx.x / 32; r < rows; r += (long long)gridDim.x * warps) {
        float scale = scales == nullptr ? 1.0f : scales[r];
        if (packs) {
            widen_row<STORED_WIDTH>(K, out + r * K, b + r * ld_b, scale);
        } else {
            widen_row<1>(K, out + r * K, b + r * ld_b, scale);
        }
    }
}
SARYU_EXPORT(widen_weights)
