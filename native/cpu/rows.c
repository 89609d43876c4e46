#include "isa.h"

#include "half.h"
#include "pool.h"
#include "simd.h"

/* Rows that are moved as they are, whatever their type; strides and width in bytes. */
typedef struct {
    int64_t N;
    size_t width;
    char *out;
    int64_t ld_out;
    const char *in;
    int64_t ld_in;
    const int32_t *ids;
} move_args;

static void gather_task(void *argument, int thread, int threads) {
    const move_args *a = argument;
    int64_t from, to;
    share(a->N, 1, thread, threads, &from, &to);
    for (int64_t n = from; n < to; n++) {
        memcpy(a->out + n * a->ld_out, a->in + a->ids[n] * a->ld_in, a->width);
    }
}

void saryu_gather_rows(saryu_pool *pool, int32_t type, int64_t N, int64_t C, void *out, int64_t ld_out, const void *table,
                       int64_t ld_table, const int32_t *ids) {
    int64_t size = (int64_t)size_of(type);
    move_args a = {N, (size_t)(C * size), out, ld_out * size, table, ld_table * size, ids};
    saryu_pool_run_few(pool, gather_task, &a, N * C);
}

static void scatter_task(void *argument, int thread, int threads) {
    const move_args *a = argument;
    int64_t from, to;
    share(a->N, 1, thread, threads, &from, &to);
    for (int64_t n = from; n < to; n++) {
        memcpy(a->out + a->ids[n] * a->ld_out, a->in + n * a->ld_in, a->width);
    }
}

void saryu_scatter_rows(saryu_pool *pool, int32_t type, int64_t N, int64_t C, void *out, int64_t ld_out, const void *in,
                        int64_t ld_in, const int32_t *rows) {
    int64_t size = (int64_t)size_of(type);
    move_args a = {N, (size_t)(C * size), out, ld_out * size, in, ld_in * size, rows};
    saryu_pool_run_few(pool, scatter_task, &a, N * C);
}

typedef struct {
    int64_t N, C, V;
    float *out;
    int64_t ld_out;
    const float *in;
    int64_t ld_in;
    const int32_t *ids;
    int32_t accumulate;
} rows_args;

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
