#include "device.h"
#include "vectors.h"

template <int W> DEVICE void add_all(long long n, narrow *out, const narrow *a, const narrow *b) {
    long long step = (long long)gridDim.x * blockDim.x * W;
    for (long long i = ((long long)blockIdx.x * blockDim.x + threadIdx.x) * W; i < n; i += step) {
        if (W > 1 && i + W > n) {
            for (long long j = i; j < n; j++) {
                out[j] = from_float<narrow>(to_float(a[j]) + to_float(b[j]));
            }
            continue;
        }
        float x[W], y[W];
        load<W>(x, a + i);
        load<W>(y, b + i);
#pragma unroll
        for (int j = 0; j < W; j++) {
            x[j] += y[j];
        }
        store<W>(out + i, x);
    }
}

/* out = a + b over n elements; out may be a or b. */
SARYU_KERNEL add(long long n, narrow *out, const narrow *a, const narrow *b) {
    if (aligned16(out, 0) && aligned16(a, 0) && aligned16(b, 0)) {
        add_all<WIDTH>(n, out, a, b);
    } else {
        add_all<1>(n, out, a, b);
    }
}
SARYU_EXPORT(add)
