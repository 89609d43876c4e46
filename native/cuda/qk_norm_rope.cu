#include "device.h"
#include "heads.h"

/* One head: y = x * r * w, then each pair (y[i], y[i + HS/2]) turned by its angle. All lanes of the warp come here. */
template <bool PACKS>
DEVICE void head_forward(bool active, int half, int lanes, int i, narrow *out, float *rstd, const narrow *in,
                         const float *weight, const float *cosine, const float *sine, int position, long long P, float eps) {
    float a[WIDTH], b[WIDTH], squares = 0;
    int reach = active ? half : 0;
    head_load<PACKS>(a, in, i, reach);
    head_load<PACKS>(b, in + half, i, reach);
#pragma unroll
    for (int j = 0; j < WIDTH; j++) {
        squares += a[j] * a[j] + b[j] * b[j];
    }
    float r = 1.0f / sqrtf(head_sum(squares, lanes) / (float)(2 * half) + eps);
    if (!active) {
        return;
    }
    if (i == 0) {
        *rstd = r;
    }
    float w[WIDTH], v[WIDTH];
    head_load<PACKS>(w, weight, i, half);
    head_load<PACKS>(v, weight + half, i, half);
#pragma unroll
    for (int j = 0; j < WIDTH; j++) {
        a[j] *= r * w[j];
        b[j] *= r * v[j];
    }
    angles<PACKS>(w, v, cosine, sine, position, P, i, half);
#pragma unroll
    for (int j = 0; j < WIDTH; j++) {
        float turned = a[j] * w[j] - b[j] * v[j];
        b[j] = b[j] * w[j] + a[j] * v[j];
        a[j] = turned;
    }
    head_store<PACKS>(out, a, i, half);
    head_store<PACKS>(out + half, b, i, half);
}

template <bool PACKS>
DEVICE void heads_forward(long long N, int NH, int KVH, int HS, int lanes, narrow *q_out, long long ld_q_out, narrow *k_out,
                          long long ld_k_out, float *rstd, const narrow *q, long long ld_q, const narrow *k, long long ld_k,
                          const float *q_weight, const float *k_weight, const float *cosine, const float *sine, long long P,
                          const int *positions, float eps) {
    int heads = NH + KVH, at_once = 32 / lanes, i = (threadIdx.x & (lanes - 1)) * WIDTH;
    long long all = N * heads, warps = (long long)gridDim.x * (blockDim.x / 32);
    long long first = ((long long)blockIdx.x * (blockDim.x / 32) + threadIdx.x / 32) * at_once;
    /* The bound is the same for all lanes of a warp: all take part in its sums. */
    for (long long base = first; base < all; base += warps * at_once) {
        long long item = base + (threadIdx.x & 31) / lanes;
        bool active = item < all;
        item = active ? item : all - 1;
        long long n = divide(item, heads);
        int h = (int)(item - n * heads);
        bool query = h < NH;
        long long at = (long long)(query ? h : h - NH) * HS;
        const narrow *in = query ? q + n * ld_q + at : k + n * ld_k + at;
        narrow *out = query ? q_out + n * ld_q_out + at : k_out + n * ld_k_out + at;
        head_forward<PACKS>(active, HS / 2, lanes, i, out, rstd + item, in, query ? q_weight : k_weight, cosine, sine,
                            positions[n], P, eps);
    }
}

/* q (N, NH*HS) and k (N, KVH*HS) normalised by heads and turned; cosine, sine (P, HS/2). HS is at most 64 WIDTH, `lanes` a
 * power of two of at most 32 with lanes * WIDTH >= HS/2. */
SARYU_KERNEL_BOUNDS(256, 3)
qk_norm_rope(long long N, int NH, int KVH, int HS, int lanes, narrow *q_out, long long ld_q_out, narrow *k_out,
             long long ld_k_out, float *rstd, const narrow *q, long long ld_q, const narrow *k, long long ld_k,
             const float *q_weight, const float *k_weight, const float *cosine, const float *sine, long long P,
             const int *positions, float eps) {
    if (HS / 2 % WIDTH == 0 && aligned16(q_out, ld_q_out) && aligned16(k_out, ld_k_out) && aligned16(q, ld_q)
        && aligned16(k, ld_k) && aligned16(q_weight, 0) && aligned16(k_weight, 0) && aligned16(cosine, 0) && aligned16(sine, 0)) {
        heads_forward<true>(N, NH, KVH, HS, lanes, q_out, ld_q_out, k_out, ld_k_out, rstd, q, ld_q, k, ld_k, q_weight,
                            k_weight, cosine, sine, P, positions, eps);
    } else {
        heads_forward<false>(N, NH, KVH, HS, lanes, q_out, ld_q_out, k_out, ld_k_out, rstd, q, ld_q, k, ld_k, q_weight,
                             k_weight, cosine, sine, P, positions, eps);
    }
}
SARYU_EXPORT(qk_norm_rope)
