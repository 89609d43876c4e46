/*
 * What the emulated NCCL says over its connections. Every rank is connected to a hub in the process that made the unique id;
 * the hub sums what they send in rank order, and tells them when they do not fit together or one is gone.
 */
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

namespace saryu {

const uint64_t NCCL_MAGIC = 0x4c434e5552594153; /* "SARYUNCL" */

enum Collective : int32_t { ALL_REDUCE = 1, BROADCAST = 2, LEAVE = 3 };

/* ncclResult_t, as nccl.h numbers them. */
enum NcclResult : int {
    NCCL_SUCCESS = 0,
    NCCL_CUDA_ERROR = 1,
    NCCL_SYSTEM_ERROR = 2,
    NCCL_INVALID_ARGUMENT = 4,
    NCCL_INVALID_USAGE = 5,
    NCCL_REMOTE_ERROR = 6,
};

struct NcclHello {
    uint64_t magic, nonce;
    int32_t ranks, rank, process, device;
};

/*
 * A rank's part in a collective; `bytes` of values follow. `recorded` counts those that its communicator has recorded into
 * graphs, up to this one; 0 outside of graphs. NCCL wants a collective in the same graph on all ranks, or in none.
 */
struct NcclRequest {
    uint64_t number, count, bytes;
    int32_t collective, type, op, root;
    uint64_t recorded;
};

/* What comes back: `bytes` of values follow, or of text where the code is an error. */
struct NcclReply {
    uint64_t bytes;
    int32_t code, padding;
};

/* Whole reads and writes; false when the other side is gone. */
bool read_all(int socket, void *to, size_t bytes);
bool write_all(int socket, const void *from, size_t bytes);

/* Starts a hub on this host; its port and the number by which its ranks know it. False when it cannot listen. */
bool start_hub(uint16_t *port, uint64_t *nonce);

size_t nccl_type_size(int type); /* 0 when there is no such type */
const char *nccl_type_name(int type);
/* values[0] += values[1] += ... in order, element by element; then divided where the op is the mean. */
void nccl_reduce(int type, int op, char *const *values, int ranks, size_t count);

} // namespace saryu
