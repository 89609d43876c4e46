#include "devices.h"

#include "memory.h"
#include "streams.h"

#include <cstring>
#include <mutex>

namespace saryu {
namespace {

struct State {
    std::mutex lock;
    bool started = false;
    Context contexts[MOST_DEVICES];
    Fault pending[MOST_DEVICES];
    int failures = 0;
};

State &state() {
    static State *s = new State;
    return *s;
}

SARYU_OWN_THREAD_LOCAL Context *mine = nullptr;

bool known(int device) {
    return device >= 0 && device < device_count();
}

bool sticky() {
    static const bool on = setting("SARYU_EMULATED_STICKY", 0, 0, 1) != 0;
    return on;
}

} // namespace

int device_count() {
    static const int count = static_cast<int>(setting("SARYU_EMULATED_DEVICES", 1, 0, MOST_DEVICES));
    return count;
}

size_t memory_size() {
    static const auto size = static_cast<size_t>(setting("SARYU_EMULATED_MEMORY", 2LL << 30, 1, 1LL << 40));
    return size;
}

int architecture() {
    static const int sm = static_cast<int>(setting("SARYU_EMULATED_SM", 80, 50, 99));
    return sm;
}

Context *current_even_failed(int *error) {
    *error = mine == nullptr ? fail(INVALID_CONTEXT, "no context is current on this thread") : SUCCESS;
    return mine;
}

Context *current(int *error) {
    Context *c = current_even_failed(error);
    if (c == nullptr) {
        return nullptr;
    }
    State &s = state();
    std::lock_guard<std::mutex> hold(s.lock);
    Fault &pending = s.pending[c->device];
    if (pending.error != 0) {
        *error = fail(pending);
        if (!sticky()) {
            pending = {};
        }
        return nullptr;
    }
    return c;
}

void device_failed(int device, const Fault &fault) {
    State &s = state();
    std::lock_guard<std::mutex> hold(s.lock);
    s.failures++;
    if (s.pending[device].error == 0) {
        s.pending[device] = fault;
    }
}

int failures() {
    State &s = state();
    std::lock_guard<std::mutex> hold(s.lock);
    return s.failures;
}

} // namespace saryu

using namespace saryu;

SARYU_API int cuInit(unsigned flags) {
    if (flags != 0) {
        return fail(INVALID_VALUE, "cuInit takes no flags");
    }
    state().started = true;
    return device_count() == 0 ? fail(NO_DEVICE, "SARYU_EMULATED_DEVICES is 0") : SUCCESS;
}

SARYU_API int cuDriverGetVersion(int *version) {
    /* 13000 for CUDA 13.0. */
    *version = static_cast<int>(setting("SARYU_EMULATED_DRIVER", 13000, 1000, 99990));
    return SUCCESS;
}

SARYU_API int cuDeviceGetCount(int *count) {
    if (!state().started) {
        return fail(NOT_INITIALIZED, "cuInit comes first");
    }
    *count = device_count();
    return SUCCESS;
}

SARYU_API int cuDeviceGet(int *device, int ordinal) {
    if (!state().started) {
        return fail(NOT_INITIALIZED, "cuInit comes first");
    }
    if (!known(ordinal)) {
        return fail(INVALID_DEVICE, "there are %d devices, no number %d", device_count(), ordinal);
    }
    *device = ordinal;
    return SUCCESS;
}

SARYU_API int cuDeviceGetName(char *name, int size, int device) {
    if (!known(device) || size < 1) {
        return fail(INVALID_DEVICE, "no device %d", device);
    }
    strncpy(name, "Emulated GPU", static_cast<size_t>(size));
    name[size - 1] = 0;
    return SUCCESS;
}

SARYU_API int cuDeviceTotalMem_v2(size_t *bytes, int device) {
    if (!known(device)) {
        return fail(INVALID_DEVICE, "no device %d", device);
    }
    *bytes = memory_size();
    return SUCCESS;
}

SARYU_API int cuDeviceGetAttribute(int *value, int attribute, int device) {
    if (!known(device)) {
        return fail(INVALID_DEVICE, "no device %d", device);
    }
    switch (attribute) { /* CUdevice_attribute */
    case 1: case 2: case 3: *value = 1024; break;                       /* threads of a block, in x, in y, in z */
    case 4: *value = 64; break;
    case 5: *value = 2147483647; break;                                 /* grid x, y, z */
    case 6: case 7: *value = 65535; break;
    case 8: *value = static_cast<int>(SHARED_WITHOUT_ASKING); break;
    case 10: *value = 32; break;                                        /* warp */
    case 12: *value = 65536; break;                                     /* registers of a block */
    case 13: *value = 1000000; break;                                   /* kHz */
    case 16: *value = 4; break;                                         /* multiprocessors: few, so that loops over a grid turn */
    case 20: *value = 0; break;                                         /* compute mode: default */
    case 36: *value = 1000000; break;                                   /* kHz of memory */
    case 37: *value = 64; break;                                        /* bits of its bus */
    case 38: *value = 1 << 20; break;                                   /* L2 */
    case 39: *value = 2048; break;                                      /* threads of a multiprocessor */
    case 75: *value = architecture() / 10; break;
    case 76: *value = architecture() % 10; break;
    case 81: *value = 100 << 10; break;                                 /* shared memory of a multiprocessor */
    case 97: *value = static_cast<int>(MOST_SHARED); break;
    default: return fail(INVALID_VALUE, "device attribute %d is not emulated", attribute);
    }
    return SUCCESS;
}

SARYU_API int cuDevicePrimaryCtxRetain(Context **context, int device) {
    if (!known(device)) {
        return fail(INVALID_DEVICE, "no device %d", device);
    }
    State &s = state();
    std::lock_guard<std::mutex> hold(s.lock);
    Context &c = s.contexts[device];
    c.device = device;
    c.retained++;
    if (c.null_stream == nullptr) {
        c.null_stream = new_stream(device, true);
    }
    *context = &c;
    return SUCCESS;
}

SARYU_API int cuDevicePrimaryCtxRelease_v2(int device) {
    State &s = state();
    std::lock_guard<std::mutex> hold(s.lock);
    if (!known(device) || s.contexts[device].retained == 0) {
        return fail(INVALID_CONTEXT, "the context of device %d was released more often than retained", device);
    }
    if (--s.contexts[device].retained == 0) {
        s.pending[device] = {};
    }
    return SUCCESS;
}

SARYU_API int cuCtxSetCurrent(Context *context) {
    State &s = state();
    if (context != nullptr && (context < s.contexts || context >= s.contexts + MOST_DEVICES || context->retained == 0)) {
        return fail(INVALID_CONTEXT, "%p is no context", static_cast<void *>(context));
    }
    mine = context;
    return SUCCESS;
}

SARYU_API int cuCtxGetCurrent(Context **context) {
    *context = mine;
    return SUCCESS;
}

SARYU_API int cuCtxGetDevice(int *device) {
    int error;
    Context *c = current_even_failed(&error);
    if (c != nullptr) {
        *device = c->device;
    }
    return error;
}

SARYU_API int cuCtxGetStreamPriorityRange(int *least, int *greatest) {
    *least = 0;
    *greatest = -5;
    return SUCCESS;
}
