/*
 * CUDA's words for g++: each thread of a block is a fiber (see block.h), so barriers and warp primitives really wait.
 * Included by native/cuda/device.h under SARYU_EMULATED; variant.cc.in wraps each .cu file.
 */
#pragma once

#include "block.h"

#include <cmath>
#include <cstring>
#include <math.h>
#include <type_traits>

/* Variants for another architecture define it. */
#ifndef SARYU_SM
#define SARYU_SM 80
#endif

#define SARYU_KERNEL                                                                                                   \
    static const saryu::Bounds SARYU_JOIN(saryu_bounds_, __COUNTER__){saryu_module, 1024};                             \
    static void
#define SARYU_KERNEL_BOUNDS(threads, blocks)                                                                           \
    static const saryu::Bounds SARYU_JOIN(saryu_bounds_, __COUNTER__){saryu_module, threads};                          \
    static void
#define SARYU_EXPORT(name) static const saryu::Export saryu_export_##name{saryu_module, #name, name};
#define SARYU_JOIN(a, b) SARYU_JOIN_(a, b)
#define SARYU_JOIN_(a, b) a##b

#define DEVICE static inline
#define DEVICE_METHOD inline
#define DEVICE_CONSTANT static const

/* One block runs on one thread of the processor from start to end, so what is local to that thread is the block's. */
#ifdef SARYU_SHARED_SECTION
#define SHARED static thread_local __attribute__((section(SARYU_SHARED_SECTION)))
#else
#define SHARED static thread_local
#endif
#define DYNAMIC_SHARED(type, name) type *name = reinterpret_cast<type *>(saryu::dynamic_shared())

#define threadIdx (saryu::lane->thread)
#define blockIdx (saryu::lane->block->index)
#define blockDim (saryu::lane->block->threads)
#define gridDim (saryu::lane->block->grid)
#define warpSize 32

/* Where a primitive was called: two threads that meet in different places have diverged. */
#define SARYU_PLACE const char *file = __builtin_FILE(), int line = __builtin_LINE()

static inline void __syncthreads(SARYU_PLACE) {
    saryu::barrier({file, line});
}

static inline void __syncwarp(unsigned mask = 0xffffffffu, SARYU_PLACE) {
    saryu::warp_barrier(mask, {file, line});
}

template <typename T> static inline T saryu_shuffle(unsigned mask, T x, int from, saryu::Place place) {
    static_assert(sizeof(T) == 4 || sizeof(T) == 8, "a shuffle moves 4 or 8 bytes");
    unsigned long long bits = 0;
    memcpy(&bits, &x, sizeof(T));
    bits = saryu::shuffle(mask, bits, from, place);
    memcpy(&x, &bits, sizeof(T));
    return x;
}

/* Of `width` lanes side by side; a source outside gives the thread's own value, as CUDA says. */
template <typename T> static inline T __shfl_sync(unsigned mask, T x, int from, int width = 32, SARYU_PLACE) {
    int self = saryu::lane->id % 32;
    return saryu_shuffle(mask, x, (self & ~(width - 1)) + (from & (width - 1)), {file, line});
}

template <typename T> static inline T __shfl_xor_sync(unsigned mask, T x, int bits, int width = 32, SARYU_PLACE) {
    int self = saryu::lane->id % 32, from = self ^ bits;
    return saryu_shuffle(mask, x, from / width > self / width ? self : from, {file, line});
}

template <typename T> static inline T __shfl_down_sync(unsigned mask, T x, int by, int width = 32, SARYU_PLACE) {
    int self = saryu::lane->id % 32, from = self + by;
    return saryu_shuffle(mask, x, from / width != self / width ? self : from, {file, line});
}

template <typename T> static inline T __shfl_up_sync(unsigned mask, T x, int by, int width = 32, SARYU_PLACE) {
    int self = saryu::lane->id % 32, from = self - by;
    return saryu_shuffle(mask, x, from < (self & ~(width - 1)) ? self : from, {file, line});
}

