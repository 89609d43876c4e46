#include "device.h"
#include "vectors.h"

/* Sum over 256 threads in a fixed order, for thread 0. */
DEVICE double block_total(double x) {
    SHARED double sums[256];
    sums[threadIdx.x] = x;
    __syncthreads();
    for (int half = 128; half > 0; half /= 2) {
        if ((int)threadIdx.x < half) {
            sums[threadIdx.x] += sums[threadIdx.x + half];
        }
        __syncthreads();
    }
    return sums[0];
}

/* partial[block] = the sum of squares of the block's share, in double: squares of large fp32 gradients overflow. */
SARYU_KERNEL_BOUNDS(256, 4) gradient_norm_partial(long long n, const float *grads, double *partial) {
    double a = 0, b = 0;
    long long i = (long long)blockIdx.x * 256 + threadIdx.x, step = (long long)gridDim.x * 256;
    long long packs = aligned16(grads, 0) ? n / 4 : 0;
    for (long long p = i; p < packs; p += step) {
        Pack<float> x = load16(grads + 4 * p);
        a += (double)x.v[0] * x.v[0];
        b += (double)x.v[1] * x.v[1];
        a += (double)x.v[2] * x.v[2];
        b += (double)x.v[3] * x.v[3];
    }
    for (long long e = 4 * packs + i; e < n; e += step) {
        a += (double)grads[e] * grads[e];
    }
    double total = block_total(a + b);
    if (threadIdx.x == 0) {
        partial[blockIdx.x] = total;
    }
}
SARYU_EXPORT(gradient_norm_partial)

/* One block: norm, clipping factor and skip flag of the partial sums. */
SARYU_KERNEL_BOUNDS(256, 1) gradient_norm_finish(int blocks, const double *partial, double *scalars, double max_norm) {
    double total = 0;
    for (int b = threadIdx.x; b < blocks; b += 256) {
        total += partial[b];
    }
    total = block_total(total);
    if (threadIdx.x == 0) {
        double scale = scalars[LOSS_SCALE], norm = sqrt(total) / scale;
        double clip = max_norm > 0 ? max_norm / (norm + 1e-6) : 1;
        scalars[GRAD_NORM] = norm;
        scalars[GRAD_FACTOR] = (clip < 1 ? clip : 1) / scale;
        /* A sum that is not a number is not below any limit. */
        bool finite = norm - norm == 0;
        if (!finite || !(scalars[LOSS_SUM] <= scalars[LOSS_LIMIT])) {
            scalars[SKIP] = 1;
        }
    }
}
SARYU_EXPORT(gradient_norm_finish)
