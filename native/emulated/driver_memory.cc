/* Allocations, copies and fills, as the driver's interface has them. */
#include "memory.h"
#include "streams.h"

#include <cstring>
#include <memory>

using namespace saryu;

namespace {

typedef unsigned long long Address;

char *at(Address a) {
    return reinterpret_cast<char *>(a);
}

/* One side of a copy: memory of the device, or of the host. */
struct Side {
    char *p;
    bool host;
    size_t pitch;
};

Fault check_rows(int device, const Side &s, size_t width, size_t rows, const char *what) {
    if (width == 0 || rows == 0) {
        return {};
    }
    if (s.host) {
        if (is_device_memory(s.p)) {
            return make_fault(INVALID_VALUE, "%s: %p is said to be host memory and is a device's", what, static_cast<void *>(s.p));
        }
        return {};
    }
    if (s.pitch < width && rows > 1) {
        return make_fault(INVALID_VALUE, "%s: rows of %zu bytes with a pitch of %zu", what, width, s.pitch);
    }
    return check_device(device, s.p, s.pitch * (rows - 1) + width, what);
}

/* As the driver does: what is not pinned is read, or written, before the call returns. */
int copy(Stream *handle, Side to, Side from, size_t width, size_t rows, const char *what) {
    int error;
    Context *c = current(&error);
    Stream *s = c == nullptr ? nullptr : resolve(c, handle, &error);
    if (s == nullptr || width == 0 || rows == 0) {
        return error;
    }
    int device = c->device;
    bool pageable_source = from.host && !is_pinned(from.p, from.pitch * (rows - 1) + width);
    bool pageable_target = to.host && !is_pinned(to.p, to.pitch * (rows - 1) + width);
    if ((pageable_source || pageable_target) && is_capturing(s)) {
        return fail(CAPTURE_UNSUPPORTED, "%s: memory that is not pinned cannot be part of a graph", what);
    }
    auto staged = std::make_shared<std::string>();
    if (pageable_source) {
        Fault f = check_rows(device, from, width, rows, what);
        if (f.error != 0) {
            return fail(f);
        }
        for (size_t r = 0; r < rows; r++) {
            staged->append(from.p + r * from.pitch, width);
        }
        from = {&(*staged)[0], true, width};
    }
    std::string name = what;
    error = issue(s, {name,
                      [=] {
                          Fault f = check_rows(device, to, width, rows, name.c_str());
                          return f.error != 0 ? f : check_rows(device, from, width, rows, name.c_str());
                      },
                      [=](BlockRunner &) {
                          (void)staged;
                          for (size_t r = 0; r < rows; r++) {
                              memmove(to.p + r * to.pitch, from.p + r * from.pitch, width);
                          }
                          return Fault();
                      }});
    if (error == SUCCESS && pageable_target) {
        wait_for(s);
        current(&error);
    }
    return error;
}

template <typename T> int fill(Stream *handle, Address to, T value, size_t count, const char *what) {
    int error;
    Context *c = current(&error);
    Stream *s = c == nullptr ? nullptr : resolve(c, handle, &error);
    if (s == nullptr || count == 0) {
        return error;
    }
    if (to % sizeof(T) != 0) {
        return fail(INVALID_VALUE, "%s: the address is not aligned to %zu bytes", what, sizeof(T));
    }
    int device = c->device;
    return issue(s, {what, [=] { return check_device(device, at(to), count * sizeof(T), what); },
                     [=](BlockRunner &) {
                         T *p = reinterpret_cast<T *>(at(to));
                         for (size_t i = 0; i < count; i++) {
                             p[i] = value;
                         }
                         return Fault();
                     }});
}

int take(void **p, size_t bytes, bool pinned) {
    int error;
    Context *c = current(&error);
    if (c == nullptr) {
        return error;
    }
    if ((error = refuse_in_capture(pinned ? "cuMemAllocHost" : "cuMemAlloc")) != SUCCESS) {
        return error;
    }
    if (bytes == 0) {
        return fail(INVALID_VALUE, "an allocation of 0 bytes");
    }
    *p = allocate(pinned ? HOST : c->device, bytes);
    return *p != nullptr ? static_cast<int>(SUCCESS)
                         : fail(OUT_OF_MEMORY, "%zu bytes more than the %zu in use would be more than %zu", bytes,
                                memory_used(c->device), memory_size());
}

int give(void *p, bool pinned) {
    int error;
    Context *c = current_even_failed(&error);
    if (c == nullptr || (!pinned && p == nullptr)) {
        return error;
    }
    if ((error = refuse_in_capture(pinned ? "cuMemFreeHost" : "cuMemFree")) != SUCCESS) {
        return error;
    }
    wait_for_device(pinned ? HOST : c->device);
    Fault f = release(pinned ? HOST : c->device, p);
    return f.error != 0 ? fail(f) : SUCCESS;
}

} // namespace

