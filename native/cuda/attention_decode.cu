/* Attention of few queries over many keys, as decoding with a cache has it: bound by reading keys and values. The keys of a
 * sequence are split over blocks, and what the blocks found is put together in the order of the keys (flash-decoding, after
 * Dao et al., arXiv:2205.14135, section 3). Any type, heads up to 256. */
#include "attention.h"

/* Query heads of one key head that share a block's reading, and keys that a thread has under way. */
#define HEADS 4
#define AHEAD 4

/* Eight numbers of a row, zeros when not `in`. */
DEVICE void load8(float (&x)[8], const narrow *p, bool in, bool aligned) {
#pragma unroll
    for (int i = 0; i < 8; i++) {
        x[i] = 0.0f;
    }
    if (in) {
        if (aligned) {
            constexpr int WIDTH = 16 / sizeof(narrow);
#pragma unroll
            for (int i = 0; i < 8; i += WIDTH) {
                Pack<narrow> pack = load16(p + i);
#pragma unroll
                for (int j = 0; j < WIDTH; j++) {
                    x[i + j] = to_float(pack.v[j]);
                }
            }
        } else {
#pragma unroll
            for (int i = 0; i < 8; i++) {
                x[i] = to_float(p[i]);
            }
        }
    }
}

/* exp2 of how far one maximum is below another; 0 for a part without keys. */
DEVICE float share_of(float top, float most, float scale2) {
    return top == MINUS_INFINITY ? 0.0f : exp2_approx((top - most) * scale2);
}

/* A block for each sequence, query, part of the keys, and group of up to HEADS query heads. `lanes` neighbouring threads, a
 * power of two, hold eight numbers each of a key's row; 128 / lanes keys are looked at side by side, each by its own running
 * maximum. With one part the result is written, with more what attention_combine needs: (nq, NH, parts, HS + 2) sums,
 * maximum and total. */
