/* Every op file is compiled once per instruction set; this gives its functions the set's suffix, and dispatch.c exports the
 * plain names. Include it before anything else. */
#ifndef SARYU_ISA_H
#define SARYU_ISA_H

#define SARYU_JOIN2(a, b) a##_##b
#define SARYU_JOIN(a, b) SARYU_JOIN2(a, b)
#define SARYU_NAME(name) SARYU_JOIN(name, SARYU_ISA_SUFFIX)

#define saryu_fill_f32 SARYU_NAME(saryu_fill_f32)
#define saryu_copy_f32 SARYU_NAME(saryu_copy_f32)
#define saryu_add_f32 SARYU_NAME(saryu_add_f32)
#define saryu_gather_rows_f32 SARYU_NAME(saryu_gather_rows_f32)
#define saryu_gather_rows_backward_f32 SARYU_NAME(saryu_gather_rows_backward_f32)
#define saryu_scatter_rows_f32 SARYU_NAME(saryu_scatter_rows_f32)
#define saryu_matmul_f32 SARYU_NAME(saryu_matmul_f32)
#define saryu_rms_norm_f32 SARYU_NAME(saryu_rms_norm_f32)
#define saryu_rms_norm_backward_f32 SARYU_NAME(saryu_rms_norm_backward_f32)
#define saryu_qk_norm_rope_f32 SARYU_NAME(saryu_qk_norm_rope_f32)
#define saryu_qk_norm_rope_backward_f32 SARYU_NAME(saryu_qk_norm_rope_backward_f32)
#define saryu_attention_f32 SARYU_NAME(saryu_attention_f32)
#define saryu_attention_backward_f32 SARYU_NAME(saryu_attention_backward_f32)
#define saryu_swiglu_f32 SARYU_NAME(saryu_swiglu_f32)
#define saryu_swiglu_backward_f32 SARYU_NAME(saryu_swiglu_backward_f32)
#define saryu_cross_entropy_f32 SARYU_NAME(saryu_cross_entropy_f32)
#define saryu_gradient_norm_f32 SARYU_NAME(saryu_gradient_norm_f32)
#define saryu_adamw_f32 SARYU_NAME(saryu_adamw_f32)

#endif
