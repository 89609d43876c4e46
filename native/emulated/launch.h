/* One launch of a kernel over its grid. */
#pragma once

#include "block.h"

#include <cstdint>
#include <string>
#include <vector>

namespace saryu {

struct Range {
    uintptr_t begin, end;
};

struct Fault {
    int error = 0; /* CUresult; 0: none */
    std::string text;
};

struct Launch {
    const Kernel *kernel;
    Index3 grid, threads;
    size_t shared_bytes;
    void *const *arguments;
    bool reverse;                     /* threads, and blocks, from the last to the first */
    const std::vector<Range> *memory; /* what 16-byte accesses may touch, in order; null: anything */
};

/* Runs every block, on the calling thread with this runner and on a second one where that is free; a fault ends it. */
Fault run(const Launch &launch, BlockRunner &runner);

std::string format(const char *format, ...) __attribute__((format(printf, 1, 2)));

} // namespace saryu
