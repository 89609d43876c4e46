#include "isa.h"

#include "pool.h"
#include "weight_rows.h"

enum { ROW_MAJOR = 101, NO_TRANS = 111, TRANS = 112 };

/* Up to this many rows a product is bound by reading b, and our dot products read it once. */
#define FEW_ROWS 16
/* Rows of a that one call packs: OpenBLAS keeps them all for some hundred columns, and at the vocabulary's tens of thousands
 * that would be 40 MB a thread which nothing else uses. */
#define PANEL 4096

typedef struct {
    saryu_pool *pool;
    int64_t M, N, K;
    float *out;
    int64_t ld_out;
    const float *a;
    int64_t ld_a;
    int32_t transpose_a;
    const float *b;
    int64_t ld_b;
    int32_t transpose_b, accumulate;
} matmul_args;

/* Workers share the larger side of the result and never the sum, so bits do not depend on timing. */
static void matmul_task(void *argument, int thread, int threads) {
    const matmul_args *p = argument;
    int64_t from, to;
    const float *a = p->a, *b = p->b;
    float *out = p->out;
    int64_t m = p->M, n = p->N;
    if (p->M > p->N) {
        share(p->M, 16, thread, threads, &from, &to);
        m = to - from;
        a += p->transpose_a ? from : from * p->ld_a;
        out += from * p->ld_out;
    } else {
        share(p->N, 16, thread, threads, &from, &to);
        n = to - from;
        b += p->transpose_b ? from * p->ld_b : from;
        out += from;
    }
    if (n == 0) {
        return;
    }
    saryu_sgemm_fn sgemm = saryu_pool_sgemm(p->pool);
    for (int64_t row = 0; row < m; row += PANEL) {
        int64_t rows = m - row < PANEL ? m - row : PANEL;
        sgemm(ROW_MAJOR, p->transpose_a ? TRANS : NO_TRANS, p->transpose_b ? TRANS : NO_TRANS, (int)rows, (int)n,
                 (int)p->K, 1.0f, a + (p->transpose_a ? row : row * p->ld_a), (int)p->ld_a, b, (int)p->ld_b,
                 p->accumulate ? 1.0f : 0.0f, out + row * p->ld_out, (int)p->ld_out);
    }
}

/* out[from, to) of each row. */
static void few_rows_range(const matmul_args *p, int64_t from, int64_t to) {
    float sums[FEW_ROWS];
    int64_t n = from;
    for (; p->M == 1 && n + 4 <= to; n += 4) {
        dot_four(SARYU_F32, (const char *)(p->b + n * p->ld_b), p->ld_b * (int64_t)sizeof(float), p->a, p->K, sums);
        for (int r = 0; r < 4; r++) {
            p->out[n + r] = p->accumulate ? p->out[n + r] + sums[r] : sums[r];
        }
    }
    for (; n < to; n++) {
        dot_all(SARYU_F32, p->M, p->b + n * p->ld_b, p->a, p->ld_a, p->K, sums);
        for (int64_t m = 0; m < p->M; m++) {
            float *o = p->out + m * p->ld_out + n;
            *o = p->accumulate ? *o + sums[m] : sums[m];
        }
    }
}

static void few_rows_task(void *argument, int thread, int threads) {
    const matmul_args *p = argument;
    (void)threads;
    for (int64_t n, rows; (rows = saryu_pool_take(p->pool, thread, &n)) > 0;) {
        few_rows_range(p, n, n + rows);
    }
}

void saryu_matmul_f32(saryu_pool *pool, int64_t M, int64_t N, int64_t K, float *out, int64_t ld_out, const float *a,
                      int64_t ld_a, int32_t transpose_a, const float *b, int64_t ld_b, int32_t transpose_b,
                      int32_t accumulate) {
    matmul_args p = {pool, M, N, K, out, ld_out, a, ld_a, transpose_a, b, ld_b, transpose_b, accumulate};
    if (M <= FEW_ROWS && !transpose_a && transpose_b) {
        saryu_rows rows = {(const char *)b, N, ld_b * (int64_t)sizeof(float)};
        saryu_pool_run_rows(pool, few_rows_task, &p, rows);
    } else {
        saryu_pool_run(pool, matmul_task, &p);
    }
}
