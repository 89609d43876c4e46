/* What is read after what: a pass over a model reads its weights in the same order each time, so who is about to wait can ask
 * for the memory that comes next. */
#ifndef SARYU_FOLLOW_H
#define SARYU_FOLLOW_H

#include <stdint.h>

/* Rows of memory, one after another; none where memory is NULL. */
typedef struct {
    const char *memory;
    int64_t rows, row_bytes;
} saryu_rows;

/* Some hundred matrices of a model; two that share an entry forget each other. */
#define SARYU_FOLLOWERS 1024

typedef struct {
    const char *last;
    struct {
        const char *memory;
        saryu_rows next;
    } entries[SARYU_FOLLOWERS];
} saryu_follow;

/* Notes that these rows are read now; returns those that were read after them the last time. They may be gone: to be asked
 * for, never to be read. */
saryu_rows saryu_follow_read(saryu_follow *follow, saryu_rows rows);

#endif
