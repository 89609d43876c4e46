#include "isa.h"

#include "half.h"
#include "pool.h"
#include "simd.h"

#include <math.h>

typedef struct {
    saryu_pool *pool;
    int32_t type;
    int64_t N, NH, KVH, HS;
    void *q_out;
    int64_t ld_q_out;
    void *k_out;
    int64_t ld_k_out;
    float *rstd;
    const void *q;
    int64_t ld_q;
    const void *k;
    int64_t ld_k;
    const float *q_weight, *k_weight, *cos_table, *sin_table;
    const int32_t *positions;
    float eps;
} rope_args;

/* One head: y = x * r * w, then each pair (y[i], y[i + HS/2]) turned by its angle. */
static void head_forward(int64_t HS, float *restrict out, float *rstd, const float *restrict x,
                         const float *restrict weight, const float *restrict cosine, const float *restrict sine,
                         float eps) {
    int64_t half = HS / 2;
    float r = 1.0f / sqrtf(dot(x, x, HS) / (float)HS + eps);
    *rstd = r;
    for (int64_t i = 0; i < half; i++) {
        float a = x[i] * r * weight[i], b = x[i + half] * r * weight[i + half];
        out[i] = a * cosine[i] - b * sine[i];
        out[i + half] = b * cosine[i] + a * sine[i];
    }
}

/* The heads of one row of q or k; `space` is 2 HS floats. */
static void heads_forward(const rope_args *a, int64_t heads, void *out, int64_t at_out, float *rstd, const void *in,
                          int64_t at_in, const float *weight, const float *c, const float *s, float *space) {
    int64_t HS = a->HS;
    for (int64_t h = 0; h < heads; h++) {
        const float *x = as_floats(a->type, in, at_in + h * HS, HS, space);
        head_forward(HS, floats_for(a->type, out, at_out + h * HS, space + HS), rstd + h, x, weight, c, s, a->eps);
        put_floats(a->type, out, at_out + h * HS, HS, space + HS);
    }
}

static void rope_task(void *argument, int thread, int threads) {
    const rope_args *a = argument;
    int64_t from, to, HS = a->HS;
    share(a->N, 1, thread, threads, &from, &to);
    float *space = saryu_pool_scratch(a->pool, thread);
    for (int64_t n = from; n < to; n++) {
        const float *c = a->cos_table + a->positions[n] * (HS / 2), *s = a->sin_table + a->positions[n] * (HS / 2);
        float *rstd = a->rstd + n * (a->NH + a->KVH);
        heads_forward(a, a->NH, a->q_out, n * a->ld_q_out, rstd, a->q, n * a->ld_q, a->q_weight, c, s, space);
        heads_forward(a, a->KVH, a->k_out, n * a->ld_k_out, rstd + a->NH, a->k, n * a->ld_k, a->k_weight, c, s, space);
    }
}

int32_t saryu_qk_norm_rope(saryu_pool *pool, int32_t type, int64_t N, int64_t NH, int64_t KVH, int64_t HS, void *q_out,
                           int64_t ld_q_out, void *k_out, int64_t ld_k_out, float *rstd, const void *q, int64_t ld_q,
                           const void *k, int64_t ld_k, const float *q_weight, const float *k_weight,
                           const float *cos_table, const float *sin_table, const int32_t *positions, float eps) {
    if (saryu_pool_reserve(pool, (size_t)(2 * HS) * sizeof(float))) {
        return 1;
    }
    rope_args a = {pool, type, N,    NH,       KVH,      HS,        q_out,     ld_q_out,  k_out, ld_k_out, rstd,
                   q,    ld_q, k,    ld_k,     q_weight, k_weight,  cos_table, sin_table, positions, eps};
    saryu_pool_run_few(pool, rope_task, &a, N * (NH + KVH) * HS);
    return 0;
}

typedef struct {
    saryu_pool *pool;
    int32_t type;
    int64_t N, NH, KVH, HS;
    void *d_q;
    int64_t ld_d_q;
    void *d_k;
    int64_t ld_d_k;
    const void *d_q_out;
    int64_t ld_d_q_out;
    const void *d_k_out;
    int64_t ld_d_k_out;
    const void *q;
    int64_t ld_q;
    const void *k;
    int64_t ld_k;
    const float *q_weight, *k_weight, *rstd, *cos_table, *sin_table;
    const int32_t *positions;
} rope_backward_args;

