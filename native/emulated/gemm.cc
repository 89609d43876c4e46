#define SARYU_EMULATED
#include "../cuda/device.h"

#include "gemm.h"

#include <vector>

namespace saryu {
namespace {

const uint64_t ROWS = 32; /* of D at a time: their sums stay in registers */

float get(const Gemm::Side &s, int64_t i) {
    switch (s.type) {
    case 2: return to_float(static_cast<const f16 *>(s.p)[i]);
    case 14: return to_float(static_cast<const bf16 *>(s.p)[i]);
    default: return static_cast<const float *>(s.p)[i];
    }
}

void put(const Gemm::Side &s, int64_t i, float x) {
    void *p = const_cast<void *>(s.p);
    switch (s.type) {
    case 2: static_cast<f16 *>(p)[i] = from_float<f16>(x); break;
    case 14: static_cast<bf16 *>(p)[i] = from_float<bf16>(x); break;
    default: static_cast<float *>(p)[i] = x;
    }
}

void panel(uint64_t k, const float *a, const float *b, float *sums) {
    float sum[ROWS] = {0};
    for (uint64_t i = 0; i < k; i++) {
        float x = b[i];
        for (uint64_t r = 0; r < ROWS; r++) {
            sum[r] += a[i * ROWS + r] * x;
        }
    }
    for (uint64_t r = 0; r < ROWS; r++) {
        sums[r] = sum[r];
    }
}

} // namespace

void run(const Gemm &g) {
    std::vector<float> a(g.k * ROWS), b(g.k * g.n);
    for (int batch = 0; batch < g.batches; batch++) {
        for (uint64_t n = 0; n < g.n; n++) {
            for (uint64_t k = 0; k < g.k; k++) {
                b[n * g.k + k] = get(g.b, batch * g.b.batch + static_cast<int64_t>(k) * g.b.row + static_cast<int64_t>(n) * g.b.column);
            }
        }
        for (uint64_t m = 0; m < g.m; m += ROWS) {
            uint64_t rows = g.m - m < ROWS ? g.m - m : ROWS;
            for (uint64_t k = 0; k < g.k; k++) {
                for (uint64_t r = 0; r < ROWS; r++) {
                    a[k * ROWS + r] = r < rows ? get(g.a, batch * g.a.batch + static_cast<int64_t>(m + r) * g.a.row +
                                                              static_cast<int64_t>(k) * g.a.column)
                                               : 0;
                }
            }
            for (uint64_t n = 0; n < g.n; n++) {
                float sums[ROWS];
                panel(g.k, a.data(), &b[n * g.k], sums);
                for (uint64_t r = 0; r < rows; r++) {
                    auto row = static_cast<int64_t>(m + r), column = static_cast<int64_t>(n);
                    float x = g.alpha * sums[r];
                    if (g.beta != 0) {
                        x += g.beta * get(g.c, batch * g.c.batch + row * g.c.row + column * g.c.column);
                    }
                    put(g.d, batch * g.d.batch + row * g.d.row + column * g.d.column, x);
                }
            }
        }
    }
}

} // namespace saryu
