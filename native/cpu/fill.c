#include "isa.h"

#include "pool.h"
#include "simd.h"

typedef struct {
    int64_t n;
    float *out;
    float value;
} fill_args;

static void fill_task(void *argument, int thread, int threads) {
    const fill_args *a = argument;
    int64_t from, to;
    share(a->n, 16, thread, threads, &from, &to);
    for (int64_t i = from; i < to; i++) {
        a->out[i] = a->value;
    }
}

void saryu_fill_f32(saryu_pool *pool, int64_t n, float *out, float value) {
    fill_args a = {n, out, value};
    saryu_pool_run(pool, fill_task, &a);
}
