#include "device.h"
#include "vectors.h"

/* Target of a row that does not count, as in PyTorch. */
#define IGNORED (-100)

/* exp(x - top) of a running sum; where nothing has been seen yet but -inf, -inf - -inf would be NaN. */
DEVICE float shrink(float sum, float old_top, float top) { return old_top == top ? sum : sum * expf(old_top - top); }

/* Largest logit and the sum of exp(x - largest), over the block; NaN and +inf come through as a sum of NaN. */
DEVICE void combine(float &top, float &sum) {
    SHARED float tops[32], sums[32];
    int warps = blockDim.x / 32;
    float own = top;
    top = warp_max(top);
    sum = warp_sum(shrink(sum, own, top));
    if ((threadIdx.x & 31) == 0) {
        tops[threadIdx.x / 32] = top;
        sums[threadIdx.x / 32] = sum;
    }
    __syncthreads();
    top = tops[0];
    for (int w = 1; w < warps; w++) {
        top = fmaxf(top, tops[w]);
    }
    sum = 0;
    for (int w = 0; w < warps; w++) {
        sum += shrink(sums[w], tops[w], top);
    }
    /* The next row of this block writes them again. */
    __syncthreads();
}

template <int W> DEVICE void scan_row(long long V, const float *row, float &top, float &sum) {
    for (long long v = (long long)threadIdx.x * W; v < V; v += (long long)blockDim.x * W) {
        float x[W], most = top;
        load<W>(x, row + v);
#pragma unroll
        for (int i = 0; i < W; i++) {
            most = fmaxf(most, x[i]);
        }
        sum = shrink(sum, top, most);
        top = most;
#pragma unroll
        for (int i = 0; i < W; i++) {
            sum += x[i] == -SARYU_INFINITY ? 0 : expf(x[i] - top);
        }
    }
}

/* d = (exp(x - top) / sum - onehot) * factor. */
template <int W>
DEVICE void gradient_row(long long V, narrow *d, const float *row, int target, float top, float k, float factor) {
    for (long long v = (long long)threadIdx.x * W; v < V; v += (long long)blockDim.x * W) {
        float x[W];
        load<W>(x, row + v);
#pragma unroll
        for (int i = 0; i < W; i++) {
            x[i] = expf(x[i] - top) * k;
            x[i] -= v + i == target ? factor : 0;
        }
        store<W>(d + v, x);
    }
}

template <int W> DEVICE void set_row(long long V, narrow *d, float value) {
    float x[W];
#pragma unroll
    for (int i = 0; i < W; i++) {
        x[i] = value;
    }
    for (long long v = (long long)threadIdx.x * W; v < V; v += (long long)blockDim.x * W) {
        store<W>(d + v, x);
    }
}

template <int W>
DEVICE void loss_row(long long V, float *row_loss, narrow *d, const float *row, int target, float factor) {
    bool counts = target >= 0 && target < V;
    if (!counts) {
        /* A target that is neither in the vocabulary nor ignored cannot be refused here; its NaN skips the update. */
        float value = target == IGNORED ? 0 : SARYU_NAN;
        if (threadIdx.x == 0) {
            *row_loss = value;
        }
        if (d != nullptr) {
            set_row<W>(V, d, value);
        }
        return;
    }
    float at_target = row[target], top = -SARYU_INFINITY, sum = 0;
    scan_row<W>(V, row, top, sum);
    combine(top, sum);
    if (threadIdx.x == 0) {
        *row_loss = logf(sum) + (top - at_target);
    }
    /* combine's barriers lie between reading the target's logit and writing over it. */
    if (d != nullptr) {
        gradient_row<W>(V, d, row, target, top, factor / sum, factor);
    }
}

/* A row of logits (N, V) a block. d_logits may be logits, or null for no gradient. */
SARYU_KERNEL_BOUNDS(512, 2)
cross_entropy(long long N, long long V, float *row_loss, narrow *d_logits, long long ld_d_logits, const float *logits,
              long long ld_logits, const int *targets, const double *scalars) {
    float factor = (float)(scalars[LOSS_SCALE] / scalars[VALID_TARGETS]);
    bool packs = V % WIDTH == 0 && aligned16(d_logits, ld_d_logits) && aligned16(logits, ld_logits);
    for (long long n = blockIdx.x; n < N; n += gridDim.x) {
        narrow *d = d_logits == nullptr ? nullptr : d_logits + n * ld_d_logits;
        if (packs) {
            loss_row<WIDTH>(V, row_loss + n, d, logits + n * ld_logits, targets[n], factor);
        } else {
            loss_row<1>(V, row_loss + n, d, logits + n * ld_logits, targets[n], factor);
        }
    }
}
SARYU_EXPORT(cross_entropy)

/* Adds the sum of row_loss to LOSS_SUM. One block, in an order that depends on N alone. */
SARYU_KERNEL_BOUNDS(256, 1) loss_sum(long long N, const float *row_loss, double *scalars) {
    SHARED double sums[256];
    double total = 0;
    for (long long n = threadIdx.x; n < N; n += 256) {
        total += row_loss[n];
    }
    sums[threadIdx.x] = total;
    __syncthreads();
    for (int half = 128; half > 0; half /= 2) {
        if ((int)threadIdx.x < half) {
            sums[threadIdx.x] += sums[threadIdx.x + half];
        }
        __syncthreads();
    }
    if (threadIdx.x == 0) {
        scalars[LOSS_SUM] += sums[0];
    }
}
SARYU_EXPORT(loss_sum)
