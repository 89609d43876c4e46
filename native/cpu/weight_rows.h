/* Dot products of a few rows of activations with rows of weights, which are read from memory once, one after another: at one
 * token a pass that reading is all the time there is. Weights are fp32, of 16 bits or int8; products and sums are fp32. */
#ifndef SARYU_WEIGHT_ROWS_H
#define SARYU_WEIGHT_ROWS_H

#include "half.h"
#include "simd.h"

#if defined(__AVX2__)
#include <immintrin.h>
#endif

/* Rows of activations that are multiplied while a vector of weights is in a register. */
#define MOST_ROWS 8
/* How far ahead of the row being read memory is asked for: beyond the page that the hardware's own prefetching ends at. */
#define AHEAD 4096

SARYU_INLINE size_t weight_size(int32_t type) {
    return type == SARYU_I8 ? 1 : size_of(type);
}

SARYU_INLINE vf widen_f16w(const uint16_t *p) {
#if LANES == 16
    return (vf)_mm512_cvtph_ps(_mm256_loadu_si256((const __m256i *)p));
#else
    return widen_f16(load8h(p));
#endif
}

SARYU_INLINE vf widen_i8w(const int8_t *p) {
#if LANES == 16
    return (vf)_mm512_cvtepi32_ps(_mm512_cvtepi8_epi32(_mm_loadu_si128((const __m128i *)p)));
#elif defined(__AVX2__)
    return (vf)_mm256_cvtepi32_ps(_mm256_cvtepi8_epi32(_mm_loadl_epi64((const __m128i *)p)));
#else
    return (vf){p[0], p[1], p[2], p[3], p[4], p[5], p[6], p[7]};
#endif
}

/* Two vectors of weights from element k on. Those of BF16 are the even and then the odd elements: a shift and a mask, where
 * their order would take moves across the register; pair_bf16 lays the activations out alike. */
SARYU_INLINE void load_pair(int32_t type, const void *row, int64_t k, vf *first, vf *second) {
    if (type == SARYU_F32) {
        *first = loadw((const float *)row + k);
        *second = loadw((const float *)row + k + LANES);
    } else if (type == SARYU_BF16) {
        vi both;
        memcpy(&both, (const uint16_t *)row + k, sizeof both);
        *first = (vf)(both << 16);
        *second = (vf)(both & (int32_t)0xFFFF0000u);
    } else if (type == SARYU_F16) {
        *first = widen_f16w((const uint16_t *)row + k);
        *second = widen_f16w((const uint16_t *)row + k + LANES);
    } else {
        *first = widen_i8w((const int8_t *)row + k);
        *second = widen_i8w((const int8_t *)row + k + LANES);
    }
}

/* Elements [k, k + n) of a row of weights, widened. */
SARYU_INLINE void widen_weights(int32_t type, float *out, const void *row, int64_t k, int64_t n) {
    if (type == SARYU_F32) {
        memcpy(out, (const float *)row + k, (size_t)n * sizeof(float));
    } else if (type != SARYU_I8) {
        widen(type, out, (const uint16_t *)row + k, n);
    } else {
        const int8_t *in = (const int8_t *)row + k;
        int64_t i = 0;
        for (; i + LANES <= n; i += LANES) {
            storew(out + i, widen_i8w(in + i));
        }
        for (; i < n; i++) {
            out[i] = in[i];
        }
    }
}

/* A row of activations as load_pair gives BF16 weights; what does not fill two vectors stays in order. */
SARYU_INLINE void pair_bf16(float *out, const float *in, int64_t K) {
    int64_t k = 0;
    for (; k + 2 * LANES <= K; k += 2 * LANES) {
        for (int i = 0; i < LANES; i++) {
            out[k + i] = in[k + 2 * i];
            out[k + LANES + i] = in[k + 2 * i + 1];
        }
    }
    memcpy(out + k, in + k, (size_t)(K - k) * sizeof(float));
}

/* Asks for the memory of the pair of vectors AHEAD of element k. */
SARYU_INLINE void ask_ahead(int32_t type, const void *row, int64_t k) {
    const char *next = (const char *)row + k * (int64_t)weight_size(type) + AHEAD;
    __builtin_prefetch(next);
    if (2 * LANES * weight_size(type) > 64) {
        __builtin_prefetch(next + 64);
    }
}

/* sums[m] += row . x[m] for M rows, over the first elements that make whole pairs of vectors; returns how many. `pairs` pairs a
 * step go to as many sums as hide the latency of adding. M and pairs are constants where this is inlined. */
