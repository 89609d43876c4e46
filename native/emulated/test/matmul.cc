/* cuBLASLt's stand-in: numbers, and leading dimensions, shapes and addresses that are wrong. */
#include "driver.h"

#include "check.h"

#define SARYU_EMULATED
#include "../../cuda/device.h"

#include <cmath>
#include <cstring>
#include <vector>

namespace {

const int F32 = 0, F16 = 2, BF16 = 14;

size_t width(int type) {
    return type == F32 ? 4 : 2;
}

float rounded(int type, float x) {
    return type == F16 ? to_float(from_float<f16>(x)) : type == BF16 ? to_float(from_float<bf16>(x)) : x;
}

struct Matrix {
    int type;
    uint64_t rows, columns;
    int64_t ld;
    std::vector<float> x;
    Address p = 0;
    void *layout = nullptr;

    Matrix(int type, uint64_t rows, uint64_t columns, int64_t ld, int seed) : type(type), rows(rows), columns(columns), ld(ld) {
        size_t count = static_cast<size_t>(ld) * (columns - 1) + rows;
        OK(cuMemAlloc_v2(&p, count * width(type)));
        std::vector<char> bytes(count * width(type));
        for (size_t i = 0; i < count; i++) {
            float v = rounded(type, static_cast<float>((i * 37 + static_cast<size_t>(seed)) % 101) / 50 - 1);
            x.push_back(v);
            unsigned short h = type == F16 ? from_float<f16>(v).bits : from_float<bf16>(v).bits;
            memcpy(&bytes[i * width(type)], type == F32 ? static_cast<const void *>(&v) : &h, width(type));
        }
        OK(cuMemcpyHtoDAsync_v2(p, bytes.data(), bytes.size(), nullptr));
        OK(cublasLtMatrixLayoutCreate(&layout, type, rows, columns, ld));
    }

    ~Matrix() {
        OK(cuMemFree_v2(p));
        OK(cublasLtMatrixLayoutDestroy(layout));
    }

    float at(uint64_t r, uint64_t c) const {
        return x[r + c * static_cast<uint64_t>(ld)];
    }

    std::vector<float> read() const {
        std::vector<char> bytes(x.size() * width(type));
        OK(cuMemcpyDtoHAsync_v2(bytes.data(), p, bytes.size(), nullptr));
        std::vector<float> out(x.size());
        for (size_t i = 0; i < out.size(); i++) {
            unsigned short h;
            memcpy(&h, &bytes[i * width(type)], 2);
            memcpy(&out[i], &bytes[i * width(type)], 4 * (type == F32));
            out[i] = type == F16 ? to_float(f16{h}) : type == BF16 ? to_float(bf16{h}) : out[i];
        }
        return out;
    }
};

struct Result {
    unsigned long long algorithm[8];
    size_t workspace;
    int state;
    float waves;
    int reserved[4];
};

void *handle, *preference;

void product(int type, int out_type, bool ta, bool tb, float beta) {
    const uint64_t m = 37, n = 11, k = 53;
    Matrix a(type, ta ? k : m, ta ? m : k, static_cast<int64_t>(ta ? k : m) + 3, 1);
    Matrix b(type, tb ? n : k, tb ? k : n, static_cast<int64_t>(tb ? n : k), 2);
    Matrix d(out_type, m, n, m + 5, 3);
    void *operation = nullptr;
    OK(cublasLtMatmulDescCreate(&operation, 68, 0));
    int t = 1;
    if (ta) {
        OK(cublasLtMatmulDescSetAttribute(operation, 3, &t, 4));
    }
    if (tb) {
        OK(cublasLtMatmulDescSetAttribute(operation, 4, &t, 4));
    }
    Result r;
    int count = 0;
    OK(cublasLtMatmulAlgoGetHeuristic(handle, operation, a.layout, b.layout, d.layout, d.layout, preference, 1, &r, &count));
    CHECK(count == 1 && r.workspace > 0);
    Address workspace = 0;
    OK(cuMemAlloc_v2(&workspace, r.workspace));
    auto call = [&](Address pa, void *w, size_t w_size, void *la) {
        float alpha = 0.5f;
        return cublasLtMatmul(handle, operation, &alpha, reinterpret_cast<void *>(pa), la, reinterpret_cast<void *>(b.p),
                              b.layout, &beta, reinterpret_cast<void *>(d.p), d.layout, reinterpret_cast<void *>(d.p),
                              d.layout, r.algorithm, w, w_size, nullptr);
    };
    auto *w = reinterpret_cast<void *>(workspace);
    OK(call(a.p, w, r.workspace, a.layout));
    std::vector<float> got = d.read();
    for (uint64_t j = 0; j < n; j++) {
        for (uint64_t i = 0; i < m; i++) {
            double sum = 0;
            for (uint64_t l = 0; l < k; l++) {
                sum += static_cast<double>(ta ? a.at(l, i) : a.at(i, l)) * (tb ? b.at(j, l) : b.at(l, j));
            }
            double want = 0.5 * sum + beta * d.at(i, j);
            double tolerance = out_type == F32 ? 1e-5 : out_type == F16 ? 1e-2 : 8e-2;
            float x = got[i + j * (m + 5)];
            CHECK(std::fabs(x - want) <= tolerance, "types %d %d, %d %d: row %d column %d is %g, not %g", type, out_type, ta, tb,
                  static_cast<int>(i), static_cast<int>(j), x, want);
        }
    }
    CHECK(got[m] == d.x[m], "between the columns something was written");

    /* Planted faults: a leading dimension that reads past the end, one below the rows, memory that does not fit. */
    void *wrong = nullptr;
    OK(cublasLtMatrixLayoutCreate(&wrong, type, a.rows, a.columns, a.ld + 1));
    EXPECT(7, "past the end", call(a.p, w, r.workspace, wrong));
    OK(cublasLtMatrixLayoutDestroy(wrong));
    OK(cublasLtMatrixLayoutCreate(&wrong, type, a.rows, a.columns, static_cast<int64_t>(a.rows) - 1));
    EXPECT(7, "leading dimension", call(a.p, w, r.workspace, wrong));
    OK(cublasLtMatrixLayoutDestroy(wrong));
    OK(cublasLtMatrixLayoutCreate(&wrong, type, a.rows + 1, a.columns, a.ld));
    EXPECT(7, ta ? "does not fit" : "does not fit", call(a.p, w, r.workspace, wrong));
    OK(cublasLtMatrixLayoutDestroy(wrong));
    EXPECT(7, "not aligned to the 256 bytes", call(a.p + 4, w, r.workspace, a.layout));
    EXPECT(7, "of workspace and has", call(a.p, w, r.workspace - 1, a.layout));
    EXPECT(7, "the workspace", call(a.p, nullptr, r.workspace, a.layout));
    OK(cuMemFree_v2(workspace));
    OK(cublasLtMatmulDescDestroy(operation));
}

} // namespace

void test_matmul() {
    OK(cublasLtCreate(&handle));
    OK(cublasLtMatmulPreferenceCreate(&preference));
    size_t bytes = 1 << 20;
    OK(cublasLtMatmulPreferenceSetAttribute(preference, 1, &bytes, 8));
    for (int type : {F32, F16, BF16}) {
        for (int t = 0; t < 4; t++) {
            product(type, type, t & 1, t & 2, t == 3 ? 1.0f : 0.0f);
            product(type, F32, t & 1, t & 2, 0.25f);
        }
    }
    OK(cublasLtMatmulPreferenceDestroy(preference));
    OK(cublasLtDestroy(handle));
}
