/* Error codes with a text beside them, which CUDA does not have: what was wrong, in the last failing call of a thread. */
#pragma once

#include "launch.h"

#define SARYU_API extern "C" __attribute__((visibility("default")))

namespace saryu {

/* CUresult, as cuda.h numbers them. */
enum Error : int {
    SUCCESS = 0,
    INVALID_VALUE = 1,
    OUT_OF_MEMORY = 2,
    NOT_INITIALIZED = 3,
    NO_DEVICE = 100,
    INVALID_DEVICE = 101,
    INVALID_IMAGE = 200,
    INVALID_CONTEXT = 201,
    NO_BINARY_FOR_GPU = 209,
    INVALID_HANDLE = 400,
    NOT_FOUND = 500,
    NOT_READY = 600,
    ILLEGAL_ADDRESS = 700,
    LAUNCH_OUT_OF_RESOURCES = 701,
    MISALIGNED_ADDRESS = 716,
    LAUNCH_FAILED = 719,
    NOT_SUPPORTED = 801,
    CAPTURE_UNSUPPORTED = 900,
    CAPTURE_INVALIDATED = 901,
    CAPTURE_MERGE = 902,
    CAPTURE_UNMATCHED = 903,
    CAPTURE_UNJOINED = 904,
    CAPTURE_ISOLATION = 905,
    CAPTURE_IMPLICIT = 906,
    CAPTURED_EVENT = 907,
    CAPTURE_WRONG_THREAD = 908,
};

/* Notes the text as the calling thread's last fault and returns the code. */
int fail(int error, const char *format, ...) __attribute__((format(printf, 2, 3)));
int fail(const Fault &fault);
Fault make_fault(int error, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* A whole number from the environment; ends the process with a sentence if it is none, or outside. */
long long setting(const char *name, long long fallback, long long least, long long most);
bool reverse_order();

} // namespace saryu

/* What was wrong in the calling thread's last call that failed; never null. */
SARYU_API const char *saryu_emulated_last_fault();
