#include "device.h"

/* out[i] = value; any grid. */
SARYU_KERNEL fill(long long n, float *out, float value) {
    for (long long i = (long long)blockIdx.x * blockDim.x + threadIdx.x; i < n; i += (long long)gridDim.x * blockDim.x) {
        out[i] = value;
    }
}
SARYU_EXPORT(fill)
