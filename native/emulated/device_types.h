/* The other half of device_emulated.h: what native/cuda/device.h does by PTX, on bf16, f16 and Pack as it declares them. */
#pragma once

static inline float to_float(float x) {
    return x;
}

static inline float to_float(bf16 x) {
    return __uint_as_float((unsigned)x.bits << 16);
}

static inline float to_float(f16 x) {
    unsigned sign = (unsigned)(x.bits & 0x8000) << 16, magnitude = x.bits & 0x7fff;
    if (magnitude >= 0x7c00) {
        return __uint_as_float(sign | 0x7f800000 | (magnitude & 0x3ff) << 13);
    }
    /* The exponent of a half, subnormal ones too, is put right by 2^112. */
    return __uint_as_float(sign | __float_as_uint(__uint_as_float(magnitude << 13) * 0x1p112f));
}

static inline float saryu_round(float x, float) {
    return x;
}

static inline bf16 saryu_round(float x, bf16) {
    unsigned u = __float_as_uint(x);
    return {(u & 0x7fffffffu) > 0x7f800000u ? (unsigned short)0x7fff
                                            : (unsigned short)((u + 0x7fff + ((u >> 16) & 1)) >> 16)};
}

static inline f16 saryu_round(float x, f16) {
    unsigned u = __float_as_uint(x), sign = u >> 16 & 0x8000, magnitude = u & 0x7fffffff;
    if (magnitude > 0x7f800000u) {
        return {0x7fff};
    }
    if (magnitude >= 0x477ff000u) { /* 65520 and more */
        return {(unsigned short)(sign | 0x7c00)};
    }
    if (magnitude < 0x38800000u) { /* below 2^-14: adding 1/2 rounds at 2^-24 */
        unsigned r = __float_as_uint(__uint_as_float(magnitude) + 0.5f) - 0x3f000000u;
        return {(unsigned short)(sign | r)};
    }
    return {(unsigned short)(sign | (magnitude - 0x38000000u + 0xfff + (magnitude >> 13 & 1)) >> 13)};
}

template <typename T> static inline T from_float(float x) {
    return saryu_round(x, T());
}

template <typename T> static inline Pack<T> load16(const T *p, SARYU_PLACE) {
    saryu::check_access(p, 16, "load16", {file, line});
    Pack<T> r;
    memcpy(&r, __builtin_assume_aligned(p, 16), 16);
    return r;
}

template <typename T> static inline void store16(T *p, const Pack<T> &x, SARYU_PLACE) {
    saryu::check_access(p, 16, "store16", {file, line});
    memcpy(__builtin_assume_aligned(p, 16), &x, 16);
}

template <typename T> static inline unsigned pack2(float low, float high) {
    return (unsigned)from_float<T>(low).bits | (unsigned)from_float<T>(high).bits << 16;
}

template <typename T> static inline void store_pair(T *p, unsigned pair, SARYU_PLACE) {
    saryu::check_access(p, 4, "store_pair", {file, line});
    memcpy(__builtin_assume_aligned(p, 4), &pair, 4);
}

static inline float exp2_approx(float x) {
    return exp2f(x);
}

template <typename T> static inline float saryu_half(unsigned two, int which) {
    return to_float(T{(unsigned short)(two >> 16 * which)});
}

