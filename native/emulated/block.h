/* How a block runs, as kernels see it: block.cc holds the scheduler. */
#pragma once

#include "registry.h"

#include <cstddef>

namespace saryu {

class BlockRunner;

struct Index3 {
    unsigned x, y, z;
};

/* A line of a kernel. */
struct Place {
    const char *file;
    int line;
};

/* What one lane gives to a warp's primitive, and what it gets. */
struct Words {
    unsigned w[10];
};

struct BlockView {
    Index3 index, threads, grid;
};

/* One thread of a block. */
struct Lane {
    Index3 thread;
    unsigned id; /* along x, then y, then z */
    const BlockView *block;
    BlockRunner *runner;
};

/* The emulator's own thread-local variables, apart from those of kernels: see thread_memory.h. Not initial-exec: the
 * kernels' variables would have to fit into what the loader keeps free for that. */
#define SARYU_OWN_THREAD_LOCAL __thread __attribute__((visibility("hidden"), section("saryu_own_tls")))

/* The thread that runs now. */
extern SARYU_OWN_THREAD_LOCAL Lane *lane;

void barrier(Place place);
bool barrier_or(bool predicate, Place place);
void warp_barrier(unsigned mask, Place place);
unsigned long long shuffle(unsigned mask, unsigned long long bits, int from, Place place);
unsigned ballot(unsigned mask, bool predicate, Place place);
/* Waits for all 32 lanes; then `together` makes what each gets from what all gave. */
void warp_call(Words &words, void (*together)(const Words *in, Words *out), Place place);

void *dynamic_shared();
void copy_later(void *to, const void *from);
void commit_copies();
void wait_copies(int under_way);

/* Ends the launch with this CUDA error. */
[[noreturn]] void fault(int error, const char *format, ...) __attribute__((format(printf, 2, 3)));
void check_access(const void *p, size_t bytes, const char *what, Place place);
void check_shared(const void *p, size_t bytes, const char *what, Place place);

} // namespace saryu