SARYU_INLINE int64_t dot_pairs(int32_t type, int M, int pairs, const void *row, const float *x, int64_t ld_x, int64_t K,
                               vf *sums) {
    vf acc[MOST_ROWS][4] = {{{0}}};
    int chains = M > 4 ? 1 : 2 * pairs;
    int64_t k = 0, step = 2 * LANES * pairs;
    vf first, second;
    for (; k + step <= K; k += step) {
        for (int p = 0; p < pairs; p++) {
            int64_t at = k + 2 * LANES * p;
            ask_ahead(type, row, at);
            load_pair(type, row, at, &first, &second);
            for (int m = 0; m < M; m++) {
                acc[m][2 * p % chains] += first * loadw(x + m * ld_x + at);
                acc[m][(2 * p + 1) % chains] += second * loadw(x + m * ld_x + at + LANES);
            }
        }
    }
    for (; pairs > 1 && k + 2 * LANES <= K; k += 2 * LANES) {
        load_pair(type, row, k, &first, &second);
        for (int m = 0; m < M; m++) {
            acc[m][0] += first * loadw(x + m * ld_x + k);
            acc[m][1 % chains] += second * loadw(x + m * ld_x + k + LANES);
        }
    }
    for (int m = 0; m < M; m++) {
        for (int c = 1; c < chains; c++) {
            acc[m][0] += acc[m][c];
        }
        sums[m] = acc[m][0];
    }
    return k;
}

/* sums[m] += row . x[m] over elements [k, K), fewer than a pair of vectors holds. */
SARYU_INLINE void dot_rest(int32_t type, int64_t M, const void *row, const float *x, int64_t ld_x, int64_t k, int64_t K,
                           float *sums) {
    if (k == K) {
        return;
    }
    float rest[2 * LANES];
    widen_weights(type, rest, row, k, K - k);
    for (int64_t m = 0; m < M; m++) {
        for (int64_t i = k; i < K; i++) {
            sums[m] += rest[i - k] * x[m * ld_x + i];
        }
    }
}

/* sums[m] = row . x[m] for M rows of activations. */
SARYU_INLINE void dot_rows(int32_t type, int M, int pairs, const void *row, const float *x, int64_t ld_x, int64_t K,
                           float *sums) {
    vf totals[MOST_ROWS];
    int64_t k = dot_pairs(type, M, pairs, row, x, ld_x, K, totals);
    int m = 0;
    for (; m + 4 <= M; m += 4) {
        sum_fourw(totals + m, sums + m);
    }
    for (; m < M; m++) {
        sums[m] = sumw(totals[m]);
    }
    dot_rest(type, M, row, x, ld_x, k, K, sums);
}

/* sums[r] = row r . x for four rows of weights that lie `stride` bytes apart, read one after another. Adding up a vector's lanes
 * takes as long as eight products: four vectors at a time take half of that, and the bits are the same. */
SARYU_INLINE void dot_four(int32_t type, const char *rows, int64_t stride, const float *x, int64_t K, float *sums) {
    vf totals[4];
    int64_t k = 0;
    for (int r = 0; r < 4; r++) {
        k = dot_pairs(type, 1, 2, rows + r * stride, x, 0, K, totals + r);
    }
    sum_fourw(totals, sums);
    for (int r = 0; r < 4; r++) {
        dot_rest(type, 1, rows + r * stride, x, 0, k, K, sums + r);
    }
}

/* dot_rows for any number of rows of activations: blocks of eight read the row of weights again from the nearest cache. */
SARYU_INLINE void dot_all(int32_t type, int64_t M, const void *row, const float *x, int64_t ld_x, int64_t K, float *sums) {
    for (; M >= 8; M -= 8, x += 8 * ld_x, sums += 8) {
        dot_rows(type, 8, 1, row, x, ld_x, K, sums);
    }
    switch (M) {
    case 1: dot_rows(type, 1, 2, row, x, ld_x, K, sums); break;
    case 2: dot_rows(type, 2, 2, row, x, ld_x, K, sums); break;
    case 3: dot_rows(type, 3, 1, row, x, ld_x, K, sums); break;
    case 4: dot_rows(type, 4, 1, row, x, ld_x, K, sums); break;
    case 5: dot_rows(type, 5, 1, row, x, ld_x, K, sums); break;
    case 6: dot_rows(type, 6, 1, row, x, ld_x, K, sums); break;
    case 7: dot_rows(type, 7, 1, row, x, ld_x, K, sums); break;
    default: break;
    }
}

#endif
