#include "isa.h"

#include "half.h"
#include "pool.h"
#include "simd.h"

/* Attention over 16-bit rows: some sequences at a time are widened into one buffer, the fp32 kernels compute on it, and the
 * results are rounded. Scores and softmax are fp32 throughout. */

typedef struct {
    int32_t type;
    int64_t rows, cols;
    void *half;
    int64_t ld;
    float *wide;
} rows_args;

static void widen_task(void *argument, int thread, int threads) {
    const rows_args *a = argument;
    int64_t from, to;
    share(a->rows, 1, thread, threads, &from, &to);
    for (int64_t r = from; r < to; r++) {
        widen(a->type, a->wide + r * a->cols, (const uint16_t *)a->half + r * a->ld, a->cols);
    }
}

static void narrow_task(void *argument, int thread, int threads) {
    const rows_args *a = argument;
    int64_t from, to;
    share(a->rows, 1, thread, threads, &from, &to);
    for (int64_t r = from; r < to; r++) {
        narrow(a->type, (uint16_t *)a->half + r * a->ld, a->wide + r * a->cols, a->cols);
    }
}

/* One of the tensors that are widened: its memory, and where it lies in the buffer. */
typedef struct {
    const void *half;
    int64_t ld;
    float *wide;
} operand;

typedef struct {
    saryu_pool *pool;
    int32_t type;
    int64_t NH, KVH, HS;
    const int32_t *cu, *key_start, *key_length;
    int64_t first, last; /* sequences of this group */
    int64_t queries;
    int32_t *rebased_cu, *rebased_start;
} group;

static void move(const group *g, saryu_task task, const operand *o, int64_t from, int64_t at, int64_t rows, int64_t cols) {
    rows_args a = {g->type, rows, cols, (uint16_t *)o->half + from * o->ld, o->ld, o->wide + at * cols};
    saryu_pool_run(g->pool, task, &a);
}

/* The group's query rows, which lie together. */
static void move_queries(const group *g, saryu_task task, const operand *o) {
    move(g, task, o, g->cu[g->first], 0, g->queries, g->NH * g->HS);
}

/* The group's key rows, which in the buffer lie end to end. */
static void move_keys(const group *g, saryu_task task, const operand *o) {
    for (int64_t b = g->first; b < g->last; b++) {
        move(g, task, o, g->key_start[b], g->rebased_start[b - g->first], g->key_length[b], g->KVH * g->HS);
    }
}

/* So many sequences that every worker has work. */
static int64_t group_size(const saryu_pool *pool, int64_t B, int64_t KVH) {
    int64_t size = (2 * saryu_pool_threads(pool) + KVH - 1) / KVH;
    return size < B ? size : B;
}

/* Rows of the largest group: queries and keys. */
static void largest_group(int64_t B, int64_t size, const int32_t *cu, const int32_t *key_length, int64_t *queries,
                          int64_t *keys) {
    *queries = 1, *keys = 1;
    for (int64_t first = 0; first < B; first += size) {
        int64_t last = first + size < B ? first + size : B, k = 0;
        for (int64_t b = first; b < last; b++) {
            k += key_length[b];
        }
        *queries = cu[last] - cu[first] > *queries ? cu[last] - cu[first] : *queries;
        *keys = k > *keys ? k : *keys;
    }
}

static void begin(group *g, int64_t first, int64_t last) {
    g->first = first, g->last = last, g->queries = g->cu[last] - g->cu[first];
    int64_t keys = 0;
    for (int64_t b = first; b < last; b++) {
        g->rebased_cu[b - first] = g->cu[b] - g->cu[first];
        g->rebased_start[b - first] = (int32_t)keys;
        keys += g->key_length[b];
    }
    g->rebased_cu[last - first] = (int32_t)g->queries;
}

/* Memory for one group: `wide_q` tensors of its queries and `wide_k` of its keys, and the rebased offsets at the end. */
static float *buffer(group *g, int64_t size, int64_t queries, int64_t keys, int wide_q, int wide_k) {
    size_t floats = (size_t)(queries * g->NH * g->HS * wide_q + keys * g->KVH * g->HS * wide_k);
    float *wide = saryu_pool_shared(g->pool, (floats + (size_t)(2 * size) + 1) * sizeof(float));
    if (wide != NULL) {
        g->rebased_cu = (int32_t *)(wide + floats);
        g->rebased_start = g->rebased_cu + size + 1;
    }
    return wide;
}

