#pragma once
/* The two halves of attention's backward in 16 bits. With S = scale q k^T, P = exp(S - lse) and dP = dOut v^T:
 *
 *   dV = P^T dOut,   dS = P (dP - delta),   dK = scale dS^T q,   dQ = scale dS k
 *
 * Both halves compute P and dS again, tile by tile. One keeps keys and passes over the queries that see them, the other keeps
 * queries and passes over the keys they see; so each result has one writer, no atomics are needed, and bits repeat. */
#include "attention.h"

/* Without cp.async there is nothing to overlap, and less shared memory. */
#define BUFFERS (SARYU_SM >= 80 ? 2 : 1)
/* Rows of a tile that passes by, and how many of them are worked on at a time: sums fill most registers. */
#define STREAM (SARYU_HEAD == 128 ? 32 : 64)
#define PART 32

struct Operands {
    const narrow *d_out, *q, *k, *v;
    int ld_d_out, ld_q, ld_k, ld_v;
    const float *lse2, *delta; /* (NH, nq) */
    int nq, NH, KVH, HS;
    float scale;
    bool aligned;
};

/* Takes away the scores of keys that a query does not see; of M rows of keys by queries, or else of queries by keys. `seen` is
 * the last key that the first query sees, both counted from the product's first. */
template <int M, bool TRANSPOSED> DEVICE void hide(float (&scores)[M][PART / 8][4], int seen) {
#pragma unroll
    for (int m = 0; m < M; m++) {
#pragma unroll
        for (int n = 0; n < PART / 8; n++) {
#pragma unroll
            for (int e = 0; e < 4; e++) {
                int row = m * 16 + e / 2 * 8 + MMA_ROW, column = n * 8 + MMA_COLUMN + e % 2;
                bool in = TRANSPOSED ? row <= seen + column : column <= seen + row;
                scores[m][n][e] = in ? scores[m][n][e] : MINUS_INFINITY;
            }
        }
    }
}

/* Bytes before the statistics of passing queries, which follow the tiles. */
template <int M> struct KeysRoom {
    static constexpr int KEPT = 64 * M * SARYU_HEAD, PASSING = STREAM * SARYU_HEAD;
    static constexpr int BYTES = 2 * (2 * KEPT + 2 * BUFFERS * PASSING);
};

/* dK and dV of 64 M keys: for all query heads of the group, all tiles of queries that see them. Scores are transposed, keys
 * by queries, so that P^T and dS^T lie in registers as left operands. */
