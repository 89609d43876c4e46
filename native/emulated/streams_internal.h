/* What streams.cc and capture.cc share. */
#pragma once

#include "streams.h"

#include <chrono>
#include <condition_variable>
#include <deque>
#include <mutex>
#include <set>
#include <thread>

namespace saryu {

struct Capture {
    int mode; /* 0 global, 1 of one thread, 2 relaxed */
    std::thread::id thread;
    Stream *origin;
    std::vector<Node> nodes;
    std::string spoilt; /* why; empty while it is good */
};

struct Stream {
    int device = 0;
    bool blocking = false, is_default = false;

    std::mutex lock; /* of what follows */
    std::condition_variable changed;
    std::deque<Op> queue;
    unsigned long long issued = 0, done = 0;
    bool closing = false;

    /* Of the driver's lock. */
    std::shared_ptr<Capture> capture;
    std::vector<size_t> frontier; /* the nodes that the next one comes after */
};

struct Event {
    int device = 0;
    bool timing = true;
    /* Of the events' lock: how often it was recorded, and how many of these have come. */
    unsigned long long recorded = 0, done = 0;
    std::chrono::steady_clock::time_point time;
    /* Of the driver's lock: where it was recorded, if in a capture. */
    std::weak_ptr<Capture> capture;
    bool captured = false;
    std::vector<size_t> nodes;
};

struct Driver {
    std::recursive_mutex lock;
    std::set<Stream *> streams; /* default streams, too */
    std::set<Stream *> draining; /* destroyed, with work that still runs */
    std::set<Event *> events;
    std::vector<std::shared_ptr<Capture>> captures;
    std::mutex event_lock;
    std::condition_variable event_changed;
};

Driver &driver();

/* Queues without a check or a capture. */
void enqueue(Stream *stream, Op op);
void record(Event *event, Stream *stream);
void wait_in_stream(Stream *stream, Event *event);

/* capture.cc; the driver's lock is held. */
int capture_op(Stream *stream, Op op);
int capture_record(Event *event, Stream *stream);
int capture_wait(Stream *stream, Event *event);

} // namespace saryu
