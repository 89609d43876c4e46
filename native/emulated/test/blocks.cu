/* Kernels that show what a block can do, right and wrong. */
#include "device.h"

/* out[block] = the sum of the block's 256 numbers. */
SARYU_KERNEL_BOUNDS(256, 2) sums(const float *x, float *out) {
    float s = block_sum<256>(x[blockIdx.x * 256 + threadIdx.x]);
    if (threadIdx.x == 0) {
        out[blockIdx.x] = s;
    }
}
SARYU_EXPORT(sums)

/* out[i] = the neighbour's thread id, without a barrier where `barrier` is 0. */
SARYU_KERNEL neighbours(int *out, int barrier) {
    SHARED int ids[64];
    ids[threadIdx.x] = (int)threadIdx.x;
    if (barrier) {
        __syncthreads();
    }
    out[threadIdx.x] = ids[(threadIdx.x + 1) % 64];
}
SARYU_EXPORT(neighbours)

/* One tile: d (16 x 8) = a (16 x 16) b (16 x 8), b stored by columns; fragments through shared memory and ldmatrix. */
SARYU_KERNEL tile(float *d, const narrow *a, const narrow *b) {
    DYNAMIC_SHARED(narrow, smem);
    int lane = (int)threadIdx.x;
    cp_async16(smem + 8 * lane, a + 8 * lane, true);
    cp_async16(smem + 256 + 8 * lane, b + 8 * lane, lane < 16);
    cp_async_commit();
    cp_async_wait<0>();
    __syncthreads();
    unsigned fa[4], fb[4];
    ldmatrix_x4(fa, smem + (lane % 16) * 16 + (lane / 16) * 8);
    ldmatrix_x4(fb, smem + 256 + (lane % 8) * 16 + (lane / 8 % 2) * 8);
    unsigned two[2] = {fb[0], fb[1]};
    float sum[4] = {0, 0, 0, 0};
    mma<narrow>(sum, fa, two);
    int g = lane / 4, t = lane % 4;
    d[g * 8 + 2 * t] = sum[0];
    d[g * 8 + 2 * t + 1] = sum[1];
    d[(g + 8) * 8 + 2 * t] = sum[2];
    d[(g + 8) * 8 + 2 * t + 1] = sum[3];
}
SARYU_EXPORT(tile)

/* Four numbers of each thread into its place in shared memory, where a neighbour has yet to read what was there: 0 copies
 * after it has, 1 before; 2 ends without waiting for the copy, 3 without a commit. */
SARYU_KERNEL prefetch(int *out, const int *x, int how) {
    DYNAMIC_SHARED(int, smem);
    int me = (int)threadIdx.x, *mine = smem + 4 * me;
    mine[0] = -me;
    __syncthreads();
    if (how == 1) {
        cp_async16(mine, x + 4 * me, true);
        cp_async_commit();
    }
    out[me] = smem[4 * ((me + 1) % 64)];
    __syncthreads();
    if (how != 1) {
        cp_async16(mine, x + 4 * me, me % 2 == 0);
        if (how != 3) {
            cp_async_commit();
        }
    }
    if (how < 2) {
        cp_async_wait<0>();
        __syncthreads();
        out[64 + me] = smem[4 * ((me + 1) % 64) + 3];
    }
}
SARYU_EXPORT(prefetch)

/* Threads that go different ways: 1 ends before the barrier, 2 uses another barrier, 3 leaves a warp's shuffle out,
 * 4 uses a shuffle elsewhere in the warp. */
SARYU_KERNEL diverge(int *out, int how) {
    int me = (int)threadIdx.x;
    if (how == 1 && me == 5) {
        return;
    }
    if (how == 2 && me == 5) {
        __syncthreads();
    } else {
        __syncthreads();
    }
    int x = me;
    if (how == 3 && me == 5) {
        __syncthreads();
    } else if (how == 4 && me == 5) {
        x = __shfl_xor_sync(SARYU_FULL_MASK, x, 2);
    } else {
        x = __shfl_xor_sync(SARYU_FULL_MASK, x, 1);
    }
    out[me] = x;
}
SARYU_EXPORT(diverge)

/* What SHARED memory holds when nobody has written it: a NaN. */
SARYU_KERNEL fresh(float *out, int n) {
    SHARED float x[4];
    DYNAMIC_SHARED(float, y);
    if (threadIdx.x == 0) {
        out[3 * blockIdx.x] = x[3];
        out[3 * blockIdx.x + 1] = y[n - 1];
        out[3 * blockIdx.x + 2] = saryu_block_parts()[31];
        x[3] = y[n - 1] = saryu_block_parts()[31] = 1;
    }
}
SARYU_EXPORT(fresh)

SARYU_KERNEL past_the_end(int n) {
    DYNAMIC_SHARED(float, y);
    y[n] = 1;
}
SARYU_EXPORT(past_the_end)

SARYU_KERNEL unaligned(float *out, const narrow *x) {
    out[0] = to_float(load16(x + 1).v[0]);
}
SARYU_EXPORT(unaligned)

/* All 65536 narrow numbers there and back, and what n floats are rounded to. */
SARYU_KERNEL rounding(const float *x, narrow *out, long long n) {
    for (long long i = threadIdx.x; i < n; i += blockDim.x) {
        out[i] = from_float<narrow>(x[i]);
    }
}
SARYU_EXPORT(rounding)

SARYU_KERNEL widening(const narrow *x, float *out, long long n) {
    for (long long i = threadIdx.x; i < n; i += blockDim.x) {
        out[i] = to_float(x[i]);
    }
}
SARYU_EXPORT(widening)
