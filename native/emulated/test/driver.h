/* What the tests call of the stand-ins, as C declares it. */
#pragma once

#include <cstddef>
#include <cstdint>

typedef unsigned long long Address;
typedef struct AnyStream *StreamHandle;
typedef struct AnyEvent *EventHandle;
typedef struct AnyFunction *FunctionHandle;

extern "C" {
int cuInit(unsigned);
int cuDevicePrimaryCtxRetain(void **, int);
int cuDevicePrimaryCtxRelease_v2(int);
int cuCtxSetCurrent(void *);
int cuCtxSynchronize();
int cuMemAlloc_v2(Address *, size_t);
int cuMemFree_v2(Address);
int cuMemAllocHost_v2(void **, size_t);
int cuMemFreeHost(void *);
int cuMemGetInfo_v2(size_t *, size_t *);
int cuMemcpyHtoDAsync_v2(Address, const void *, size_t, StreamHandle);
int cuMemcpyDtoHAsync_v2(void *, Address, size_t, StreamHandle);
int cuMemsetD32Async(Address, unsigned, size_t, StreamHandle);
int cuStreamCreate(StreamHandle *, unsigned);
int cuStreamDestroy_v2(StreamHandle);
int cuStreamSynchronize(StreamHandle);
int cuStreamQuery(StreamHandle);
int cuStreamWaitEvent(StreamHandle, EventHandle, unsigned);
int cuStreamBeginCapture_v2(StreamHandle, int);
int cuStreamEndCapture(StreamHandle, void **);
int cuEventCreate(EventHandle *, unsigned);
int cuEventDestroy_v2(EventHandle);
int cuEventRecord(EventHandle, StreamHandle);
int cuEventQuery(EventHandle);
int cuEventSynchronize(EventHandle);
int cuGraphInstantiateWithFlags(void **, void *, unsigned long long);
int cuGraphLaunch(void *, StreamHandle);
int cuGraphDestroy(void *);
int cuGraphExecDestroy(void *);
int cuModuleLoadData(void **, const void *);
int cuModuleUnload(void *);
int cuModuleGetFunction(FunctionHandle *, void *, const char *);
int cuFuncSetAttribute(FunctionHandle, int, int);
int cuLaunchKernel(FunctionHandle, unsigned, unsigned, unsigned, unsigned, unsigned, unsigned, unsigned, StreamHandle, void **,
                   void **);
int nvrtcCreateProgram(void **, const char *, const char *, int, const char *const *, const char *const *);
int nvrtcCompileProgram(void *, int, const char *const *);
int nvrtcGetCUBINSize(void *, size_t *);
int nvrtcGetCUBIN(void *, char *);
int nvrtcGetProgramLogSize(void *, size_t *);
int nvrtcGetProgramLog(void *, char *);
int nvrtcDestroyProgram(void **);
int cublasLtCreate(void **);
int cublasLtDestroy(void *);
int cublasLtMatmulDescCreate(void **, int, int);
int cublasLtMatmulDescSetAttribute(void *, int, const void *, size_t);
int cublasLtMatmulDescDestroy(void *);
int cublasLtMatrixLayoutCreate(void **, int, uint64_t, uint64_t, int64_t);
int cublasLtMatrixLayoutSetAttribute(void *, int, const void *, size_t);
int cublasLtMatrixLayoutDestroy(void *);
int cublasLtMatmulPreferenceCreate(void **);
int cublasLtMatmulPreferenceSetAttribute(void *, int, const void *, size_t);
int cublasLtMatmulPreferenceDestroy(void *);
int cublasLtMatmulAlgoGetHeuristic(void *, void *, void *, void *, void *, void *, void *, int, void *, int *);
int cublasLtMatmul(void *, void *, const float *, const void *, void *, const void *, void *, const float *, const void *, void *,
                   void *, void *, const void *, void *, size_t, StreamHandle);
const char *saryu_emulated_last_fault();
long long saryu_emulated_live_allocations();
long long saryu_emulated_report(char *, size_t);
}

/* Fails the test unless the call succeeds, or fails with this code and a text that holds this part. */
#define OK(call) EXPECT(0, "", call)
#define EXPECT(code, part, call)                                                                                       \
    do {                                                                                                               \
        int status_ = (call);                                                                                          \
        CHECK(status_ == (code) && (status_ == 0 || says(saryu_emulated_last_fault(), part)), "%s: %d %s", #call, status_, \
              saryu_emulated_last_fault());                                                                            \
    } while (0)
