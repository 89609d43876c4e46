#include "isa.h"

#include "pool.h"
#include "simd.h"

typedef struct {
    int64_t rows, cols;
    float *out;
    int64_t ld_out;
    const float *in;
    int64_t ld_in;
} copy_args;

static void copy_task(void *argument, int thread, int threads) {
    const copy_args *a = argument;
    int64_t from, to;
    if (a->cols == a->ld_out && a->cols == a->ld_in) {
        share(a->rows * a->cols, 16, thread, threads, &from, &to);
        memmove(a->out + from, a->in + from, (size_t)(to - from) * sizeof(float));
        return;
    }
    share(a->rows, 1, thread, threads, &from, &to);
    for (int64_t r = from; r < to; r++) {
        memmove(a->out + r * a->ld_out, a->in + r * a->ld_in, (size_t)a->cols * sizeof(float));
    }
}

void saryu_copy_f32(saryu_pool *pool, int64_t rows, int64_t cols, float *out, int64_t ld_out, const float *in,
                    int64_t ld_in) {
    copy_args a = {rows, cols, out, ld_out, in, ld_in};
    saryu_pool_run(pool, copy_task, &a);
}
