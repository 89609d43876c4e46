#include "device.h"
#include "vectors.h"

/* Columns whose gradient of the weight a block keeps in shared memory; beyond, in its row of `partial`. The host gives
 * 4 C bytes of dynamic shared memory up to here. */
#define SHARED_COLUMNS 12288

/* With k = rstd^3 mean(w g s): d_s = rstd w g - k s + d_sum. A row by one warp; d_s may be d_sum. */
template <int W>
DEVICE void backward_row(long long C, float *d_s, const narrow *d_out, const float *d_sum, const float *s,
                         const float *weight, float r) {
    int lane = threadIdx.x & 31;
    float inner = 0;
    for (long long c = lane * W; c < C; c += 32 * W) {
        float g[W], w[W], x[W];
        load<W>(g, d_out + c);
        load<W>(w, weight + c);
        load<W>(x, s + c);
#pragma unroll
        for (int i = 0; i < W; i++) {
            inner += g[i] * w[i] * x[i];
        }
    }
    float k = r * r * r * warp_sum(inner) / (float)C;
    for (long long c = lane * W; c < C; c += 32 * W) {
        float g[W], w[W], x[W];
        load<W>(g, d_out + c);
        load<W>(w, weight + c);
        load<W>(x, s + c);
#pragma unroll
        for (int i = 0; i < W; i++) {
            g[i] = r * w[i] * g[i] - k * x[i];
        }
        if (d_sum != nullptr) {
            load<W>(x, d_sum + c);
#pragma unroll
            for (int i = 0; i < W; i++) {
                g[i] += x[i];
            }
        }
        store<W>(d_s + c, g);
    }
}

/* Adds g s rstd of rows [from, to) to sums of columns, each of which one thread owns. */
template <int W>
DEVICE void add_columns(long long C, float *sums, long long from, long long to, const narrow *d_out, long long ld_d_out,
                        const float *s, long long ld_s, const float *rstd) {
    for (long long c = (long long)threadIdx.x * W; c < C; c += (long long)blockDim.x * W) {
        float total[W];
        load<W>(total, sums + c);
        for (long long n = from; n < to; n++) {
            float g[W], x[W], r = rstd[n];
            load<W>(g, d_out + n * ld_d_out + c);
            load<W>(x, s + n * ld_s + c);
#pragma unroll
            for (int i = 0; i < W; i++) {
                total[i] += g[i] * x[i] * r;
            }
        }
        store<W>(sums + c, total);
    }
}

template <int W>
DEVICE void backward_rows(long long N, long long C, float *d_s, long long ld_d_s, float *partial, float *sums,
                          const narrow *d_out, long long ld_d_out, const float *d_sum, long long ld_d_sum, const float *s,
                          long long ld_s, const float *weight, const float *rstd) {
    int warps = blockDim.x / 32, warp = threadIdx.x / 32;
    for (long long c = threadIdx.x; partial != nullptr && c < C; c += blockDim.x) {
        sums[c] = 0;
    }
    __syncthreads();
    for (long long from = (long long)blockIdx.x * warps; from < N; from += (long long)gridDim.x * warps) {
        long long n = from + warp;
        if (n < N) {
            backward_row<W>(C, d_s + n * ld_d_s, d_out + n * ld_d_out, d_sum == nullptr ? nullptr : d_sum + n * ld_d_sum,
                            s + n * ld_s, weight, rstd[n]);
        }
        if (partial != nullptr) {
            /* Reads inputs only, and while they are in the L1 cache. */
            add_columns<W>(C, sums, from, from + warps < N ? from + warps : N, d_out, ld_d_out, s, ld_s, rstd);
        }
    }
    __syncthreads();
    for (long long c = threadIdx.x; partial != nullptr && sums != partial && c < C; c += blockDim.x) {
        partial[c] = sums[c];
    }
}

/* partial (blocks, C), or null where the weight's gradient is not asked for: each block's sum over its rows, for sum_rows. */
SARYU_KERNEL_BOUNDS(256, 3)
rms_norm_backward(long long N, long long C, float *d_s, long long ld_d_s, float *partial, const narrow *d_out,
                  long long ld_d_out, const float *d_sum, long long ld_d_sum, const float *s, long long ld_s,
                  const float *weight, const float *rstd) {
    DYNAMIC_SHARED(float, shared_sums);
    float *own = partial == nullptr ? nullptr : partial + blockIdx.x * C;
    float *sums = C <= SHARED_COLUMNS ? shared_sums : own;
    if (C % WIDTH == 0 && aligned16(d_s, ld_d_s) && aligned16(d_out, ld_d_out) && aligned16(d_sum, ld_d_sum)
        && aligned16(s, ld_s) && aligned16(weight, 0) && aligned16(partial, 0)) {
        backward_rows<WIDTH>(N, C, d_s, ld_d_s, own, sums, d_out, ld_d_out, d_sum, ld_d_sum, s, ld_s, weight, rstd);
    } else {
        backward_rows<1>(N, C, d_s, ld_d_s, own, sums, d_out, ld_d_out, d_sum, ld_d_sum, s, ld_s, weight, rstd);
    }
}
SARYU_EXPORT(rms_norm_backward)
