/* The CPU kernels' C interface, called from Java through the Foreign Function & Memory API.
 *
 * Letters: N tokens, C hidden size, F feed-forward size, V vocabulary, NH query heads, KVH key/value heads, HS head size,
 * B sequences. Matrices are row-major; "ld" is the distance between rows in elements. All pointers are checked by the
 * caller (CpuBackend): sizes, ranges of ids, alignment. Every function runs on the pool's threads and returns when all is
 * done. Equal inputs and an equal number of threads give equal bits. Functions that need scratch return 0, or 1 when there
 * is no memory for it, and then have changed nothing.
 */
#ifndef SARYU_CPU_H
#define SARYU_CPU_H

#include <stdint.h>

#if defined(__GNUC__)
#define SARYU_API __attribute__((visibility("default")))
#else
#define SARYU_API
#endif

#ifdef __cplusplus
extern "C" {
#endif

/* Slots of the step scalars; io.saryu.backend.StepScalars has the same numbers. */
#define SARYU_LEARNING_RATE 0
#define SARYU_STEP 1
#define SARYU_LOSS_SCALE 2
#define SARYU_SKIP 3
#define SARYU_VALID_TARGETS 4
#define SARYU_SEED 5
#define SARYU_OFFSET 6
#define SARYU_LOSS_SUM 7
#define SARYU_GRAD_NORM 8
#define SARYU_GRAD_FACTOR 9
#define SARYU_LOSS_LIMIT 10

/* Element types of what is passed as void. Sums and statistics are fp32 whatever the type. */
#define SARYU_F32 0
#define SARYU_BF16 1
#define SARYU_F16 2
/* Signed bytes with an fp32 scale per row; weights only. */
#define SARYU_I8 3

typedef struct saryu_pool saryu_pool;

/* cblas_sgemm's signature with its enums as int; the kernels get OpenBLAS's address at start. */
typedef void (*saryu_sgemm_fn)(int order, int trans_a, int trans_b, int m, int n, int k, float alpha, const float *a,
                               int lda, const float *b, int ldb, float beta, float *c, int ldc);

/* Instruction set in use: "avx512", "avx2" or "generic". Chosen once, the best that the processor has; SARYU_ISA=avx2 or
 * SARYU_ISA=generic in the environment asks for less. */
SARYU_API const char *saryu_isa(void);

/* A pool of `threads` workers (the calling thread is one of them) that call sgemm single-threaded. NULL: out of memory or
 * threads cannot be started. One caller at a time. */
SARYU_API saryu_pool *saryu_pool_create(int32_t threads, saryu_sgemm_fn sgemm);
SARYU_API void saryu_pool_destroy(saryu_pool *pool);

SARYU_API void saryu_fill_f32(saryu_pool *pool, int64_t n, float *out, float value);
SARYU_API void saryu_copy_f32(saryu_pool *pool, int64_t rows, int64_t cols, float *out, int64_t ld_out, const float *in,
                              int64_t ld_in);
/* Between any two of the types, rounding to nearest even. */
SARYU_API void saryu_convert(saryu_pool *pool, int64_t rows, int64_t cols, int32_t out_type, void *out, int64_t ld_out,
                             int32_t in_type, const void *in, int64_t ld_in);
SARYU_API void saryu_add_f32(saryu_pool *pool, int64_t n, float *out, const float *a, const float *b);

SARYU_API void saryu_gather_rows(saryu_pool *pool, int32_t type, int64_t N, int64_t C, void *out, int64_t ld_out,
                                 const void *table, int64_t ld_table, const int32_t *ids);
SARYU_API void saryu_gather_rows_backward_f32(saryu_pool *pool, int64_t N, int64_t C, int64_t V, float *d_table,
                                              int64_t ld_d_table, int32_t accumulate, const float *d_out, int64_t ld_d_out,
                                              const int32_t *ids);
SARYU_API void saryu_scatter_rows(saryu_pool *pool, int32_t type, int64_t N, int64_t C, void *out, int64_t ld_out,
                                  const void *in, int64_t ld_in, const int32_t *rows);

/* out (M, N) = op(a) op(b), += with accumulate. */
SARYU_API void saryu_matmul_f32(saryu_pool *pool, int64_t M, int64_t N, int64_t K, float *out, int64_t ld_out,
                                const float *a, int64_t ld_a, int32_t transpose_a, const float *b, int64_t ld_b,
                                int32_t transpose_b, int32_t accumulate);

/* The products of 16-bit a and b (both of `type`), summed in fp32 and rounded once where out is of 16 bits. */
SARYU_API int32_t saryu_matmul_half(saryu_pool *pool, int32_t type, int32_t out_type, int64_t M, int64_t N, int64_t K,
                                    void *out, int64_t ld_out, const void *a, int64_t ld_a, int32_t transpose_a,
                                    const void *b, int64_t ld_b, int32_t transpose_b, int32_t accumulate);

/* `type` is out's and delta's; sum and delta are NULL together. */
SARYU_API void saryu_rms_norm(saryu_pool *pool, int32_t type, int64_t N, int64_t C, void *out, int64_t ld_out,
                              float *rstd, float *sum, int64_t ld_sum, const float *x, int64_t ld_x, const void *delta,
                              int64_t ld_delta, const float *weight, float eps);
/* `type` is d_out's; d_weight and d_sum may be NULL; d_s may be d_sum. */
SARYU_API int32_t saryu_rms_norm_backward(saryu_pool *pool, int32_t type, int64_t N, int64_t C, float *d_s,
                                          int64_t ld_d_s, float *d_weight, int32_t accumulate_weight, const void *d_out,
                                          int64_t ld_d_out, const float *d_sum, int64_t ld_d_sum, const float *s,
                                          int64_t ld_s, const float *weight, const float *rstd);

/* `type` is that of q and k, raw, turned, and their gradients. */
SARYU_API int32_t saryu_qk_norm_rope(saryu_pool *pool, int32_t type, int64_t N, int64_t NH, int64_t KVH, int64_t HS,
                                     void *q_out, int64_t ld_q_out, void *k_out, int64_t ld_k_out, float *rstd,
                                     const void *q, int64_t ld_q, const void *k, int64_t ld_k, const float *q_weight,
                                     const float *k_weight, const float *cos_table, const float *sin_table,
                                     const int32_t *positions, float eps);
/* d_q_weight and d_k_weight may be NULL; d_q may be d_q_out, d_k may be d_k_out. */
SARYU_API int32_t saryu_qk_norm_rope_backward(saryu_pool *pool, int32_t type, int64_t N, int64_t NH, int64_t KVH,
                                              int64_t HS, void *d_q, int64_t ld_d_q, void *d_k, int64_t ld_d_k,
                                              float *d_q_weight, float *d_k_weight, int32_t accumulate_weights,
                                              const void *d_q_out, int64_t ld_d_q_out, const void *d_k_out,
                                              int64_t ld_d_k_out, const void *q, int64_t ld_q, const void *k,
                                              int64_t ld_k, const float *q_weight, const float *k_weight,
                                              const float *rstd, const float *cos_table, const float *sin_table,
                                              const int32_t *positions);

/* Attention by io.saryu.backend.AttentionLayout. lse is (Nq, NH). */
SARYU_API int32_t saryu_attention_f32(saryu_pool *pool, int64_t B, int64_t NH, int64_t KVH, int64_t HS,
                                   const int32_t *cu_seqlens_q, const int32_t *key_start, const int32_t *key_length,
                                   float scale, float *out, int64_t ld_out, float *lse, const float *q, int64_t ld_q,
                                   const float *k, int64_t ld_k, const float *v, int64_t ld_v);
SARYU_API int32_t saryu_attention_backward_f32(saryu_pool *pool, int64_t B, int64_t NH, int64_t KVH, int64_t HS,
                                            const int32_t *cu_seqlens_q, const int32_t *key_start,
                                            const int32_t *key_length, float scale, float *d_q, int64_t ld_d_q,
                                            float *d_k, int64_t ld_d_k, float *d_v, int64_t ld_d_v,
                                            const float *d_out, int64_t ld_d_out, const float *out, int64_t ld_out,
                                            const float *lse, const float *q, int64_t ld_q, const float *k,
                                            int64_t ld_k, const float *v, int64_t ld_v);

/* The same over 16-bit rows; with 1 the outputs may have changed. */
SARYU_API int32_t saryu_attention_half(saryu_pool *pool, int32_t type, int64_t B, int64_t NH, int64_t KVH, int64_t HS,
                                       const int32_t *cu_seqlens_q, const int32_t *key_start, const int32_t *key_length,
                                       float scale, void *out, int64_t ld_out, float *lse, const void *q, int64_t ld_q,
                                       const void *k, int64_t ld_k, const void *v, int64_t ld_v);
SARYU_API int32_t saryu_attention_backward_half(saryu_pool *pool, int32_t type, int64_t B, int64_t NH, int64_t KVH,
                                                int64_t HS, const int32_t *cu_seqlens_q, const int32_t *key_start,
                                                const int32_t *key_length, float scale, void *d_q, int64_t ld_d_q,
                                                void *d_k, int64_t ld_d_k, void *d_v, int64_t ld_d_v, const void *d_out,
                                                int64_t ld_d_out, const void *out, int64_t ld_out, const float *lse,
                                                const void *q, int64_t ld_q, const void *k, int64_t ld_k, const void *v,
                                                int64_t ld_v);

/* gate_up (N, 2F) -> out (N, F); d_gate_up may be gate_up. */
SARYU_API void saryu_swiglu(saryu_pool *pool, int32_t type, int64_t N, int64_t F, void *out, int64_t ld_out,
                            const void *gate_up, int64_t ld_gate_up);
SARYU_API void saryu_swiglu_backward(saryu_pool *pool, int32_t type, int64_t N, int64_t F, void *d_gate_up,
                                     int64_t ld_d_gate_up, const void *d_out, int64_t ld_d_out, const void *gate_up,
                                     int64_t ld_gate_up);

/* in (N, C) -> out (N, C), which may be in; elements whose hash is below `threshold` of 2^32 are left out, the others times
 * `scale`. */
SARYU_API void saryu_dropout(saryu_pool *pool, int32_t type, int64_t N, int64_t C, void *out, int64_t ld_out,
                             const void *in, int64_t ld_in, const double *scalars, int64_t threshold, float scale,
                             int64_t stream, int32_t accumulate);

/* `type` is d_logits', which may be logits, or NULL for no gradient; adds the sum of row_loss to
 * scalars[SARYU_LOSS_SUM]. */
SARYU_API int32_t saryu_cross_entropy(saryu_pool *pool, int32_t type, int64_t N, int64_t V, float *row_loss,
                                      void *d_logits, int64_t ld_d_logits, const float *logits, int64_t ld_logits,
                                      const int32_t *targets, double *scalars);

SARYU_API int32_t saryu_gradient_norm_f32(saryu_pool *pool, int64_t n, const float *grads, double *scalars,
                                       double max_norm);
/* segments: S triples (first, count, decay). */
SARYU_API void saryu_adamw_f32(saryu_pool *pool, int64_t S, const int64_t *segments, float *weights, const float *grads,
                               float *exp_avg, float *exp_avg_sq, const double *scalars, double beta1, double beta2,
                               double epsilon, double weight_decay);

/* Zeroed memory of at least `bytes` (from 1), aligned to 64, in large pages where there are such; NULL: none left. */
SARYU_API void *saryu_allocate(int64_t bytes);
SARYU_API void saryu_release(void *memory, int64_t bytes);

/* Weights that stay narrow in memory, of BF16, F16 or I8; scales (one a row) is NULL but for I8.
 * out (M, N) = a (M, K) b^T, b (N, K). */
SARYU_API int32_t saryu_matmul_weights(saryu_pool *pool, int32_t type, int64_t M, int64_t N, int64_t K, float *out,
                                       int64_t ld_out, const float *a, int64_t ld_a, const void *b, int64_t ld_b,
                                       const float *scales);
SARYU_API void saryu_gather_weights(saryu_pool *pool, int32_t type, int64_t N, int64_t C, float *out, int64_t ld_out,
                                    const void *table, int64_t ld_table, const float *scales, const int32_t *ids);
SARYU_API void saryu_quantize(saryu_pool *pool, int64_t rows, int64_t cols, int8_t *out, int64_t ld_out, float *scales,
                              const float *in, int64_t ld_in);

#ifdef __cplusplus
}
#endif
#endif
