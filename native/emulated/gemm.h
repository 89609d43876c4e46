/* A matrix product of any strides and types, in fp32. */
#pragma once

#include <cstdint>

namespace saryu {

/* D = alpha A B + beta C, of m x k and k x n, for each of a batch. */
struct Gemm {
    struct Side {
        const void *p;
        int type; /* cudaDataType: 0 fp32, 2 fp16, 14 bf16 */
        int64_t row, column, batch; /* from one to the next, in elements */
    };
    uint64_t m, n, k;
    int batches;
    float alpha, beta;
    Side a, b, c, d;
};

void run(const Gemm &g);

} // namespace saryu
