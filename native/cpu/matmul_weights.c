#include "isa.h"

#include "pool.h"
#include "weight_rows.h"

enum { ROW_MAJOR = 101, NO_TRANS = 111, TRANS = 112 };

/* Up to this many rows a product is bound by reading the weights. */
#define FEW_ROWS 16
/* Weights that are widened for one sgemm: a megabyte of fp32. */
#define WIDE_FLOATS (256 * 1024)

typedef struct {
    saryu_pool *pool;
    int32_t type;
    int64_t M, N, K;
    float *out;
    int64_t ld_out;
    const float *a;
    int64_t ld_a;
    const char *b;
    int64_t ld_b;
    const float *scales;
    int64_t block;
} weights_args;

/* out[from, to) of each row. */
SARYU_INLINE void few_rows_range(const weights_args *p, int32_t type, const float *x, int64_t ld_x, int64_t from, int64_t to) {
    float sums[FEW_ROWS];
    int64_t stride = p->ld_b * (int64_t)weight_size(type), n = from;
    for (; p->M == 1 && n + 4 <= to; n += 4) {
        dot_four(type, p->b + n * stride, stride, x, p->K, sums);
        for (int r = 0; r < 4; r++) {
            p->out[n + r] = p->scales == NULL ? sums[r] : sums[r] * p->scales[n + r];
        }
    }
    for (; n < to; n++) {
        dot_all(type, p->M, p->b + n * stride, x, ld_x, p->K, sums);
        float scale = p->scales == NULL ? 1.0f : p->scales[n];
        for (int64_t m = 0; m < p->M; m++) {
            p->out[m * p->ld_out + n] = sums[m] * scale;
        }
    }
}

/* Workers share the rows of weights and never a sum, so bits do not depend on timing. */
SARYU_INLINE void few_rows(const weights_args *p, int32_t type, int thread) {
    int64_t ld_x = p->ld_a;
    const float *x = p->a;
    if (type == SARYU_BF16) {
        float *paired = saryu_pool_scratch(p->pool, thread);
        for (int64_t m = 0; m < p->M; m++) {
            pair_bf16(paired + m * p->K, p->a + m * p->ld_a, p->K);
        }
        x = paired;
        ld_x = p->K;
    }
    for (int64_t n, rows; (rows = saryu_pool_take(p->pool, thread, &n)) > 0;) {
        few_rows_range(p, type, x, ld_x, n, n + rows);
    }
}

static void few_rows_task(void *argument, int thread, int threads) {
    const weights_args *p = argument;
    (void)threads;
    if (p->type == SARYU_BF16) {
        few_rows(p, SARYU_BF16, thread);
    } else if (p->type == SARYU_F16) {
        few_rows(p, SARYU_F16, thread);
    } else {
        few_rows(p, SARYU_I8, thread);
    }
}

/* Row n of the weights, widened and scaled. */
SARYU_INLINE void widen_row(int32_t type, float *out, const char *table, int64_t ld, int64_t n, int64_t K,
                            const float *scales) {
    widen_weights(type, out, table + n * ld * (int64_t)weight_size(type), 0, K);
    if (scales != NULL) {
        for (int64_t k = 0; k < K; k++) {
            out[k] *= scales[n];
        }
    }
}

static void many_rows_task(void *argument, int thread, int threads) {
    const weights_args *p = argument;
    int64_t from, to, K = p->K;
    share(p->N, 16, thread, threads, &from, &to);
    float *wide = saryu_pool_scratch(p->pool, thread);
    for (int64_t n = from; n < to; n += p->block) {
        int64_t rows = to - n < p->block ? to - n : p->block;
        for (int64_t r = 0; r < rows; r++) {
            widen_row(p->type, wide + r * K, p->b, p->ld_b, n + r, K, p->scales);
        }
        saryu_pool_sgemm(p->pool)(ROW_MAJOR, NO_TRANS, TRANS, (int)p->M, (int)rows, (int)K, 1.0f, p->a, (int)p->ld_a, wide,
                                  (int)(K > 0 ? K : 1), 0.0f, p->out + n, (int)p->ld_out);
    }
}

int32_t saryu_matmul_weights(saryu_pool *pool, int32_t type, int64_t M, int64_t N, int64_t K, float *out, int64_t ld_out,
                             const float *a, int64_t ld_a, const void *b, int64_t ld_b, const float *scales) {
    int few = M <= FEW_ROWS;
    int64_t size = (int64_t)weight_size(type);
    int64_t block = K > 0 && WIDE_FLOATS / K > 16 ? WIDE_FLOATS / K : 16;
    int64_t floats = few ? (type == SARYU_BF16 ? M * K : 0) : block * K;
    if (saryu_pool_reserve(pool, (size_t)floats * sizeof(float))) {
        return 1;
    }
    weights_args p = {pool, type, M, N, K, out, ld_out, a, ld_a, b, ld_b, scales, block};
    if (few) {
        saryu_rows rows = {b, N, ld_b * size};
        saryu_pool_run_rows(pool, few_rows_task, &p, rows);
    } else {
        saryu_pool_run(pool, many_rows_task, &p);
    }
    return 0;
}

typedef struct {
    int32_t type;
    int64_t N, C;
    float *out;
    int64_t ld_out;
    const char *table;
    int64_t ld_table;
    const float *scales;
    const int32_t *ids;
} gather_args;

static void gather_task(void *argument, int thread, int threads) {
    const gather_args *a = argument;
    int64_t from, to;
    share(a->N, 1, thread, threads, &from, &to);
    for (int64_t n = from; n < to; n++) {
        widen_row(a->type, a->out + n * a->ld_out, a->table, a->ld_table, a->ids[n], a->C, a->scales);
    }
}

void saryu_gather_weights(saryu_pool *pool, int32_t type, int64_t N, int64_t C, float *out, int64_t ld_out,
                          const void *table, int64_t ld_table, const float *scales, const int32_t *ids) {
    gather_args a = {type, N, C, out, ld_out, table, ld_table, scales, ids};
    /* One row is the first op of a token: workers that went to sleep while it was chosen wake up during the next one. */
    saryu_pool_run_few(pool, gather_task, &a, N * C);
}
