/* Heads of q and k for their norm and rotary embedding. A head of HS elements is taken by `lanes` neighbouring threads of a
 * warp, a power of two; each of them has WIDTH elements of the first half and their partners in the second, so that a
 * rotation stays within a thread. 32 lanes reach heads of 64 WIDTH elements, 256 in fp32. */
#pragma once

#include "vectors.h"

/* Elements [i, i + WIDTH) of a half head, 0 beyond it. */
template <bool PACKS, class T> DEVICE void head_load(float (&x)[WIDTH], const T *p, int i, int half) {
    if (PACKS) {
        if (i < half) {
            load<WIDTH>(x, p + i);
            return;
        }
    }
#pragma unroll
    for (int j = 0; j < WIDTH; j++) {
        x[j] = !PACKS && i + j < half ? to_float(p[i + j]) : 0;
    }
}

template <bool PACKS> DEVICE void head_store(narrow *p, const float (&x)[WIDTH], int i, int half) {
    if (PACKS) {
        if (i < half) {
            store<WIDTH>(p + i, x);
        }
    } else {
#pragma unroll
        for (int j = 0; j < WIDTH; j++) {
            if (i + j < half) {
                p[i + j] = from_float<narrow>(x[j]);
            }
        }
    }
}

/* The sum over the lanes of a head. */
DEVICE float head_sum(float x, int lanes) {
    for (int o = lanes / 2; o > 0; o /= 2) {
        x += __shfl_xor_sync(SARYU_FULL_MASK, x, o);
    }
    return x;
}

/* The angles of a row. A position outside the tables gives NaN: it cannot be refused here, and must be seen. */
template <bool PACKS>
DEVICE void angles(float (&c)[WIDTH], float (&s)[WIDTH], const float *cosine, const float *sine, int position, long long P,
                   int i, int half) {
    if (position >= 0 && position < P) {
        head_load<PACKS>(c, cosine + (long long)position * half, i, half);
        head_load<PACKS>(s, sine + (long long)position * half, i, half);
        return;
    }
#pragma unroll
    for (int j = 0; j < WIDTH; j++) {
        c[j] = s[j] = SARYU_NAN;
    }
}
