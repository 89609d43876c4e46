#include "device.h"
#include "vectors.h"

/* A row by one warp: scale = max|x| / 127, q = x / scale to the nearest, ties to even, within [-127, 127]: symmetric, so that
 * 0 stays 0. The division is in double: every backend and the oracle then round the same number. */
SARYU_KERNEL_BOUNDS(256, 4)
quantize(long long rows, long long cols, signed char *out, long long ld_out, float *scales, const float *in, long long ld_in) {
    int warps = blockDim.x / 32, lane = threadIdx.x & 31;
    for (long long r = (long long)blockIdx.x * warps + threadIdx.x / 32; r < rows; r += (long long)gridDim.x * warps) {
        const float *x = in + r * ld_in;
        float most = 0, wrong = 0;
        for (long long c = lane; c < cols; c += 32) {
            float size = fabsf(x[c]);
            wrong = size <= 3.402823466e38f ? wrong : 1;
            most = size > most ? size : most;
        }
        bool finite = warp_max(wrong) == 0;
        float scale = warp_max(most) / 127.0f;
        bool zero = !finite || !(scale > 0);
        for (long long c = lane; c < cols; c += 32) {
            double q = zero ? 0 : rint((double)x[c] / (double)scale);
            q = q > 127 ? 127 : q;
            out[r * ld_out + c] = (signed char)(q < -127 ? -127 : q);
        }
        if (lane == 0) {
            /* Numbers that are none must not become numbers: 0 * NaN is NaN. */
            scales[r] = finite ? (zero ? 0.0f : scale) : SARYU_NAN;
        }
    }
}
SARYU_EXPORT(quantize)
