/* The emulated GPUs and their primary contexts. */
#pragma once

#include "faults.h"

namespace saryu {

const int MOST_DEVICES = 4;

struct Stream;

struct Context {
    int device = 0;
    int retained = 0;
    Stream *null_stream = nullptr;
};

int device_count();    /* SARYU_EMULATED_DEVICES */
size_t memory_size();  /* bytes of each: SARYU_EMULATED_MEMORY */
int architecture();    /* 80 for 8.0: SARYU_EMULATED_SM */
const size_t SHARED_WITHOUT_ASKING = 48 << 10, MOST_SHARED = 99 << 10;

/* The calling thread's context; null, and the fault in *error, when it has none, or its device has failed. */
Context *current(int *error);
/* The same, without reporting a fault of the device's earlier work: for calls that give things back. */
Context *current_even_failed(int *error);

/* What went wrong in work of a device: the first of it is reported by the next call. */
void device_failed(int device, const Fault &fault);
/* How often work has failed since the start. */
int failures();

} // namespace saryu
