/* Launches that are kept in files, with the memory they saw: saryu_emulated_replay runs them again where AddressSanitizer
 * watches, which it cannot do inside a JVM. */
#pragma once

#include "launch.h"

#include <memory>

namespace saryu {

struct RecordedMemory {
    uintptr_t address; /* when it was recorded */
    std::string bytes;
};

struct RecordedLaunch {
    std::string module, kernel;
    Index3 grid, threads;
    size_t shared;
    std::vector<uint64_t> values; /* arguments; pointers as they were */
    std::vector<RecordedMemory> memory;
};

/* Keeps the first few launches of each kernel that differ in shape, where SARYU_EMULATED_RECORD names a folder. */
void record_launch(int device, const Kernel &kernel, Index3 grid, Index3 threads, size_t shared,
                   const std::vector<uint64_t> &values);
/* Null, and why in *problem, when the file is not whole. */
std::unique_ptr<RecordedLaunch> read_launch(const std::string &file, std::string *problem);

} // namespace saryu
