/*
 * What every kernel of native/cuda is written in. NVRTC compiles the CUDA side (no CUDA header is at hand then, so the
 * 16-bit types, tensor cores and asynchronous copies come through inline PTX); g++ compiles the same kernels for the
 * processor, where ../emulated/device_emulated.h takes CUDA's place. NVRTC is given
 *   -DSARYU_SM=75|80|86|89|90   the architecture
 *   -DSARYU_TYPE=0|1|2|3        what `narrow` is: fp32, bf16, fp16, none beside signed bytes (files that need it only)
 * Everything here works on full warps: each of a warp's 32 threads calls it, at the same place.
 */
#pragma once

#ifdef SARYU_EMULATED
#include "../emulated/device_emulated.h"
#else

/* A kernel: SARYU_KERNEL name(arguments) { } and after it SARYU_EXPORT(name). Arguments are pointers, long long, int,
 * float or double. With bounds: at most `threads` threads a block, registers for `blocks` blocks on a multiprocessor. */
#define SARYU_KERNEL extern "C" __global__ void
#define SARYU_KERNEL_BOUNDS(threads, blocks) extern "C" __global__ void __launch_bounds__(threads, blocks)
#define SARYU_EXPORT(name)

/* DEVICE: a function of the device; DEVICE_METHOD: a member function. */
#define DEVICE static __device__ __forceinline__
#define DEVICE_METHOD __device__ __forceinline__
#define DEVICE_CONSTANT static __device__ const

/* SHARED float x[32]; is shared by the block and holds garbage at its start. DYNAMIC_SHARED(float, x) names the launch's
 * dynamic shared memory, aligned to 128 bytes. */
#define SHARED __shared__
#define DYNAMIC_SHARED(type, name)                                                                                     \
    extern __shared__ __align__(128) unsigned char saryu_dynamic_shared[];                                             \
    type *name = reinterpret_cast<type *>(saryu_dynamic_shared)

#endif

#define SARYU_FULL_MASK 0xffffffffu
#define SARYU_INFINITY __int_as_float(0x7f800000)
#define SARYU_NAN __int_as_float(0x7fc00000)

struct bf16 {
    unsigned short bits;
};

struct f16 {
    unsigned short bits;
};

#ifdef SARYU_TYPE
#if SARYU_TYPE == 0
typedef float narrow;
#elif SARYU_TYPE == 1
typedef bf16 narrow;
#elif SARYU_TYPE == 2
typedef f16 narrow;
#elif SARYU_TYPE != 3
#error "SARYU_TYPE is 0 (fp32), 1 (bf16), 2 (fp16) or 3 (signed bytes: weights alone, without a narrow type)"
#endif
#endif

/* 16 bytes of T, what one load or store moves. */
template <typename T> struct alignas(16) Pack {
    static const int size = 16 / sizeof(T);
    T v[16 / sizeof(T)];
};

/* An aligned pointer and a row stride that keeps it aligned: 16-byte accesses may be used. ld counts elements. */
template <typename T> DEVICE bool aligned16(const T *p, long long ld) {
    return ((unsigned long long)p & 15) == 0 && (ld * (long long)sizeof(T)) % 16 == 0;
}

#ifdef SARYU_EMULATED
#include "../emulated/device_types.h"
#else

DEVICE float to_float(float x) {
    return x;
}

DEVICE float to_float(bf16 x) {
    return __uint_as_float((unsigned)x.bits << 16);
}

DEVICE float to_float(f16 x) {
    float f;
    asm("cvt.f32.f16 %0, %1;" : "=f"(f) : "h"(x.bits));
    return f;
}

/* from_float<T>: to the nearest, ties to even; NaN stays NaN. The tag only picks the overload. */
DEVICE float saryu_round(float x, float) {
    return x;
}

DEVICE bf16 saryu_round(float x, bf16) {
    bf16 r;
#if SARYU_SM >= 80
    asm("cvt.rn.bf16.f32 %0, %1;" : "=h"(r.bits) : "f"(x));
#else
    unsigned u = __float_as_uint(x);
    r.bits = (u & 0x7fffffffu) > 0x7f800000u ? 0x7fff : (unsigned short)((u + 0x7fff + ((u >> 16) & 1)) >> 16);
#endif
    return r;
}

DEVICE f16 saryu_round(float x, f16) {
    f16 r;
    asm("cvt.rn.f16.f32 %0, %1;" : "=h"(r.bits) : "f"(x));
    return r;
}

template <typename T> DEVICE T from_float(float x) {
    return saryu_round(x, T());
}

