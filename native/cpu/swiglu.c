#include "isa.h"

#include "half.h"
#include "pool.h"
#include "simd.h"

typedef struct {
    int32_t type;
    int64_t N, F;
    void *out;
    int64_t ld_out;
    const void *d_out;
    int64_t ld_d_out;
    const void *gate_up;
    int64_t ld_gate_up;
} swiglu_args;

SARYU_INLINE vf sigmoid(vf x) {
    return splatw(1.0f) / (splatw(1.0f) + expw(-x));
}

SARYU_INLINE void forward_row(int64_t F, float *out, const float *gate, const float *up) {
    int64_t i = 0;
    for (; i + LANES <= F; i += LANES) {
        vf g = loadw(gate + i);
        storew(out + i, g * sigmoid(g) * loadw(up + i));
    }
    if (i < F) {
        vf g = loadw_part(gate + i, F - i, 0);
        storew_part(out + i, F - i, g * sigmoid(g) * loadw_part(up + i, F - i, 0));
    }
}

static void forward_task(void *argument, int thread, int threads) {
    const swiglu_args *a = argument;
    int64_t from, to, F = a->F;
    share(a->N, 1, thread, threads, &from, &to);
    float gates[PIECE], ups[PIECE], outs[PIECE];
    for (int64_t n = from; n < to; n++) {
        for (int64_t i = 0; i < F; i += PIECE) {
            int64_t count = F - i < PIECE ? F - i : PIECE, at = n * a->ld_gate_up + i;
            const float *gate = as_floats(a->type, a->gate_up, at, count, gates);
            const float *up = as_floats(a->type, a->gate_up, at + F, count, ups);
            forward_row(count, floats_for(a->type, a->out, n * a->ld_out + i, outs), gate, up);
            put_floats(a->type, a->out, n * a->ld_out + i, count, outs);
        }
    }
}

void saryu_swiglu(saryu_pool *pool, int32_t type, int64_t N, int64_t F, void *out, int64_t ld_out, const void *gate_up,
                  int64_t ld_gate_up) {
    swiglu_args a = {type, N, F, out, ld_out, NULL, 0, gate_up, ld_gate_up};
    saryu_pool_run_few(pool, forward_task, &a, N * F);
}

SARYU_INLINE void gradients(vf d, vf g, vf u, vf *d_gate, vf *d_up) {
    vf s = sigmoid(g);
    *d_up = d * g * s;
    *d_gate = d * u * s * (splatw(1.0f) + g * (splatw(1.0f) - s));
}

SARYU_INLINE void backward_row(int64_t F, float *d_gate, float *d_up, const float *d, const float *gate, const float *up) {
    int64_t i = 0;
    vf dg, du;
    for (; i + LANES <= F; i += LANES) {
        gradients(loadw(d + i), loadw(gate + i), loadw(up + i), &dg, &du);
        storew(d_gate + i, dg);
        storew(d_up + i, du);
    }
    if (i < F) {
        gradients(loadw_part(d + i, F - i, 0), loadw_part(gate + i, F - i, 0), loadw_part(up + i, F - i, 0), &dg, &du);
        storew_part(d_gate + i, F - i, dg);
        storew_part(d_up + i, F - i, du);
    }
}

static void backward_task(void *argument, int thread, int threads) {
    const swiglu_args *a = argument;
    int64_t from, to, F = a->F;
    share(a->N, 1, thread, threads, &from, &to);
    float gates[PIECE], ups[PIECE], ds[PIECE], d_gates[PIECE], d_ups[PIECE];
    for (int64_t n = from; n < to; n++) {
        for (int64_t i = 0; i < F; i += PIECE) {
            int64_t count = F - i < PIECE ? F - i : PIECE, at = n * a->ld_gate_up + i, d_at = n * a->ld_out + i;
            const float *d = as_floats(a->type, a->d_out, n * a->ld_d_out + i, count, ds);
            const float *gate = as_floats(a->type, a->gate_up, at, count, gates);
            const float *up = as_floats(a->type, a->gate_up, at + F, count, ups);
            backward_row(count, floats_for(a->type, a->out, d_at, d_gates), floats_for(a->type, a->out, d_at + F, d_ups), d,
                         gate, up);
            put_floats(a->type, a->out, d_at, count, d_gates);
            put_floats(a->type, a->out, d_at + F, count, d_ups);
        }
    }
}

void saryu_swiglu_backward(saryu_pool *pool, int32_t type, int64_t N, int64_t F, void *d_gate_up, int64_t ld_d_gate_up,
                           const void *d_out, int64_t ld_d_out, const void *gate_up, int64_t ld_gate_up) {
    swiglu_args a = {type, N, F, d_gate_up, ld_d_gate_up, d_out, ld_d_out, gate_up, ld_gate_up};
    saryu_pool_run(pool, backward_task, &a);
}
