/* Kernels for the driver's tests, some with planted faults. */
#include "device.h"

SARYU_KERNEL set(int *p, int index, int value) {
    p[index] = value;
}
SARYU_EXPORT(set)

/* p[0] = 10 p[0] + digit: the order of launches shows. */
SARYU_KERNEL append(int *p, int digit) {
    p[0] = 10 * p[0] + digit;
}
SARYU_EXPORT(append)

/* Runs until the host sets the flag. */
SARYU_KERNEL wait_for_host(int *flag) {
    while (atomicAdd(flag, 0) == 0) {
    }
}
SARYU_EXPORT(wait_for_host)

SARYU_KERNEL_BOUNDS(64, 1) bounded(float *p, double a, long long n, float b) {
    DYNAMIC_SHARED(float, x);
    if (threadIdx.x == 0) {
        x[0] = (float)a * b + (float)n;
        p[0] = x[0];
    }
}
SARYU_EXPORT(bounded)

SARYU_KERNEL read_past(float *p, int n) {
    Pack<float> x = load16(p + n);
    p[0] = x.v[0];
}
SARYU_EXPORT(read_past)

/* A plain read past the end, which only AddressSanitizer sees. */
SARYU_KERNEL peek(float *p, int n) {
    p[0] = p[n];
}
SARYU_EXPORT(peek)
