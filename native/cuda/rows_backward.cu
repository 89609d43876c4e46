#include "device.h"
#include "vectors.h"

/* The gradient of gather_rows in two kernels without floating-point atomics: the first lists, for each table row, the n that
 * read it, in order; the second writes each table row once, adding its n in that order. */

/* Table rows, and threads, of a block of the first kernel. */
#define RANGE 256
/* Ids that it looks at between two barriers. */
#define TILE 1024

/* starts (V + 1), order (N): order[starts[v] .. starts[v + 1]) are the n with ids[n] == v, ascending. A block owns RANGE table
 * rows and reads all ids twice: to count those of its rows and of all rows before, and to place its own. Ids outside the
 * table belong to no row. */
SARYU_KERNEL_BOUNDS(RANGE, 4) list_rows(long long N, long long V, int *starts, int *order, const int *ids) {
    SHARED int counts[RANGE], found[TILE], found_row[TILE], warp_counts[RANGE / 32], before;
    long long low = (long long)blockIdx.x * RANGE;
    int thread = threadIdx.x, lane = thread & 31, warp = thread / 32, earlier = 0;
    counts[thread] = 0;
    if (thread == 0) {
        before = 0;
    }
    __syncthreads();
    for (long long n = thread; n < N; n += RANGE) {
        long long id = ids[n];
        earlier += id >= 0 && id < low;
        if (id >= low && id < low + RANGE && id < V) {
            atomicAdd(&counts[id - low], 1);
        }
    }
    /* Sums of integers: whatever the order, the same. */
    atomicAdd(&before, earlier);
    __syncthreads();
    int next = before;
    for (int r = 0; r < thread; r++) {
        next += counts[r];
    }
    if (low + thread < V) {
        starts[low + thread] = next;
        if (low + thread == V - 1) {
            starts[V] = next + counts[thread];
        }
    }
    for (long long tile = 0; tile < N; tile += TILE) {
        int filled = 0;
        for (int part = 0; part < TILE; part += RANGE) {
            long long n = tile + part + thread, id = n < N ? ids[n] : -1;
            bool mine = id >= low && id < low + RANGE && id < V;
            unsigned mask = __ballot_sync(SARYU_FULL_MASK, mine);
            if (lane == 0) {
                warp_counts[warp] = __popc(mask);
            }
            __syncthreads();
            int at = filled + __popc(mask & ((1u << lane) - 1u));
            for (int w = 0; w < RANGE / 32; w++) {
                at += w < warp ? warp_counts[w] : 0;
                filled += warp_counts[w];
            }
            if (mine) {
                found[at] = (int)n;
                found_row[at] = (int)(id - low);
            }
            __syncthreads();
        }
        /* Each thread takes what is its row's. */
        for (int f = 0; f < filled; f++) {
            if (found_row[f] == thread) {
                order[next++] = found[f];
            }
        }
        __syncthreads();
    }
}
SARYU_EXPORT(list_rows)

/* Loads that are under way at a time. */
#define AHEAD 8

template <int W>
DEVICE void add_rows(long long c, float *d_row, int accumulate, const float *d_out, long long ld_d_out, const int *order,
                     int from, int to) {
    float total[W];
#pragma unroll
    for (int i = 0; i < W; i++) {
        total[i] = 0;
    }
    if (accumulate) {
        load<W>(total, d_row + c);
    }
    int f = from;
    for (; f + AHEAD <= to; f += AHEAD) {
        float x[AHEAD][W];
#pragma unroll
        for (int a = 0; a < AHEAD; a++) {
            load<W>(x[a], d_out + order[f + a] * ld_d_out + c);
        }
#pragma unroll
        for (int a = 0; a < AHEAD; a++) {
#pragma unroll
            for (int i = 0; i < W; i++) {
                total[i] += x[a][i];
            }
        }
    }
    for (; f < to; f++) {
        float x[W];
        load<W>(x, d_out + order[f] * ld_d_out + c);
#pragma unroll
        for (int i = 0; i < W; i++) {
            total[i] += x[i];
        }
    }
    store<W>(d_row + c, total);
}

/* d_table[v, :] = (d_table[v, :] +) the sum of d_out[n, :] over the listed n, by warps that take pieces of rows in turn. */
SARYU_KERNEL_BOUNDS(256, 3)
gather_rows_backward(long long C, long long V, float *d_table, long long ld_d_table, int accumulate, const float *d_out,
                     long long ld_d_out, const int *starts, const int *order) {
    int width = C % 4 == 0 && aligned16(d_table, ld_d_table) && aligned16(d_out, ld_d_out) ? 4 : 1;
    long long pieces = ceil_div(C, 32 * width), warps = (long long)gridDim.x * (blockDim.x / 32);
    for (long long t = (long long)blockIdx.x * (blockDim.x / 32) + threadIdx.x / 32; t < V * pieces; t += warps) {
        long long v = t / pieces, c = ((t - v * pieces) * 32 + (threadIdx.x & 31)) * width;
        int from = starts[v], to = starts[v + 1];
        if (c >= C || (from == to && accumulate)) {
            continue;
        }
        if (width == 4) {
            add_rows<4>(c, d_table + v * ld_d_table, accumulate, d_out, ld_d_out, order, from, to);
        } else {
            add_rows<1>(c, d_table + v * ld_d_table, accumulate, d_out, ld_d_out, order, from, to);
        }
    }
}
SARYU_EXPORT(gather_rows_backward)
