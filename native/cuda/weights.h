/* Weights that stay narrow in memory: of `narrow`, or with SARYU_TYPE 3 signed bytes with an fp32 scale a row. */
#pragma once

#include "vectors.h"

#if SARYU_TYPE == 3
typedef signed char stored;
#else
typedef narrow stored;
#endif

DEVICE float widen(signed char x) { return (float)x; }
template <class T> DEVICE float widen(T x) { return to_float(x); }

/* Elements in 16 bytes. */
#define STORED_WIDTH (16 / (int)sizeof(stored))

/* W elements from p, widened. */
template <int W> DEVICE void load_stored(float (&x)[W], const stored *p) {
    if (W == 1) {
        x[0] = widen(p[0]);
        return;
    }
    Pack<stored> pack = load16(p);
#pragma unroll
    for (int i = 0; i < W; i++) {
        x[i] = widen(pack.v[i]);
    }
}

/* A row by one warp, widened and scaled. */
template <int W> DEVICE void widen_row(long long C, float *out, const stored *in, float scale) {
    for (long long c = (threadIdx.x & 31) * W; c < C; c += 32 * W) {
        float x[W];
        load_stored<W>(x, in + c);
#pragma unroll
        for (int i = 0; i < W; i++) {
            x[i] *= scale;
        }
        store<W>(out + c, x);
    }
}
