/* Every op file is compiled once per instruction set; this gives its functions the set's suffix, and dispatch.c exports the
 * plain names. Include it before anything else. */
#ifndef SARYU_ISA_H
#define SARYU_ISA_H

#define SARYU_JOIN2(a, b) a##_##b
#define SARYU_JOIN(a, b) SARYU_JOIN2(a, b)
#define SARYU_NAME(name) SARYU_JOIN(name, SARYU_ISA_SUFFIX)

#define saryu_fill_f32 SARYU_NAME(saryu_fill_f32)
#define saryu_copy_f32 SARYU_NAME(saryu_copy_f32)
#define saryu_convert SARYU_NAME(saryu_convert)
#define saryu_add_f32 SARYU_NAME(saryu_add_f32)
#define saryu_gather_rows SARYU_NAME(saryu_gather_rows)
#define saryu_gather_rows_backward_f32 SARYU_NAME(saryu_gather_rows_backward_f32)
#define saryu_scatter_rows SARYU_NAME(saryu_scatter_rows)
#define saryu_matmul_f32 SARYU_NAME(saryu_matmul_f32)
#define saryu_matmul_half SARYU_NAME(saryu_matmul_half)
#define saryu_rms_norm SARYU_NAME(saryu_rms_norm)
#define saryu_rms_norm_backward SARYU_NAME(saryu_rms_norm_backward)
#define saryu_qk_norm_rope SARYU_NAME(saryu_qk_norm_rope)
#define saryu_qk_norm_rope_backward SARYU_NAME(saryu_qk_norm_rope_backward)
#define saryu_attention_f32 SARYU_NAME(saryu_attention_f32)
#define saryu_attention_backward_f32 SARYU_NAME(saryu_attention_backward_f32)
#define saryu_attention_half SARYU_NAME(saryu_attention_half)
#define saryu_attention_backward_half SARYU_NAME(saryu_attention_backward_half)
#define saryu_swiglu SARYU_NAME(saryu_swiglu)
#define saryu_swiglu_backward SARYU_NAME(saryu_swiglu_backward)
#define saryu_dropout SARYU_NAME(saryu_dropout)
#define saryu_cross_entropy SARYU_NAME(saryu_cross_entropy)
#define saryu_gradient_norm_f32 SARYU_NAME(saryu_gradient_norm_f32)
#define saryu_adamw_f32 SARYU_NAME(saryu_adamw_f32)
#define saryu_matmul_weights SARYU_NAME(saryu_matmul_weights)
#define saryu_gather_weights SARYU_NAME(saryu_gather_weights)
#define saryu_quantize SARYU_NAME(saryu_quantize)

#endif
