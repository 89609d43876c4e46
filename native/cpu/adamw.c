#include "isa.h"

#include "pool.h"
#include "simd.h"

#include <math.h>

typedef struct {
    int64_t S;
    const int64_t *segments;
    float *weights;
    const float *grads;
    float *exp_avg, *exp_avg_sq;
    float factor, beta1, beta2, rest1, rest2, step_size, root_correction, epsilon, keep;
    int64_t total;
} adamw_args;

static void update(const adamw_args *a, int64_t from, int64_t to, float keep) {
    const v8f b1 = splat8(a->beta1), b2 = splat8(a->beta2), c1 = splat8(a->rest1), c2 = splat8(a->rest2);
    for (int64_t i = from; i < to; i += 8) {
        int64_t n = to - i < 8 ? to - i : 8;
        v8f w, g, m, v;
        if (n == 8) {
            w = load8(a->weights + i), g = load8(a->grads + i), m = load8(a->exp_avg + i), v = load8(a->exp_avg_sq + i);
        } else {
            w = load_part(a->weights + i, n, 0), g = load_part(a->grads + i, n, 0);
            m = load_part(a->exp_avg + i, n, 0), v = load_part(a->exp_avg_sq + i, n, 0);
        }
        g *= splat8(a->factor);
        m = b1 * m + c1 * g;
        v = b2 * v + c2 * g * g;
        v8f root;
        for (int l = 0; l < 8; l++) {
            root[l] = sqrtf(v[l]);
        }
        w = w * splat8(keep) - splat8(a->step_size) * m / (root * splat8(a->root_correction) + splat8(a->epsilon));
        if (n == 8) {
            store8(a->weights + i, w), store8(a->exp_avg + i, m), store8(a->exp_avg_sq + i, v);
        } else {
            store_part(a->weights + i, n, w), store_part(a->exp_avg + i, n, m), store_part(a->exp_avg_sq + i, n, v);
        }
    }
}

/* Workers share the elements of all segments laid end to end. */
static void adamw_task(void *argument, int thread, int threads) {
    const adamw_args *a = argument;
    int64_t from, to, before = 0;
    share(a->total, 16, thread, threads, &from, &to);
    for (int64_t s = 0; s < a->S; s++) {
        int64_t first = a->segments[3 * s], count = a->segments[3 * s + 1];
        int64_t lo = from > before ? from - before : 0, hi = to < before + count ? to - before : count;
        if (lo < hi) {
            update(a, first + lo, first + hi, a->segments[3 * s + 2] ? a->keep : 1.0f);
        }
        before += count;
    }
}

void saryu_adamw_f32(saryu_pool *pool, int64_t S, const int64_t *segments, float *weights, const float *grads,
                     float *exp_avg, float *exp_avg_sq, const double *scalars, double beta1, double beta2, double epsilon,
                     double weight_decay) {
    if (scalars[SARYU_SKIP] != 0) {
        return;
    }
    double t = scalars[SARYU_STEP], lr = scalars[SARYU_LEARNING_RATE];
    adamw_args a = {S,
                    segments,
                    weights,
                    grads,
                    exp_avg,
                    exp_avg_sq,
                    (float)scalars[SARYU_GRAD_FACTOR],
                    (float)beta1,
                    (float)beta2,
                    (float)(1 - beta1), /* in double: 1 - 0.999f is off by 5e-5 */
                    (float)(1 - beta2),
                    (float)(lr / (1 - pow(beta1, t))),
                    (float)(1 / sqrt(1 - pow(beta2, t))),
                    (float)epsilon,
                    (float)(1 - lr * weight_decay),
                    0};
    for (int64_t s = 0; s < S; s++) {
        a.total += segments[3 * s + 1];
    }
    saryu_pool_run(pool, adamw_task, &a);
}
