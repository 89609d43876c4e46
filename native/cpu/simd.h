/* Vectors by GCC/Clang vector extensions: one source compiles to AVX-512, to AVX2 and to whatever plain C has. */
#ifndef SARYU_SIMD_H
#define SARYU_SIMD_H

#include <stdint.h>
#include <string.h>

typedef float v8f __attribute__((vector_size(32)));
typedef int32_t v8i __attribute__((vector_size(32)));

#define SARYU_INLINE static inline __attribute__((always_inline))

SARYU_INLINE v8f load8(const float *p) {
    v8f v;
    memcpy(&v, p, sizeof v);
    return v;
}

SARYU_INLINE void store8(float *p, v8f v) {
    memcpy(p, &v, sizeof v);
}

/* The first `count` lanes from memory, `rest` in the others. */
SARYU_INLINE v8f load_part(const float *p, int64_t count, float rest) {
    v8f v = {rest, rest, rest, rest, rest, rest, rest, rest};
    memcpy(&v, p, (size_t)count * sizeof(float));
    return v;
}

SARYU_INLINE void store_part(float *p, int64_t count, v8f v) {
    memcpy(p, &v, (size_t)count * sizeof(float));
}

SARYU_INLINE v8f splat8(float x) {
    return (v8f){x, x, x, x, x, x, x, x};
}

SARYU_INLINE float sum8(v8f v) {
    return ((v[0] + v[4]) + (v[2] + v[6])) + ((v[1] + v[5]) + (v[3] + v[7]));
}

/* Vectors as wide as the instruction set: LANES lanes. For loops whose cost is arithmetic; what only moves memory is as fast
 * with eight. */
#if defined(__AVX512F__)
#define LANES 16
typedef float vf __attribute__((vector_size(64)));
typedef int32_t vi __attribute__((vector_size(64)));
#else
#define LANES 8
typedef v8f vf;
typedef v8i vi;
#endif

SARYU_INLINE vf loadw(const float *p) {
    vf v;
    memcpy(&v, p, sizeof v);
    return v;
}

SARYU_INLINE void storew(float *p, vf v) {
    memcpy(p, &v, sizeof v);
}

SARYU_INLINE vf splatw(float x) {
    return x - (vf){0};
}

/* The first `count` lanes from memory, `rest` in the others. */
SARYU_INLINE vf loadw_part(const float *p, int64_t count, float rest) {
    vf v = splatw(rest);
    memcpy(&v, p, (size_t)count * sizeof(float));
    return v;
}

SARYU_INLINE void storew_part(float *p, int64_t count, vf v) {
    memcpy(p, &v, (size_t)count * sizeof(float));
}

SARYU_INLINE vf maxw(vf a, vf b) {
    vi greater = a > b;
    return (vf)((greater & (vi)a) | (~greater & (vi)b));
}

SARYU_INLINE float max_lanew(vf v) {
    float m = v[0];
    for (int i = 1; i < LANES; i++) {
        m = v[i] > m ? v[i] : m;
    }
    return m;
}

SARYU_INLINE float sumw(vf v) {
    v8f half = {0};
    for (int i = 0; i < LANES; i += 8) {
        v8f part;
        memcpy(&part, (const char *)&v + (size_t)i * sizeof(float), sizeof part);
        half += part;
    }
    return sum8(half);
}

typedef float v4f __attribute__((vector_size(16)));

/* sums[i] = sumw(v[i]) for four vectors, and with its bits: what is left of each when its lanes are added down to four is
 * turned, so that the rest is done for all four at once. */
SARYU_INLINE void sum_fourw(const vf *v, float *sums) {
    v4f q[4];
    for (int i = 0; i < 4; i++) {
        v4f parts[LANES / 4];
        memcpy(parts, v + i, sizeof parts);
        for (int k = 0; 2 * k < LANES / 4 && LANES == 16; k++) {
            parts[k] += parts[k + 2];
        }
        q[i] = parts[0] + parts[1];
    }
    v4f lanes[4];
    for (int i = 0; i < 4; i++) {
        lanes[i] = (v4f){q[0][i], q[1][i], q[2][i], q[3][i]};
    }
    v4f total = (lanes[0] + lanes[2]) + (lanes[1] + lanes[3]);
    memcpy(sums, &total, sizeof total);
}

/* exp within 2 ulp on [-87.3, 88.3], clamped outside: x = n ln2 + r, a polynomial for exp(r) (Cephes expf), then 2^n by its
 * exponent bits. NaN comes out as NaN. */
SARYU_INLINE vf expw(vf x) {
    const vf magic = splatw(12582912.0f); /* 1.5 * 2^23: adding it rounds to an integer in the low bits */
    vi is_nan = x != x;
    vf c = maxw(x, splatw(-87.3f));
    c = -maxw(-c, splatw(-88.3f));
    vf shifted = c * splatw(1.44269504088896341f) + magic;
    vf n = shifted - magic;
    vf r = c - n * splatw(0.693359375f);
    r = r - n * splatw(-2.12194440e-4f);
    vf p = splatw(1.9875691500e-4f);
    p = p * r + splatw(1.3981999507e-3f);
    p = p * r + splatw(8.3334519073e-3f);
    p = p * r + splatw(4.1665795894e-2f);
    p = p * r + splatw(1.6666665459e-1f);
    p = p * r + splatw(5.0000001201e-1f);
    p = p * r * r + r + splatw(1.0f);
    vi power = ((vi)shifted - (vi)magic) << 23;
    vf result = (vf)((vi)p + power);
    return (vf)((is_nan & (vi)x) | (~is_nan & (vi)result));
}

/* Sum of products; four independent chains hide the latency of the multiply-add. */
SARYU_INLINE float dot(const float *a, const float *b, int64_t n) {
    v8f s0 = splat8(0), s1 = splat8(0), s2 = splat8(0), s3 = splat8(0);
    int64_t i = 0;
    for (; i + 32 <= n; i += 32) {
        s0 += load8(a + i) * load8(b + i);
        s1 += load8(a + i + 8) * load8(b + i + 8);
        s2 += load8(a + i + 16) * load8(b + i + 16);
        s3 += load8(a + i + 24) * load8(b + i + 24);
    }
    for (; i + 8 <= n; i += 8) {
        s0 += load8(a + i) * load8(b + i);
    }
    if (i < n) {
        s1 += load_part(a + i, n - i, 0) * load_part(b + i, n - i, 0);
    }
    return sum8((s0 + s1) + (s2 + s3));
}

#endif
