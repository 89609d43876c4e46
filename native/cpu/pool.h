/* Worker threads that run one function at a time, each on its own share. */
#ifndef SARYU_POOL_H
#define SARYU_POOL_H

#include <stddef.h>
#include <stdint.h>

#include "follow.h"
#include "saryu_cpu.h"

/* One share of the work: called once for each `thread` in [0, threads), at the same time or one after another. */
typedef void (*saryu_task)(void *argument, int thread, int threads);

/* Range [*from, *to) of n items for one of `threads` workers, in multiples of `unit`. */
static inline void share(int64_t n, int64_t unit, int thread, int threads, int64_t *from, int64_t *to) {
    int64_t units = (n + unit - 1) / unit;
    *from = units * thread / threads * unit;
    *to = units * (thread + 1) / threads * unit;
    if (*from > n) {
        *from = n;
    }
    if (*to > n) {
        *to = n;
    }
}

/* Runs the task on all workers, the caller among them, and returns when all shares are done. Of a worker that has not begun when
 * the caller is done with its own share, the caller does the share. */
void saryu_pool_run(saryu_pool *pool, saryu_task task, void *argument);

/* The same for a task that does so little, in elements, that sharing it would take longer: then the caller does it alone. Only
 * for tasks whose bits do not depend on how many workers share them. */
void saryu_pool_run_few(saryu_pool *pool, saryu_task task, void *argument, int64_t elements);

/* The same for a task that reads rows of memory once and is bound by that. Each worker asks saryu_pool_take for rows until there
 * are none. While workers wait for the next task they ask for the memory of the rows that were read after these ones the last
 * time. */
void saryu_pool_run_rows(saryu_pool *pool, saryu_task task, void *argument, saryu_rows rows);

/* The next rows for this worker: returns how many, from *from on, or 0 when all are taken. First come those of its own part, in
 * their order, so that it reads on through memory; then it helps others. Each time it is half of what is left of a part: short
 * runs at the end, where one worker waits for another. Always a multiple of 4, but for the last. */
int64_t saryu_pool_take(saryu_pool *pool, int thread, int64_t *from);

int saryu_pool_threads(const saryu_pool *pool);
saryu_sgemm_fn saryu_pool_sgemm(const saryu_pool *pool);

/* Makes sure that every worker has `bytes` of scratch, aligned to 64. Returns 0, or 1 when there is no memory. */
int saryu_pool_reserve(saryu_pool *pool, size_t bytes);
/* A worker's scratch; valid until the next reserve. */
void *saryu_pool_scratch(saryu_pool *pool, int thread);
/* `bytes` that all workers share, apart from their scratch, aligned to 64; valid until the next call. NULL: no memory. */
void *saryu_pool_shared(saryu_pool *pool, size_t bytes);

#endif
