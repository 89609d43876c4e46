/* Attention backward without tensor cores: the two halves of attention_backward.h in fp32. */
#include "attention_plain.h"

#define PASSING (SARYU_HEAD == 256 ? 8 : 16)

/* P and dS of the kept rows by the passing ones, into shared memory. Statistics are of queries, which are either the kept rows
 * or the passing ones; `seen` is the last key that the first query sees, both counted from the tiles' first rows. */
template <bool KEEPS_KEYS>
DEVICE void plain_weights(float *p, float *ds, const float *kept, const float *kept2, const float *passing,
                          const float *passing2, const float *lse2, const float *delta, int queries, int seen, float scale2) {
    float s[ROWS_OF_THREAD][PASSING / 8], dp[ROWS_OF_THREAD][PASSING / 8];
    products<PASSING>(s, kept, passing);
    products<PASSING>(dp, kept2, passing2);
#pragma unroll
    for (int i = 0; i < ROWS_OF_THREAD; i++) {
#pragma unroll
        for (int j = 0; j < PASSING / 8; j++) {
            int row = THREAD_Y + 16 * i, column = THREAD_X + 8 * j;
            int query = KEEPS_KEYS ? column : row, key = KEEPS_KEYS ? row : column;
            bool in = query < queries && key <= seen + query;
            float x = in ? exp2_approx(s[i][j] * scale2 - lse2[query]) : 0.0f;
            if (KEEPS_KEYS) {
                write_weight(p, PASSING + 4, i, j, x);
            }
            write_weight(ds, PASSING + 4, i, j, in ? x * (dp[i][j] - delta[query]) : 0.0f);
        }
    }
    __syncwarp(); /* a row of weights is written and read by one warp */
}

/* First the blocks that keep keys, those of the first keys first, then those that keep queries, the last ones first. */
SARYU_KERNEL_BOUNDS(ATTENTION_THREADS, 3)
attention_backward_plain(narrow *d_q, int ld_d_q, narrow *d_k, int ld_d_k, narrow *d_v, int ld_d_v, const narrow *d_out,
                         int ld_d_out, const narrow *q, int ld_q, const narrow *k, int ld_k, const narrow *v, int ld_v,
                         const float *statistics, const int *cu_seqlens, const int *key_start,
                         const int *key_length, int nq, int nk, int key_tiles, int query_tiles, int B, int NH, int KVH, int HS,
                         float scale, int aligned) {
    const float *lse2 = statistics, *delta = statistics + (long long)NH * nq;
    DYNAMIC_SHARED(float, kept);
    float *kept2 = kept + KEPT * PITCH, *passing = kept2 + KEPT * PITCH, *passing2 = passing + PASSING * PITCH;
    float *p = passing2 + PASSING * PITCH, *ds = p + KEPT * (PASSING + 4);
    int x = (int)blockIdx.x, of_keys = key_tiles * B * KVH, group = NH / KVH;
    bool keeps_keys = x < of_keys, vector = aligned != 0;
    x = keeps_keys ? x : x - of_keys;
    int heads = keeps_keys ? KVH : NH, h = x % heads, rest = x / heads, tile = rest / B;
    int first = (keeps_keys ? tile : query_tiles - 1 - tile) * KEPT;
    Sequence s = sequence(cu_seqlens, key_start, key_length, rest % B, nq, nk);
    if (first >= (keeps_keys ? s.keys : s.queries)) {
        return;
    }
    int offset = s.keys - s.queries;
    float sum[ROWS_OF_THREAD][SARYU_HEAD / 8] = {}, factor[ROWS_OF_THREAD], one[ROWS_OF_THREAD];
#pragma unroll
    for (int i = 0; i < ROWS_OF_THREAD; i++) {
        factor[i] = scale, one[i] = 1.0f;
    }
    if (keeps_keys) {
        float dv[ROWS_OF_THREAD][SARYU_HEAD / 8] = {};
        long long row = s.key + first, column = (long long)h * HS;
        load_plain<KEPT>(kept, k + row * ld_k + column, ld_k, s.keys - first, HS, vector);
        load_plain<KEPT>(kept2, v + row * ld_v + column, ld_v, s.keys - first, HS, vector);
        for (int head = h * group; head < (h + 1) * group; head++) {
            for (int i = first - offset > 0 ? first - offset : 0; i < s.queries; i += PASSING) {
                long long n = s.query + i, at = (long long)head * HS;
                load_plain<PASSING>(passing, q + n * ld_q + at, ld_q, s.queries - i, HS, vector);
                load_plain<PASSING>(passing2, d_out + n * ld_d_out + at, ld_d_out, s.queries - i, HS, vector);
                __syncthreads();
                long long statistic = (long long)head * nq + n;
                plain_weights<true>(p, ds, kept, kept2, passing, passing2, lse2 + statistic, delta + statistic, s.queries - i,
                                    offset + i - first, scale * LOG2E);
                add_weighted_plain<PASSING>(dv, p, passing2);
                add_weighted_plain<PASSING>(sum, ds, passing);
                __syncthreads();
            }
        }
        store_plain(d_k + row * ld_d_k + column, ld_d_k, sum, factor, s.keys - first, HS);
        store_plain(d_v + row * ld_d_v + column, ld_d_v, dv, one, s.keys - first, HS);
    } else {
        int end = offset + first + KEPT < s.keys ? offset + first + KEPT : s.keys;
        long long row = s.query + first, column = (long long)h * HS, head = (long long)(h / group) * HS;
        load_plain<KEPT>(kept, q + row * ld_q + column, ld_q, s.queries - first, HS, vector);
        load_plain<KEPT>(kept2, d_out + row * ld_d_out + column, ld_d_out, s.queries - first, HS, vector);
        long long statistic = (long long)h * nq + row;
        for (int j = 0; j < end; j += PASSING) {
            long long key = s.key + j;
            load_plain<PASSING>(passing, k + key * ld_k + head, ld_k, s.keys - j, HS, vector);
            load_plain<PASSING>(passing2, v + key * ld_v + head, ld_v, s.keys - j, HS, vector);
            __syncthreads();
            plain_weights<false>(p, ds, kept, kept2, passing, passing2, lse2 + statistic, delta + statistic, s.queries - first,
                                 offset + first - j, scale * LOG2E);
            add_weighted_plain<PASSING>(sum, ds, passing);
            __syncthreads();
        }
        store_plain(d_q + row * ld_d_q + column, ld_d_q, sum, factor, s.queries - first, HS);
    }
}
SARYU_EXPORT(attention_backward_plain)