SARYU_KERNEL_BOUNDS(ATTENTION_THREADS, 2)
attention_decode(narrow *out, int ld_out, float *lse, float *partial, const narrow *q, int ld_q, const narrow *k, int ld_k,
                 const narrow *v, int ld_v, const int *cu_seqlens, const int *key_start, const int *key_length, int nq, int nk,
                 int max_q, int parts, int part_keys, int B, int NH, int KVH, int HS, int lanes, float scale, int aligned) {
    SHARED float sums[HEADS][8 * ATTENTION_THREADS];
    SHARED float tops[HEADS][ATTENTION_THREADS], totals[HEADS][ATTENTION_THREADS];
    int group = NH / KVH, batches = (group + HEADS - 1) / HEADS; /* of heads */
    int x = (int)blockIdx.x, batch = x % batches, kvh = x / batches % KVH, rest = x / batches / KVH;
    int part = rest % parts, query = rest / parts % max_q;
    Sequence s = sequence(cu_seqlens, key_start, key_length, rest / parts / max_q, nq, nk);
    if (query >= s.queries) {
        return;
    }
    int h0 = kvh * group + batch * HEADS, heads = group - batch * HEADS < HEADS ? group - batch * HEADS : HEADS;
    int visible = s.keys - s.queries + query + 1, from = part * part_keys;
    int to = from + part_keys < visible ? from + part_keys : visible;
    int lane = (int)threadIdx.x % lanes, slot = (int)threadIdx.x / lanes, slots = ATTENTION_THREADS / lanes;
    int column = lane * 8;
    long long n = s.query + query;
    k += s.key * (long long)ld_k + (long long)kvh * HS + column;
    v += s.key * (long long)ld_v + (long long)kvh * HS + column;
    float scale2 = scale * LOG2E, qs[HEADS][8], sum[HEADS][8] = {}, top[HEADS], total[HEADS] = {};
#pragma unroll
    for (int h = 0; h < HEADS; h++) {
        load8(qs[h], q + n * ld_q + (long long)(h0 + h) * HS + column, h < heads && column < HS, aligned != 0);
        top[h] = MINUS_INFINITY;
    }
#pragma unroll 1
    for (int base = from + slot; base - slot < to; base += slots * AHEAD) {
        float keys[AHEAD][8], values[AHEAD][8];
#pragma unroll
        for (int u = 0; u < AHEAD; u++) {
            int j = base + u * slots;
            bool in = j < to && column < HS;
            load8(keys[u], k + (in ? j : 0) * (long long)ld_k, in, aligned != 0);
            load8(values[u], v + (in ? j : 0) * (long long)ld_v, in, aligned != 0);
        }
#pragma unroll
        for (int h = 0; h < HEADS; h++) {
            if (h >= heads) {
                break;
            }
            float score[AHEAD], most = top[h];
#pragma unroll
            for (int u = 0; u < AHEAD; u++) {
                float dot = 0.0f;
#pragma unroll
                for (int i = 0; i < 8; i++) {
                    dot += qs[h][i] * keys[u][i];
                }
                for (int other = lanes / 2; other > 0; other /= 2) {
                    dot += __shfl_xor_sync(SARYU_FULL_MASK, dot, other);
                }
                score[u] = base + u * slots < to ? dot : MINUS_INFINITY;
                most = fmaxf(most, score[u]);
            }
            float shrink = share_of(top[h], most, scale2);
            top[h] = most;
            total[h] *= shrink;
#pragma unroll
            for (int i = 0; i < 8; i++) {
                sum[h][i] *= shrink;
            }
#pragma unroll
            for (int u = 0; u < AHEAD; u++) {
                float p = share_of(score[u], most, scale2);
                total[h] += p;
#pragma unroll
                for (int i = 0; i < 8; i++) {
                    sum[h][i] += p * values[u][i];
                }
            }
        }
    }
#pragma unroll
    for (int h = 0; h < HEADS; h++) {
#pragma unroll
        for (int i = 0; i < 8; i++) {
            sums[h][(slot * lanes + lane) * 8 + i] = sum[h][i];
        }
        if (lane == 0) {
            tops[h][slot] = top[h];
            totals[h][slot] = total[h];
        }
    }
    __syncthreads();
    for (int i = (int)threadIdx.x; i < heads * HS; i += ATTENTION_THREADS) {
        int h = i / HS, c = i % HS;
        float most = MINUS_INFINITY, all = 0.0f, mix = 0.0f;
        for (int o = 0; o < slots; o++) {
            most = fmaxf(most, tops[h][o]);
        }
        for (int o = 0; o < slots; o++) {
            float weight = share_of(tops[h][o], most, scale2);
            all += weight * totals[h][o];
            mix += weight * sums[h][o * lanes * 8 + c];
        }
        if (parts == 1) {
            out[n * ld_out + (long long)(h0 + h) * HS + c] = from_float<narrow>(mix / all);
            if (c == 0) {
                lse[n * NH + h0 + h] = most * scale + logf(all);
            }
        } else {
            float *to_part = partial + ((n * NH + h0 + h) * parts + part) * (HS + 2);
            to_part[c] = mix;
            if (c == 0) {
                to_part[HS] = most;
                to_part[HS + 1] = all;
            }
        }
    }
}
SARYU_EXPORT(attention_decode)

/* A block for each query and head: what its parts found, in their order. */
SARYU_KERNEL attention_combine(narrow *out, int ld_out, float *lse, const float *partial, int parts, int NH, int HS,
                               float scale) {
    long long n = blockIdx.x / NH;
    int h = (int)blockIdx.x % NH;
    const float *mine = partial + (n * NH + h) * parts * (HS + 2);
    float most = MINUS_INFINITY, all = 0.0f;
    for (int part = 0; part < parts; part++) {
        most = fmaxf(most, mine[part * (HS + 2) + HS]);
    }
    for (int part = 0; part < parts; part++) {
        all += share_of(mine[part * (HS + 2) + HS], most, scale * LOG2E) * mine[part * (HS + 2) + HS + 1];
    }
    for (int c = (int)threadIdx.x; c < HS; c += (int)blockDim.x) {
        float mix = 0.0f;
        for (int part = 0; part < parts; part++) {
            mix += share_of(mine[part * (HS + 2) + HS], most, scale * LOG2E) * mine[part * (HS + 2) + c];
        }
        out[n * ld_out + (long long)h * HS + c] = from_float<narrow>(mix / all);
    }
    if (threadIdx.x == 0) {
        lse[n * NH + h] = most * scale + logf(all);
    }
}
SARYU_EXPORT(attention_combine)
