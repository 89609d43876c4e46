#include "isa.h"

#include "half.h"
#include "pool.h"
#include "simd.h"

/* Which elements stay is a hash of where they are, so that every call with equal scalars and stream keeps the same ones:
 * nothing is stored between forward and backward, and no order of threads matters. The hashes are those of Backend.dropout. */

typedef struct {
    int32_t type;
    int64_t N, C;
    void *out;
    int64_t ld_out;
    const void *in;
    int64_t ld_in;
    uint64_t key;
    uint32_t threshold;
    float scale;
    int32_t accumulate;
} dropout_args;

/* SplitMix64's finaliser. */
SARYU_INLINE uint64_t mix64(uint64_t a, uint64_t b) {
    uint64_t z = a + 0x9E3779B97F4A7C15u * (b + 1);
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9u;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EBu;
    return z ^ (z >> 31);
}

/* Wellons' lowbias32. */
SARYU_INLINE uint32_t hash32(uint32_t x) {
    x = (x ^ (x >> 16)) * 0x7FEB352Du;
    x = (x ^ (x >> 15)) * 0x846CA68Bu;
    return x ^ (x >> 16);
}

static void dropout_task(void *argument, int thread, int threads) {
    const dropout_args *a = argument;
    int64_t from, to;
    share(a->N, 1, thread, threads, &from, &to);
    float ins[PIECE], outs[PIECE];
    for (int64_t n = from; n < to; n++) {
        uint64_t row = mix64(a->key, (uint64_t)n);
        uint32_t low = (uint32_t)row, high = (uint32_t)(row >> 32), threshold = a->threshold;
        float scale = a->scale;
        for (int64_t c = 0; c < a->C; c += PIECE) {
            int64_t count = a->C - c < PIECE ? a->C - c : PIECE;
            const float *in = as_floats(a->type, a->in, n * a->ld_in + c, count, ins);
            float *out = floats_for(a->type, a->out, n * a->ld_out + c, outs);
            if (a->accumulate) {
                as_floats(a->type, a->out, n * a->ld_out + c, count, outs);
                for (int64_t i = 0; i < count; i++) {
                    uint32_t u = hash32(hash32((uint32_t)(c + i) + low) ^ high);
                    out[i] += u >= threshold ? in[i] * scale : 0.0f;
                }
            } else {
                for (int64_t i = 0; i < count; i++) {
                    uint32_t u = hash32(hash32((uint32_t)(c + i) + low) ^ high);
                    out[i] = u >= threshold ? in[i] * scale : 0.0f;
                }
            }
            put_floats(a->type, a->out, n * a->ld_out + c, count, outs);
        }
    }
}

void saryu_dropout(saryu_pool *pool, int32_t type, int64_t N, int64_t C, void *out, int64_t ld_out, const void *in,
                   int64_t ld_in, const double *scalars, int64_t threshold, float scale, int64_t stream, int32_t accumulate) {
    uint64_t key = mix64(mix64((uint64_t)(int64_t)scalars[SARYU_SEED], (uint64_t)(int64_t)scalars[SARYU_OFFSET]),
                         (uint64_t)stream);
    dropout_args a = {type, N, C, out, ld_out, in, ld_in, key, (uint32_t)threshold, scale, accumulate};
    saryu_pool_run_few(pool, dropout_task, &a, N * C);
}
