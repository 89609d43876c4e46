#include "isa.h"

#include "pool.h"
#include "simd.h"

typedef struct {
    int64_t N, C, V;
    float *out;
    int64_t ld_out;
    const float *in;
    int64_t ld_in;
    const int32_t *ids;
    int32_t accumulate;
} rows_args;

static void gather_task(void *argument, int thread, int threads) {
    const rows_args *a = argument;
    int64_t from, to;
    share(a->N, 1, thread, threads, &from, &to);
    for (int64_t n = from; n < to; n++) {
        memcpy(a->out + n * a->ld_out, a->in + a->ids[n] * a->ld_in, (size_t)a->C * sizeof(float));
    }
}

void saryu_gather_rows_f32(saryu_pool *pool, int64_t N, int64_t C, float *out, int64_t ld_out, const float *table,
                           int64_t ld_table, const int32_t *ids) {
    rows_args a = {N, C, 0, out, ld_out, table, ld_table, ids, 0};
    saryu_pool_run(pool, gather_task, &a);
}

static void scatter_task(void *argument, int thread, int threads) {
    const rows_args *a = argument;
    int64_t from, to;
    share(a->N, 1, thread, threads, &from, &to);
    for (int64_t n = from; n < to; n++) {
        memcpy(a->out + a->ids[n] * a->ld_out, a->in + n * a->ld_in, (size_t)a->C * sizeof(float));
    }
}

void saryu_scatter_rows_f32(saryu_pool *pool, int64_t N, int64_t C, float *out, int64_t ld_out, const float *in,
                            int64_t ld_in, const int32_t *rows) {
    rows_args a = {N, C, 0, out, ld_out, in, ld_in, rows, 0};
    saryu_pool_run(pool, scatter_task, &a);
}

/* Workers own columns, so equal ids are added in order of n whatever the number of workers. */
static void gather_backward_task(void *argument, int thread, int threads) {
    const rows_args *a = argument;
    int64_t from, to;
    share(a->C, 16, thread, threads, &from, &to);
    if (from == to) {
        return;
    }
    if (!a->accumulate) {
        for (int64_t v = 0; v < a->V; v++) {
            memset(a->out + v * a->ld_out + from, 0, (size_t)(to - from) * sizeof(float));
        }
    }
    for (int64_t n = 0; n < a->N; n++) {
        float *row = a->out + a->ids[n] * a->ld_out;
        const float *d = a->in + n * a->ld_in;
        int64_t c = from;
        for (; c + 8 <= to; c += 8) {
            store8(row + c, load8(row + c) + load8(d + c));
        }
        for (; c < to; c++) {
            row[c] += d[c];
        }
    }
}

void saryu_gather_rows_backward_f32(saryu_pool *pool, int64_t N, int64_t C, int64_t V, float *d_table,
                                    int64_t ld_d_table, int32_t accumulate, const float *d_out, int64_t ld_d_out, const int32_t *ids) {
    rows_args a = {N, C, V, d_table, ld_d_table, d_out, ld_d_out, ids, accumulate};
    saryu_pool_run(pool, gather_backward_task, &a);
}
