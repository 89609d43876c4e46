#include "device.h"
#include "vectors.h"

DEVICE float sigmoid(float x) { return 1.0f / (1.0f + expf(-x)); }

/* Each block takes pieces of rows in turn. */
template <int W>
DEVICE void forward(long long N, long long F, narrow *out, long long ld_out, const narrow *gate_up, long long ld_gate_up) {
    long long pieces = ceil_div(F, (long long)blockDim.x * W);
    for (long long t = blockIdx.x; t < N * pieces; t += gridDim.x) {
        long long n = t / pieces, i = ((t - n * pieces) * blockDim.x + threadIdx.x) * W;
        if (i < F) {
            float gate[W], up[W];
            load<W>(gate, gate_up + n * ld_gate_up + i);
            load<W>(up, gate_up + n * ld_gate_up + F + i);
#pragma unroll
            for (int j = 0; j < W; j++) {
                gate[j] = gate[j] * sigmoid(gate[j]) * up[j];
            }
            store<W>(out + n * ld_out + i, gate);
        }
    }
}

/* gate_up (N, 2F) -> out (N, F). */
SARYU_KERNEL swiglu(long long N, long long F, narrow *out, long long ld_out, const narrow *gate_up, long long ld_gate_up) {
    if (aligned16(out, ld_out) && aligned16(gate_up, ld_gate_up) && F % WIDTH == 0) {
        forward<WIDTH>(N, F, out, ld_out, gate_up, ld_gate_up);
    } else {
        forward<1>(N, F, out, ld_out, gate_up, ld_gate_up);
    }
}
SARYU_EXPORT(swiglu)

/* With s = sigmoid(gate): d(silu)/d(gate) = s (1 + gate (1 - s)). */
template <int W>
DEVICE void backward(long long N, long long F, narrow *d_gate_up, long long ld_d_gate_up, const narrow *d_out,
                     long long ld_d_out, const narrow *gate_up, long long ld_gate_up) {
    long long pieces = ceil_div(F, (long long)blockDim.x * W);
    for (long long t = blockIdx.x; t < N * pieces; t += gridDim.x) {
        long long n = t / pieces, i = ((t - n * pieces) * blockDim.x + threadIdx.x) * W;
        if (i < F) {
            float gate[W], up[W], d[W];
            load<W>(gate, gate_up + n * ld_gate_up + i);
            load<W>(up, gate_up + n * ld_gate_up + F + i);
            load<W>(d, d_out + n * ld_d_out + i);
#pragma unroll
            for (int j = 0; j < W; j++) {
                float s = sigmoid(gate[j]), g = gate[j];
                gate[j] = d[j] * up[j] * s * (1.0f + g * (1.0f - s));
                up[j] = d[j] * g * s;
            }
            store<W>(d_gate_up + n * ld_d_gate_up + i, gate);
            store<W>(d_gate_up + n * ld_d_gate_up + F + i, up);
        }
    }
}

/* d_gate_up may be gate_up: a thread has read what it writes. */
SARYU_KERNEL swiglu_backward(long long N, long long F, narrow *d_gate_up, long long ld_d_gate_up, const narrow *d_out,
                             long long ld_d_out, const narrow *gate_up, long long ld_gate_up) {
    if (aligned16(d_gate_up, ld_d_gate_up) && aligned16(d_out, ld_d_out) && aligned16(gate_up, ld_gate_up) && F % WIDTH == 0) {
        backward<WIDTH>(N, F, d_gate_up, ld_d_gate_up, d_out, ld_d_out, gate_up, ld_gate_up);
    } else {
        backward<1>(N, F, d_gate_up, ld_d_gate_up, d_out, ld_d_out, gate_up, ld_gate_up);
    }
}
SARYU_EXPORT(swiglu_backward)
