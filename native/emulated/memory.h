/* Memory of the emulated devices, and pinned host memory: who owns which address. Thread-safe. */
#pragma once

#include "faults.h"

#include <memory>

namespace saryu {

const int HOST = -1;

struct Allocation {
    uintptr_t address = 0;
    size_t size = 0;
    int device = 0; /* or HOST: pinned */
    unsigned long long number = 0;
    char *base = nullptr; /* what malloc gave */
};

/* Of a device, or HOST. Null when the device has not so much left. Filled with 0xff, between guards. */
void *allocate(int device, size_t size);
Fault release(int device, void *p);
size_t memory_used(int device);

/* Whether all these bytes may be accessed by a device's work; else what is wrong with them. `what` begins the text. */
Fault check_device(int device, const void *p, size_t bytes, const std::string &what);
/* Whether a kernel's argument points to something of this device, at its end perhaps. */
Fault check_argument(int device, const void *p, const std::string &what);
/* Whether all these bytes are pinned memory. */
bool is_pinned(const void *p, size_t bytes);
bool is_device_memory(const void *p);

/* The guards around a device's memory, those of freed memory too: names what was written to, once, as done by `who`. */
Fault check_guards(int device, const std::string &who);

/* Memory of a device and pinned memory, in order. */
std::shared_ptr<const std::vector<Range>> accessible(int device);
/* The bounds of the allocation that holds an address or ends there, if one of the device, or pinned, does. */
bool allocation_of(int device, uintptr_t address, Range *range);
/* How many allocations of a device (HOST: pinned) are live, and a line on each. */
size_t live(int device, std::string *lines);

} // namespace saryu
