#include "device.h"
#include "vectors.h"

DEVICE float widened(double x) { return (float)x; }
template <class T> DEVICE float widened(T x) { return to_float(x); }

template <class T> DEVICE T rounded(float x, T *) { return from_float<T>(x); }
DEVICE double rounded(float x, double *) { return (double)x; }

/* Elements one by one, between any two of the types; by way of fp32, as Tensor.set rounds. */
template <class O, class I>
DEVICE void convert_single(long long rows, long long cols, O *out, long long ld_out, const I *in, long long ld_in) {
    long long pieces = ceil_div(cols, blockDim.x);
    for (long long t = blockIdx.x; t < rows * pieces; t += gridDim.x) {
        long long r = t / pieces, c = (t - r * pieces) * blockDim.x + threadIdx.x;
        if (c < cols) {
            out[r * ld_out + c] = rounded(widened(in[r * ld_in + c]), (O *)nullptr);
        }
    }
}

/* Eight elements a thread: 16 bytes of the narrower type, or 32. */
template <class O, class I>
DEVICE void convert(long long rows, long long cols, O *out, long long ld_out, const I *in, long long ld_in) {
    if (!aligned16(out, rows > 1 ? ld_out : 0) || !aligned16(in, rows > 1 ? ld_in : 0) || cols % 8 != 0) {
        convert_single(rows, cols, out, ld_out, in, ld_in);
        return;
    }
    long long pieces = ceil_div(cols, 8LL * blockDim.x);
    for (long long t = blockIdx.x; t < rows * pieces; t += gridDim.x) {
        long long r = t / pieces, c = ((t - r * pieces) * blockDim.x + threadIdx.x) * 8;
        if (c < cols) {
            float x[8];
            load<8>(x, in + r * ld_in + c);
            store<8>(out + r * ld_out + c, x);
        }
    }
}

/* The bits as they are. */
template <class T>
DEVICE void copy(long long rows, long long cols, T *out, long long ld_out, const T *in, long long ld_in) {
    constexpr int L = 16 / (int)sizeof(T);
    bool packs = aligned16(out, rows > 1 ? ld_out : 0) && aligned16(in, rows > 1 ? ld_in : 0) && cols % L == 0;
    int width = packs ? L : 1;
    long long pieces = ceil_div(cols, (long long)blockDim.x * width);
    for (long long t = blockIdx.x; t < rows * pieces; t += gridDim.x) {
        long long r = t / pieces, c = ((t - r * pieces) * blockDim.x + threadIdx.x) * width;
        if (c < cols) {
            if (packs) {
                store16(out + r * ld_out + c, load16(in + r * ld_in + c));
            } else {
                out[r * ld_out + c] = in[r * ld_in + c];
            }
        }
    }
}

#define COPY(NAME, T)                                                                                                    \
    SARYU_KERNEL NAME(long long rows, long long cols, T *out, long long ld_out, const T *in, long long ld_in) {          \
        copy(rows, cols, out, ld_out, in, ld_in);                                                                        \
    }                                                                                                                    \
    SARYU_EXPORT(NAME)

COPY(copy_1, unsigned char)
COPY(copy_2, unsigned short)
COPY(copy_4, unsigned)
COPY(copy_8, unsigned long long)

#define CONVERT(NAME, FUNCTION, O, I)                                                                                    \
    SARYU_KERNEL NAME(long long rows, long long cols, O *out, long long ld_out, const I *in, long long ld_in) {          \
        FUNCTION(rows, cols, out, ld_out, in, ld_in);                                                                    \
    }                                                                                                                    \
    SARYU_EXPORT(NAME)

CONVERT(f32_to_bf16, convert, bf16, float)
CONVERT(f32_to_f16, convert, f16, float)
CONVERT(bf16_to_f32, convert, float, bf16)
CONVERT(f16_to_f32, convert, float, f16)
CONVERT(bf16_to_f16, convert, f16, bf16)
CONVERT(f16_to_bf16, convert, bf16, f16)
CONVERT(f64_to_f32, convert_single, float, double)
CONVERT(f64_to_bf16, convert_single, bf16, double)
CONVERT(f64_to_f16, convert_single, f16, double)
CONVERT(f32_to_f64, convert_single, double, float)
CONVERT(bf16_to_f64, convert_single, double, bf16)
CONVERT(f16_to_f64, convert_single, double, f16)
