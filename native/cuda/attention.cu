/* Attention forward in 16 bits on tensor cores, after FlashAttention-2 (Dao, arXiv:2307.08691): a block keeps some queries of
 * one head and passes over its keys once; scores and weights stay in registers. fp32 is in attention_plain.cu, few queries
 * over many keys in attention_decode.cu. */
#include "attention.h"

/* Keys of a tile: with 128 numbers a head, sums and scores of 32 queries fill the registers, and where a multiprocessor has
 * 64 or 100 KB of shared memory, more keys leave room for one block only. AttentionTiles.java counts alike. */
#define LITTLE_SHARED (SARYU_SM == 75 || SARYU_SM == 86 || SARYU_SM == 89 || SARYU_SM >= 120)
#define KEYS(M) (SARYU_HEAD == 128 && (M == 2 || LITTLE_SHARED) ? 32 : 64)
/* Without cp.async there is nothing to overlap, and less shared memory. */
#define BUFFERS (SARYU_SM >= 80 ? 2 : 1)

/* Weights are exp2 of a score less `top`, which is the row's maximum or, so that sums need not be rescaled for every tile,
 * up to this much below it. */
#define GROWTH 8.0f

template <int M>
DEVICE void rescale(float (&out)[M][SARYU_HEAD / 8][4], float (&top)[M][2], float (&total)[M][2], const float (&most)[M][2],
                    float scale2) {
#pragma unroll
    for (int m = 0; m < M; m++) {
#pragma unroll
        for (int half = 0; half < 2; half++) {
            float shrink = exp2_approx((top[m][half] - most[m][half]) * scale2);
            top[m][half] = most[m][half];
            total[m][half] *= shrink;
#pragma unroll
            for (int n = 0; n < SARYU_HEAD / 8; n++) {
                out[m][n][2 * half] *= shrink;
                out[m][n][2 * half + 1] *= shrink;
            }
        }
    }
}

/* One tile of keys. The warp's first query sees the tile's keys up to `visible`. */
template <int M>
DEVICE void forward_tile(float (&out)[M][SARYU_HEAD / 8][4], float (&top)[M][2], float (&total)[M][2], const narrow *q,
                         const narrow *k, const narrow *v, int visible, float scale2) {
    float s[M][KEYS(M) / 8][4] = {};
    add_product<M, KEYS(M)>(s, q, k);
    if (visible < KEYS(M) - 1) {
#pragma unroll
        for (int m = 0; m < M; m++) {
#pragma unroll
            for (int n = 0; n < KEYS(M) / 8; n++) {
#pragma unroll
                for (int i = 0; i < 4; i++) {
                    bool seen = n * 8 + MMA_COLUMN + i % 2 <= visible + m * 16 + MMA_ROW + i / 2 * 8;
                    s[m][n][i] = seen ? s[m][n][i] : MINUS_INFINITY;
                }
            }
        }
    }
    float most[M][2];
    bool grows = false;
#pragma unroll
    for (int m = 0; m < M; m++) {
#pragma unroll
        for (int half = 0; half < 2; half++) {
            float x = top[m][half];
#pragma unroll
            for (int n = 0; n < KEYS(M) / 8; n++) {
                x = fmaxf(x, fmaxf(s[m][n][2 * half], s[m][n][2 * half + 1]));
            }
            x = fmaxf(x, __shfl_xor_sync(SARYU_FULL_MASK, x, 1));
            most[m][half] = fmaxf(x, __shfl_xor_sync(SARYU_FULL_MASK, x, 2));
            grows |= !((most[m][half] - top[m][half]) * scale2 <= GROWTH);
        }
    }
    if (__ballot_sync(SARYU_FULL_MASK, grows)) {
        rescale<M>(out, top, total, most, scale2);
    }
#pragma unroll
    for (int m = 0; m < M; m++) {
#pragma unroll
        for (int n = 0; n < KEYS(M) / 8; n++) {
#pragma unroll
            for (int i = 0; i < 4; i++) {
                s[m][n][i] = exp2_approx(s[m][n][i] * scale2 - top[m][i / 2] * scale2);
                total[m][i / 2] += s[m][n][i];
            }
        }
    }
    add_weighted<M, KEYS(M)>(out, s, v);
}

