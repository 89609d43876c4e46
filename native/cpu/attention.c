#include "isa.h"

#include "pool.h"
#include "simd.h"

#include <math.h>
#include <stdatomic.h>

enum { ROW_MAJOR = 101, NO_TRANS = 111, TRANS = 112 };

/* Queries of one tile: a tile's scores (TILE x keys) stay in the second-level cache up to some thousand keys. */
#define TILE 64
/* Below this many queries the products are too thin for sgemm, and dot products read each key once. */
#define FEW_QUERIES 8

typedef struct {
    saryu_pool *pool;
    int64_t B, NH, KVH, HS;
    const int32_t *cu, *key_start, *key_length;
    float scale;
    float *out;
    int64_t ld_out;
    float *lse;
    const float *q;
    int64_t ld_q;
    const float *k;
    int64_t ld_k;
    const float *v;
    int64_t ld_v;
    int64_t items;
    _Atomic int64_t next;
} forward_args;

/* Softmax of one row of scores over its first `visible` entries, zeros up to `width`; returns the log-sum-exp. */
static float softmax_row(float *row, int64_t visible, int64_t width, float scale) {
    vf m = splatw(-INFINITY);
    int64_t j = 0;
    for (; j + LANES <= visible; j += LANES) {
        m = maxw(loadw(row + j), m);
    }
    if (j < visible) {
        m = maxw(loadw_part(row + j, visible - j, -INFINITY), m);
    }
    float top = max_lanew(m) * scale;
    vf total = splatw(0);
    for (j = 0; j + LANES <= visible; j += LANES) {
        vf e = expw(loadw(row + j) * splatw(scale) - splatw(top));
        storew(row + j, e);
        total += e;
    }
    if (j < visible) {
        vf e = expw(loadw_part(row + j, visible - j, 0) * splatw(scale) - splatw(top));
        storew_part(row + j, visible - j, e);
        total += loadw_part(row + j, visible - j, 0);
    }
    float sum = sumw(total), inverse = 1.0f / sum;
    for (j = 0; j + LANES <= visible; j += LANES) {
        storew(row + j, loadw(row + j) * splatw(inverse));
    }
    for (; j < visible; j++) {
        row[j] *= inverse;
    }
    memset(row + visible, 0, (size_t)(width - visible) * sizeof(float));
    return logf(sum) + top;
}

/* Keys whose memory is asked for before the one that is multiplied. Rows of one head lie in different pages, which is where the
 * hardware's own prefetching ends. */
#define KEYS_AHEAD 6

SARYU_INLINE void ask_for_row(const float *row, int64_t HS) {
    for (int64_t c = 0; c < HS; c += 16) {
        __builtin_prefetch(row + c);
    }
}

/* out[i] = sum over j of p[j] v[j][i], in the order of j, for some vectors of columns that stay in registers. */
SARYU_INLINE void mix_columns(int vectors, int64_t keys, const float *p, const float *v, int64_t ld_v, float *out) {
    vf sum[4] = {{0}};
    for (int64_t j = 0; j < keys; j++) {
        for (int i = 0; i < vectors; i++) {
            sum[i] += splatw(p[j]) * loadw(v + j * ld_v + i * LANES);
        }
    }
    for (int i = 0; i < vectors; i++) {
        storew(out + i * LANES, sum[i]);
    }
}

static void mix_values(int64_t HS, int64_t keys, const float *p, const float *v, int64_t ld_v, float *out) {
    int64_t c = 0;
    for (; c + 4 * LANES <= HS; c += 4 * LANES) {
        mix_columns(4, keys, p, v + c, ld_v, out + c);
    }
    for (; c + LANES <= HS; c += LANES) {
        mix_columns(1, keys, p, v + c, ld_v, out + c);
    }
    for (; c < HS; c += 8) {
        v8f sum = splat8(0);
        for (int64_t j = 0; j < keys; j++) {
            sum += splat8(p[j]) * load8(v + j * ld_v + c);
        }
        store8(out + c, sum);
    }
}

/* One query head of a few queries: scores and their mixture without sgemm. */
static void few_queries(const forward_args *a, int64_t b, int64_t h, float *scores) {
    int64_t HS = a->HS, kvh = h / (a->NH / a->KVH), Tq = a->cu[b + 1] - a->cu[b], Tk = a->key_length[b];
    const float *k = a->k + a->key_start[b] * a->ld_k + kvh * HS, *v = a->v + a->key_start[b] * a->ld_v + kvh * HS;
    for (int64_t j = 0; j < KEYS_AHEAD && j < Tk && Tq > 0; j++) {
        ask_for_row(k + j * a->ld_k, HS);
    }
    for (int64_t i = 0; i < Tq; i++) {
        int64_t n = a->cu[b] + i, visible = Tk - Tq + i + 1;
        const float *q = a->q + n * a->ld_q + h * HS;
        for (int64_t j = 0; j < visible; j++) {
            if (j + KEYS_AHEAD < visible) {
                ask_for_row(k + (j + KEYS_AHEAD) * a->ld_k, HS);
            }
            ask_for_row(v + j * a->ld_v, HS);
            scores[j] = dot(q, k + j * a->ld_k, HS);
        }
        a->lse[n * a->NH + h] = softmax_row(scores, visible, visible, a->scale);
        mix_values(HS, visible, scores, v, a->ld_v, a->out + n * a->ld_out + h * HS);
    }
}

