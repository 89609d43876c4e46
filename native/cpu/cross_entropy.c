#include "isa.h"

#include "half.h"
#include "pool.h"
#include "simd.h"

#include <math.h>

typedef struct {
    saryu_pool *pool;
    int32_t type;
    int64_t N, V;
    float *row_loss;
    void *d_logits;
    int64_t ld_d_logits;
    const float *logits;
    int64_t ld_logits;
    const int32_t *targets;
    float factor;
} loss_args;

/* Sum of exp(row - top), which are kept where `kept` is not NULL: they are the costly part and are needed again. */
static float exponentials(float *kept, const float *row, int64_t V, float top) {
    /* Short partial sums: 50,000 terms in one fp32 lane would lose digits. */
    double total = 0;
    for (int64_t block = 0; block < V; block += 4096) {
        int64_t end = block + 4096 < V ? block + 4096 : V, i = block;
        vf sum = splatw(0);
        for (; i + LANES <= end; i += LANES) {
            vf e = expw(loadw(row + i) - splatw(top));
            sum += e;
            if (kept != NULL) {
                storew(kept + i, e);
            }
        }
        if (i < end) {
            vf e = expw(loadw_part(row + i, end - i, top) - splatw(top));
            for (int64_t j = i; j < end; j++) {
                total += e[j - i];
            }
            if (kept != NULL) {
                storew_part(kept + i, end - i, e);
            }
        }
        total += sumw(sum);
    }
    return (float)total;
}

static float largest(const float *row, int64_t V) {
    vf m = splatw(-INFINITY);
    int64_t i = 0;
    for (; i + LANES <= V; i += LANES) {
        m = maxw(loadw(row + i), m);
    }
    if (i < V) {
        m = maxw(loadw_part(row + i, V - i, -INFINITY), m);
    }
    return max_lanew(m);
}

static void loss_task(void *argument, int thread, int threads) {
    const loss_args *a = argument;
    int64_t from, to, V = a->V;
    share(a->N, 1, thread, threads, &from, &to);
    float *space = a->type == SARYU_F32 ? NULL : saryu_pool_scratch(a->pool, thread);
    for (int64_t n = from; n < to; n++) {
        const float *row = a->logits + n * a->ld_logits;
        int64_t at = n * a->ld_d_logits;
        float *d = a->d_logits == NULL ? NULL : floats_for(a->type, a->d_logits, at, space);
        int32_t target = a->targets[n];
        if (target < 0) {
            a->row_loss[n] = 0;
            if (d != NULL) {
                memset((char *)a->d_logits + at * (int64_t)size_of(a->type), 0, (size_t)V * size_of(a->type));
            }
            continue;
        }
        float top = largest(row, V), at_target = row[target];
        float sum = exponentials(d, row, V, top);
        a->row_loss[n] = logf(sum) + top - at_target;
        if (d != NULL) {
            float k = a->factor / sum;
            int64_t i = 0;
            for (; i + LANES <= V; i += LANES) {
                storew(d + i, loadw(d + i) * splatw(k));
            }
            for (; i < V; i++) {
                d[i] *= k;
            }
            d[target] -= a->factor;
            put_floats(a->type, a->d_logits, at, V, d);
        }
    }
}

int32_t saryu_cross_entropy(saryu_pool *pool, int32_t type, int64_t N, int64_t V, float *row_loss, void *d_logits,
                            int64_t ld_d_logits, const float *logits, int64_t ld_logits, const int32_t *targets,
                            double *scalars) {
    if (d_logits != NULL && type != SARYU_F32 && saryu_pool_reserve(pool, (size_t)V * sizeof(float))) {
        return 1;
    }
    float factor = (float)(scalars[SARYU_LOSS_SCALE] / scalars[SARYU_VALID_TARGETS]);
    loss_args a = {pool, type, N, V, row_loss, d_logits, ld_d_logits, logits, ld_logits, targets, factor};
    saryu_pool_run(pool, loss_task, &a);
    double sum = 0;
    for (int64_t n = 0; n < N; n++) {
        sum += row_loss[n];
    }
    scalars[SARYU_LOSS_SUM] += sum;
    return 0;
}
