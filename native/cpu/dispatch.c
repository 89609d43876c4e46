/* The exported functions: each calls its variant for the instruction set that was chosen once, at load time. */
#include <stdlib.h>
#include <string.h>

#include "saryu_cpu.h"

enum { GENERIC, AVX2, AVX512 };

static int isa;

#if defined(SARYU_HAVE_X86)
static int best_isa(void) {
    __builtin_cpu_init();
    if (!__builtin_cpu_supports("avx2") || !__builtin_cpu_supports("fma") || !__builtin_cpu_supports("f16c")) {
        return GENERIC;
    }
    return __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512dq")
                   && __builtin_cpu_supports("avx512vl")
               ? AVX512
               : AVX2;
}
#endif

__attribute__((constructor)) static void choose(void) {
#if defined(SARYU_HAVE_X86)
    const char *forced = getenv("SARYU_ISA");
    isa = best_isa();
    if (forced != NULL && strcmp(forced, "generic") == 0) {
        isa = GENERIC;
    } else if (forced != NULL && strcmp(forced, "avx2") == 0 && isa > AVX2) {
        isa = AVX2;
    }
#endif
}

const char *saryu_isa(void) {
    return isa == AVX512 ? "avx512" : isa == AVX2 ? "avx2" : "generic";
}

#if defined(SARYU_HAVE_X86)
#define FORWARD(type, name, parameters, arguments) \
    type name##_avx512 parameters;                 \
    type name##_avx2 parameters;                   \
    type name##_generic parameters;                \
    type name parameters {                         \
        if (isa == AVX512) {                       \
            return name##_avx512 arguments;        \
        }                                          \
        if (isa == AVX2) {                         \
            return name##_avx2 arguments;          \
        }                                          \
        return name##_generic arguments;           \
    }