/* p is aligned to 16 bytes. */
template <typename T> DEVICE Pack<T> load16(const T *p) {
    return *reinterpret_cast<const Pack<T> *>(p);
}

template <typename T> DEVICE void store16(T *p, const Pack<T> &x) {
    *reinterpret_cast<Pack<T> *>(p) = x;
}

/* Two numbers rounded to T in one register, `low` in the lower half: what mma's fragments are made of. */
DEVICE unsigned saryu_pack2(float low, float high, bf16) {
#if SARYU_SM >= 80
    unsigned r;
    asm("cvt.rn.bf16x2.f32 %0, %1, %2;" : "=r"(r) : "f"(high), "f"(low));
    return r;
#else
    return (unsigned)from_float<bf16>(low).bits | (unsigned)from_float<bf16>(high).bits << 16;
#endif
}

DEVICE unsigned saryu_pack2(float low, float high, f16) {
#if SARYU_SM >= 80
    unsigned r;
    asm("cvt.rn.f16x2.f32 %0, %1, %2;" : "=r"(r) : "f"(high), "f"(low));
    return r;
#else
    return (unsigned)from_float<f16>(low).bits | (unsigned)from_float<f16>(high).bits << 16;
#endif
}

template <typename T> DEVICE unsigned pack2(float low, float high) {
    return saryu_pack2(low, high, T());
}

/* Two numbers as pack2 makes them, to p, which is aligned to 4 bytes. */
template <typename T> DEVICE void store_pair(T *p, unsigned pair) {
    *reinterpret_cast<unsigned *>(p) = pair;
}

/* 2 to the power x, to two units in the last place; what is below the normal numbers becomes 0. */
DEVICE float exp2_approx(float x) {
    float r;
    asm("ex2.approx.ftz.f32 %0, %1;" : "=f"(r) : "f"(x));
    return r;
}

/* The compiler knows this conversion, and keeps addresses in 32 bits from the start. */
DEVICE unsigned saryu_shared_address(const void *p) {
    return (unsigned)__cvta_generic_to_shared(p);
}

DEVICE void saryu_mma(float (&d)[4], const unsigned (&a)[4], const unsigned (&b)[2], f16) {
#if SARYU_SM >= 80
    asm volatile("mma.sync.aligned.m16n8k16.row.col.f32.f16.f16.f32 {%0,%1,%2,%3}, {%4,%5,%6,%7}, {%8,%9}, {%0,%1,%2,%3};"
                 : "+f"(d[0]), "+f"(d[1]), "+f"(d[2]), "+f"(d[3])
                 : "r"(a[0]), "r"(a[1]), "r"(a[2]), "r"(a[3]), "r"(b[0]), "r"(b[1]));
#else
    asm volatile("mma.sync.aligned.m16n8k8.row.col.f32.f16.f16.f32 {%0,%1,%2,%3}, {%4,%5}, {%6}, {%0,%1,%2,%3};"
                 : "+f"(d[0]), "+f"(d[1]), "+f"(d[2]), "+f"(d[3])
                 : "r"(a[0]), "r"(a[1]), "r"(b[0]));
    asm volatile("mma.sync.aligned.m16n8k8.row.col.f32.f16.f16.f32 {%0,%1,%2,%3}, {%4,%5}, {%6}, {%0,%1,%2,%3};"
                 : "+f"(d[0]), "+f"(d[1]), "+f"(d[2]), "+f"(d[3])
                 : "r"(a[2]), "r"(a[3]), "r"(b[1]));
#endif
}

DEVICE void saryu_mma(float (&d)[4], const unsigned (&a)[4], const unsigned (&b)[2], bf16) {
#if SARYU_SM >= 80
    asm volatile("mma.sync.aligned.m16n8k16.row.col.f32.bf16.bf16.f32 {%0,%1,%2,%3}, {%4,%5,%6,%7}, {%8,%9}, {%0,%1,%2,%3};"
                 : "+f"(d[0]), "+f"(d[1]), "+f"(d[2]), "+f"(d[3])
                 : "r"(a[0]), "r"(a[1]), "r"(a[2]), "r"(a[3]), "r"(b[0]), "r"(b[1]));
#else
    __trap(); /* no tensor cores for bf16: refused before a launch */
#endif
}

/*
 * d += a b on tensor cores, fp32 sums: mma<bf16>(d, a, b). PTX m16n8k16, with g = lane / 4 and t = lane % 4:
 *   a[0]: row g, columns 2t, 2t + 1; a[1]: row g + 8; a[2]: row g, columns 2t + 8, 2t + 9; a[3]: row g + 8 of these
 *   b[0]: rows 2t, 2t + 1 of column g; b[1]: rows 2t + 8, 2t + 9
 *   d[0], d[1]: row g, columns 2t, 2t + 1; d[2], d[3]: row g + 8
 */
