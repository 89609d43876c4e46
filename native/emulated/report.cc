/* What an emulated process still holds, and the driver's names of errors. */
#include "memory.h"
#include "streams.h"

#include <cstring>

using namespace saryu;

namespace {

struct Name {
    int error;
    const char *name, *text;
};

const Name NAMES[] = {
    {SUCCESS, "CUDA_SUCCESS", "no error"},
    {INVALID_VALUE, "CUDA_ERROR_INVALID_VALUE", "invalid argument"},
    {OUT_OF_MEMORY, "CUDA_ERROR_OUT_OF_MEMORY", "out of memory"},
    {NOT_INITIALIZED, "CUDA_ERROR_NOT_INITIALIZED", "initialization error"},
    {NO_DEVICE, "CUDA_ERROR_NO_DEVICE", "no CUDA-capable device is detected"},
    {INVALID_DEVICE, "CUDA_ERROR_INVALID_DEVICE", "invalid device ordinal"},
    {INVALID_IMAGE, "CUDA_ERROR_INVALID_IMAGE", "device kernel image is invalid"},
    {INVALID_CONTEXT, "CUDA_ERROR_INVALID_CONTEXT", "invalid device context"},
    {NO_BINARY_FOR_GPU, "CUDA_ERROR_NO_BINARY_FOR_GPU", "no kernel image is available for execution on the device"},
    {INVALID_HANDLE, "CUDA_ERROR_INVALID_HANDLE", "invalid resource handle"},
    {NOT_FOUND, "CUDA_ERROR_NOT_FOUND", "named symbol not found"},
    {NOT_READY, "CUDA_ERROR_NOT_READY", "device not ready"},
    {ILLEGAL_ADDRESS, "CUDA_ERROR_ILLEGAL_ADDRESS", "an illegal memory access was encountered"},
    {LAUNCH_OUT_OF_RESOURCES, "CUDA_ERROR_LAUNCH_OUT_OF_RESOURCES", "too many resources requested for launch"},
    {MISALIGNED_ADDRESS, "CUDA_ERROR_MISALIGNED_ADDRESS", "misaligned address"},
    {LAUNCH_FAILED, "CUDA_ERROR_LAUNCH_FAILED", "unspecified launch failure"},
    {NOT_SUPPORTED, "CUDA_ERROR_NOT_SUPPORTED", "operation not supported"},
    {CAPTURE_UNSUPPORTED, "CUDA_ERROR_STREAM_CAPTURE_UNSUPPORTED", "operation not permitted when stream is capturing"},
    {CAPTURE_INVALIDATED, "CUDA_ERROR_STREAM_CAPTURE_INVALIDATED",
     "operation failed due to a previous error during capture"},
    {CAPTURE_MERGE, "CUDA_ERROR_STREAM_CAPTURE_MERGE", "operation would result in a merge of separate capture sequences"},
    {CAPTURE_UNMATCHED, "CUDA_ERROR_STREAM_CAPTURE_UNMATCHED", "capture was not ended in the same stream as it began"},
    {CAPTURE_UNJOINED, "CUDA_ERROR_STREAM_CAPTURE_UNJOINED", "capturing stream has unjoined work"},
    {CAPTURE_ISOLATION, "CUDA_ERROR_STREAM_CAPTURE_ISOLATION",
     "dependency created on uncaptured work in another stream"},
    {CAPTURE_IMPLICIT, "CUDA_ERROR_STREAM_CAPTURE_IMPLICIT", "operation would make the legacy stream depend on a capturing "
                                                             "blocking stream"},
    {CAPTURED_EVENT, "CUDA_ERROR_CAPTURED_EVENT", "operation not permitted on an event last recorded in a capturing stream"},
    {CAPTURE_WRONG_THREAD, "CUDA_ERROR_STREAM_CAPTURE_WRONG_THREAD",
     "attempt to terminate a thread-local capture sequence from another thread"},
};

const Name *find(int error) {
    for (const Name &n : NAMES) {
        if (n.error == error) {
            return &n;
        }
    }
    return nullptr;
}

} // namespace

SARYU_API int cuGetErrorName(int error, const char **name) {
    const Name *n = find(error);
    *name = n == nullptr ? nullptr : n->name;
    return n == nullptr ? INVALID_VALUE : SUCCESS;
}

SARYU_API int cuGetErrorString(int error, const char **text) {
    const Name *n = find(error);
    *text = n == nullptr ? nullptr : n->text;
    return n == nullptr ? INVALID_VALUE : SUCCESS;
}

/* Allocations of all devices, pinned ones too. */
SARYU_API long long saryu_emulated_live_allocations() {
    size_t count = live(HOST, nullptr);
    for (int d = 0; d < device_count(); d++) {
        count += live(d, nullptr);
    }
    return static_cast<long long>(count);
}

/* What is live, one a line, cut to the size; waits for all work and looks at the guards around memory. Returns how many
 * things are live, and failures since the start. */
SARYU_API long long saryu_emulated_report(char *text, size_t size) {
    wait_for_device(HOST);
    std::string lines;
    long long count = saryu_emulated_live_allocations();
    live(HOST, &lines);
    for (int d = 0; d < device_count(); d++) {
        live(d, &lines);
        Fault f = check_guards(d, "something");
        if (f.error != 0) {
            device_failed(d, f);
            lines += f.text + "\n";
        }
    }
    auto more = [&](size_t n, const char *what) {
        if (n > 0) {
            lines += format("%zu %s\n", n, what);
        }
        count += static_cast<long long>(n);
    };
    more(live_streams(), "streams");
    more(live_events(), "events");
    more(live_graphs(), "graphs");
    more(static_cast<size_t>(failures()), "failures of work on devices");
    if (size > 0) {
        strncpy(text, lines.c_str(), size);
        text[size - 1] = 0;
    }
    return count;
}
