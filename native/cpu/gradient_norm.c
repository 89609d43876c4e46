#include "isa.h"

#include "pool.h"
#include "simd.h"

#include <math.h>

typedef struct {
    saryu_pool *pool;
    int64_t n;
    const float *grads;
} norm_args;

typedef double v4d __attribute__((vector_size(32)));

/* Squares in double: those of large fp32 gradients overflow. */
static double sum_of_squares(const float *x, int64_t n) {
    v4d s0 = {0}, s1 = {0}, s2 = {0}, s3 = {0};
    int64_t i = 0;
    for (; i + 16 <= n; i += 16) {
        v4d a = {x[i], x[i + 1], x[i + 2], x[i + 3]}, b = {x[i + 4], x[i + 5], x[i + 6], x[i + 7]};
        v4d c = {x[i + 8], x[i + 9], x[i + 10], x[i + 11]}, d = {x[i + 12], x[i + 13], x[i + 14], x[i + 15]};
        s0 += a * a, s1 += b * b, s2 += c * c, s3 += d * d;
    }
    v4d s = (s0 + s1) + (s2 + s3);
    double total = (s[0] + s[1]) + (s[2] + s[3]);
    for (; i < n; i++) {
        total += (double)x[i] * x[i];
    }
    return total;
}

static void norm_task(void *argument, int thread, int threads) {
    const norm_args *a = argument;
    int64_t from, to;
    share(a->n, 4096, thread, threads, &from, &to);
    double total = 0;
    for (int64_t block = from; block < to; block += 4096) {
        int64_t count = to - block < 4096 ? to - block : 4096;
        total += sum_of_squares(a->grads + block, count);
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
    /* A sum that is not a number is not below any limit. */
    if (!isfinite(norm) || !(scalars[SARYU_LOSS_SUM] <= scalars[SARYU_LOSS_LIMIT])) {
        scalars[SARYU_SKIP] = 1;
    }
    return 0;
}
