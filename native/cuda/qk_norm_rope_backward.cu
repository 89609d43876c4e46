#include "device.h"
#include "heads.h"

/* Turns the gradient of one head back, then the norm's gradient; adds to the lane's part of the weight's. With r = rstd, y the
 * gradient turned back: d_x = r w y - x r^3 mean(w y x), d_weight = y x r. All lanes of the warp come here. */
template <bool PACKS>
DEVICE void head_backward(bool active, int half, int lanes, int i, narrow *d_in, float (&dw)[WIDTH], float (&dv)[WIDTH],
                          const narrow *d_out, const narrow *in, const float *weight, float r, const float *cosine,
                          const float *sine, int position, long long P) {
    float a[WIDTH], b[WIDTH], x[WIDTH], y[WIDTH], w[WIDTH], v[WIDTH];
    int reach = active ? half : 0;
    head_load<PACKS>(a, d_out, i, reach);
    head_load<PACKS>(b, d_out + half, i, reach);
    head_load<PACKS>(x, in, i, reach);
    head_load<PACKS>(y, in + half, i, reach);
    angles<PACKS>(w, v, cosine, sine, position, P, i, reach);
#pragma unroll
    for (int j = 0; j < WIDTH; j++) {
        float turned = a[j] * w[j] + b[j] * v[j];
        b[j] = b[j] * w[j] - a[j] * v[j];
        a[j] = turned;
    }
    head_load<PACKS>(w, weight, i, reach);
    head_load<PACKS>(v, weight + half, i, reach);
    float inner = 0;
    bool mine = i < reach;
#pragma unroll
    for (int j = 0; j < WIDTH; j++) {
        /* Beyond the head all is 0 but the angles of a bad position. */
        dw[j] += mine ? a[j] * x[j] * r : 0;
        dv[j] += mine ? b[j] * y[j] * r : 0;
        a[j] *= w[j];
        b[j] *= v[j];
        inner += mine ? a[j] * x[j] + b[j] * y[j] : 0;
    }
    float k = r * r * r * head_sum(inner, lanes) / (float)(2 * half);
#pragma unroll
    for (int j = 0; j < WIDTH; j++) {
        a[j] = r * a[j] - k * x[j];
        b[j] = r * b[j] - k * y[j];
    }
    head_store<PACKS>(d_in, a, i, reach);
    head_store<PACKS>(d_in + half, b, i, reach);
}

/* The heads of q or of k by `blocks` of the grid, this being number `block`; their rstd begin at column `first` of `columns`. */
template <bool PACKS>
DEVICE void heads_backward(int block, int blocks, long long N, int heads, int HS, int lanes, narrow *d_in, long long ld_d_in,
                           float (&dw)[WIDTH], float (&dv)[WIDTH], const narrow *d_out, long long ld_d_out, const narrow *in,
                           long long ld_in, const float *weight, const float *rstd, int first, int columns,
                           const float *cosine, const float *sine, long long P, const int *positions) {
    int at_once = 32 / lanes, i = (threadIdx.x & (lanes - 1)) * WIDTH;
    long long all = N * heads, warps = (long long)blocks * (blockDim.x / 32);
    long long begin = ((long long)block * (blockDim.x / 32) + threadIdx.x / 32) * at_once;
    for (long long base = begin; base < all; base += warps * at_once) {
        long long item = base + (threadIdx.x & 31) / lanes;
        bool active = item < all;
        item = active ? item : all - 1;
        long long n = divide(item, heads);
        int h = (int)(item - n * heads);
        long long at = (long long)h * HS;
        head_backward<PACKS>(active, HS / 2, lanes, i, d_in + n * ld_d_in + at, dw, dv, d_out + n * ld_d_out + at,
                             in + n * ld_in + at, weight, rstd[n * columns + first + h], cosine, sine, positions[n], P);
    }
}

/* The first q_blocks blocks take q, the others k. partial (blocks, HS), or null: each block's sum of its weight's gradient,
 * for sum_rows. d_q may be d_q_out, d_k may be d_k_out. */
SARYU_KERNEL_BOUNDS(256, 2)
qk_norm_rope_backward(int q_blocks, long long N, int NH, int KVH, int HS, int lanes, narrow *d_q, long long ld_d_q,
                      narrow *d_k, long long ld_d_k, float *partial, const narrow *d_q_out, long long ld_d_q_out,
                      const narrow *d_k_out, long long ld_d_k_out, const narrow *q, long long ld_q, const narrow *k,
                      long long ld_k, const float *q_weight, const float *k_weight, const float *rstd, const float *cosine,
                      const float *sine, long long P, const int *positions) {
    SHARED float sums[256][2 * WIDTH];
    bool query = (int)blockIdx.x < q_blocks;
    int block = query ? blockIdx.x : blockIdx.x - q_blocks, blocks = query ? q_blocks : gridDim.x - q_blocks;
    int heads = query ? NH : KVH, first = query ? 0 : NH;
    narrow *d_in = query ? d_q : d_k;
    const narrow *d_out = query ? d_q_out : d_k_out, *in = query ? q : k;
    long long ld_d_in = query ? ld_d_q : ld_d_k, ld_d_out = query ? ld_d_q_out : ld_d_k_out, ld_in = query ? ld_q : ld_k;
    const float *weight = query ? q_weight : k_weight;
    float dw[WIDTH], dv[WIDTH];
#pragma unroll
    for (int j = 0; j < WIDTH; j++) {
        dw[j] = dv[j] = 0;
    }
    if (HS / 2 % WIDTH == 0 && aligned16(d_in, ld_d_in) && aligned16(d_out, ld_d_out) && aligned16(in, ld_in)
        && aligned16(weight, 0) && aligned16(cosine, 0) && aligned16(sine, 0)) {
        heads_backward<true>(block, blocks, N, heads, HS, lanes, d_in, ld_d_in, dw, dv, d_out, ld_d_out, in, ld_in, weight,
                             rstd, first, NH + KVH, cosine, sine, P, positions);
    } else {
        heads_backward<false>(block, blocks, N, heads, HS, lanes, d_in, ld_d_in, dw, dv, d_out, ld_d_out, in, ld_in, weight,
                              rstd, first, NH + KVH, cosine, sine, P, positions);
    }
#pragma unroll
    for (int j = 0; j < WIDTH; j++) {
        sums[threadIdx.x][j] = dw[j];
        sums[threadIdx.x][WIDTH + j] = dv[j];
    }
    __syncthreads();
    for (int e = threadIdx.x; partial != nullptr && e < HS; e += blockDim.x) {
        int i = e % (HS / 2), side = e / (HS / 2), lane = i / WIDTH, j = side * WIDTH + i % WIDTH;
        float total = 0;
        for (int t = lane; t < (int)blockDim.x; t += lanes) {
            total += sums[t][j];
        }
        partial[(long long)blockIdx.x * HS + e] = total;
    }
}
SARYU_EXPORT(qk_norm_rope_backward)
