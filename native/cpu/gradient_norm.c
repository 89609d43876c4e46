#include "isa.h"

#include "pool.h"
#include "simd.h"

#include <math.h>

typedef struct {
    saryu_pool *pool;
    int64_t n;
    const float *grads;
} norm_args;

/* Squares in fp32 within blocks of 4096, blocks in double. */
static void norm_task(void *argument, int thread, int threads) {
    const norm_args *a = argument;
    int64_t from, to;
    share(a->n, 4096, thread, threads, &from, &to);
    double total = 0;
    for (int64_t block = from; block < to; block += 4096) {
        int64_t count = to - block < 4096 ? to - block : 4096;
        total += dot(a->grads + block, a->grads + block, count);
    }
    *(double *)saryu_pool_scratch(a->pool, thread) = total;
}

int32_t saryu_gradient_norm_f32(saryu_pool *pool, int64_t n, const float *grads, double *scalars, double max_norm) {
    if (saryu_pool_reserve(pool, sizeof(double))) {
        return 1;
    }
    norm_args a = {pool, n, grads};
    saryu_pool_run(pool, norm_task, &a);
    double total = 0;
    for (int t = 0; t < saryu_pool_threads(pool); t++) {
        total += *(const double *)saryu_pool_scratch(pool, t);
    }
    double norm = sqrt(total) / scalars[SARYU_LOSS_SCALE], clip = max_norm > 0 ? max_norm / (norm + 1e-6) : 1;
    scalars[SARYU_GRAD_NORM] = norm;
    scalars[SARYU_GRAD_FACTOR] = (clip < 1 ? clip : 1) / scalars[SARYU_LOSS_SCALE];
    if (!isfinite(norm)) {
        scalars[SARYU_SKIP] = 1;
    }
    return 0;
}
