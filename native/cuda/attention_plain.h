#pragma once
/* Attention without tensor cores: tiles of rows as floats in shared memory, products by multiply-add. For fp32, and for heads
 * above 128 in any type. 128 threads are 16 by 8: thread (y, x) has rows y, y + 16, ... and columns x, x + 8, ... of a product
 * of two tiles, so a row's eight threads are neighbours in a warp. */
#include "attention.h"

/* Rows that a block keeps. */
#define KEPT (SARYU_HEAD <= 64 ? 64 : SARYU_HEAD == 128 ? 32 : 16)
/* Floats from one row of a tile to the next: rows that are read together lie in different banks. */
#define PITCH (SARYU_HEAD + 4)
#define ROWS_OF_THREAD (KEPT / 16)
#define THREAD_X ((int)threadIdx.x % 8)
#define THREAD_Y ((int)threadIdx.x / 8)

/* Copies the first `valid` of a tile's rows, their first `columns` numbers; zeros elsewhere. */
template <int ROWS>
DEVICE void load_plain(float *tile, const narrow *rows, int ld, int valid, int columns, bool aligned) {
    if (aligned) {
        constexpr int WIDTH = 16 / sizeof(narrow), PACKS = SARYU_HEAD / WIDTH;
        for (int i = (int)threadIdx.x; i < ROWS * PACKS; i += ATTENTION_THREADS) {
            int row = i / PACKS, column = i % PACKS * WIDTH;
            Pack<narrow> x = {};
            if (row < valid && column < columns) {
                x = load16(rows + (long long)row * ld + column);
            }
#pragma unroll
            for (int j = 0; j < WIDTH; j++) {
                tile[row * PITCH + column + j] = to_float(x.v[j]);
            }
        }
    } else {
        for (int i = (int)threadIdx.x; i < ROWS * SARYU_HEAD; i += ATTENTION_THREADS) {
            int row = i / SARYU_HEAD, column = i % SARYU_HEAD;
            tile[row * PITCH + column] =
                row < valid && column < columns ? to_float(rows[(long long)row * ld + column]) : 0.0f;
        }
    }
}

/* sum (KEPT, N) = kept (KEPT, HEAD) x passing (N, HEAD)^T */
template <int N>
DEVICE void products(float (&sum)[ROWS_OF_THREAD][N / 8], const float *kept, const float *passing) {
#pragma unroll
    for (int i = 0; i < ROWS_OF_THREAD; i++) {
#pragma unroll
        for (int j = 0; j < N / 8; j++) {
            sum[i][j] = 0.0f;
        }
    }
#pragma unroll 4
    for (int c = 0; c < SARYU_HEAD; c += 4) {
        Pack<float> a[ROWS_OF_THREAD], b[N / 8];
#pragma unroll
        for (int i = 0; i < ROWS_OF_THREAD; i++) {
            a[i] = load16(kept + (THREAD_Y + 16 * i) * PITCH + c);
        }
#pragma unroll
        for (int j = 0; j < N / 8; j++) {
            b[j] = load16(passing + (THREAD_X + 8 * j) * PITCH + c);
        }
#pragma unroll
        for (int i = 0; i < ROWS_OF_THREAD; i++) {
#pragma unroll
            for (int j = 0; j < N / 8; j++) {
#pragma unroll
                for (int e = 0; e < 4; e++) {
                    sum[i][j] += a[i].v[e] * b[j].v[e];
                }
            }
        }
    }
}

/* Column of a thread's i-th number of a result row: four side by side, where there are that many. */
DEVICE int plain_column(int i) {
    return SARYU_HEAD >= 32 ? THREAD_X * 4 + i / 4 * 32 + i % 4 : THREAD_X * 2 + i;
}

DEVICE void write_weight(float *weights, int pitch, int i, int j, float x) {
    weights[(THREAD_Y + 16 * i) * pitch + THREAD_X + 8 * j] = x;
}

/* sum (KEPT, HEAD) += weights (KEPT, N), rows N + 4 apart, x rows (N, HEAD) */
template <int N>
DEVICE void add_weighted_plain(float (&sum)[ROWS_OF_THREAD][SARYU_HEAD / 8], const float *weights, const float *rows) {
#pragma unroll 1
    for (int k = 0; k < N; k += 4) {
        Pack<float> w[ROWS_OF_THREAD];
#pragma unroll
        for (int i = 0; i < ROWS_OF_THREAD; i++) {
            w[i] = load16(weights + (THREAD_Y + 16 * i) * (N + 4) + k);
        }
#pragma unroll
        for (int e = 0; e < 4; e++) {
            constexpr int VECTOR = SARYU_HEAD >= 32 ? 4 : 2;
#pragma unroll
            for (int c = 0; c < SARYU_HEAD / 8; c += VECTOR) {
                const float *from = rows + (k + e) * PITCH + plain_column(c);
                float x[VECTOR];
                if (VECTOR == 4) {
                    Pack<float> p = load16(from);
#pragma unroll
                    for (int j = 0; j < VECTOR; j++) {
                        x[j] = p.v[j];
                    }
                } else {
                    x[0] = from[0], x[1] = from[1];
                }
#pragma unroll
                for (int i = 0; i < ROWS_OF_THREAD; i++) {
#pragma unroll
                    for (int j = 0; j < VECTOR; j++) {
                        sum[i][c + j] += w[i].v[e] * x[j];
                    }
                }
            }
        }
    }
}

/* Writes the first `valid` rows, their first `columns` numbers, times one factor a row. */
DEVICE void store_plain(narrow *out, int ld, const float (&sum)[ROWS_OF_THREAD][SARYU_HEAD / 8],
                        const float (&factor)[ROWS_OF_THREAD], int valid, int columns) {
#pragma unroll
    for (int i = 0; i < ROWS_OF_THREAD; i++) {
        int row = THREAD_Y + 16 * i;
#pragma unroll
        for (int j = 0; j < SARYU_HEAD / 8; j++) {
            if (row < valid && plain_column(j) < columns) {
                out[(long long)row * ld + plain_column(j)] = from_float<narrow>(sum[i][j] * factor[i]);
            }
        }
    }
}