/* 64 M queries of head h of a sequence; each of the four warps has 16 M of them. */
template <int M>
DEVICE void forward_block(narrow *out, int ld_out, float *lse, const narrow *q, int ld_q, const narrow *k,
                          int ld_k, const narrow *v, int ld_v, Sequence s, int NH, int KVH, int HS,
                          float scale, int h, int first, bool aligned) {
    DYNAMIC_SHARED(char, memory);
    constexpr int TILE = KEYS(M) * SARYU_HEAD;
    narrow *queries = (narrow *)memory, *keys = queries + 64 * M * SARYU_HEAD, *values = keys + BUFFERS * TILE;
    int warp = (int)threadIdx.x / 32, offset = s.keys - s.queries;
    long long head = (long long)(h / (NH / KVH)) * HS;
    k += (long long)s.key * ld_k + head;
    v += (long long)s.key * ld_v + head;
    q += (long long)(s.query + first) * ld_q + (long long)h * HS;
    int end = offset + first + 64 * M; /* keys that the block's queries see */
    int count = ((end < s.keys ? end : s.keys) + KEYS(M) - 1) / KEYS(M);
    int mine = first + warp * 16 * M; /* the warp's first query */

    float sum[M][SARYU_HEAD / 8][4] = {}, top[M][2], total[M][2] = {};
#pragma unroll
    for (int m = 0; m < M; m++) {
        top[m][0] = top[m][1] = MINUS_INFINITY;
    }
    load_tile<64 * M>(queries, q, ld_q, s.queries - first, HS, aligned);
    if (BUFFERS == 2) {
        load_tile<KEYS(M)>(keys, k, ld_k, s.keys, HS, aligned);
        load_tile<KEYS(M)>(values, v, ld_v, s.keys, HS, aligned);
        cp_async_commit();
    }
#pragma unroll 1
    for (int j = 0; j < count; j++) {
        int from = j * KEYS(M), buffer = BUFFERS == 2 ? j % 2 * TILE : 0;
        if (BUFFERS == 1) {
            __syncthreads();
            load_tile<KEYS(M)>(keys, k + (long long)from * ld_k, ld_k, s.keys - from, HS, aligned);
            load_tile<KEYS(M)>(values, v + (long long)from * ld_v, ld_v, s.keys - from, HS, aligned);
        }
        cp_async_wait<0>();
        __syncthreads(); /* this tile is there, and nobody reads the one before it any more */
        if (BUFFERS == 2 && j + 1 < count) {
            from += KEYS(M);
            load_tile<KEYS(M)>(keys + TILE - buffer, k + (long long)from * ld_k, ld_k, s.keys - from, HS, aligned);
            load_tile<KEYS(M)>(values + TILE - buffer, v + (long long)from * ld_v, ld_v, s.keys - from, HS, aligned);
            cp_async_commit();
        }
        if (mine < s.queries && j * KEYS(M) <= offset + mine + 16 * M - 1) {
            forward_tile<M>(sum, top, total, queries + warp * 16 * M * SARYU_HEAD, keys + buffer, values + buffer,
                            offset + mine - j * KEYS(M), scale * LOG2E);
        }
    }
    if (count <= 0) { /* nobody has waited, and the results go where the queries are still being copied to */
        cp_async_wait<0>();
        __syncthreads();
    }
#pragma unroll
    for (int m = 0; m < M; m++) {
#pragma unroll
        for (int half = 0; half < 2; half++) {
            float all = total[m][half];
            all += __shfl_xor_sync(SARYU_FULL_MASK, all, 1);
            all += __shfl_xor_sync(SARYU_FULL_MASK, all, 2);
            total[m][half] = 1.0f / all;
            int row = mine + m * 16 + half * 8 + MMA_ROW;
            if (MMA_COLUMN == 0 && row < s.queries) {
                lse[(long long)(s.query + row) * NH + h] = top[m][half] * scale + logf(all);
            }
        }
    }
    store_accumulators<M>(out + (long long)(s.query + mine) * ld_out + (long long)h * HS, ld_out,
                          queries + warp * 16 * M * SARYU_HEAD, sum, total, s.queries - mine, HS, aligned);
}

/* A block for each tile of queries, sequence and head; the longest, those at the end, first. */
#define FORWARD(name, M, BLOCKS)                                                                                          \
    SARYU_KERNEL_BOUNDS(ATTENTION_THREADS, BLOCKS)                                                                        \
    name(narrow *out, int ld_out, float *lse, const narrow *q, int ld_q, const narrow *k, int ld_k,     \
         const narrow *v, int ld_v, const int *cu_seqlens, const int *key_start, const int *key_length,             \
         int nq, int nk, int tiles, int B, int NH, int KVH, int HS, float scale, int aligned) {               \
        int h = (int)blockIdx.x % NH, rest = (int)blockIdx.x / NH, first = (tiles - 1 - rest / B) * 64 * M;               \
        Sequence s = sequence(cu_seqlens, key_start, key_length, rest % B, nq, nk);                                       \
        if (first >= s.queries) {                                                                                         \
            return;                                                                                                       \
        }                                                                                                                 \
        forward_block<M>(out, ld_out, lse, q, ld_q, k, ld_k, v, ld_v, s, NH, KVH, HS, scale, h, first, aligned != 0);     \
    }                                                                                                                     \
    SARYU_EXPORT(name)

FORWARD(attention_64, 1, SARYU_HEAD == 128 ? 2 : 3)
FORWARD(attention_128, 2, 2)
