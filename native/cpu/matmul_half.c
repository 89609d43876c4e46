#include "isa.h"

#include "half.h"
#include "pool.h"
#include "simd.h"

enum { ROW_MAJOR = 101, NO_TRANS = 111, TRANS = 112 };

/* Sides of the blocks that are widened for one sgemm: each widened element is used some hundred times, and the three blocks
 * stay near the last-level cache's share of a core. */
#define ROWS 256
#define COLUMNS 512
#define DEPTH 768
/* Up to this many rows a product is bound by reading b, which dot products do once. */
#define FEW_ROWS 4

typedef struct {
    saryu_pool *pool;
    int32_t type, out_type;
    int64_t M, N, K;
    void *out;
    int64_t ld_out;
    const uint16_t *a;
    int64_t ld_a;
    int32_t transpose_a;
    const uint16_t *b;
    int64_t ld_b;
    int32_t transpose_b, accumulate;
} half_args;

static int64_t least(int64_t a, int64_t b) {
    return a < b ? a : b;
}

/* Widens rows [row, row + rows) x columns [col, col + cols) of a matrix as it is stored, densely. */
static void widen_block(int32_t type, float *out, const uint16_t *in, int64_t ld, int64_t row, int64_t rows, int64_t col,
                        int64_t cols) {
    for (int64_t r = 0; r < rows; r++) {
        widen(type, out + r * cols, in + (row + r) * ld + col, cols);
    }
}

/* One block of the result: the sum over K in pieces of DEPTH, in fp32, rounded once at its end. `a_is` is what block of a
 * lies widened in `wide_a`, so that it is not widened again for the next block to the right. */
static void result_block(const half_args *p, int64_t i, int64_t m, int64_t j, int64_t n, float *wide_a, int64_t *a_is,
                         float *wide_b, float *wide_c) {
    saryu_sgemm_fn sgemm = saryu_pool_sgemm(p->pool);
    int to_floats = p->out_type == SARYU_F32;
    float *c = to_floats ? (float *)p->out + i * p->ld_out + j : wide_c;
    int64_t ld_c = to_floats ? p->ld_out : n;
    if (!to_floats && p->accumulate) {
        widen_block(p->out_type, wide_c, p->out, p->ld_out, i, m, j, n);
    }
    for (int64_t k = 0; k == 0 || k < p->K; k += DEPTH) {
        int64_t depth = least(p->K - k, DEPTH);
        if (a_is[0] != i || a_is[1] != k) {
            if (p->transpose_a) {
                widen_block(p->type, wide_a, p->a, p->ld_a, k, depth, i, m);
            } else {
                widen_block(p->type, wide_a, p->a, p->ld_a, i, m, k, depth);
            }
            a_is[0] = i, a_is[1] = k;
        }
        if (p->transpose_b) {
            widen_block(p->type, wide_b, p->b, p->ld_b, j, n, k, depth);
        } else {
            widen_block(p->type, wide_b, p->b, p->ld_b, k, depth, j, n);
        }
        int64_t ld_a = p->transpose_a ? m : depth, ld_b = p->transpose_b ? depth : n;
        sgemm(ROW_MAJOR, p->transpose_a ? TRANS : NO_TRANS, p->transpose_b ? TRANS : NO_TRANS, (int)m, (int)n, (int)depth,
              1.0f, wide_a, (int)(ld_a > 0 ? ld_a : 1), wide_b, (int)(ld_b > 0 ? ld_b : 1),
              k > 0 || p->accumulate ? 1.0f : 0.0f, c, (int)ld_c);
    }
    for (int64_t r = 0; !to_floats && r < m; r++) {
        put_floats(p->out_type, p->out, (i + r) * p->ld_out + j, n, wide_c + r * n);
    }
}

/* Workers share the larger side of the result and never the sum, so bits do not depend on timing. */
static void matmul_task(void *argument, int thread, int threads) {
    const half_args *p = argument;
    int64_t row = 0, row_end = p->M, column = 0, column_end = p->N;
    if (p->M > p->N) {
        share(p->M, 16, thread, threads, &row, &row_end);
    } else {
        share(p->N, 16, thread, threads, &column, &column_end);
    }
    float *wide_a = saryu_pool_scratch(p->pool, thread), *wide_b = wide_a + ROWS * DEPTH, *wide_c = wide_b + COLUMNS * DEPTH;
    int64_t a_is[2] = {-1, -1};
    for (int64_t i = row; i < row_end; i += ROWS) {
        for (int64_t j = column; j < column_end; j += COLUMNS) {
            result_block(p, i, least(row_end - i, ROWS), j, least(column_end - j, COLUMNS), wide_a, a_is, wide_b, wide_c);
        }
    }
}

static void few_rows_task(void *argument, int thread, int threads) {
    const half_args *p = argument;
    int64_t from, to, K = p->K;
    share(p->N, 16, thread, threads, &from, &to);
    float *wide_b = saryu_pool_scratch(p->pool, thread), *wide_a = wide_b + K;
    widen_block(p->type, wide_a, p->a, p->ld_a, 0, p->M, 0, K);
    for (int64_t n = from; n < to; n++) {
        widen(p->type, wide_b, p->b + n * p->ld_b, K);
        for (int64_t m = 0; m < p->M; m++) {
            int64_t at = m * p->ld_out + n;
            float before[1], after[1], sum = dot(wide_a + m * K, wide_b, K);
            float *o = floats_for(p->out_type, p->out, at, after);
            *o = p->accumulate ? *as_floats(p->out_type, p->out, at, 1, before) + sum : sum;
            put_floats(p->out_type, p->out, at, 1, o);
        }
    }
}

int32_t saryu_matmul_half(saryu_pool *pool, int32_t type, int32_t out_type, int64_t M, int64_t N, int64_t K, void *out,
                          int64_t ld_out, const void *a, int64_t ld_a, int32_t transpose_a, const void *b, int64_t ld_b,
                          int32_t transpose_b, int32_t accumulate) {
    int few = M <= FEW_ROWS && !transpose_a && transpose_b;
    int64_t floats = few ? (M + 1) * K : ROWS * DEPTH + COLUMNS * DEPTH + ROWS * COLUMNS;
    if (saryu_pool_reserve(pool, (size_t)floats * sizeof(float))) {
        return 1;
    }
    half_args p = {pool, type, out_type, M, N, K, out, ld_out, a, ld_a, transpose_a, b, ld_b, transpose_b, accumulate};
    saryu_pool_run(pool, few ? few_rows_task : matmul_task, &p);
    return 0;
}