template <typename T> DEVICE void mma(float (&d)[4], const unsigned (&a)[4], const unsigned (&b)[2]) {
    saryu_mma(d, a, b, T());
}

/* Four 8 x 8 matrices of 16-bit elements out of shared memory. Lane l gives the address of row l % 8 of matrix l / 8 (16
 * bytes, aligned) and gets, of each matrix m in r[m], elements 2 (l % 4) and the next of row l / 4; transposed: of column
 * l / 4. */
DEVICE void ldmatrix_x4(unsigned (&r)[4], const void *shared) {
    asm volatile("ldmatrix.sync.aligned.m8n8.x4.shared.b16 {%0,%1,%2,%3}, [%4];"
                 : "=r"(r[0]), "=r"(r[1]), "=r"(r[2]), "=r"(r[3])
                 : "r"(saryu_shared_address(shared))
                 : "memory");
}

DEVICE void ldmatrix_x4_trans(unsigned (&r)[4], const void *shared) {
    asm volatile("ldmatrix.sync.aligned.m8n8.x4.trans.shared.b16 {%0,%1,%2,%3}, [%4];"
                 : "=r"(r[0]), "=r"(r[1]), "=r"(r[2]), "=r"(r[3])
                 : "r"(saryu_shared_address(shared))
                 : "memory");
}

/* 16 bytes to shared memory without waiting, zeros where not valid (`global` is not read then); both aligned. Copies since
 * the last commit are one group; cp_async_wait<N> waits until at most the N youngest groups are under way, for this
 * thread's own copies: others see them after a barrier. */
DEVICE void cp_async16(void *shared, const void *global, bool valid) {
#if SARYU_SM >= 80
    int bytes = valid ? 16 : 0;
    asm volatile("cp.async.cg.shared.global [%0], [%1], 16, %2;" ::"r"(saryu_shared_address(shared)), "l"(global), "r"(bytes)
                 : "memory");
#else
    Pack<int> x = {{0, 0, 0, 0}};
    if (valid) {
        x = load16((const int *)global);
    }
    store16((int *)shared, x);
#endif
}

DEVICE void cp_async_commit() {
#if SARYU_SM >= 80
    asm volatile("cp.async.commit_group;" ::: "memory");
#endif
}

template <int N> DEVICE void cp_async_wait() {
#if SARYU_SM >= 80
    asm volatile("cp.async.wait_group %0;" ::"n"(N) : "memory");
#endif
}

#endif /* the CUDA side */

/* The sum and the largest of a warp's values, in every lane; the order is fixed. */
DEVICE float warp_sum(float x) {
    for (int d = 16; d > 0; d /= 2) {
        x += __shfl_xor_sync(SARYU_FULL_MASK, x, d);
    }
    return x;
}

DEVICE float warp_max(float x) {
    for (int d = 16; d > 0; d /= 2) {
        x = fmaxf(x, __shfl_xor_sync(SARYU_FULL_MASK, x, d));
    }
    return x;
}

DEVICE float *saryu_block_parts() {
    SHARED float parts[32];
    return parts;
}

/* The sum and the largest over a block of THREADS (a multiple of 32, at most 1024) threads along x, in every thread; the
 * order is fixed. Two barriers. */
template <int THREADS> DEVICE float block_sum(float x) {
    static_assert(THREADS % 32 == 0 && THREADS <= 1024, "whole warps, at most 32");
    float *parts = saryu_block_parts();
    x = warp_sum(x);
    if (THREADS > 32) {
        if (threadIdx.x % 32 == 0) {
            parts[threadIdx.x / 32] = x;
        }
        __syncthreads();
        x = 0;
        for (int w = 0; w < THREADS / 32; w++) {
            x += parts[w];
        }
        __syncthreads();
    }
    return x;
}

template <int THREADS> DEVICE float block_max(float x) {
    static_assert(THREADS % 32 == 0 && THREADS <= 1024, "whole warps, at most 32");
    float *parts = saryu_block_parts();
    x = warp_max(x);
    if (THREADS > 32) {
        if (threadIdx.x % 32 == 0) {
            parts[threadIdx.x / 32] = x;
        }
        __syncthreads();
        x = parts[0];
        for (int w = 1; w < THREADS / 32; w++) {
            x = fmaxf(x, parts[w]);
        }
        __syncthreads();
    }
    return x;
}
