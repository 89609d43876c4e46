#include "isa.h"

#include "half.h"
#include "pool.h"
#include "simd.h"

typedef struct {
    int64_t rows, cols;
    float *out;
    int64_t ld_out;
    const float *in;
    int64_t ld_in;
} copy_args;

static void copy_task(void *argument, int thread, int threads) {
    const copy_args *a = argument;
    int64_t from, to;
    if (a->cols == a->ld_out && a->cols == a->ld_in) {
        share(a->rows * a->cols, 16, thread, threads, &from, &to);
        memmove(a->out + from, a->in + from, (size_t)(to - from) * sizeof(float));
        return;
    }
    share(a->rows, 1, thread, threads, &from, &to);
    for (int64_t r = from; r < to; r++) {
        memmove(a->out + r * a->ld_out, a->in + r * a->ld_in, (size_t)a->cols * sizeof(float));
    }
}

void saryu_copy_f32(saryu_pool *pool, int64_t rows, int64_t cols, float *out, int64_t ld_out, const float *in,
                    int64_t ld_in) {
    copy_args a = {rows, cols, out, ld_out, in, ld_in};
    saryu_pool_run(pool, copy_task, &a);
}

typedef struct {
    int64_t rows, cols;
    int32_t out_type;
    void *out;
    int64_t ld_out;
    int32_t in_type;
    const void *in;
    int64_t ld_in;
} convert_args;

static void convert_range(const convert_args *a, int64_t at_out, int64_t at_in, int64_t n) {
    float piece[PIECE];
    for (int64_t i = 0; i < n; i += PIECE) {
        int64_t count = n - i < PIECE ? n - i : PIECE;
        const float *x = as_floats(a->in_type, a->in, at_in + i, count, piece);
        if (a->out_type == SARYU_F32) {
            memcpy((float *)a->out + at_out + i, x, (size_t)count * sizeof(float));
        } else {
            put_floats(a->out_type, a->out, at_out + i, count, x);
        }
    }
}

static void convert_task(void *argument, int thread, int threads) {
    const convert_args *a = argument;
    int64_t from, to;
    if (a->cols == a->ld_out && a->cols == a->ld_in) {
        share(a->rows * a->cols, 32, thread, threads, &from, &to);
        convert_range(a, from, from, to - from);
        return;
    }
    share(a->rows, 1, thread, threads, &from, &to);
    for (int64_t r = from; r < to; r++) {
        convert_range(a, r * a->ld_out, r * a->ld_in, a->cols);
    }
}

void saryu_convert(saryu_pool *pool, int64_t rows, int64_t cols, int32_t out_type, void *out, int64_t ld_out,
                   int32_t in_type, const void *in, int64_t ld_in) {
    convert_args a = {rows, cols, out_type, out, ld_out, in_type, in, ld_in};
    saryu_pool_run(pool, convert_task, &a);
}
