#include "device.h"

/* out (C) = the sum over the rows of in (R, C), or += with accumulate: what blocks of other kernels have left. 32 columns a
 * block; each of its 8 warps adds an eighth of the rows in order, and the eighths are added in order. */
SARYU_KERNEL_BOUNDS(256, 4)
sum_rows(long long R, long long C, float *out, int accumulate, const float *in) {
    SHARED float sums[8][32];
    int lane = threadIdx.x & 31, warp = threadIdx.x / 32;
    long long c = (long long)blockIdx.x * 32 + lane;
    float total = 0;
    if (c < C) {
#pragma unroll 8
        for (long long r = warp * R / 8; r < (warp + 1) * R / 8; r++) {
            total += in[r * C + c];
        }
    }
    sums[warp][lane] = total;
    __syncthreads();
    if (warp == 0 && c < C) {
        for (int w = 1; w < 8; w++) {
            total += sums[w][lane];
        }
        out[c] = accumulate ? out[c] + total : total;
    }
}
SARYU_EXPORT(sum_rows)
