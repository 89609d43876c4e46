#include "device.h"
#include "vectors.h"

/* A row by one warp. Its second pass reads what the first left in the L1 cache. */
template <int W>
DEVICE void norm_row(long long C, narrow *out, float *rstd, float *sum, const float *x, const narrow *delta,
                     const float *weight, float eps) {
    int lane = threadIdx.x & 31;
    float squares = 0;
    for (long long c = lane * W; c < C; c += 32 * W) {
        float s[W];
        load<W>(s, x + c);
        if (delta != nullptr) {
            float d[W];
            load<W>(d, delta + c);
#pragma unroll
            for (int i = 0; i < W; i++) {
                s[i] += d[i];
            }
            store<W>(sum + c, s);
        }
#pragma unroll
        for (int i = 0; i < W; i++) {
            squares += s[i] * s[i];
        }
    }
    float r = 1.0f / sqrtf(warp_sum(squares) / (float)C + eps);
    if (lane == 0) {
        *rstd = r;
    }
    /* A thread reads back only what it wrote itself. */
    const float *from = delta == nullptr ? x : sum;
    for (long long c = lane * W; c < C; c += 32 * W) {
        float s[W], w[W];
        load<W>(s, from + c);
        load<W>(w, weight + c);
#pragma unroll
        for (int i = 0; i < W; i++) {
            s[i] = s[i] * r * w[i];
        }
        store<W>(out + c, s);
    }
}

template <int W>
DEVICE void norm_rows(long long N, long long C, narrow *out, long long ld_out, float *rstd, float *sum, long long ld_sum,
                      const float *x, long long ld_x, const narrow *delta, long long ld_delta, const float *weight,
                      float eps) {
    int warps = blockDim.x / 32, warp = threadIdx.x / 32;
    for (long long n = (long long)blockIdx.x * warps + warp; n < N; n += (long long)gridDim.x * warps) {
        norm_row<W>(C, out + n * ld_out, rstd + n, delta == nullptr ? nullptr : sum + n * ld_sum, x + n * ld_x,
                    delta == nullptr ? nullptr : delta + n * ld_delta, weight, eps);
    }
}

/* out = s * rstd * weight with s = x + delta, rows of (N, C); sum and delta are null together. */
SARYU_KERNEL_BOUNDS(256, 4)
rms_norm(long long N, long long C, narrow *out, long long ld_out, float *rstd, float *sum, long long ld_sum, const float *x,
         long long ld_x, const narrow *delta, long long ld_delta, const float *weight, float eps) {
    if (C % WIDTH == 0 && aligned16(out, ld_out) && aligned16(sum, ld_sum) && aligned16(x, ld_x) && aligned16(delta, ld_delta)
        && aligned16(weight, 0)) {
        norm_rows<WIDTH>(N, C, out, ld_out, rstd, sum, ld_sum, x, ld_x, delta, ld_delta, weight, eps);
    } else {
        norm_rows<1>(N, C, out, ld_out, rstd, sum, ld_sum, x, ld_x, delta, ld_delta, weight, eps);
    }
}
SARYU_EXPORT(rms_norm)
