#include "isa.h"

#include "pool.h"
#include "simd.h"

#include <math.h>

typedef struct {
    int64_t N, NH, KVH, HS;
    float *q_out;
    int64_t ld_q_out;
    float *k_out;
    int64_t ld_k_out;
    float *rstd;
    const float *q;
    int64_t ld_q;
    const float *k;
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

static void rope_task(void *argument, int thread, int threads) {
    const rope_args *a = argument;
    int64_t from, to, HS = a->HS;
    share(a->N, 1, thread, threads, &from, &to);
    for (int64_t n = from; n < to; n++) {
        const float *c = a->cos_table + a->positions[n] * (HS / 2), *s = a->sin_table + a->positions[n] * (HS / 2);
        float *rstd = a->rstd + n * (a->NH + a->KVH);
        for (int64_t h = 0; h < a->NH; h++) {
            head_forward(HS, a->q_out + n * a->ld_q_out + h * HS, rstd + h, a->q + n * a->ld_q + h * HS, a->q_weight, c,
                         s, a->eps);
        }
        for (int64_t h = 0; h < a->KVH; h++) {
            head_forward(HS, a->k_out + n * a->ld_k_out + h * HS, rstd + a->NH + h, a->k + n * a->ld_k + h * HS,
                         a->k_weight, c, s, a->eps);
        }
    }
}

void saryu_qk_norm_rope_f32(saryu_pool *pool, int64_t N, int64_t NH, int64_t KVH, int64_t HS, float *q_out,
                            int64_t ld_q_out, float *k_out, int64_t ld_k_out, float *rstd, const float *q, int64_t ld_q,
                            const float *k, int64_t ld_k, const float *q_weight, const float *k_weight,
                            const float *cos_table, const float *sin_table, const int32_t *positions, float eps) {
    rope_args a = {N,  NH,   KVH,      HS,       q_out,     ld_q_out,  k_out,     ld_k_out, rstd, q, ld_q, k,
                   ld_k, q_weight, k_weight, cos_table, sin_table, positions, eps};
    saryu_pool_run(pool, rope_task, &a);
}

typedef struct {
    saryu_pool *pool;
    int64_t N, NH, KVH, HS;
    float *d_q;
    int64_t ld_d_q;
    float *d_k;
    int64_t ld_d_k;
    const float *d_q_out;
    int64_t ld_d_q_out;
    const float *d_k_out;
    int64_t ld_d_k_out;
    const float *q;
    int64_t ld_q;
    const float *k;
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

static void rope_backward_task(void *argument, int thread, int threads) {
    const rope_backward_args *a = argument;
    int64_t from, to, HS = a->HS;
    share(a->N, 1, thread, threads, &from, &to);
    float *partial_q = saryu_pool_scratch(a->pool, thread), *partial_k = partial_q + HS, *turned = partial_k + HS;
    memset(partial_q, 0, (size_t)(2 * HS) * sizeof(float));
    for (int64_t n = from; n < to; n++) {
        const float *c = a->cos_table + a->positions[n] * (HS / 2), *s = a->sin_table + a->positions[n] * (HS / 2);
        const float *rstd = a->rstd + n * (a->NH + a->KVH);
        for (int64_t h = 0; h < a->NH; h++) {
            head_backward(HS, a->d_q + n * a->ld_d_q + h * HS, turned, partial_q, a->d_q_out + n * a->ld_d_q_out + h * HS,
                          a->q + n * a->ld_q + h * HS, a->q_weight, rstd[h], c, s);
        }
        for (int64_t h = 0; h < a->KVH; h++) {
            head_backward(HS, a->d_k + n * a->ld_d_k + h * HS, turned, partial_k, a->d_k_out + n * a->ld_d_k_out + h * HS,
                          a->k + n * a->ld_k + h * HS, a->k_weight, rstd[a->NH + h], c, s);
        }
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

int32_t saryu_qk_norm_rope_backward_f32(saryu_pool *pool, int64_t N, int64_t NH, int64_t KVH, int64_t HS, float *d_q,
                                        int64_t ld_d_q, float *d_k, int64_t ld_d_k, float *d_q_weight,
                                        float *d_k_weight, int32_t accumulate_weights, const float *d_q_out,
                                        int64_t ld_d_q_out, const float *d_k_out, int64_t ld_d_k_out, const float *q,
                                        int64_t ld_q, const float *k, int64_t ld_k, const float *q_weight,
                                        const float *k_weight, const float *rstd, const float *cos_table,
                                        const float *sin_table, const int32_t *positions) {
    if (saryu_pool_reserve(pool, (size_t)(3 * HS) * sizeof(float))) {
        return 1;
    }
    rope_backward_args a = {pool,       N,       NH,         KVH, HS,   d_q, ld_d_q, d_k,      ld_d_k,   d_q_out,
                            ld_d_q_out, d_k_out, ld_d_k_out, q,   ld_q, k,   ld_k,   q_weight, k_weight, rstd,
                            cos_table,  sin_table, positions};
    saryu_pool_run(pool, rope_backward_task, &a);
    collect(pool, HS, 0, d_q_weight, accumulate_weights);
    collect(pool, HS, HS, d_k_weight, accumulate_weights);
    return 0;
}
