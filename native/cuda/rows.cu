#include "device.h"
#include "vectors.h"

/* One row by one warp, its bits as they are. */
DEVICE void move_row(long long C, narrow *out, const narrow *in, bool packs) {
    int lane = threadIdx.x & 31;
    if (packs) {
        for (long long c = lane * WIDTH; c < C; c += 32 * WIDTH) {
            store16(out + c, load16(in + c));
        }
    } else {
        for (long long c = lane; c < C; c += 32) {
            out[c] = in[c];
        }
    }
}

/* out (N, C) = table[ids, :], table (V, C). An id outside the table gives NaN: it cannot be refused here, and must be seen. */
SARYU_KERNEL gather_rows(long long N, long long C, long long V, narrow *out, long long ld_out, const narrow *table,
                         long long ld_table, const int *ids) {
    bool packs = C % WIDTH == 0 && aligned16(out, ld_out) && aligned16(table, ld_table);
    int warps = blockDim.x / 32;
    for (long long n = (long long)blockIdx.x * warps + threadIdx.x / 32; n < N; n += (long long)gridDim.x * warps) {
        long long id = ids[n];
        if (id >= 0 && id < V) {
            move_row(C, out + n * ld_out, table + id * ld_table, packs);
        } else {
            for (long long c = threadIdx.x & 31; c < C; c += 32) {
                out[n * ld_out + c] = from_float<narrow>(SARYU_NAN);
            }
        }
    }
}
SARYU_EXPORT(gather_rows)

/* out[rows[n], :] = in[n, :], out (M, C); rows outside are left out. */
SARYU_KERNEL scatter_rows(long long N, long long C, long long M, narrow *out, long long ld_out, const narrow *in,
                          long long ld_in, const int *rows) {
    bool packs = C % WIDTH == 0 && aligned16(out, ld_out) && aligned16(in, ld_in);
    int warps = blockDim.x / 32;
    for (long long n = (long long)blockIdx.x * warps + threadIdx.x / 32; n < N; n += (long long)gridDim.x * warps) {
        long long row = rows[n];
        if (row >= 0 && row < M) {
            move_row(C, out + row * ld_out, in + n * ld_in, packs);
        }
    }
}
SARYU_EXPORT(scatter_rows)
