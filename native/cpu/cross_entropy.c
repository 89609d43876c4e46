#include "isa.h"

#include "pool.h"
#include "simd.h"

#include <math.h>

typedef struct {
    int64_t N, V;
    float *logits;
    int64_t ld;
    float *row_loss;
    const int32_t *targets;
    float factor;
    int32_t gradient;
} loss_args;

/* Sum of exp(row - top), stored in place when asked: the exponentials are the costly part and are needed again. */
static float exponentials(float *row, int64_t V, float top, int32_t keep) {
    /* Short partial sums: 50,000 terms in one fp32 lane would lose digits. */
    double total = 0;
    for (int64_t block = 0; block < V; block += 4096) {
        int64_t end = block + 4096 < V ? block + 4096 : V, i = block;
        v8f sum = splat8(0);
        for (; i + 8 <= end; i += 8) {
            v8f e = exp8(load8(row + i) - splat8(top));
            sum += e;
            if (keep) {
                store8(row + i, e);
            }
        }
        if (i < end) {
            v8f e = exp8(load_part(row + i, end - i, top) - splat8(top));
            for (int64_t j = i; j < end; j++) {
                total += e[j - i];
            }
            if (keep) {
                store_part(row + i, end - i, e);
            }
        }
        total += sum8(sum);
    }
    return (float)total;
}

static void loss_task(void *argument, int thread, int threads) {
    const loss_args *a = argument;
    int64_t from, to, V = a->V;
    share(a->N, 1, thread, threads, &from, &to);
    for (int64_t n = from; n < to; n++) {
        float *row = a->logits + n * a->ld;
        int32_t target = a->targets[n];
        if (target < 0) {
            a->row_loss[n] = 0;
            if (a->gradient) {
                memset(row, 0, (size_t)V * sizeof(float));
            }
            continue;
        }
        v8f m = splat8(-INFINITY);
        int64_t i = 0;
        for (; i + 8 <= V; i += 8) {
            m = max8(load8(row + i), m);
        }
        if (i < V) {
            m = max8(load_part(row + i, V - i, -INFINITY), m);
        }
        float top = max_lane(m), at_target = row[target];
        float sum = exponentials(row, V, top, a->gradient);
        a->row_loss[n] = logf(sum) + top - at_target;
        if (a->gradient) {
            float k = a->factor / sum;
            for (i = 0; i + 8 <= V; i += 8) {
                store8(row + i, load8(row + i) * splat8(k));
            }
            for (; i < V; i++) {
                row[i] *= k;
            }
            row[target] -= a->factor;
        }
    }
}

void saryu_cross_entropy_f32(saryu_pool *pool, int64_t N, int64_t V, float *logits, int64_t ld_logits, float *row_loss,
                             const int32_t *targets, double *scalars, int32_t gradient) {
    float factor = (float)(scalars[SARYU_LOSS_SCALE] / scalars[SARYU_VALID_TARGETS]);
    loss_args a = {N, V, logits, ld_logits, row_loss, targets, factor, gradient};
    saryu_pool_run(pool, loss_task, &a);
    double sum = 0;
    for (int64_t n = 0; n < N; n++) {
        sum += row_loss[n];
    }
    scalars[SARYU_LOSS_SUM] += sum;
}
