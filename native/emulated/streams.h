/*
 * Streams: each has a thread of the processor that takes its work in order. Whatever stands in for a library that issues
 * work (launches, copies, matmul, collectives) makes an Op and issues it; capture into graphs comes with that.
 */
#pragma once

#include "devices.h"

#include <functional>
#include <memory>

namespace saryu {

struct Op {
    std::string name;
    /* Whether its pointers are what they must be: asked when it is issued, and at each launch of a graph. May be empty. */
    std::function<Fault()> check;
    /* Does it, on the stream's thread. */
    std::function<Fault(BlockRunner &)> run;
};

struct Stream;
struct Event;

Stream *new_stream(int device, bool blocking);

/* The stream behind a handle (null: the context's default stream), which must belong to the context; null and the fault
 * in *error when it does not. */
Stream *resolve(Context *context, Stream *handle, int *error);
int device_of(const Stream *stream);
bool is_capturing(const Stream *stream);

/* Checks the op, then queues it, or records it when the stream captures. */
int issue(Stream *stream, Op op);

/* A call that waits, allocates or frees: refused, and the capture spoilt, while a capture forbids it to this thread. */
int refuse_in_capture(const char *call);

/* Waits for all that was issued: to a stream; to all streams of a device (HOST: of all devices). */
void wait_for(Stream *stream);
void wait_for_device(int device);
/* How many streams and events are live, without default streams. */
size_t live_streams();
size_t live_events();
size_t live_graphs();

/* What capture made: ops with those that must come before each. */
struct Node {
    Op op;
    std::vector<size_t> after;
};

} // namespace saryu