/* Turns the gradient back, then the norm's gradient; `turned` is HS floats of scratch, `d_weight` collects. */
static void head_backward(int64_t HS, float *d_x, float *restrict turned, float *restrict d_weight, const float *d_out,
                          const float *restrict x, const float *restrict weight, float r, const float *restrict cosine,
                          const float *restrict sine) {
    int64_t half = HS / 2;
    for (int64_t i = 0; i < half; i++) {
        float a = d_out[i], b = d_out[i + half];
        turned[i] = a * cosine[i] + b * sine[i];
        turned[i + half] = b * cosine[i] - a * sine[i];
    }
    for (int64_t i = 0; i < HS; i++) {
        d_weight[i] += turned[i] * x[i] * r;
        turned[i] *= weight[i];
    }
    float k = r * r * r * dot(turned, x, HS) / (float)HS;
    for (int64_t i = 0; i < HS; i++) {
        d_x[i] = r * turned[i] - k * x[i];
    }
}

/* The heads of one row of q or k; `space` is 4 HS floats. */
static void heads_backward(const rope_backward_args *a, int64_t heads, void *d_in, int64_t at_d_in, float *d_weight,
                           const void *d_out, int64_t at_d_out, const void *in, int64_t at_in, const float *weight,
                           const float *rstd, const float *c, const float *s, float *space) {
    int64_t HS = a->HS;
    for (int64_t h = 0; h < heads; h++) {
        const float *d = as_floats(a->type, d_out, at_d_out + h * HS, HS, space + HS);
        const float *x = as_floats(a->type, in, at_in + h * HS, HS, space + 2 * HS);
        head_backward(HS, floats_for(a->type, d_in, at_d_in + h * HS, space + 3 * HS), space, d_weight, d, x, weight, rstd[h],
                      c, s);
        put_floats(a->type, d_in, at_d_in + h * HS, HS, space + 3 * HS);
    }
}

static void rope_backward_task(void *argument, int thread, int threads) {
    const rope_backward_args *a = argument;
    int64_t from, to, HS = a->HS;
    share(a->N, 1, thread, threads, &from, &to);
    float *partial_q = saryu_pool_scratch(a->pool, thread), *partial_k = partial_q + HS, *space = partial_k + HS;
    memset(partial_q, 0, (size_t)(2 * HS) * sizeof(float));
    for (int64_t n = from; n < to; n++) {
        const float *c = a->cos_table + a->positions[n] * (HS / 2), *s = a->sin_table + a->positions[n] * (HS / 2);
        const float *rstd = a->rstd + n * (a->NH + a->KVH);
        heads_backward(a, a->NH, a->d_q, n * a->ld_d_q, partial_q, a->d_q_out, n * a->ld_d_q_out, a->q, n * a->ld_q,
                       a->q_weight, rstd, c, s, space);
        heads_backward(a, a->KVH, a->d_k, n * a->ld_d_k, partial_k, a->d_k_out, n * a->ld_d_k_out, a->k, n * a->ld_k,
                       a->k_weight, rstd + a->NH, c, s, space);
    }
}

static void collect(saryu_pool *pool, int64_t HS, int64_t offset, float *d_weight, int32_t accumulate) {
    for (int64_t i = 0; d_weight != NULL && i < HS; i++) {
        float sum = 0;
        for (int t = 0; t < saryu_pool_threads(pool); t++) {
            sum += ((const float *)saryu_pool_scratch(pool, t))[offset + i];
        }
        d_weight[i] = accumulate ? d_weight[i] + sum : sum;
    }
}

int32_t saryu_qk_norm_rope_backward(saryu_pool *pool, int32_t type, int64_t N, int64_t NH, int64_t KVH, int64_t HS, void *d_q,
                                    int64_t ld_d_q, void *d_k, int64_t ld_d_k, float *d_q_weight, float *d_k_weight,
                                    int32_t accumulate_weights, const void *d_q_out, int64_t ld_d_q_out,
                                    const void *d_k_out, int64_t ld_d_k_out, const void *q, int64_t ld_q, const void *k,
                                    int64_t ld_k, const float *q_weight, const float *k_weight, const float *rstd,
                                    const float *cos_table, const float *sin_table, const int32_t *positions) {
    if (saryu_pool_reserve(pool, (size_t)(6 * HS) * sizeof(float))) {
        return 1;
    }
    rope_backward_args a = {pool,    type,       N,       NH,         KVH, HS,   d_q, ld_d_q, d_k,      ld_d_k,
                            d_q_out, ld_d_q_out, d_k_out, ld_d_k_out, q,   ld_q, k,   ld_k,   q_weight, k_weight,
                            rstd,    cos_table,  sin_table, positions};
    saryu_pool_run(pool, rope_backward_task, &a);
    collect(pool, HS, 0, d_q_weight, accumulate_weights);
    collect(pool, HS, HS, d_k_weight, accumulate_weights);
    return 0;
}