/* All queries of one head, tile by tile; keys that no query of the tile may see are never touched. */
static void many_queries(const forward_args *a, int64_t b, int64_t h, float *scores) {
    saryu_sgemm_fn sgemm = saryu_pool_sgemm(a->pool);
    int64_t HS = a->HS, kvh = h / (a->NH / a->KVH), Tq = a->cu[b + 1] - a->cu[b], Tk = a->key_length[b];
    const float *k = a->k + a->key_start[b] * a->ld_k + kvh * HS, *v = a->v + a->key_start[b] * a->ld_v + kvh * HS;
    for (int64_t i = 0; i < Tq; i += TILE) {
        int64_t rows = Tq - i < TILE ? Tq - i : TILE, n = a->cu[b] + i, width = Tk - Tq + i + rows;
        sgemm(ROW_MAJOR, NO_TRANS, TRANS, (int)rows, (int)width, (int)HS, 1.0f, a->q + n * a->ld_q + h * HS, (int)a->ld_q,
              k, (int)a->ld_k, 0.0f, scores, (int)width);
        for (int64_t r = 0; r < rows; r++) {
            a->lse[(n + r) * a->NH + h] = softmax_row(scores + r * width, width - rows + r + 1, width, a->scale);
        }
        sgemm(ROW_MAJOR, NO_TRANS, NO_TRANS, (int)rows, (int)HS, (int)width, 1.0f, scores, (int)width, v, (int)a->ld_v,
              0.0f, a->out + n * a->ld_out + h * HS, (int)a->ld_out);
    }
}

static void forward_task(void *argument, int thread, int threads) {
    forward_args *a = argument;
    (void)threads;
    float *scores = saryu_pool_scratch(a->pool, thread);
    /* Items write disjoint results, so who takes which does not change a bit. */
    for (int64_t item; (item = atomic_fetch_add(&a->next, 1)) < a->items;) {
        int64_t b = item / a->NH, h = item % a->NH;
        if (a->cu[b + 1] - a->cu[b] <= FEW_QUERIES) {
            few_queries(a, b, h, scores);
        } else {
            many_queries(a, b, h, scores);
        }
    }
}

static int64_t longest(int64_t B, const int32_t *lengths) {
    int64_t most = 1;
    for (int64_t b = 0; b < B; b++) {
        most = lengths[b] > most ? lengths[b] : most;
    }
    return most;
}

int32_t saryu_attention_f32(saryu_pool *pool, int64_t B, int64_t NH, int64_t KVH, int64_t HS, const int32_t *cu_seqlens_q,
                            const int32_t *key_start, const int32_t *key_length, float scale, float *out,
                            int64_t ld_out, float *lse, const float *q, int64_t ld_q, const float *k, int64_t ld_k,
                            const float *v, int64_t ld_v) {
    if (saryu_pool_reserve(pool, (size_t)(TILE * longest(B, key_length)) * sizeof(float))) {
        return 1;
    }
    forward_args a = {pool, B,    NH, KVH,  HS, cu_seqlens_q, key_start, key_length, scale, out, ld_out,
                      lse,  q,    ld_q, k,  ld_k, v,          ld_v,      B * NH,     0};
    saryu_pool_run(pool, forward_task, &a);
    return 0;
}

typedef struct {
    saryu_pool *pool;
    int64_t B, NH, KVH, HS;
    const int32_t *cu, *key_start, *key_length;
    float scale;
    float *d_q;
    int64_t ld_d_q;
    float *d_k;
    int64_t ld_d_k;
    float *d_v;
    int64_t ld_d_v;
    const float *d_out;
    int64_t ld_d_out;
    const float *out;
    int64_t ld_out;
    const float *lse, *q;
    int64_t ld_q;
    const float *k;
    int64_t ld_k;
    const float *v;
    int64_t ld_v;
    size_t tile_floats;
    _Atomic int64_t next;
} backward_args;

/* p becomes P, d_p becomes scale * P * (dP - D): one row of a tile. */
static void gradient_row(float *p, float *d_p, int64_t visible, int64_t width, float scale, float lse, float D) {
    int64_t j = 0;
    for (; j + LANES <= visible; j += LANES) {
        vf e = expw(loadw(p + j) * splatw(scale) - splatw(lse));
        storew(p + j, e);
        storew(d_p + j, e * (loadw(d_p + j) - splatw(D)) * splatw(scale));
    }
    if (j < visible) {
        vf e = expw(loadw_part(p + j, visible - j, 0) * splatw(scale) - splatw(lse));
        storew_part(p + j, visible - j, e);
        storew_part(d_p + j, visible - j, e * (loadw_part(d_p + j, visible - j, 0) - splatw(D)) * splatw(scale));
    }
    memset(p + visible, 0, (size_t)(width - visible) * sizeof(float));
    memset(d_p + visible, 0, (size_t)(width - visible) * sizeof(float));
}

