#include "device.h"
#include "weights.h"

/* out (N, C) = table[ids, :] widened, table (V, C); scales (V) is null but for bytes. An id outside the table gives NaN. */
SARYU_KERNEL gather_weights(long long N, long long C, long long V, float *out, long long ld_out, const stored *table,
                            long long ld_table, const float *scales, const int *ids) {
    bool packs = C % STORED_WIDTH == 0 && aligned16(out, ld_out) && aligned16(table, ld_table);
    int warps = blockDim.x / 32;
    for (long long n = (long long)blockIdx.x * warps + threadIdx.x / 32; n < N; n += (long long)gridDim.x * warps) {
        long long id = ids[n];
        float *row = out + n * ld_out;
        if (id < 0 || id >= V) {
            for (long long c = threadIdx.x & 31; c < C; c += 32) {
                row[c] = SARYU_NAN;
            }
            continue;
        }
        float scale = scales == nullptr ? 1.0f : scales[id];
        if (packs) {
            widen_row<STORED_WIDTH>(C, row, table + id * ld_table, scale);
        } else {
            widen_row<1>(C, row, table + id * ld_table, scale);
        }
    }
}
SARYU_EXPORT(gather_weights)