static inline unsigned __ballot_sync(unsigned mask, int predicate, SARYU_PLACE) {
    return saryu::ballot(mask, predicate != 0, {file, line});
}

static inline int __any_sync(unsigned mask, int predicate, SARYU_PLACE) {
    return saryu::ballot(mask, predicate != 0, {file, line}) != 0;
}

static inline int __all_sync(unsigned mask, int predicate, SARYU_PLACE) {
    return saryu::ballot(mask, predicate != 0, {file, line}) == 0xffffffffu;
}

static inline int __syncthreads_or(int predicate, SARYU_PLACE) {
    return saryu::barrier_or(predicate != 0, {file, line});
}

static inline void __threadfence() {
    __atomic_thread_fence(__ATOMIC_SEQ_CST);
}

static inline void __threadfence_block() {
}

[[noreturn]] static inline void __trap(SARYU_PLACE) {
    saryu::fault(719, "__trap() at %s:%d", file, line);
}

static inline int atomicAdd(int *p, int x) {
    return __atomic_fetch_add(p, x, __ATOMIC_RELAXED);
}

static inline unsigned atomicAdd(unsigned *p, unsigned x) {
    return __atomic_fetch_add(p, x, __ATOMIC_RELAXED);
}

static inline int atomicOr(int *p, int x) {
    return __atomic_fetch_or(p, x, __ATOMIC_RELAXED);
}

static inline unsigned atomicOr(unsigned *p, unsigned x) {
    return __atomic_fetch_or(p, x, __ATOMIC_RELAXED);
}

static inline int atomicExch(int *p, int x) {
    return __atomic_exchange_n(p, x, __ATOMIC_RELAXED);
}

static inline int atomicMax(int *p, int x) {
    int old = __atomic_load_n(p, __ATOMIC_RELAXED);
    while (old < x && !__atomic_compare_exchange_n(p, &old, x, false, __ATOMIC_RELAXED, __ATOMIC_RELAXED)) {
    }
    return old;
}

template <typename To, typename From> static inline To saryu_bits(From x) {
    static_assert(sizeof(To) == sizeof(From), "the same bits");
    To r;
    memcpy(&r, &x, sizeof(r));
    return r;
}

static inline float __uint_as_float(unsigned x) {
    return saryu_bits<float>(x);
}

static inline unsigned __float_as_uint(float x) {
    return saryu_bits<unsigned>(x);
}

static inline float __int_as_float(int x) {
    return saryu_bits<float>(x);
}

static inline int __float_as_int(float x) {
    return saryu_bits<int>(x);
}

template <typename A, typename B> static inline std::common_type_t<A, B> min(A a, B b) {
    std::common_type_t<A, B> x = a, y = b;
    return y < x ? y : x;
}

template <typename A, typename B> static inline std::common_type_t<A, B> max(A a, B b) {
    std::common_type_t<A, B> x = a, y = b;
    return x < y ? y : x;
}

static inline float rsqrtf(float x) {
    return 1.0f / sqrtf(x);
}

static inline double rsqrt(double x) {
    return 1.0 / sqrt(x);
}

/* The C library uses these names for functions of its own. */
#define __expf(x) expf(x)
#define __exp2f(x) exp2f(x)
#define __logf(x) logf(x)
#define __sinf(x) sinf(x)
#define __cosf(x) cosf(x)

static inline float __fdividef(float x, float y) {
    return x / y;
}

static inline float __fmaf_rn(float x, float y, float z) {
    return fmaf(x, y, z);
}

static inline int __popc(unsigned x) {
    return __builtin_popcount(x);
}

static inline int __ffs(int x) {
    return __builtin_ffs(x);
}

static inline int __clz(int x) {
    return x == 0 ? 32 : __builtin_clz((unsigned)x);
}

static inline unsigned __umulhi(unsigned x, unsigned y) {
    return (unsigned)((unsigned long long)x * y >> 32);
}

template <typename T> static inline T __ldg(const T *p) {
    return *p;
}