SARYU_API int cuMemAlloc_v2(Address *address, size_t bytes) {
    void *p = nullptr;
    int error = take(&p, bytes, false);
    *address = reinterpret_cast<Address>(p);
    return error;
}

SARYU_API int cuMemFree_v2(Address address) {
    return give(at(address), false);
}

SARYU_API int cuMemAllocHost_v2(void **p, size_t bytes) {
    return take(p, bytes, true);
}

SARYU_API int cuMemHostAlloc(void **p, size_t bytes, unsigned) {
    return take(p, bytes, true);
}

SARYU_API int cuMemFreeHost(void *p) {
    return give(p, true);
}

SARYU_API int cuMemGetInfo_v2(size_t *free, size_t *total) {
    int error;
    Context *c = current_even_failed(&error);
    if (c != nullptr) {
        *total = memory_size();
        *free = *total - memory_used(c->device);
    }
    return error;
}

SARYU_API int cuMemcpyHtoDAsync_v2(Address to, const void *from, size_t bytes, Stream *stream) {
    return copy(stream, {at(to), false, bytes}, {const_cast<char *>(static_cast<const char *>(from)), true, bytes}, bytes, 1,
                "a copy to the device");
}

SARYU_API int cuMemcpyDtoHAsync_v2(void *to, Address from, size_t bytes, Stream *stream) {
    return copy(stream, {static_cast<char *>(to), true, bytes}, {at(from), false, bytes}, bytes, 1, "a copy to the host");
}

SARYU_API int cuMemcpyDtoDAsync_v2(Address to, Address from, size_t bytes, Stream *stream) {
    return copy(stream, {at(to), false, bytes}, {at(from), false, bytes}, bytes, 1, "a copy on the device");
}

struct Copy2D { /* CUDA_MEMCPY2D */
    size_t src_x, src_y;
    int src_type;
    const void *src_host;
    Address src_device;
    void *src_array;
    size_t src_pitch, dst_x, dst_y;
    int dst_type;
    void *dst_host;
    Address dst_device;
    void *dst_array;
    size_t dst_pitch, width, height;
};

SARYU_API int cuMemcpy2DAsync_v2(const Copy2D *c, Stream *stream) {
    const int on_host = 1, on_device = 2;
    if ((c->src_type != on_host && c->src_type != on_device) || (c->dst_type != on_host && c->dst_type != on_device)) {
        return fail(INVALID_VALUE, "a rectangle is copied between host and device memory only");
    }
    char *from = c->src_type == on_host ? const_cast<char *>(static_cast<const char *>(c->src_host)) : at(c->src_device);
    char *to = c->dst_type == on_host ? static_cast<char *>(c->dst_host) : at(c->dst_device);
    if (c->src_pitch < c->width || c->dst_pitch < c->width) {
        return fail(INVALID_VALUE, "a rectangle of %zu bytes a row with pitches of %zu and %zu", c->width, c->src_pitch,
                    c->dst_pitch);
    }
    return copy(stream, {to + c->dst_y * c->dst_pitch + c->dst_x, c->dst_type == on_host, c->dst_pitch},
                {from + c->src_y * c->src_pitch + c->src_x, c->src_type == on_host, c->src_pitch}, c->width, c->height,
                "a copy of a rectangle");
}

SARYU_API int cuMemsetD8Async(Address to, unsigned char value, size_t count, Stream *stream) {
    return fill<unsigned char>(stream, to, value, count, "a fill with bytes");
}

SARYU_API int cuMemsetD16Async(Address to, unsigned short value, size_t count, Stream *stream) {
    return fill<unsigned short>(stream, to, value, count, "a fill with 16-bit numbers");
}

SARYU_API int cuMemsetD32Async(Address to, unsigned value, size_t count, Stream *stream) {
    return fill<unsigned>(stream, to, value, count, "a fill with 32-bit numbers");
}