#else
#define FORWARD(type, name, parameters, arguments) \
    type name##_generic parameters;                \
    type name parameters { return name##_generic arguments; }
#endif

FORWARD(void, saryu_fill_f32, (saryu_pool *pool, int64_t n, float *out, float value), (pool, n, out, value))
FORWARD(void, saryu_copy_f32, (saryu_pool *pool, int64_t rows, int64_t cols, float *out, int64_t ld_out, const float
        *in, int64_t ld_in), (pool, rows, cols, out, ld_out, in, ld_in))
FORWARD(void, saryu_convert, (saryu_pool *pool, int64_t rows, int64_t cols, int32_t out_type, void *out, int64_t
        ld_out, int32_t in_type, const void *in, int64_t ld_in), (pool, rows, cols, out_type, out, ld_out, in_type,
        in, ld_in))
FORWARD(void, saryu_add_f32, (saryu_pool *pool, int64_t n, float *out, const float *a, const float *b), (pool, n, out,
        a, b))
FORWARD(void, saryu_gather_rows, (saryu_pool *pool, int32_t type, int64_t N, int64_t C, void *out, int64_t ld_out,
        const void *table, int64_t ld_table, const int32_t *ids), (pool, type, N, C, out, ld_out, table, ld_table,
        ids))
FORWARD(void, saryu_gather_rows_backward_f32, (saryu_pool *pool, int64_t N, int64_t C, int64_t V, float *d_table,
        int64_t ld_d_table, int32_t accumulate, const float *d_out, int64_t ld_d_out, const int32_t *ids), (pool, N,
        C, V, d_table, ld_d_table, accumulate, d_out, ld_d_out, ids))
FORWARD(void, saryu_scatter_rows, (saryu_pool *pool, int32_t type, int64_t N, int64_t C, void *out, int64_t ld_out,
        const void *in, int64_t ld_in, const int32_t *rows), (pool, type, N, C, out, ld_out, in, ld_in, rows))
FORWARD(void, saryu_matmul_f32, (saryu_pool *pool, int64_t M, int64_t N, int64_t K, float *out, int64_t ld_out, const
        float *a, int64_t ld_a, int32_t transpose_a, const float *b, int64_t ld_b, int32_t transpose_b, int32_t
        accumulate), (pool, M, N, K, out, ld_out, a, ld_a, transpose_a, b, ld_b, transpose_b, accumulate))
FORWARD(int32_t, saryu_matmul_half, (saryu_pool *pool, int32_t type, int32_t out_type, int64_t M, int64_t N, int64_t
        K, void *out, int64_t ld_out, const void *a, int64_t ld_a, int32_t transpose_a, const void *b, int64_t ld_b,
        int32_t transpose_b, int32_t accumulate), (pool, type, out_type, M, N, K, out, ld_out, a, ld_a, transpose_a,
        b, ld_b, transpose_b, accumulate))
FORWARD(void, saryu_rms_norm, (saryu_pool *pool, int32_t type, int64_t N, int64_t C, void *out, int64_t ld_out, float
        *rstd, float *sum, int64_t ld_sum, const float *x, int64_t ld_x, const void *delta, int64_t ld_delta, const
        float *weight, float eps), (pool, type, N, C, out, ld_out, rstd, sum, ld_sum, x, ld_x, delta, ld_delta,
        weight, eps))
FORWARD(int32_t, saryu_rms_norm_backward, (saryu_pool *pool, int32_t type, int64_t N, int64_t C, float *d_s, int64_t
        ld_d_s, float *d_weight, int32_t accumulate_weight, const void *d_out, int64_t ld_d_out, const float *d_sum,
        int64_t ld_d_sum, const float *s, int64_t ld_s, const float *weight, const float *rstd), (pool, type, N, C,
        d_s, ld_d_s, d_weight, accumulate_weight, d_out, ld_d_out, d_sum, ld_d_sum, s, ld_s, weight, rstd))
FORWARD(int32_t, saryu_qk_norm_rope, (saryu_pool *pool, int32_t type, int64_t N, int64_t NH, int64_t KVH, int64_t HS,
        void *q_out, int64_t ld_q_out, void *k_out, int64_t ld_k_out, float *rstd, const void *q, int64_t ld_q, const
        void *k, int64_t ld_k, const float *q_weight, const float *k_weight, const float *cos_table, const float
        *sin_table, const int32_t *positions, float eps), (pool, type, N, NH, KVH, HS, q_out, ld_q_out, k_out,
        ld_k_out, rstd, q, ld_q, k, ld_k, q_weight, k_weight, cos_table, sin_table, positions, eps))
FORWARD(int32_t, saryu_qk_norm_rope_backward, (saryu_pool *pool, int32_t type, int64_t N, int64_t NH, int64_t KVH,
        int64_t HS, void *d_q, int64_t ld_d_q, void *d_k, int64_t ld_d_k, float *d_q_weight, float *d_k_weight,
        int32_t accumulate_weights, const void *d_q_out, int64_t ld_d_q_out, const void *d_k_out, int64_t ld_d_k_out,
        const void *q, int64_t ld_q, const void *k, int64_t ld_k, const float *q_weight, const float *k_weight, const
        float *rstd, const float *cos_table, const float *sin_table, const int32_t *positions), (pool, type, N, NH,
        KVH, HS, d_q, ld_d_q, d_k, ld_d_k, d_q_weight, d_k_weight, accumulate_weights, d_q_out, ld_d_q_out, d_k_out,
        ld_d_k_out, q, ld_q, k, ld_k, q_weight, k_weight, rstd, cos_table, sin_table, positions))
FORWARD(int32_t, saryu_attention_f32, (saryu_pool *pool, int64_t B, int64_t NH, int64_t KVH, int64_t HS, const int32_t
        *cu_seqlens_q, const int32_t *key_start, const int32_t *key_length, float scale, float *out, int64_t ld_out,
        float *lse, const float *q, int64_t ld_q, const float *k, int64_t ld_k, const float *v, int64_t ld_v), (pool,
        B, NH, KVH, HS, cu_seqlens_q, key_start, key_length, scale, out, ld_out, lse, q, ld_q, k, ld_k, v, ld_v))
FORWARD(int32_t, saryu_attention_backward_f32, (saryu_pool *pool, int64_t B, int64_t NH, int64_t KVH, int64_t HS,
        const int32_t *cu_seqlens_q, const int32_t *key_start, const int32_t *key_length, float scale, float *d_q,
        int64_t ld_d_q, float *d_k, int64_t ld_d_k, float *d_v, int64_t ld_d_v, const float *d_out, int64_t ld_d_out,
        const float *out, int64_t ld_out, const float *lse, const float *q, int64_t ld_q, const float *k, int64_t
        ld_k, const float *v, int64_t ld_v), (pool, B, NH, KVH, HS, cu_seqlens_q, key_start, key_length, scale, d_q,
        ld_d_q, d_k, ld_d_k, d_v, ld_d_v, d_out, ld_d_out, out, ld_out, lse, q, ld_q, k, ld_k, v, ld_v))
FORWARD(int32_t, saryu_attention_half, (saryu_pool *pool, int32_t type, int64_t B, int64_t NH, int64_t KVH, int64_t
        HS, const int32_t *cu_seqlens_q, const int32_t *key_start, const int32_t *key_length, float scale, void *out,
        int64_t ld_out, float *lse, const void *q, int64_t ld_q, const void *k, int64_t ld_k, const void *v, int64_t
        ld_v), (pool, type, B, NH, KVH, HS, cu_seqlens_q, key_start, key_length, scale, out, ld_out, lse, q, ld_q, k,
        ld_k, v, ld_v))
FORWARD(int32_t, saryu_attention_backward_half, (saryu_pool *pool, int32_t type, int64_t B, int64_t NH, int64_t KVH,
        int64_t HS, const int32_t *cu_seqlens_q, const int32_t *key_start, const int32_t *key_length, float scale,
        void *d_q, int64_t ld_d_q, void *d_k, int64_t ld_d_k, void *d_v, int64_t ld_d_v, const void *d_out, int64_t
        ld_d_out, const void *out, int64_t ld_out, const float *lse, const void *q, int64_t ld_q, const void *k,
        int64_t ld_k, const void *v, int64_t ld_v), (pool, type, B, NH, KVH, HS, cu_seqlens_q, key_start, key_length,
        scale, d_q, ld_d_q, d_k, ld_d_k, d_v, ld_d_v, d_out, ld_d_out, out, ld_out, lse, q, ld_q, k, ld_k, v, ld_v))
FORWARD(void, saryu_swiglu, (saryu_pool *pool, int32_t type, int64_t N, int64_t F, void *out, int64_t ld_out, const
        void *gate_up, int64_t ld_gate_up), (pool, type, N, F, out, ld_out, gate_up, ld_gate_up))
FORWARD(void, saryu_swiglu_backward, (saryu_pool *pool, int32_t type, int64_t N, int64_t F, void *d_gate_up, int64_t
        ld_d_gate_up, const void *d_out, int64_t ld_d_out, const void *gate_up, int64_t ld_gate_up), (pool, type, N,
        F, d_gate_up, ld_d_gate_up, d_out, ld_d_out, gate_up, ld_gate_up))
FORWARD(void, saryu_dropout, (saryu_pool *pool, int32_t type, int64_t N, int64_t C, void *out, int64_t ld_out, const
        void *in, int64_t ld_in, const double *scalars, int64_t threshold, float scale, int64_t stream, int32_t
        accumulate), (pool, type, N, C, out, ld_out, in, ld_in, scalars, threshold, scale, stream, accumulate))
FORWARD(int32_t, saryu_cross_entropy, (saryu_pool *pool, int32_t type, int64_t N, int64_t V, float *row_loss, void
        *d_logits, int64_t ld_d_logits, const float *logits, int64_t ld_logits, const int32_t *targets, double
        *scalars), (pool, type, N, V, row_loss, d_logits, ld_d_logits, logits, ld_logits, targets, scalars))
FORWARD(int32_t, saryu_gradient_norm_f32, (saryu_pool *pool, int64_t n, const float *grads, double *scalars, double
        max_norm), (pool, n, grads, scalars, max_norm))
FORWARD(void, saryu_adamw_f32, (saryu_pool *pool, int64_t S, const int64_t *segments, float *weights, const float
        *grads, float *exp_avg, float *exp_avg_sq, const double *scalars, double beta1, double beta2, double epsilon,
        double weight_decay), (pool, S, segments, weights, grads, exp_avg, exp_avg_sq, scalars, beta1, beta2, epsilon,
        weight_decay))
FORWARD(int32_t, saryu_matmul_weights, (saryu_pool *pool, int32_t type, int64_t M, int64_t N, int64_t K, float *out,
        int64_t ld_out, const float *a, int64_t ld_a, const void *b, int64_t ld_b, const float *scales), (pool, type, M, N,
        K, out, ld_out, a, ld_a, b, ld_b, scales))
FORWARD(void, saryu_gather_weights, (saryu_pool *pool, int32_t type, int64_t N, int64_t C, float *out, int64_t ld_out,
        const void *table, int64_t ld_table, const float *scales, const int32_t *ids), (pool, type, N, C, out, ld_out,
        table, ld_table, scales, ids))
FORWARD(void, saryu_quantize, (saryu_pool *pool, int64_t rows, int64_t cols, int8_t *out, int64_t ld_out, float *scales,
        const float *in, int64_t ld_in), (pool, rows, cols, out, ld_out, scales, in, ld_in))
