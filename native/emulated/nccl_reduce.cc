/* The sums of the emulated NCCL: in rank order, so that they do not depend on who comes first. */
#include "nccl_hub.h"

#include <cstring>

namespace saryu {
namespace {

enum Type { INT8, UINT8, INT32, UINT32, INT64, UINT64, FLOAT16, FLOAT32, FLOAT64, BFLOAT16, TYPES };
enum Op { SUM, PROD, MAX, MIN, AVG };

const struct {
    const char *name;
    size_t size;
} TYPE[TYPES] = {{"int8", 1},   {"uint8", 1},   {"int32", 4},   {"uint32", 4},  {"int64", 8},
                 {"uint64", 8}, {"float16", 2}, {"float32", 4}, {"float64", 8}, {"bfloat16", 2}};

struct Bf16 {
    uint16_t bits;

    operator float() const {
        uint32_t u = (uint32_t)bits << 16;
        float f;
        memcpy(&f, &u, 4);
        return f;
    }

    static Bf16 of(float f) {
        uint32_t u;
        memcpy(&u, &f, 4);
        return {f != f ? (uint16_t)0x7fff : (uint16_t)((u + 0x7fff + (u >> 16 & 1)) >> 16)};
    }
};

template <typename T, typename Sum> T narrow(Sum x) {
    return (T)x;
}

template <> Bf16 narrow<Bf16, float>(float x) {
    return Bf16::of(x);
}

template <typename Sum> Sum combine(int op, Sum a, Sum b) {
    switch (op) {
    case PROD:
        return a * b;
    case MAX:
        return a < b ? b : a;
    case MIN:
        return b < a ? b : a;
    default:
        return a + b;
    }
}

/* The mean is made as NCCL makes it: each value is divided first, as the sum may overflow. */
template <typename T, typename Sum> void reduce(int op, char *const *values, int ranks, size_t count) {
    for (size_t i = 0; i < count; i++) {
        Sum sum = 0;
        for (int r = 0; r < ranks; r++) {
            Sum x = (Sum)reinterpret_cast<const T *>(values[r])[i];
            if (op == AVG) {
                x /= (Sum)ranks;
            }
            sum = r == 0 ? x : combine(op, sum, x);
        }
        reinterpret_cast<T *>(values[0])[i] = narrow<T, Sum>(sum);
    }
}

} // namespace

size_t nccl_type_size(int type) {
    return type < 0 || type >= TYPES ? 0 : TYPE[type].size;
}

const char *nccl_type_name(int type) {
    return type < 0 || type >= TYPES ? "no type" : TYPE[type].name;
}

void nccl_reduce(int type, int op, char *const *values, int ranks, size_t count) {
    switch (type) {
    case INT8:
        return reduce<int8_t, int8_t>(op, values, ranks, count);
    case UINT8:
        return reduce<uint8_t, uint8_t>(op, values, ranks, count);
    case INT32:
        return reduce<int32_t, int32_t>(op, values, ranks, count);
    case UINT32:
        return reduce<uint32_t, uint32_t>(op, values, ranks, count);
    case INT64:
        return reduce<int64_t, int64_t>(op, values, ranks, count);
    case UINT64:
        return reduce<uint64_t, uint64_t>(op, values, ranks, count);
    case FLOAT16:
        return reduce<_Float16, float>(op, values, ranks, count);
    case FLOAT32:
        return reduce<float, float>(op, values, ranks, count);
    case FLOAT64:
        return reduce<double, double>(op, values, ranks, count);
    case BFLOAT16:
        return reduce<Bf16, float>(op, values, ranks, count);
    }
}

} // namespace saryu