int32_t saryu_attention_half(saryu_pool *pool, int32_t type, int64_t B, int64_t NH, int64_t KVH, int64_t HS,
                             const int32_t *cu_seqlens_q, const int32_t *key_start, const int32_t *key_length, float scale,
                             void *out, int64_t ld_out, float *lse, const void *q, int64_t ld_q, const void *k, int64_t ld_k,
                             const void *v, int64_t ld_v) {
    int64_t size = group_size(pool, B, KVH), queries, keys, qc = NH * HS, kc = KVH * HS;
    largest_group(B, size, cu_seqlens_q, key_length, &queries, &keys);
    group g = {pool, type, NH, KVH, HS, cu_seqlens_q, key_start, key_length, 0, 0, 0, NULL, NULL};
    float *wide = buffer(&g, size, queries, keys, 2, 2);
    if (wide == NULL) {
        return 1;
    }
    operand wide_q = {q, ld_q, wide}, wide_out = {out, ld_out, wide + queries * qc};
    operand wide_k = {k, ld_k, wide_out.wide + queries * qc}, wide_v = {v, ld_v, wide_k.wide + keys * kc};
    for (int64_t first = 0; first < B; first += size) {
        begin(&g, first, first + size < B ? first + size : B);
        move_queries(&g, widen_task, &wide_q);
        move_keys(&g, widen_task, &wide_k);
        move_keys(&g, widen_task, &wide_v);
        if (saryu_attention_f32(pool, g.last - first, NH, KVH, HS, g.rebased_cu, g.rebased_start, key_length + first, scale,
                                wide_out.wide, qc, lse + cu_seqlens_q[first] * NH, wide_q.wide, qc, wide_k.wide, kc,
                                wide_v.wide, kc)) {
            return 1;
        }
        move_queries(&g, narrow_task, &wide_out);
    }
    return 0;
}

int32_t saryu_attention_backward_half(saryu_pool *pool, int32_t type, int64_t B, int64_t NH, int64_t KVH, int64_t HS,
                                      const int32_t *cu_seqlens_q, const int32_t *key_start, const int32_t *key_length,
                                      float scale, void *d_q, int64_t ld_d_q, void *d_k, int64_t ld_d_k, void *d_v,
                                      int64_t ld_d_v, const void *d_out, int64_t ld_d_out, const void *out, int64_t ld_out,
                                      const float *lse, const void *q, int64_t ld_q, const void *k, int64_t ld_k,
                                      const void *v, int64_t ld_v) {
    int64_t size = group_size(pool, B, KVH), queries, keys, qc = NH * HS, kc = KVH * HS;
    largest_group(B, size, cu_seqlens_q, key_length, &queries, &keys);
    group g = {pool, type, NH, KVH, HS, cu_seqlens_q, key_start, key_length, 0, 0, 0, NULL, NULL};
    float *wide = buffer(&g, size, queries, keys, 4, 4), *wide_keys = wide + 4 * queries * qc;
    if (wide == NULL) {
        return 1;
    }
    operand wide_q = {q, ld_q, wide}, wide_out = {out, ld_out, wide + queries * qc};
    operand wide_d_out = {d_out, ld_d_out, wide + 2 * queries * qc}, wide_d_q = {d_q, ld_d_q, wide + 3 * queries * qc};
    operand wide_k = {k, ld_k, wide_keys}, wide_v = {v, ld_v, wide_keys + keys * kc};
    operand wide_d_k = {d_k, ld_d_k, wide_keys + 2 * keys * kc}, wide_d_v = {d_v, ld_d_v, wide_keys + 3 * keys * kc};
    for (int64_t first = 0; first < B; first += size) {
        begin(&g, first, first + size < B ? first + size : B);
        move_queries(&g, widen_task, &wide_q);
        move_queries(&g, widen_task, &wide_out);
        move_queries(&g, widen_task, &wide_d_out);
        move_keys(&g, widen_task, &wide_k);
        move_keys(&g, widen_task, &wide_v);
        if (saryu_attention_backward_f32(pool, g.last - first, NH, KVH, HS, g.rebased_cu, g.rebased_start,
                                         key_length + first, scale, wide_d_q.wide, qc, wide_d_k.wide, kc, wide_d_v.wide, kc,
                                         wide_d_out.wide, qc, wide_out.wide, qc, lse + cu_seqlens_q[first] * NH,
                                         wide_q.wide, qc, wide_k.wide, kc, wide_v.wide, kc)) {
            return 1;
        }
        move_queries(&g, narrow_task, &wide_d_q);
        move_keys(&g, narrow_task, &wide_d_k);
        move_keys(&g, narrow_task, &wide_d_v);
    }
    return 0;
}
