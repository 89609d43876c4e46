#include "device.h"
#include "vectors.h"

/* SplitMix64's finaliser. */
DEVICE unsigned long long mix64(unsigned long long a, unsigned long long b) {
    unsigned long long z = a + 0x9E3779B97F4A7C15ull * (b + 1);
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9ull;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EBull;
    return z ^ (z >> 31);
}

/* Wellons' lowbias32. */
DEVICE unsigned hash32(unsigned x) {
    x = (x ^ (x >> 16)) * 0x7FEB352Du;
    x = (x ^ (x >> 15)) * 0x846CA68Bu;
    return x ^ (x >> 16);
}

/* Each block takes pieces of rows in turn. Which elements stay is a hash of where they are: Backend.dropout. */
template <int W>
DEVICE void dropout_all(long long N, long long C, narrow *out, long long ld_out, const narrow *in, long long ld_in,
                        unsigned long long key, unsigned threshold, float scale, int accumulate) {
    long long pieces = ceil_div(C, (long long)blockDim.x * W);
    for (long long t = blockIdx.x; t < N * pieces; t += gridDim.x) {
        long long n = t / pieces, c = ((t - n * pieces) * blockDim.x + threadIdx.x) * W;
        if (c < C) {
            unsigned long long row = mix64(key, (unsigned long long)n);
            float x[W], y[W];
            load<W>(x, in + n * ld_in + c);
            if (accumulate) {
                load<W>(y, out + n * ld_out + c);
            }
#pragma unroll
            for (int j = 0; j < W; j++) {
                unsigned u = hash32(hash32((unsigned)(c + j) + (unsigned)row) ^ (unsigned)(row >> 32));
                float kept = u >= threshold ? x[j] * scale : 0.0f;
                x[j] = accumulate ? y[j] + kept : kept;
            }
            store<W>(out + n * ld_out + c, x);
        }
    }
}

/* in (N, C) -> out (N, C), which may be in. */
SARYU_KERNEL dropout(long long N, long long C, narrow *out, long long ld_out, const narrow *in, long long ld_in,
                     const double *scalars, long long threshold, float scale, long long stream, int accumulate) {
    unsigned long long key = mix64(mix64((unsigned long long)(long long)scalars[SEED],
                                         (unsigned long long)(long long)scalars[OFFSET]),
                                   (unsigned long long)stream);
    if (aligned16(out, ld_out) && aligned16(in, ld_in) && C % WIDTH == 0) {
        dropout_all<WIDTH>(N, C, out, ld_out, in, ld_in, key, (unsigned)threshold, scale, accumulate);
    } else {
        dropout_all<1>(N, C, out, ld_out, in, ld_in, key, (unsigned)threshold, scale, accumulate);
    }
}
SARYU_EXPORT(dropout)
