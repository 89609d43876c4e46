/* What attention's backward needs of each query and head beside the rows themselves: the log-sum-exp to base 2, and
 * delta = dOut . out, which is the sum over keys of P dP (Dao, arXiv:2307.08691, section 2.3). Statistics are (2, NH, nq), so
 * that a tile's queries lie together. */
#include "attention.h"

/* `lanes` neighbouring threads, a power of two with 8 numbers or more for each, take one query and head. */
SARYU_KERNEL attention_delta(float *statistics, const narrow *d_out, int ld_d_out, const narrow *out, int ld_out,
                             const float *lse, int nq, int NH, int HS, int lanes, int aligned) {
    int lane = (int)threadIdx.x % lanes;
    long long item = ((long long)blockIdx.x * blockDim.x + threadIdx.x) / lanes, n = item / NH;
    int h = (int)(item % NH);
    float sum = 0.0f;
    if (n < nq) {
        d_out += n * ld_d_out + (long long)h * HS;
        out += n * ld_out + (long long)h * HS;
        constexpr int WIDTH = 16 / sizeof(narrow);
        if (aligned) {
            for (int i = lane * WIDTH; i < HS; i += lanes * WIDTH) {
                Pack<narrow> a = load16(d_out + i), b = load16(out + i);
#pragma unroll
                for (int j = 0; j < WIDTH; j++) {
                    sum += to_float(a.v[j]) * to_float(b.v[j]);
                }
            }
        } else {
            for (int i = lane; i < HS; i += lanes) {
                sum += to_float(d_out[i]) * to_float(out[i]);
            }
        }
    }
    for (int other = lanes / 2; other > 0; other /= 2) {
        sum += __shfl_xor_sync(SARYU_FULL_MASK, sum, other);
    }
    if (n < nq && lane == 0) {
        long long at = (long long)h * nq + n;
        statistics[at] = lse[n * NH + h] * LOG2E;
        statistics[(long long)NH * nq + at] = sum;
    }
}
SARYU_EXPORT(attention_delta)
