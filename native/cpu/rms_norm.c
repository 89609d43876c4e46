#include "isa.h"

#include "half.h"
#include "pool.h"
#include "simd.h"

#include <math.h>

typedef struct {
    int32_t type;
    int64_t N, C;
    void *out;
    int64_t ld_out;
    float *rstd, *sum;
    int64_t ld_sum;
    const float *x;
    int64_t ld_x;
    const void *delta;
    int64_t ld_delta;
    const float *weight;
    float eps;
} norm_args;

SARYU_INLINE void add_row(int64_t C, float *sum, const float *x, const float *d) {
    int64_t c = 0;
    for (; c + 8 <= C; c += 8) {
        store8(sum + c, load8(x + c) + load8(d + c));
    }
    for (; c < C; c++) {
        sum[c] = x[c] + d[c];
    }
}

SARYU_INLINE void scale_row(int64_t C, float *out, const float *s, float r, const float *weight) {
    int64_t c = 0;
    for (; c + 8 <= C; c += 8) {
        store8(out + c, load8(s + c) * splat8(r) * load8(weight + c));
    }
    for (; c < C; c++) {
        out[c] = s[c] * r * weight[c];
    }
}

static void norm_task(void *argument, int thread, int threads) {
    const norm_args *a = argument;
    int64_t from, to, C = a->C;
    share(a->N, 1, thread, threads, &from, &to);
    float piece[PIECE];
    for (int64_t n = from; n < to; n++) {
        const float *s = a->x + n * a->ld_x;
        if (a->delta != NULL) {
            float *sum = a->sum + n * a->ld_sum;
            for (int64_t c = 0; c < C; c += PIECE) {
                int64_t count = C - c < PIECE ? C - c : PIECE;
                add_row(count, sum + c, s + c, as_floats(a->type, a->delta, n * a->ld_delta + c, count, piece));
            }
            s = sum;
        }
        float r = 1.0f / sqrtf(dot(s, s, C) / (float)C + a->eps);
        a->rstd[n] = r;
        for (int64_t c = 0; c < C; c += PIECE) {
            int64_t count = C - c < PIECE ? C - c : PIECE, at = n * a->ld_out + c;
            scale_row(count, floats_for(a->type, a->out, at, piece), s + c, r, a->weight + c);
            put_floats(a->type, a->out, at, count, piece);
        }
    }
}

void saryu_rms_norm(saryu_pool *pool, int32_t type, int64_t N, int64_t C, void *out, int64_t ld_out, float *rstd,
                    float *sum, int64_t ld_sum, const float *x, int64_t ld_x, const void *delta, int64_t ld_delta,
                    const float *weight, float eps) {
    norm_args a = {type, N, C, out, ld_out, rstd, sum, ld_sum, x, ld_x, delta, ld_delta, weight, eps};
    saryu_pool_run_few(pool, norm_task, &a, N * C);
}

typedef struct {
    saryu_pool *pool;
    int32_t type;
    int64_t N, C;
    float *d_s;
    int64_t ld_d_s;
    float *d_weight;
    const void *d_out;
    int64_t ld_d_out;
    const float *d_sum;
    int64_t ld_d_sum;
    const float *s;
    int64_t ld_s;
    const float *weight, *rstd;
} norm_backward_args;

/* `partial` and `widened` are C floats of a worker's scratch. */
static void norm_backward_row(const norm_backward_args *a, int64_t n, float *partial, float *widened) {
    int64_t C = a->C;
    const float *g = as_floats(a->type, a->d_out, n * a->ld_d_out, C, widened), *s = a->s + n * a->ld_s;
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

static void norm_backward_task(void *argument, int thread, int threads) {
    const norm_backward_args *a = argument;
    int64_t from, to, C = a->C;
    share(a->N, 1, thread, threads, &from, &to);
    float *scratch = saryu_pool_scratch(a->pool, thread), *partial = a->d_weight == NULL ? NULL : scratch;
    if (partial != NULL) {
        memset(partial, 0, (size_t)C * sizeof(float));
    }
    for (int64_t n = from; n < to; n++) {
        norm_backward_row(a, n, partial, scratch + C);
    }
}

int32_t saryu_rms_norm_backward(saryu_pool *pool, int32_t type, int64_t N, int64_t C, float *d_s, int64_t ld_d_s,
                                float *d_weight, int32_t accumulate_weight, const void *d_out, int64_t ld_d_out,
                                const float *d_sum, int64_t ld_d_sum, const float *s, int64_t ld_s, const float *weight,
                                const float *rstd) {
    if (saryu_pool_reserve(pool, (size_t)(2 * C) * sizeof(float))) {
        return 1;
    }
    norm_backward_args a = {pool,  type,     N, C,    d_s,    ld_d_s, d_weight, d_out, ld_d_out,
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