/* One key/value head of one sequence: all its query heads, so that dK and dV have one writer. Tiles run from the last,
 * which sees every key and overwrites, to the first. */
static void backward_item(const backward_args *a, int64_t b, int64_t kvh, float *p, float *d_p) {
    saryu_sgemm_fn sgemm = saryu_pool_sgemm(a->pool);
    int64_t HS = a->HS, group = a->NH / a->KVH, Tq = a->cu[b + 1] - a->cu[b], Tk = a->key_length[b];
    int64_t row0 = a->key_start[b];
    const float *k = a->k + row0 * a->ld_k + kvh * HS, *v = a->v + row0 * a->ld_v + kvh * HS;
    float *d_k = a->d_k + row0 * a->ld_d_k + kvh * HS, *d_v = a->d_v + row0 * a->ld_d_v + kvh * HS;
    if (Tq == 0) {
        for (int64_t j = 0; j < Tk; j++) {
            memset(d_k + j * a->ld_d_k, 0, (size_t)HS * sizeof(float));
            memset(d_v + j * a->ld_d_v, 0, (size_t)HS * sizeof(float));
        }
        return;
    }
    float beta = 0.0f;
    for (int64_t h = kvh * group; h < (kvh + 1) * group; h++) {
        for (int64_t i = (Tq - 1) / TILE * TILE; i >= 0; i -= TILE) {
            int64_t rows = Tq - i < TILE ? Tq - i : TILE, n = a->cu[b] + i, width = Tk - Tq + i + rows;
            const float *q = a->q + n * a->ld_q + h * HS, *d_out = a->d_out + n * a->ld_d_out + h * HS;
            const float *out = a->out + n * a->ld_out + h * HS;
            int R = (int)rows, W = (int)width, D = (int)HS;
            sgemm(ROW_MAJOR, NO_TRANS, TRANS, R, W, D, 1.0f, q, (int)a->ld_q, k, (int)a->ld_k, 0.0f, p, W);
            sgemm(ROW_MAJOR, NO_TRANS, TRANS, R, W, D, 1.0f, d_out, (int)a->ld_d_out, v, (int)a->ld_v, 0.0f, d_p, W);
            for (int64_t r = 0; r < rows; r++) {
                gradient_row(p + r * width, d_p + r * width, width - rows + r + 1, width, a->scale,
                             a->lse[(n + r) * a->NH + h], dot(d_out + r * a->ld_d_out, out + r * a->ld_out, HS));
            }
            sgemm(ROW_MAJOR, TRANS, NO_TRANS, W, D, R, 1.0f, p, W, d_out, (int)a->ld_d_out, beta, d_v, (int)a->ld_d_v);
            sgemm(ROW_MAJOR, TRANS, NO_TRANS, W, D, R, 1.0f, d_p, W, q, (int)a->ld_q, beta, d_k, (int)a->ld_d_k);
            sgemm(ROW_MAJOR, NO_TRANS, NO_TRANS, R, D, W, 1.0f, d_p, W, k, (int)a->ld_k, 0.0f,
                  a->d_q + n * a->ld_d_q + h * HS, (int)a->ld_d_q);
            beta = 1.0f;
        }
    }
}

static void backward_task(void *argument, int thread, int threads) {
    backward_args *a = argument;
    (void)threads;
    float *p = saryu_pool_scratch(a->pool, thread), *d_p = p + a->tile_floats;
    for (int64_t item; (item = atomic_fetch_add(&a->next, 1)) < a->B * a->KVH;) {
        backward_item(a, item / a->KVH, item % a->KVH, p, d_p);
    }
}

int32_t saryu_attention_backward_f32(saryu_pool *pool, int64_t B, int64_t NH, int64_t KVH, int64_t HS,
                                     const int32_t *cu_seqlens_q, const int32_t *key_start, const int32_t *key_length,
                                     float scale, float *d_q, int64_t ld_d_q, float *d_k, int64_t ld_d_k, float *d_v,
                                     int64_t ld_d_v, const float *d_out, int64_t ld_d_out, const float *out,
                                     int64_t ld_out, const float *lse, const float *q, int64_t ld_q, const float *k,
                                     int64_t ld_k, const float *v, int64_t ld_v) {
    size_t tile = (size_t)(TILE * longest(B, key_length));
    if (saryu_pool_reserve(pool, 2 * tile * sizeof(float))) {
        return 1;
    }
    backward_args a = {pool,  B,        NH,  KVH,    HS,  cu_seqlens_q, key_start, key_length, scale, d_q, ld_d_q, d_k,
                       ld_d_k, d_v,     ld_d_v, d_out, ld_d_out, out,   ld_out,    lse,        q,     ld_q, k,     ld_k,
                       v,     ld_v,     tile, 0};
    saryu_pool_run(pool, backward_task, &a);
    return 0;
}