template <int M>
DEVICE void backward_keys(narrow *d_k, int ld_d_k, narrow *d_v, int ld_d_v, const Operands &o, Sequence s, int kvh,
                          int first) {
    DYNAMIC_SHARED(char, memory);
    constexpr int KEPT = KeysRoom<M>::KEPT, PASSING = KeysRoom<M>::PASSING;
    narrow *keys = (narrow *)memory, *values = keys + KEPT, *queries = values + KEPT, *d_outs = queries + BUFFERS * PASSING;
    float *statistics = (float *)(memory + KeysRoom<M>::BYTES); /* two of: lse2, delta */
    int warp = (int)threadIdx.x / 32, thread = (int)threadIdx.x, offset = s.keys - s.queries, group = o.NH / o.KVH;
    int mine = first + warp * 16 * M; /* the warp's first key */
    long long column = (long long)kvh * o.HS;
    narrow *my_keys = keys + warp * 16 * M * SARYU_HEAD, *my_values = values + warp * 16 * M * SARYU_HEAD;

    float dk[M][SARYU_HEAD / 8][4] = {}, dv[M][SARYU_HEAD / 8][4] = {};
    load_tile<64 * M>(keys, o.k + (long long)(s.key + first) * o.ld_k + column, o.ld_k, s.keys - first, o.HS, o.aligned);
    load_tile<64 * M>(values, o.v + (long long)(s.key + first) * o.ld_v + column, o.ld_v, s.keys - first, o.HS, o.aligned);

    int start = first - offset > 0 ? (first - offset) / STREAM * STREAM : 0; /* earlier queries see none of the keys */
    int per_head = start < s.queries ? (s.queries - start + STREAM - 1) / STREAM : 0;
    int i = start;                            /* first query of the tile that is worked on */
    int next_h = kvh * group, next_i = start; /* of the tile that is fetched */
    float statistic = 0.0f;
    /* Starts the copy of the next tile, and reads one of its statistics. Queries behind the last have weight 0. */
    auto fetch = [&](int buffer) {
        const narrow *q = o.q + (long long)(s.query + next_i) * o.ld_q + (long long)next_h * o.HS;
        const narrow *d_out = o.d_out + (long long)(s.query + next_i) * o.ld_d_out + (long long)next_h * o.HS;
        load_tile<STREAM>(queries + buffer * PASSING, q, o.ld_q, s.queries - next_i, o.HS, o.aligned);
        load_tile<STREAM>(d_outs + buffer * PASSING, d_out, o.ld_d_out, s.queries - next_i, o.HS, o.aligned);
        cp_async_commit();
        int row = next_i + thread % STREAM;
        bool in = row < s.queries;
        statistic = thread < STREAM ? SARYU_INFINITY : 0.0f;
        if (in && thread < 2 * STREAM) {
            statistic = (thread < STREAM ? o.lse2 : o.delta)[(long long)next_h * o.nq + s.query + row];
        }
        next_i += STREAM;
        if (next_i >= s.queries) {
            next_i = start;
            next_h++;
        }
    };
    int count = per_head * group;
    if (BUFFERS == 2 && count > 0) {
        fetch(0);
    }
#pragma unroll 1
    for (int tile = 0; tile < count; tile++) {
        int buffer = BUFFERS == 2 ? tile % 2 : 0;
        float *lse2 = statistics + tile % 2 * 2 * STREAM, *delta = lse2 + STREAM;
        if (BUFFERS == 1) {
            __syncthreads();
            fetch(0);
        }
        if (thread < 2 * STREAM) {
            lse2[thread] = statistic;
        }
        cp_async_wait<0>();
        __syncthreads(); /* this tile is there, and nobody reads the one before it any more */
        if (BUFFERS == 2 && tile + 1 < count) {
            fetch(1 - buffer);
        }
#pragma unroll 1
        for (int part = 0; part < STREAM; part += PART) {
            int from = i + part;
            if (mine >= s.keys || from >= s.queries || mine > offset + from + PART - 1) {
                continue;
            }
            const narrow *q = queries + buffer * PASSING + part * SARYU_HEAD;
            const narrow *d_out = d_outs + buffer * PASSING + part * SARYU_HEAD;
            float p[M][PART / 8][4] = {};
            add_product<M, PART>(p, my_keys, q);
            int seen = offset + from - mine; /* last of the warp's keys that the part's first query sees */
            if (seen < 16 * M - 1) {
                hide<M, true>(p, seen);
            }
#pragma unroll
            for (int m = 0; m < M; m++) {
#pragma unroll
                for (int n = 0; n < PART / 8; n++) {
#pragma unroll
                    for (int e = 0; e < 4; e++) {
                        int query = n * 8 + MMA_COLUMN + e % 2;
                        p[m][n][e] = exp2_approx(p[m][n][e] * (o.scale * LOG2E) - lse2[part + query]);
                    }
                }
            }
            add_weighted<M, PART>(dv, p, d_out);
            constexpr int SLICE = M == 2 ? 16 : PART; /* the registers hold no more of dS */
#pragma unroll
            for (int slice = 0; slice < PART; slice += SLICE) {
                float ds[M][SLICE / 8][4] = {};
                add_product<M, SLICE>(ds, my_values, d_out + slice * SARYU_HEAD);
#pragma unroll
                for (int m = 0; m < M; m++) {
#pragma unroll
                    for (int n = 0; n < SLICE / 8; n++) {
#pragma unroll
                        for (int e = 0; e < 4; e++) {
                            float d = delta[part + slice + n * 8 + MMA_COLUMN + e % 2];
                            ds[m][n][e] = p[m][slice / 8 + n][e] * (ds[m][n][e] - d);
                        }
                    }
                }
                add_weighted<M, SLICE>(dk, ds, q + slice * SARYU_HEAD);
            }
        }
        i += STREAM;
        i = i < s.queries ? i : start;
    }
    if (count == 0) {
        cp_async_wait<0>();
        __syncthreads();
    }
    float one[M][2], factor[M][2];
#pragma unroll
    for (int m = 0; m < M; m++) {
        one[m][0] = one[m][1] = 1.0f;
        factor[m][0] = factor[m][1] = o.scale;
    }
    store_accumulators<M>(d_k + (long long)(s.key + mine) * ld_d_k + column, ld_d_k, my_keys, dk, factor,
                          s.keys - mine, o.HS, o.aligned);
    store_accumulators<M>(d_v + (long long)(s.key + mine) * ld_d_v + column, ld_d_v, my_values, dv, one,
                          s.keys - mine, o.HS, o.aligned);
}

