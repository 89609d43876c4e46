#include "isa.h"

#include "pool.h"
#include "simd.h"

#include <math.h>

typedef struct {
    int64_t N, C;
    float *out;
    int64_t ld_out;
    float *rstd, *sum;
    int64_t ld_sum;
    const float *x;
    int64_t ld_x;
    const float *delta;
    int64_t ld_delta;
    const float *weight;
    float eps;
} norm_args;

static void norm_task(void *argument, int thread, int threads) {
    const norm_args *a = argument;
    int64_t from, to, C = a->C;
    share(a->N, 1, thread, threads, &from, &to);
    for (int64_t n = from; n < to; n++) {
        const float *s = a->x + n * a->ld_x;
        if (a->delta != NULL) {
            const float *d = a->delta + n * a->ld_delta;
            float *sum = a->sum + n * a->ld_sum;
            int64_t c = 0;
            for (; c + 8 <= C; c += 8) {
                store8(sum + c, load8(s + c) + load8(d + c));
            }
            for (; c < C; c++) {
                sum[c] = s[c] + d[c];
            }
            s = sum;
        }
        float r = 1.0f / sqrtf(dot(s, s, C) / (float)C + a->eps);
        a->rstd[n] = r;
        float *out = a->out + n * a->ld_out;
        int64_t c = 0;
        for (; c + 8 <= C; c += 8) {
            store8(out + c, load8(s + c) * splat8(r) * load8(a->weight + c));
        }
        for (; c < C; c++) {
            out[c] = s[c] * r * a->weight[c];
        }
    }
}

void saryu_rms_norm_f32(saryu_pool *pool, int64_t N, int64_t C, float *out, int64_t ld_out, float *rstd, float *sum,
                        int64_t ld_sum, const float *x, int64_t ld_x, const float *delta, int64_t ld_delta,
                        const float *weight, float eps) {
    norm_args a = {N, C, out, ld_out, rstd, sum, ld_sum, x, ld_x, delta, ld_delta, weight, eps};
    saryu_pool_run(pool, norm_task, &a);
}

typedef struct {
    saryu_pool *pool;
    int64_t N, C;
    float *d_s;
    int64_t ld_d_s;
    float *d_weight;
    const float *d_out;
    int64_t ld_d_out;
    const float *d_sum;
    int64_t ld_d_sum;
    const float *s;
    int64_t ld_s;
    const float *weight, *rstd;
} norm_backward_args;

static void norm_backward_task(void *argument, int thread, int threads) {
    const norm_backward_args *a = argument;
    int64_t from, to, C = a->C;
    share(a->N, 1, thread, threads, &from, &to);
    float *partial = a->d_weight == NULL ? NULL : saryu_pool_scratch(a->pool, thread);
    if (partial != NULL) {
        memset(partial, 0, (size_t)C * sizeof(float));
    }
    for (int64_t n = from; n < to; n++) {
        const float *g = a->d_out + n * a->ld_d_out, *s = a->s + n * a->ld_s;
        const float *d_sum = a->d_sum == NULL ? NULL : a->d_sum + n * a->ld_d_sum;
        float *d_s = a->d_s + n * a->ld_d_s;
        float r = a->rstd[n];
        v8f acc = splat8(0);
        int64_t c = 0;
        for (; c + 8 <= C; c += 8) {
            acc += load8(g + c) * load8(a->weight + c) * load8(s + c);
        }
        float inner = sum8(acc);
        for (; c < C; c++) {
            inner += g[c] * a->weight[c] * s[c];
        }
        float k = r * r * r * inner / (float)C;
        for (c = 0; c + 8 <= C; c += 8) {
            v8f gc = load8(g + c), sc = load8(s + c);
            v8f v = splat8(r) * load8(a->weight + c) * gc - splat8(k) * sc;
            if (d_sum != NULL) {
                v += load8(d_sum + c);
            }
            store8(d_s + c, v);
            if (partial != NULL) {
                store8(partial + c, load8(partial + c) + gc * sc * splat8(r));
            }
        }
        for (; c < C; c++) {
            float v = r * a->weight[c] * g[c] - k * s[c];
            if (partial != NULL) {
                partial[c] += g[c] * s[c] * r;
            }
            d_s[c] = d_sum == NULL ? v : v + d_sum[c];
        }
    }
}

int32_t saryu_rms_norm_backward_f32(saryu_pool *pool, int64_t N, int64_t C, float *d_s, int64_t ld_d_s,
                                    float *d_weight, int32_t accumulate_weight, const float *d_out, int64_t ld_d_out,
                                    const float *d_sum, int64_t ld_d_sum, const float *s, int64_t ld_s,
                                    const float *weight, const float *rstd) {
    if (saryu_pool_reserve(pool, (size_t)C * sizeof(float))) {
        return 1;
    }
    norm_backward_args a = {pool,  N,        C, d_s,  ld_d_s, d_weight, d_out, ld_d_out,
                            d_sum, ld_d_sum, s, ld_s, weight, rstd};
    saryu_pool_run(pool, norm_backward_task, &a);
    if (d_weight != NULL) {
        for (int64_t c = 0; c < C; c++) {
            float sum = 0;
            for (int t = 0; t < saryu_pool_threads(pool); t++) {
                sum += ((const float *)saryu_pool_scratch(pool, t))[c];
            }
            d_weight[c] = accumulate_weight ? d_weight[c] + sum : sum;
        }
    }
    return 0;
}
