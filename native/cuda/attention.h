#pragma once
/* What the attention kernels share: whose rows a block works on, and tiles of 16-bit rows in shared memory. */
#include "device.h"

#define ATTENTION_THREADS 128
#define LOG2E 1.44269504088896f
#define LN2 0.693147180559945f
#define MINUS_INFINITY (-SARYU_INFINITY)

/* Query rows [query, query + queries) and key rows [key, key + keys); query i sees the keys j <= keys - queries + i. */
struct Sequence {
    int query, queries, key, keys;
};

DEVICE long long within(long long x, long long low, long long high) {
    return x < low ? low : x > high ? high : x;
}

/* Sequence b as the layout says, held inside the tensors' nq and nk rows whatever it says: the device's numbers cannot be
 * checked on the host. */
DEVICE Sequence sequence(const int *cu_seqlens, const int *key_start, const int *key_length, int b, long long nq,
                         long long nk) {
    long long query = within(cu_seqlens[b], 0, nq), end = within(cu_seqlens[b + 1], query, nq);
    long long key = within(key_start[b], 0, nk);
    Sequence s = {(int)query, (int)(end - query), (int)key, (int)within(key_length[b], 0, nk - key)};
    return s;
}

#if defined(SARYU_HEAD) && SARYU_TYPE != 0

/* Row and column of a thread's accumulators within m16n8: rows ROW and ROW + 8, columns COLUMN and COLUMN + 1. */
#define MMA_ROW ((int)(threadIdx.x % 32) / 4)
#define MMA_COLUMN ((int)(threadIdx.x % 4) * 2)

/* A tile's rows have HEAD numbers, in chunks of 16 bytes. Chunk c of row r lies where chunk c XOR turn(r) would, so that the
 * eight rows of an 8x8 matrix, which ldmatrix reads at once, lie in different banks. */
DEVICE int turn(int row) {
    constexpr int CHUNKS = SARYU_HEAD / 8;
    return CHUNKS >= 8 ? row & 7 : row / (8 / (CHUNKS < 8 ? CHUNKS : 8)) & (CHUNKS - 1);
}

DEVICE int tile_index(int row, int chunk) {
    return row * SARYU_HEAD + ((chunk ^ turn(row)) << 3);
}

/* Copies the first `valid` of a tile's rows, their first `columns` numbers; zeros elsewhere. Asynchronous when `aligned`. */
template <int ROWS>
DEVICE void load_tile(narrow *tile, const narrow *rows, int ld, int valid, int columns, bool aligned) {
    constexpr int CHUNKS = SARYU_HEAD / 8;
    if (aligned) {
        constexpr int STEP = ATTENTION_THREADS / CHUNKS; /* a multiple of 8, so that every step turns a chunk alike */
        int row = (int)threadIdx.x / CHUNKS, chunk = (int)threadIdx.x % CHUNKS;
        const narrow *from = rows + (long long)row * ld + chunk * 8;
        narrow *to = tile + tile_index(row, chunk);
        valid = chunk * 8 < columns ? valid - row : 0;
#pragma unroll
        for (int first = 0; first < ROWS; first += STEP) {
            if (ROWS % STEP == 0 || first + row < ROWS) {
                cp_async16(to + first * SARYU_HEAD, first < valid ? from : rows, first < valid);
            }
            from += (long long)STEP * ld;
        }
    } else {
#pragma unroll 1
        for (int i = (int)threadIdx.x; i < ROWS * SARYU_HEAD; i += ATTENTION_THREADS) {
            int row = i / SARYU_HEAD, column = i % SARYU_HEAD;
            tile[tile_index(row, column / 8) + column % 8] =
                row < valid && column < columns ? rows[(long long)row * ld + column] : from_float<narrow>(0.0f);
        }
    }
}

/* Writes the first `valid` of a warp's rows of a tile, their first `columns` numbers. */
template <int ROWS>
DEVICE void store_rows(narrow *out, int ld, const narrow *tile, int valid, int columns, bool aligned) {
    constexpr int CHUNKS = SARYU_HEAD / 8;
    int lane = (int)threadIdx.x % 32;
    if (aligned) {
#pragma unroll
        for (int i = lane; i < ROWS * CHUNKS; i += 32) {
            int row = i / CHUNKS, chunk = i % CHUNKS;
            if (row < valid && chunk * 8 < columns) {
                store16(out + (long long)row * ld + chunk * 8, load16(tile + tile_index(row, chunk)));
            }
        }
    } else {
#pragma unroll 1
        for (int i = lane; i < ROWS * SARYU_HEAD; i += 32) {
            int row = i / SARYU_HEAD, column = i % SARYU_HEAD;
            if (row < valid && column < columns) {
                out[(long long)row * ld + column] = tile[tile_index(row, column / 8) + column % 8];
            }
        }
    }
}

