#include "isa.h"

#include "pool.h"
#include "simd.h"

typedef struct {
    int64_t N, F;
    float *out;
    int64_t ld_out;
    const float *d_out;
    int64_t ld_d_out;
    const float *gate_up;
    int64_t ld_gate_up;
} swiglu_args;

SARYU_INLINE v8f sigmoid8(v8f x) {
    return splat8(1.0f) / (splat8(1.0f) + exp8(-x));
}

static void forward_task(void *argument, int thread, int threads) {
    const swiglu_args *a = argument;
    int64_t from, to, F = a->F;
    share(a->N, 1, thread, threads, &from, &to);
    for (int64_t n = from; n < to; n++) {
        const float *gate = a->gate_up + n * a->ld_gate_up, *up = gate + F;
        float *out = a->out + n * a->ld_out;
        int64_t i = 0;
        for (; i + 8 <= F; i += 8) {
            v8f g = load8(gate + i);
            store8(out + i, g * sigmoid8(g) * load8(up + i));
        }
        if (i < F) {
            v8f g = load_part(gate + i, F - i, 0);
            store_part(out + i, F - i, g * sigmoid8(g) * load_part(up + i, F - i, 0));
        }
    }
}

void saryu_swiglu_f32(saryu_pool *pool, int64_t N, int64_t F, float *out, int64_t ld_out, const float *gate_up,
                      int64_t ld_gate_up) {
    swiglu_args a = {N, F, out, ld_out, NULL, 0, gate_up, ld_gate_up};
    saryu_pool_run(pool, forward_task, &a);
}

SARYU_INLINE void gradients(v8f d, v8f g, v8f u, v8f *d_gate, v8f *d_up) {
    v8f s = sigmoid8(g);
    *d_up = d * g * s;
    *d_gate = d * u * s * (splat8(1.0f) + g * (splat8(1.0f) - s));
}

static void backward_task(void *argument, int thread, int threads) {
    const swiglu_args *a = argument;
    int64_t from, to, F = a->F;
    share(a->N, 1, thread, threads, &from, &to);
    for (int64_t n = from; n < to; n++) {
        const float *gate = a->gate_up + n * a->ld_gate_up, *up = gate + F, *d = a->d_out + n * a->ld_d_out;
        float *d_gate = a->out + n * a->ld_out, *d_up = d_gate + F;
        int64_t i = 0;
        v8f dg, du;
        for (; i + 8 <= F; i += 8) {
            gradients(load8(d + i), load8(gate + i), load8(up + i), &dg, &du);
            store8(d_gate + i, dg);
            store8(d_up + i, du);
        }
        if (i < F) {
            gradients(load_part(d + i, F - i, 0), load_part(gate + i, F - i, 0), load_part(up + i, F - i, 0), &dg, &du);
            store_part(d_gate + i, F - i, dg);
            store_part(d_up + i, F - i, du);
        }
    }
}

void saryu_swiglu_backward_f32(saryu_pool *pool, int64_t N, int64_t F, float *d_gate_up, int64_t ld_d_gate_up,
                               const float *d_out, int64_t ld_d_out, const float *gate_up, int64_t ld_gate_up) {
    swiglu_args a = {N, F, d_gate_up, ld_d_gate_up, d_out, ld_d_out, gate_up, ld_gate_up};
    saryu_pool_run(pool, backward_task, &a);
}