/* dQ of 64 M queries of a head: over all keys they see. */
template <int M>
DEVICE void backward_queries(narrow *d_q, int ld_d_q, const Operands &o, Sequence s, int h, int first) {
    DYNAMIC_SHARED(char, memory);
    constexpr int KEPT = 64 * M * SARYU_HEAD, PASSING = STREAM * SARYU_HEAD;
    narrow *queries = (narrow *)memory, *d_outs = queries + KEPT, *keys = d_outs + KEPT, *values = keys + BUFFERS * PASSING;
    int warp = (int)threadIdx.x / 32, offset = s.keys - s.queries, mine = first + warp * 16 * M;
    narrow *my_queries = queries + warp * 16 * M * SARYU_HEAD, *my_d_outs = d_outs + warp * 16 * M * SARYU_HEAD;
    long long row = s.query + first, column = (long long)h * o.HS, kv_column = (long long)(h / (o.NH / o.KVH)) * o.HS;
    const narrow *k = o.k + (long long)s.key * o.ld_k + kv_column, *v = o.v + (long long)s.key * o.ld_v + kv_column;
    int end = offset + first + 64 * M;
    int count = ((end < s.keys ? end : s.keys) + STREAM - 1) / STREAM;

    load_tile<64 * M>(queries, o.q + row * o.ld_q + column, o.ld_q, s.queries - first, o.HS, o.aligned);
    load_tile<64 * M>(d_outs, o.d_out + row * o.ld_d_out + column, o.ld_d_out, s.queries - first, o.HS, o.aligned);
    auto fetch = [&](int tile, int buffer) {
        int from = tile * STREAM;
        load_tile<STREAM>(keys + buffer * PASSING, k + (long long)from * o.ld_k, o.ld_k, s.keys - from, o.HS, o.aligned);
        load_tile<STREAM>(values + buffer * PASSING, v + (long long)from * o.ld_v, o.ld_v, s.keys - from, o.HS, o.aligned);
        cp_async_commit();
    };
    if (BUFFERS == 2) {
        fetch(0, 0);
    }
    float dq[M][SARYU_HEAD / 8][4] = {};
    float *lse2 = (float *)(values + BUFFERS * PASSING), *delta = lse2 + 64 * M; /* registers are scarcer */
    for (int row = (int)threadIdx.x; row < 64 * M; row += ATTENTION_THREADS) {
        bool in = first + row < s.queries;
        long long at = (long long)h * o.nq + s.query + first + row;
        lse2[row] = in ? o.lse2[at] : SARYU_INFINITY;
        delta[row] = in ? o.delta[at] : 0.0f;
    }
    lse2 += warp * 16 * M, delta += warp * 16 * M;
#pragma unroll 1
    for (int tile = 0; tile < count; tile++) {
        int buffer = BUFFERS == 2 ? tile % 2 : 0;
        if (BUFFERS == 1) {
            __syncthreads();
            fetch(tile, 0);
        }
        cp_async_wait<0>();
        __syncthreads();
        if (BUFFERS == 2 && tile + 1 < count) {
            fetch(tile + 1, 1 - buffer);
        }
#pragma unroll 1
        for (int part = 0; part < STREAM; part += PART) {
            int from = tile * STREAM + part, seen = offset + mine - from; /* last key that the warp's first query sees */
            if (mine >= s.queries || from >= s.keys || seen + 16 * M - 1 < 0) {
                continue;
            }
            const narrow *kt = keys + buffer * PASSING + part * SARYU_HEAD;
            const narrow *vt = values + buffer * PASSING + part * SARYU_HEAD;
            float p[M][PART / 8][4] = {};
            add_product<M, PART>(p, my_queries, kt);
            if (seen < PART - 1) {
                hide<M, false>(p, seen);
            }
            constexpr int SLICE = SARYU_HEAD == 128 && M == 2 ? 16 : PART; /* as above */
#pragma unroll
            for (int slice = 0; slice < PART; slice += SLICE) {
                float ds[M][SLICE / 8][4] = {};
                add_product<M, SLICE>(ds, my_d_outs, vt + slice * SARYU_HEAD);
#pragma unroll
                for (int m = 0; m < M; m++) {
#pragma unroll
                    for (int n = 0; n < SLICE / 8; n++) {
#pragma unroll
                        for (int e = 0; e < 4; e++) {
                            int row = m * 16 + e / 2 * 8 + MMA_ROW;
                            float x = exp2_approx(p[m][slice / 8 + n][e] * (o.scale * LOG2E) - lse2[row]);
                            ds[m][n][e] = x * (ds[m][n][e] - delta[row]);
                        }
                    }
                }
                add_weighted<M, SLICE>(dq, ds, kt + slice * SARYU_HEAD);
            }
        }
    }
    if (count <= 0) { /* no key is seen, and nobody has waited */
        cp_async_wait<0>();
        __syncthreads();
    }
    float factor[M][2];
#pragma unroll
    for (int m = 0; m < M; m++) {
        factor[m][0] = factor[m][1] = o.scale;
    }
    store_accumulators<M>(d_q + (long long)(s.query + mine) * ld_d_q + column, ld_d_q, my_queries, dq, factor,
                          s.queries - mine, o.HS, o.aligned);
}
