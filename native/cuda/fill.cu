#include "device.h"
#include "vectors.h"

/* Sets rows x cols elements of T, whose bits are the low ones of `bits`. Each block takes pieces of rows in turn. */
template <class T> DEVICE void fill(long long rows, long long cols, T *out, long long ld_out, long long bits) {
    constexpr int L = 16 / (int)sizeof(T);
    int width = aligned16(out, rows > 1 ? ld_out : 0) && cols % L == 0 ? L : 1;
    Pack<T> pack;
#pragma unroll
    for (int j = 0; j < L; j++) {
        pack.v[j] = (T)bits;
    }
    long long pieces = ceil_div(cols, (long long)blockDim.x * width);
    for (long long t = blockIdx.x; t < rows * pieces; t += gridDim.x) {
        long long r = t / pieces, c = (t - r * pieces) * blockDim.x * width + (long long)threadIdx.x * width;
        if (c < cols) {
            if (width == L) {
                store16(out + r * ld_out + c, pack);
            } else {
                out[r * ld_out + c] = (T)bits;
            }
        }
    }
}

SARYU_KERNEL fill_1(long long rows, long long cols, unsigned char *out, long long ld_out, long long bits) {
    fill(rows, cols, out, ld_out, bits);
}
SARYU_EXPORT(fill_1)

SARYU_KERNEL fill_2(long long rows, long long cols, unsigned short *out, long long ld_out, long long bits) {
    fill(rows, cols, out, ld_out, bits);
}
SARYU_EXPORT(fill_2)

SARYU_KERNEL fill_4(long long rows, long long cols, unsigned *out, long long ld_out, long long bits) {
    fill(rows, cols, out, ld_out, bits);
}
SARYU_EXPORT(fill_4)

SARYU_KERNEL fill_8(long long rows, long long cols, unsigned long long *out, long long ld_out, long long bits) {
    fill(rows, cols, out, ld_out, bits);
}
SARYU_EXPORT(fill_8)
