/* Memory for large tensors. On Linux it asks for pages of 2 MB where the system grants them: a pass over the weights of a
 * model touches some hundred thousand pages of 4 KB, and looking each up costs a fifth of the bandwidth. */
#define _GNU_SOURCE
#include <stdlib.h>
#include <string.h>

#if defined(__linux__)
#include <sys/mman.h>
#endif

#include "saryu_cpu.h"

#define HUGE_PAGE ((size_t)2 << 20)

#if defined(__linux__)
static size_t whole_pages(int64_t bytes) {
    return ((size_t)bytes + HUGE_PAGE - 1) / HUGE_PAGE * HUGE_PAGE;
}

void *saryu_allocate(int64_t bytes) {
    size_t size = whole_pages(bytes), span = size + HUGE_PAGE;
    char *start = mmap(NULL, span, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (start == MAP_FAILED) {
        return NULL;
    }
    /* The system maps at any multiple of 4 KB; what lies before and after the aligned part goes back. */
    size_t before = (HUGE_PAGE - (size_t)start % HUGE_PAGE) % HUGE_PAGE;
    if (before > 0) {
        munmap(start, before);
    }
    munmap(start + before + size, HUGE_PAGE - before);
    madvise(start + before, size, MADV_HUGEPAGE);
    return start + before;
}

void saryu_release(void *memory, int64_t bytes) {
    munmap(memory, whole_pages(bytes));
}
#else
void *saryu_allocate(int64_t bytes) {
    size_t size = ((size_t)bytes + 63) / 64 * 64;
    void *memory = aligned_alloc(64, size);
    if (memory != NULL) {
        memset(memory, 0, size);
    }
    return memory;
}

void saryu_release(void *memory, int64_t bytes) {
    (void)bytes;
    free(memory);
}
#endif
