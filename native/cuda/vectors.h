/* Pieces of rows: W elements at a time, by 16-byte accesses for W > 1, widened to fp32 in registers. */
#pragma once

/* Elements of the narrow type in 16 bytes. */
#define WIDTH (16 / (int)sizeof(narrow))

/* Slots of the step scalars; io.saryu.backend.StepScalars has the same numbers. */
#define LEARNING_RATE 0
#define STEP 1
#define LOSS_SCALE 2
#define SKIP 3
#define VALID_TARGETS 4
#define SEED 5
#define OFFSET 6
#define LOSS_SUM 7
#define GRAD_NORM 8
#define GRAD_FACTOR 9
#define LOSS_LIMIT 10

template <int W, class T> DEVICE void load(float (&x)[W], const T *p) {
    if (W == 1) {
        x[0] = to_float(p[0]);
        return;
    }
    constexpr int L = W == 1 ? 1 : 16 / (int)sizeof(T);
#pragma unroll
    for (int i = 0; i + L <= W; i += L) {
        Pack<T> pack = load16(p + i);
#pragma unroll
        for (int j = 0; j < L; j++) {
            x[i + j] = to_float(pack.v[j]);
        }
    }
}

template <int W, class T> DEVICE void store(T *p, const float (&x)[W]) {
    if (W == 1) {
        p[0] = from_float<T>(x[0]);
        return;
    }
    constexpr int L = W == 1 ? 1 : 16 / (int)sizeof(T);
#pragma unroll
    for (int i = 0; i + L <= W; i += L) {
        Pack<T> pack;
#pragma unroll
        for (int j = 0; j < L; j++) {
            pack.v[j] = from_float<T>(x[i + j]);
        }
        store16(p + i, pack);
    }
}

/* Rounded up. */
DEVICE long long ceil_div(long long a, long long b) { return (a + b - 1) / b; }

/* A 64-bit division takes ten times as long as one of 32 bits, which nearly all sizes allow. */
DEVICE long long divide(long long a, int b) {
    return (unsigned long long)a >> 32 == 0 ? (long long)((unsigned)a / (unsigned)b) : a / b;
}
