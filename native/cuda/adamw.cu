#include "device.h"
#include "vectors.h"

/* Elements that a block takes at a time. */
#define PIECE 4096

/* Constants of one step. */
struct Step {
    float factor, beta1, beta2, rest1, rest2, step_size, root_correction, epsilon, decayed;
};

template <int W>
DEVICE void update(const Step &k, float keep, float *weights, const float *grads, float *exp_avg, float *exp_avg_sq) {
    float w[W], g[W], m[W], v[W];
    load<W>(w, weights);
    load<W>(g, grads);
    load<W>(m, exp_avg);
    load<W>(v, exp_avg_sq);
#pragma unroll
    for (int i = 0; i < W; i++) {
        g[i] *= k.factor;
        m[i] = k.beta1 * m[i] + k.rest1 * g[i];
        v[i] = k.beta2 * v[i] + k.rest2 * g[i] * g[i];
        w[i] = w[i] * keep - k.step_size * m[i] / (sqrtf(v[i]) * k.root_correction + k.epsilon);
    }
    store<W>(weights, w);
    store<W>(exp_avg, m);
    store<W>(exp_avg_sq, v);
}

/* The last segment that begins at piece p or before; segments without elements have no pieces. */
DEVICE int segment_of(long long p, int S, const long long *segments) {
    int low = 0, high = S - 1;
    while (low < high) {
        int middle = (low + high + 1) / 2;
        if (segments[4 * middle + 3] <= p) {
            low = middle;
        } else {
            high = middle - 1;
        }
    }
    return low;
}

/* segments: S times first element, elements, whether weights decay, and the number of pieces before; `pieces` in all. */
SARYU_KERNEL_BOUNDS(256, 4)
adamw(int S, long long pieces, const long long *segments, float *weights, const float *grads, float *exp_avg,
      float *exp_avg_sq, const double *scalars, double beta1, double beta2, double epsilon, double weight_decay) {
    SHARED Step step;
    if (scalars[SKIP] != 0) {
        return;
    }
    /* Double precision is dear on most GPUs: once a block. */
    if (threadIdx.x == 0) {
        double lr = scalars[LEARNING_RATE];
        step = {(float)scalars[GRAD_FACTOR],
                (float)beta1,
                (float)beta2,
                (float)(1 - beta1), /* in double: 1 - 0.999f is off by 5e-5 */
                (float)(1 - beta2),
                (float)(lr / (1 - pow(beta1, scalars[STEP]))),
                (float)(1 / sqrt(1 - pow(beta2, scalars[STEP]))),
                (float)epsilon,
                (float)(1 - lr * weight_decay)};
    }
    __syncthreads();
    Step k = step;
    for (long long p = blockIdx.x; p < pieces; p += gridDim.x) {
        const long long *s = segments + 4 * segment_of(p, S, segments);
        long long begin = (p - s[3]) * PIECE, end = begin + PIECE < s[1] ? begin + PIECE : s[1];
        float keep = s[2] != 0 ? k.decayed : 1.0f, *w = weights + s[0], *m = exp_avg + s[0], *v = exp_avg_sq + s[0];
        const float *g = grads + s[0];
        bool packs = aligned16(w, 0) && aligned16(g, 0) && aligned16(m, 0) && aligned16(v, 0);
        long long whole = packs ? end - (end - begin) % 4 : begin;
        for (long long i = begin + 4 * threadIdx.x; i < whole; i += 4 * 256) {
            update<4>(k, keep, w + i, g + i, m + i, v + i);
        }
        for (long long i = whole + threadIdx.x; i < end; i += 256) {
            update<1>(k, keep, w + i, g + i, m + i, v + i);
        }
    }
}
SARYU_EXPORT(adamw)
