#include "isa.h"

#include "pool.h"
#include "simd.h"

#include <math.h>

typedef struct {
    int64_t rows, cols;
    int8_t *out;
    int64_t ld_out;
    float *scales;
    const float *in;
    int64_t ld_in;
} quantize_args;

/* scale = max|x| / 127, q = x / scale to the nearest, ties to even, within [-127, 127]: symmetric, so that 0 stays 0. The
 * division is in double: every instruction set and the oracle then round the same number. */
static float quantize_row(int64_t n, int8_t *restrict out, const float *restrict in) {
    float most = 0;
    int finite = 1;
    for (int64_t i = 0; i < n; i++) {
        float size = fabsf(in[i]);
        finite &= size <= 3.402823466e38f;
        most = size > most ? size : most;
    }
    float scale = most / 127.0f;
    if (!finite || !(scale > 0)) {
        for (int64_t i = 0; i < n; i++) {
            out[i] = 0;
        }
        /* Numbers that are none must not become numbers: 0 * NaN is NaN. */
        return finite ? 0.0f : NAN;
    }
    for (int64_t i = 0; i < n; i++) {
        double q = rint((double)in[i] / (double)scale);
        q = q > 127 ? 127 : q;
        out[i] = (int8_t)(q < -127 ? -127 : q);
    }
    return scale;
}

static void quantize_task(void *argument, int thread, int threads) {
    const quantize_args *a = argument;
    int64_t from, to;
    share(a->rows, 1, thread, threads, &from, &to);
    for (int64_t r = from; r < to; r++) {
        a->scales[r] = quantize_row(a->cols, a->out + r * a->ld_out, a->in + r * a->ld_in);
    }
}

void saryu_quantize(saryu_pool *pool, int64_t rows, int64_t cols, int8_t *out, int64_t ld_out, float *scales,
                    const float *in, int64_t ld_in) {
    quantize_args a = {rows, cols, out, ld_out, scales, in, ld_in};
    saryu_pool_run(pool, quantize_task, &a);
}