/* Rounds a warp's accumulators, times one factor a row, into its rows of a tile and writes them out. */
template <int M>
DEVICE void store_accumulators(narrow *out, int ld, narrow *tile, const float (&sum)[M][SARYU_HEAD / 8][4],
                               const float (&factor)[M][2], int valid, int columns, bool aligned) {
    __syncwarp(); /* all lanes have read what the tile held */
#pragma unroll
    for (int m = 0; m < M; m++) {
#pragma unroll
        for (int n = 0; n < SARYU_HEAD / 8; n++) {
#pragma unroll
            for (int half = 0; half < 2; half++) {
                store_pair(tile + tile_index(m * 16 + half * 8 + MMA_ROW, n) + MMA_COLUMN,
                           pack2<narrow>(sum[m][n][2 * half] * factor[m][half], sum[m][n][2 * half + 1] * factor[m][half]));
            }
        }
    }
    __syncwarp();
    store_rows<16 * M>(out, ld, tile, valid, columns, aligned);
}

/* Where a lane's row of ldmatrix lies: 16 rows by two chunks as the left operand (or a transposed right one) wants them, and
 * as a right operand does. The chunk of step k lies at this index XOR 16 k. */
DEVICE int left_lane() {
    return tile_index((int)threadIdx.x % 16, (int)threadIdx.x % 32 / 16);
}

DEVICE int right_lane() {
    int lane = (int)threadIdx.x % 32;
    return tile_index(lane / 16 * 8 + lane % 8, lane / 8 % 2);
}

/* sum (16 M, N) += left (16 M, HEAD) x right (N, HEAD)^T, both rows of tiles that start at multiples of 8. */
template <int M, int N>
DEVICE void add_product(float (&sum)[M][N / 8][4], const narrow *left, const narrow *right) {
    int l = left_lane(), r = right_lane();
#pragma unroll 2
    for (int k = 0; k < SARYU_HEAD; k += 16) {
        unsigned a[M][4];
#pragma unroll
        for (int m = 0; m < M; m++) {
            ldmatrix_x4(a[m], left + m * 16 * SARYU_HEAD + (l ^ k));
        }
#pragma unroll
        for (int n = 0; n < N; n += 16) {
            unsigned b[4];
            ldmatrix_x4(b, right + n * SARYU_HEAD + (r ^ k));
            const unsigned low[2] = {b[0], b[1]}, high[2] = {b[2], b[3]};
#pragma unroll
            for (int m = 0; m < M; m++) {
                mma<narrow>(sum[m][n / 8], a[m], low);
                mma<narrow>(sum[m][n / 8 + 1], a[m], high);
            }
        }
    }
}

/* sum (16 M, HEAD) += weights (16 M, N), rounded to 16 bits, x right (N, HEAD), rows of a tile. Accumulators of one product
 * lie in the registers where the next wants its left operand. */
template <int M, int N>
DEVICE void add_weighted(float (&sum)[M][SARYU_HEAD / 8][4], const float (&weights)[M][N / 8][4], const narrow *right) {
    int l = left_lane();
#pragma unroll
    for (int k = 0; k < N; k += 16) {
        unsigned a[M][4];
#pragma unroll
        for (int m = 0; m < M; m++) {
#pragma unroll
            for (int i = 0; i < 4; i++) {
                const float *w = weights[m][k / 8 + i / 2] + i % 2 * 2;
                a[m][i] = pack2<narrow>(w[0], w[1]);
            }
        }
#pragma unroll
        for (int n = 0; n < SARYU_HEAD; n += 16) {
            unsigned b[4];
            ldmatrix_x4_trans(b, right + k * SARYU_HEAD + (l ^ n));
            const unsigned low[2] = {b[0], b[1]}, high[2] = {b[2], b[3]};
#pragma unroll
            for (int m = 0; m < M; m++) {
                mma<narrow>(sum[m][n / 8], a[m], low);
                mma<narrow>(sum[m][n / 8 + 1], a[m], high);
            }
        }
    }
}

#endif
