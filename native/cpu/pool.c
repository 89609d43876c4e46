#include "pool.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#if defined(__x86_64__) || defined(__i386__)
#define cpu_relax() __builtin_ia32_pause()
#else
#define cpu_relax() ((void)0)
#endif

/* Ops follow each other within microseconds; waiting workers look this often before they sleep, so that back-to-back ops
 * cost no system call and an idle process costs no time. About 200 us: as long as the sampling of a token lasts. */
#define SPINS 16000

/* What one worker does in the microsecond or two that it takes to give work to another and to hear that it is done. */
#define FEW_ELEMENTS 4096

/* The least bytes of rows that a worker takes at a time. */
#define TAKEN_BYTES (16 * 1024)
/* How much of its part of the rows to come a worker asks for: most cores have as much second-level cache or more. */
#define AHEAD_BYTES (256 * 1024)
/* What it asks for between two looks for work. */
#define AHEAD_STEP (4 * 64)

/* Rows [next, end) are not taken yet. */
typedef struct {
    _Alignas(64) _Atomic int64_t next;
    int64_t end;
} part;

typedef struct {
    saryu_pool *pool;
    int index;
    pthread_t thread;
    /* The generation of the task whose share of it is open: nobody has begun with it. */
    _Alignas(64) _Atomic uint64_t open;
    /* The rows whose memory it asks for while it waits, and which bytes of them are left. */
    const char *expected;
    int64_t at, end;
} worker;

struct saryu_pool {
    int threads;
    saryu_sgemm_fn sgemm;
    worker *workers;
    part *parts;
    int64_t least_rows;
    saryu_rows expected;
    saryu_follow follow;
    void **scratch;
    size_t scratch_bytes;
    void *shared;
    size_t shared_bytes;
    saryu_task task;
    void *argument;
    _Atomic uint64_t generation;
    _Atomic int running;
    _Atomic int sleepers;
    _Atomic int stop;
    pthread_mutex_t mutex;
    pthread_cond_t wake;
};

/* The pool's rows to come may be read only before this worker says that it is done. */
static void expect(worker *self) {
    saryu_rows rows = self->pool->expected;
    if (self->expected == rows.memory) {
        return;
    }
    self->expected = rows.memory;
    share(rows.rows, 4, self->index, self->pool->threads, &self->at, &self->end);
    self->at *= rows.row_bytes;
    self->end *= rows.row_bytes;
    self->end = self->end - self->at < AHEAD_BYTES ? self->end : self->at + AHEAD_BYTES;
}

static void ask_ahead(worker *self) {
    for (int i = 0; i < AHEAD_STEP && self->at < self->end; i += 64, self->at += 64) {
        __builtin_prefetch(self->expected + self->at, 0, 2);
    }
}

static uint64_t await_work(worker *self, uint64_t seen) {
    saryu_pool *pool = self->pool;
    for (;;) {
        for (int i = 0; i < SPINS; i++) {
            uint64_t now = atomic_load_explicit(&pool->generation, memory_order_acquire);
            if (now != seen) {
                return now;
            }
            ask_ahead(self);
            cpu_relax();
        }
        /* Woken with or without work: look out for it again. */
        pthread_mutex_lock(&pool->mutex);
        atomic_fetch_add(&pool->sleepers, 1);
        if (atomic_load(&pool->generation) == seen) {
            pthread_cond_wait(&pool->wake, &pool->mutex);
        }
        atomic_fetch_sub(&pool->sleepers, 1);
        pthread_mutex_unlock(&pool->mutex);
    }
}

/* Whether the caller is the one who does this worker's share of a task. The task cannot be over before it is done; of one that
 * is over no share is open, as generations never come again. */
static int begin(worker *owner, uint64_t generation) {
    uint64_t open = generation;
    return atomic_load_explicit(&owner->open, memory_order_relaxed) == generation
           && atomic_compare_exchange_strong_explicit(&owner->open, &open, 0, memory_order_acquire, memory_order_relaxed);
}

static void *work(void *argument) {
    worker *self = argument;
    saryu_pool *pool = self->pool;
    uint64_t seen = 0;
    for (;;) {
        seen = await_work(self, seen);
        if (atomic_load(&pool->stop)) {
            return NULL;
        }
        if (begin(self, seen)) {
            pool->task(pool->argument, self->index, pool->threads);
            expect(self);
            atomic_fetch_sub_explicit(&pool->running, 1, memory_order_release);
        }
    }
}

static void wake_sleepers(saryu_pool *pool) {
    if (atomic_load(&pool->sleepers) > 0) {
        pthread_mutex_lock(&pool->mutex);
        pthread_cond_broadcast(&pool->wake);
        pthread_mutex_unlock(&pool->mutex);
    }
}

static void announce(saryu_pool *pool) {
    atomic_fetch_add(&pool->generation, 1);
    wake_sleepers(pool);
}

saryu_pool *saryu_pool_create(int32_t threads, saryu_sgemm_fn sgemm) {
    saryu_pool *pool = calloc(1, sizeof *pool);
    if (pool == NULL || threads < 1) {
        free(pool);
        return NULL;
    }
    pool->threads = threads;
    pool->sgemm = sgemm;
    pool->workers = aligned_alloc(_Alignof(worker), (size_t)threads * sizeof *pool->workers);
    pool->scratch = calloc((size_t)threads, sizeof *pool->scratch);
    pool->parts = aligned_alloc(_Alignof(part), (size_t)threads * sizeof *pool->parts);
    pthread_mutex_init(&pool->mutex, NULL);
    pthread_cond_init(&pool->wake, NULL);
    if (pool->workers == NULL || pool->scratch == NULL || pool->parts == NULL) {
        pool->threads = 1;
        saryu_pool_destroy(pool);
        return NULL;
    }
    memset(pool->workers, 0, (size_t)threads * sizeof *pool->workers);
    for (int i = 1; i < threads; i++) {
        pool->workers[i].pool = pool;
        pool->workers[i].index = i;
        if (pthread_create(&pool->workers[i].thread, NULL, work, &pool->workers[i]) != 0) {
            pool->threads = i;
            saryu_pool_destroy(pool);
            return NULL;
        }
    }
    return pool;
}