/* All of the warp's fragments at once, by the layout that device.h states; see saryu::warp_call. */
template <typename T> static void saryu_mma_warp(const saryu::Words *in, saryu::Words *out) {
    float a[16][16], b[16][8];
    for (int l = 0; l < 32; l++) {
        int g = l / 4, t = l % 4;
        for (int h = 0; h < 2; h++) {
            a[g][2 * t + h] = saryu_half<T>(in[l].w[0], h);
            a[g + 8][2 * t + h] = saryu_half<T>(in[l].w[1], h);
            a[g][2 * t + 8 + h] = saryu_half<T>(in[l].w[2], h);
            a[g + 8][2 * t + 8 + h] = saryu_half<T>(in[l].w[3], h);
            b[2 * t + h][g] = saryu_half<T>(in[l].w[4], h);
            b[2 * t + 8 + h][g] = saryu_half<T>(in[l].w[5], h);
        }
    }
    for (int row = 0; row < 16; row++) {
        float sum[8] = {0};
        for (int k = 0; k < 16; k++) {
            for (int column = 0; column < 8; column++) {
                sum[column] += a[row][k] * b[k][column];
            }
        }
        for (int column = 0; column < 8; column++) {
            int l = row % 8 * 4 + column / 2, d = row / 8 * 2 + column % 2;
            out[l].w[d] = __float_as_uint(__uint_as_float(in[l].w[6 + d]) + sum[column]);
        }
    }
}

template <typename T>
static inline void mma(float (&d)[4], const unsigned (&a)[4], const unsigned (&b)[2], SARYU_PLACE) {
    static_assert(!std::is_same<T, float>::value, "tensor cores take bf16 or f16");
    saryu::Words w = {{a[0], a[1], a[2], a[3], b[0], b[1], __float_as_uint(d[0]), __float_as_uint(d[1]),
                       __float_as_uint(d[2]), __float_as_uint(d[3])}};
    saryu::warp_call(w, saryu_mma_warp<T>, {file, line});
    for (int i = 0; i < 4; i++) {
        d[i] = __uint_as_float(w.w[i]);
    }
}

template <bool TRANSPOSED> static void saryu_ldmatrix_warp(const saryu::Words *in, saryu::Words *out) {
    const unsigned short *rows[32];
    for (int l = 0; l < 32; l++) {
        rows[l] = saryu_bits<const unsigned short *>((unsigned long long)in[l].w[1] << 32 | in[l].w[0]);
    }
    for (int l = 0; l < 32; l++) {
        for (int m = 0; m < 4; m++) {
            int i = 2 * (l % 4), j = l / 4;
            unsigned low = TRANSPOSED ? rows[8 * m + i][j] : rows[8 * m + j][i];
            unsigned high = TRANSPOSED ? rows[8 * m + i + 1][j] : rows[8 * m + j][i + 1];
            out[l].w[m] = low | high << 16;
        }
    }
}

template <bool TRANSPOSED> static inline void saryu_ldmatrix(unsigned (&r)[4], const void *shared, saryu::Place place) {
    saryu::check_shared(shared, 16, "ldmatrix", place);
    unsigned long long address = saryu_bits<unsigned long long>(shared);
    saryu::Words w = {{(unsigned)address, (unsigned)(address >> 32)}};
    saryu::warp_call(w, saryu_ldmatrix_warp<TRANSPOSED>, place);
    memcpy(r, w.w, 16);
}

static inline void ldmatrix_x4(unsigned (&r)[4], const void *shared, SARYU_PLACE) {
    saryu_ldmatrix<false>(r, shared, {file, line});
}

static inline void ldmatrix_x4_trans(unsigned (&r)[4], const void *shared, SARYU_PLACE) {
    saryu_ldmatrix<true>(r, shared, {file, line});
}

/* The copy is made at the wait, as late as CUDA may make it, or at once where threads run in reverse order. */
static inline void cp_async16(void *shared, const void *global, bool valid, SARYU_PLACE) {
    saryu::check_shared(shared, 16, "cp_async16", {file, line});
    if (valid) {
        saryu::check_access(global, 16, "cp_async16", {file, line});
    }
#if SARYU_SM >= 80
    saryu::copy_later(shared, valid ? global : nullptr);
#else
    Pack<int> x = {{0, 0, 0, 0}};
    memcpy(shared, valid ? global : &x, 16);
#endif
}

static inline void cp_async_commit() {
#if SARYU_SM >= 80
    saryu::commit_copies();
#endif
}

template <int N> static inline void cp_async_wait() {
#if SARYU_SM >= 80
    saryu::wait_copies(N);
#endif
}
