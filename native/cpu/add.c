#include "isa.h"

#include "pool.h"
#include "simd.h"

typedef struct {
    int64_t n;
    float *out;
    const float *a, *b;
} add_args;

static void add_task(void *argument, int thread, int threads) {
    const add_args *p = argument;
    int64_t from, to;
    share(p->n, 16, thread, threads, &from, &to);
    int64_t i = from;
    for (; i + 8 <= to; i += 8) {
        store8(p->out + i, load8(p->a + i) + load8(p->b + i));
    }
    for (; i < to; i++) {
        p->out[i] = p->a[i] + p->b[i];
    }
}

void saryu_add_f32(saryu_pool *pool, int64_t n, float *out, const float *a, const float *b) {
    add_args p = {n, out, a, b};
    saryu_pool_run(pool, add_task, &p);
}
