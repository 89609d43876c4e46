/* 16-bit floats in memory, fp32 in registers. Widening is exact; narrowing rounds to nearest even, subnormals included,
 * overflows to infinity and keeps NaN a NaN. Every instruction set gives the same bits, and Java's Float.float16ToFloat and
 * Tensor.set give them too. */
#ifndef SARYU_HALF_H
#define SARYU_HALF_H

#include "saryu_cpu.h"
#include "simd.h"

#if defined(__F16C__)
#include <immintrin.h>
#endif

typedef uint16_t v8h __attribute__((vector_size(16)));
typedef uint32_t v8u __attribute__((vector_size(32)));

/* Elements that kernels widen at a time on their stack. */
#define PIECE 512

SARYU_INLINE size_t size_of(int32_t type) {
    return type == SARYU_F32 ? sizeof(float) : sizeof(uint16_t);
}

SARYU_INLINE v8f widen_bf16(v8h h) {
    return (v8f)(__builtin_convertvector(h, v8u) << 16);
}

SARYU_INLINE v8h narrow_bf16(v8f x) {
    v8u bits = (v8u)x;
    v8u is_nan = (v8u)(x != x);
    v8u rounded = (bits + 0x7FFF + ((bits >> 16) & 1)) >> 16;
    return __builtin_convertvector((is_nan & 0x7FC0) | (~is_nan & rounded), v8h);
}

#if defined(__F16C__)
SARYU_INLINE v8f widen_f16(v8h h) {
    return (v8f)_mm256_cvtph_ps((__m128i)h);
}

SARYU_INLINE v8h narrow_f16(v8f x) {
    return (v8h)_mm256_cvtps_ph((__m256)x, _MM_FROUND_TO_NEAREST_INT | _MM_FROUND_NO_EXC);
}
#else
SARYU_INLINE v8f widen_f16(v8h h) {
    v8u bits = __builtin_convertvector(h, v8u);
    v8u sign = (bits & 0x8000) << 16, magnitude = (bits & 0x7FFF) << 13;
    /* The exponents' biases differ by 112: a product by 2^112 sets normal and subnormal numbers right. */
    v8f scaled = (v8f)magnitude * splat8(0x1p112f);
    v8u special = (v8u)(magnitude >= (0x7C00u << 13));
    v8u quiet = (v8u)(magnitude > (0x7C00u << 13)) & 0x400000;
    return (v8f)(sign | (special & (magnitude | 0x7F800000 | quiet)) | (~special & (v8u)scaled));
}

SARYU_INLINE v8h narrow_f16(v8f x) {
    v8u bits = (v8u)x, sign = (bits >> 16) & 0x8000, magnitude = bits & 0x7FFFFFFF;
    /* Normal results: move the exponent, round the 13 bits that go; a carry may end in infinity. */
    v8u normal = (magnitude - (112u << 23) + 0xFFF + ((magnitude >> 13) & 1)) >> 13;
    /* Below 2^-14 the unit is 2^-24: adding 0.5, whose unit that is, rounds as the hardware does. */
    v8u small = (v8u)((v8f)magnitude + splat8(0.5f)) - 0x3F000000;
    v8u is_small = (v8u)(magnitude < (113u << 23)), is_large = (v8u)(magnitude >= (143u << 23));
    v8u is_nan = (v8u)(magnitude > 0x7F800000u);
    v8u large = (is_nan & (0x7E00 | ((magnitude >> 13) & 0x3FF))) | (~is_nan & 0x7C00);
    v8u result = (is_small & small) | (~is_small & ((is_large & large) | (~is_large & normal)));
    return __builtin_convertvector(sign | result, v8h);
}
#endif

SARYU_INLINE v8h load8h(const uint16_t *p) {
    v8h v;
    memcpy(&v, p, sizeof v);
    return v;
}

SARYU_INLINE void store8h(uint16_t *p, v8h v) {
    memcpy(p, &v, sizeof v);
}

/* out[0, n) = in[0, n), widened. */
SARYU_INLINE void widen(int32_t type, float *restrict out, const uint16_t *restrict in, int64_t n) {
    int64_t i = 0, whole = n & ~(int64_t)7;
    if (type == SARYU_BF16) {
        for (; i < whole; i += 8) {
            store8(out + i, widen_bf16(load8h(in + i)));
        }
    } else {
        for (; i < whole; i += 8) {
            store8(out + i, widen_f16(load8h(in + i)));
        }
    }
    if (i < n) {
        v8h rest = {0};
        memcpy(&rest, in + i, (size_t)(n - i) * sizeof(uint16_t));
        store_part(out + i, n - i, type == SARYU_BF16 ? widen_bf16(rest) : widen_f16(rest));
    }
}

/* out[0, n) = in[0, n), rounded. */
SARYU_INLINE void narrow(int32_t type, uint16_t *restrict out, const float *restrict in, int64_t n) {
    int64_t i = 0, whole = n & ~(int64_t)7;
    if (type == SARYU_BF16) {
        for (; i < whole; i += 8) {
            store8h(out + i, narrow_bf16(load8(in + i)));
        }
    } else {
        for (; i < whole; i += 8) {
            store8h(out + i, narrow_f16(load8(in + i)));
        }
    }
    if (i < n) {
        v8f rest = load_part(in + i, n - i, 0);
        v8h part = type == SARYU_BF16 ? narrow_bf16(rest) : narrow_f16(rest);
        memcpy(out + i, &part, (size_t)(n - i) * sizeof(uint16_t));
    }
}

/* Elements [at, at + n) of an array of some type as floats: where they lie, or widened into `space`. */
SARYU_INLINE const float *as_floats(int32_t type, const void *base, int64_t at, int64_t n, float *space) {
    if (type == SARYU_F32) {
        return (const float *)base + at;
    }
    widen(type, space, (const uint16_t *)base + at, n);
    return space;
}

/* Where to compute elements [at, ...) of a result: in place, or in `space`, from which put_floats rounds them. */
SARYU_INLINE float *floats_for(int32_t type, void *base, int64_t at, float *space) {
    return type == SARYU_F32 ? (float *)base + at : space;
}

SARYU_INLINE void put_floats(int32_t type, void *base, int64_t at, int64_t n, const float *space) {
    if (type != SARYU_F32) {
        narrow(type, (uint16_t *)base + at, space, n);
    }
}

#endif