void saryu_pool_destroy(saryu_pool *pool) {
    if (pool == NULL) {
        return;
    }
    atomic_store(&pool->stop, 1);
    announce(pool);
    for (int i = 1; i < pool->threads; i++) {
        pthread_join(pool->workers[i].thread, NULL);
    }
    if (pool->scratch != NULL) {
        for (int i = 0; i < pool->threads; i++) {
            free(pool->scratch[i]);
        }
    }
    pthread_cond_destroy(&pool->wake);
    pthread_mutex_destroy(&pool->mutex);
    free(pool->shared);
    free(pool->scratch);
    free(pool->parts);
    free(pool->workers);
    free(pool);
}

/* What the others have not begun: one whom the system does not let run, or who is still waking up, holds nobody up. */
static void do_for_others(saryu_pool *pool, uint64_t generation) {
    for (int i = 1; i < pool->threads; i++) {
        if (begin(&pool->workers[i], generation)) {
            pool->task(pool->argument, i, pool->threads);
            atomic_fetch_sub_explicit(&pool->running, 1, memory_order_relaxed);
        }
    }
}

void saryu_pool_run(saryu_pool *pool, saryu_task task, void *argument) {
    if (pool->threads == 1) {
        task(argument, 0, 1);
        return;
    }
    pool->task = task;
    pool->argument = argument;
    atomic_store_explicit(&pool->running, pool->threads - 1, memory_order_relaxed);
    uint64_t generation = atomic_load_explicit(&pool->generation, memory_order_relaxed) + 1;
    for (int i = 1; i < pool->threads; i++) {
        atomic_store_explicit(&pool->workers[i].open, generation, memory_order_release);
    }
    announce(pool);
    task(argument, 0, pool->threads);
    do_for_others(pool, generation);
    for (int spins = 0; atomic_load_explicit(&pool->running, memory_order_acquire) > 0; spins++) {
        cpu_relax();
        if (spins > SPINS) {
            /* The others share our core, or have much more to do: let them. */
            sched_yield();
        }
    }
}

void saryu_pool_run_few(saryu_pool *pool, saryu_task task, void *argument, int64_t elements) {
    if (elements <= FEW_ELEMENTS) {
        /* The next op may be for all. */
        wake_sleepers(pool);
        task(argument, 0, 1);
    } else {
        saryu_pool_run(pool, task, argument);
    }
}

void saryu_pool_run_rows(saryu_pool *pool, saryu_task task, void *argument, saryu_rows rows) {
    int64_t bytes = rows.row_bytes > 0 ? rows.row_bytes : 1;
    pool->least_rows = TAKEN_BYTES / bytes / 4 * 4 > 4 ? TAKEN_BYTES / bytes / 4 * 4 : 4;
    for (int i = 0; i < pool->threads; i++) {
        int64_t from;
        share(rows.rows, 4, i, pool->threads, &from, &pool->parts[i].end);
        atomic_store_explicit(&pool->parts[i].next, from, memory_order_relaxed);
    }
    pool->expected = saryu_follow_read(&pool->follow, rows);
    saryu_pool_run(pool, task, argument);
}

static int64_t take_of(part *p, int64_t least, int64_t *from) {
    int64_t at = atomic_load_explicit(&p->next, memory_order_relaxed), rows;
    do {
        int64_t left = p->end - at;
        rows = left / 8 * 4;
        rows = rows > least ? rows : least;
        rows = rows < left ? rows : left;
    } while (rows > 0
             && !atomic_compare_exchange_weak_explicit(&p->next, &at, at + rows, memory_order_relaxed, memory_order_relaxed));
    *from = at;
    return rows;
}

int64_t saryu_pool_take(saryu_pool *pool, int thread, int64_t *from) {
    int64_t rows = 0;
    for (int i = 0; i < pool->threads && rows == 0; i++) {
        rows = take_of(&pool->parts[(thread + i) % pool->threads], pool->least_rows, from);
    }
    return rows;
}

int saryu_pool_threads(const saryu_pool *pool) {
    return pool->threads;
}

saryu_sgemm_fn saryu_pool_sgemm(const saryu_pool *pool) {
    return pool->sgemm;
}

int saryu_pool_reserve(saryu_pool *pool, size_t bytes) {
    if (bytes <= pool->scratch_bytes) {
        return 0;
    }
    size_t rounded = (bytes + 4095) / 4096 * 4096;
    for (int i = 0; i < pool->threads; i++) {
        free(pool->scratch[i]);
        pool->scratch[i] = aligned_alloc(64, rounded);
        if (pool->scratch[i] == NULL) {
            pool->scratch_bytes = 0;
            return 1;
        }
    }
    pool->scratch_bytes = rounded;
    return 0;
}

void *saryu_pool_scratch(saryu_pool *pool, int thread) {
    return pool->scratch[thread];
}

void *saryu_pool_shared(saryu_pool *pool, size_t bytes) {
    if (bytes > pool->shared_bytes) {
        size_t rounded = (bytes + 4095) / 4096 * 4096;
        free(pool->shared);
        pool->shared = aligned_alloc(64, rounded);
        pool->shared_bytes = pool->shared == NULL ? 0 : rounded;
    }
    return pool->shared;
}
