/* Attention forward without tensor cores: the algorithm of attention.cu (FlashAttention-2, Dao, arXiv:2307.08691) in fp32. */
#include "attention_plain.h"

#define KEYS (SARYU_HEAD == 256 ? 16 : 32)

/* One tile of keys; the block's first query sees the tile's keys up to `visible`. */
DEVICE void plain_tile(float (&sum)[ROWS_OF_THREAD][SARYU_HEAD / 8], float (&top)[ROWS_OF_THREAD],
                       float (&total)[ROWS_OF_THREAD], const float *queries, const float *keys, const float *values,
                       float *weights, int visible, float scale2) {
    float s[ROWS_OF_THREAD][KEYS / 8];
    products<KEYS>(s, queries, keys);
#pragma unroll
    for (int i = 0; i < ROWS_OF_THREAD; i++) {
        float most = top[i];
#pragma unroll
        for (int j = 0; j < KEYS / 8; j++) {
            bool seen = THREAD_X + 8 * j <= visible + THREAD_Y + 16 * i;
            s[i][j] = seen ? s[i][j] : MINUS_INFINITY;
            most = fmaxf(most, s[i][j]);
        }
        for (int other = 1; other < 8; other *= 2) {
            most = fmaxf(most, __shfl_xor_sync(SARYU_FULL_MASK, most, other));
        }
        float shrink = exp2_approx((top[i] - most) * scale2);
        top[i] = most;
        total[i] *= shrink;
#pragma unroll
        for (int j = 0; j < KEYS / 8; j++) {
            float p = exp2_approx((s[i][j] - most) * scale2);
            total[i] += p;
            write_weight(weights, KEYS + 4, i, j, p);
        }
#pragma unroll
        for (int j = 0; j < SARYU_HEAD / 8; j++) {
            sum[i][j] *= shrink;
        }
    }
    __syncwarp(); /* a row of weights is written and read by one warp */
    add_weighted_plain<KEYS>(sum, weights, values);
}

/* A block for each tile of queries, sequence and head; the longest, those at the end, first. */
SARYU_KERNEL_BOUNDS(ATTENTION_THREADS, 3)
attention_plain(narrow *out, int ld_out, float *lse, const narrow *q, int ld_q, const narrow *k, int ld_k, const narrow *v,
                int ld_v, const int *cu_seqlens, const int *key_start, const int *key_length, int nq, int nk, int tiles, int B,
                int NH, int KVH, int HS, float scale, int aligned) {
    DYNAMIC_SHARED(float, queries);
    float *keys = queries + KEPT * PITCH, *values = keys + KEYS * PITCH, *weights = values + KEYS * PITCH;
    int h = (int)blockIdx.x % NH, rest = (int)blockIdx.x / NH, first = (tiles - 1 - rest / B) * KEPT;
    Sequence s = sequence(cu_seqlens, key_start, key_length, rest % B, nq, nk);
    if (first >= s.queries) {
        return;
    }
    int offset = s.keys - s.queries, end = offset + first + KEPT < s.keys ? offset + first + KEPT : s.keys;
    long long row = s.query + first, head = (long long)(h / (NH / KVH)) * HS;
    float sum[ROWS_OF_THREAD][SARYU_HEAD / 8] = {}, top[ROWS_OF_THREAD], total[ROWS_OF_THREAD] = {};
#pragma unroll
    for (int i = 0; i < ROWS_OF_THREAD; i++) {
        top[i] = MINUS_INFINITY;
    }
    load_plain<KEPT>(queries, q + row * ld_q + (long long)h * HS, ld_q, s.queries - first, HS, aligned != 0);
    for (int from = 0; from < end; from += KEYS) {
        long long key = s.key + from;
        load_plain<KEYS>(keys, k + key * ld_k + head, ld_k, s.keys - from, HS, aligned != 0);
        load_plain<KEYS>(values, v + key * ld_v + head, ld_v, s.keys - from, HS, aligned != 0);
        __syncthreads();
        plain_tile(sum, top, total, queries, keys, values, weights, offset + first - from, scale * LOG2E);
        __syncthreads();
    }
#pragma unroll
    for (int i = 0; i < ROWS_OF_THREAD; i++) {
        for (int other = 1; other < 8; other *= 2) {
            total[i] += __shfl_xor_sync(SARYU_FULL_MASK, total[i], other);
        }
        int n = first + THREAD_Y + 16 * i;
        if (THREAD_X == 0 && n < s.queries) {
            lse[(long long)(s.query + n) * NH + h] = top[i] * scale + logf(total[i]);
        }
        total[i] = 1.0f / total[i];
    }
    store_plain(out + row * ld_out + (long long)h * HS, ld_out, sum, total, s.queries - first, HS);
}
SARYU_EXPORT(attention_plain)
