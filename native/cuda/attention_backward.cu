/* Attention backward in 16 bits on tensor cores, after FlashAttention-2 (Dao, arXiv:2307.08691). Without them it is in
 * attention_backward_plain.cu. */
#include "attention_backward.h"

/* First the blocks that keep keys, one for each tile of 64 MK keys, sequence and key head, those of the first keys, which most
 * queries see, first; then the blocks that keep 64 MQ queries of a head, those of the last ones first. `statistics` are what
 * attention_delta.cu makes. */
#define BACKWARD(name, MK, MQ)                                                                                           \
    SARYU_KERNEL_BOUNDS(ATTENTION_THREADS, 2)                                                                            \
    name(narrow *d_q, int ld_d_q, narrow *d_k, int ld_d_k, narrow *d_v, int ld_d_v, const narrow *d_out, int ld_d_out,   \
         const narrow *q, int ld_q, const narrow *k, int ld_k, const narrow *v, int ld_v, const float *statistics,       \
         const int *cu_seqlens, const int *key_start, const int *key_length, int nq, int nk, int key_tiles,              \
         int query_tiles, int B, int NH, int KVH, int HS, float scale, int aligned) {                                    \
        Operands o = {d_out, q, k, v, ld_d_out, ld_q, ld_k, ld_v, statistics, statistics + (long long)NH * nq,           \
                      nq,    NH, KVH, HS, scale, aligned != 0};                                                          \
        int x = (int)blockIdx.x, of_keys = key_tiles * B * KVH;                                                          \
        if (x < of_keys) {                                                                                               \
            int kvh = x % KVH, rest = x / KVH, first = rest / B * (64 * (MK));                                           \
            Sequence s = sequence(cu_seqlens, key_start, key_length, rest % B, nq, nk);                                  \
            if (first < s.keys) {                                                                                        \
                backward_keys<(MK)>(d_k, ld_d_k, d_v, ld_d_v, o, s, kvh, first);                                         \
            }                                                                                                            \
        } else {                                                                                                         \
            x -= of_keys;                                                                                                \
            int h = x % NH, rest = x / NH, first = (query_tiles - 1 - rest / B) * (64 * (MQ));                           \
            Sequence s = sequence(cu_seqlens, key_start, key_length, rest % B, nq, nk);                                  \
            if (first < s.queries) {                                                                                     \
                backward_queries<(MQ)>(d_q, ld_d_q, o, s, h, first);                                                     \
            }                                                                                                            \
        }                                                                                                                \
    }                                                                                                                    \
    SARYU_EXPORT(name)

/* dK and dV of 128 keys of 128 numbers do not fit the registers. */
BACKWARD(attention_backward_64, 1, 1)
BACKWARD(attention_backward_128, SARYU_HEAD == 128 ? 1 : 2, 2)
