#include "streams_internal.h"

#include "memory.h"
#include "runner.h"

#include <cstdlib>

namespace saryu {
namespace {

using Hold = std::lock_guard<std::recursive_mutex>;

void work(Stream *s) {
    std::unique_lock<std::mutex> hold(s->lock);
    while (true) {
        while (s->queue.empty() && !s->closing) {
            s->changed.wait(hold);
        }
        if (s->queue.empty()) {
            hold.unlock();
            Hold all(driver().lock);
            driver().draining.erase(s);
            return;
        }
        Op op = std::move(s->queue.front());
        s->queue.pop_front();
        hold.unlock();
        Fault f;
        {
            RunnerLease runner;
            f = op.run(*runner);
        }
        if (f.error != 0) {
            device_failed(s->device, f);
        }
        op = {};
        hold.lock();
        s->done++;
        s->changed.notify_all();
    }
}

bool launch_blocking() {
    static const bool on = setting("CUDA_LAUNCH_BLOCKING", 0, 0, 1) != 0;
    return on;
}

/* The default stream waits for blocking streams, and they for it. */
void order_with_default(Stream *s, bool before) {
    if (!s->blocking) {
        return;
    }
    for (Stream *other : driver().streams) {
        if (other != s && other->blocking && other->device == s->device && (s->is_default || other->is_default)) {
            Event *e = new Event; /* a few words for each, in tests only */
            e->device = s->device;
            record(e, before ? other : s);
            wait_in_stream(before ? s : other, e);
        }
    }
}

} // namespace

Driver &driver() {
    static Driver *d = new Driver; /* outlives every thread */
    return *d;
}

Stream *new_stream(int device, bool is_default) {
    auto *s = new Stream;
    s->device = device;
    s->is_default = s->blocking = is_default;
    std::thread(work, s).detach();
    Hold hold(driver().lock);
    driver().streams.insert(s);
    return s;
}

Stream *resolve(Context *context, Stream *handle, int *error) {
    Hold hold(driver().lock);
    if (handle == nullptr || handle == reinterpret_cast<Stream *>(1)) {
        handle = context->null_stream;
    }
    *error = driver().streams.count(handle) == 0
                 ? fail(INVALID_HANDLE, "%p is no stream, or was destroyed", static_cast<void *>(handle))
             : handle->device != context->device
                 ? fail(INVALID_HANDLE, "the stream is of cuda:%d, and the current context of cuda:%d", handle->device,
                        context->device)
                 : SUCCESS;
    return *error == SUCCESS ? handle : nullptr;
}

int device_of(const Stream *stream) {
    return stream->device;
}

bool is_capturing(const Stream *stream) {
    Hold hold(driver().lock);
    return stream->capture != nullptr;
}

void enqueue(Stream *s, Op op) {
    std::lock_guard<std::mutex> hold(s->lock);
    s->queue.push_back(std::move(op));
    s->issued++;
    s->changed.notify_all();
}

int issue(Stream *s, Op op) {
    if (op.check) {
        Fault f = op.check();
        if (f.error != 0) {
            return fail(f);
        }
    }
    {
        Hold hold(driver().lock);
        if (s->capture != nullptr) {
            return capture_op(s, std::move(op));
        }
        if (s->blocking) {
            for (auto &c : driver().captures) {
                if (s->is_default && c->origin->blocking) {
                    c->spoilt = op.name + " went to the default stream";
                    return fail(CAPTURE_IMPLICIT, "%s in the default stream would depend on a stream that is captured",
                                op.name.c_str());
                }
            }
        }
        order_with_default(s, true);
        enqueue(s, std::move(op));
        order_with_default(s, false);
    }
    if (launch_blocking()) {
        wait_for(s);
        int error;
        current(&error);
        return error;
    }
    return SUCCESS;
}

void wait_for(Stream *s) {
    std::unique_lock<std::mutex> hold(s->lock);
    unsigned long long all = s->issued;
    while (s->done < all) {
        s->changed.wait(hold);
    }
}

void wait_for_device(int device) {
    std::vector<Stream *> all;
    {
        Hold hold(driver().lock);
        for (auto *set : {&driver().streams, &driver().draining}) {
            for (Stream *s : *set) {
                if (device == HOST || s->device == device) {
                    all.push_back(s);
                }
            }
        }
    }
    for (Stream *s : all) {
        wait_for(s);
    }
}

void record(Event *e, Stream *s) {
    Driver &d = driver();
    unsigned long long number;
    {
        std::lock_guard<std::mutex> hold(d.event_lock);
        number = ++e->recorded;
    }
    enqueue(s, {"event", nullptr, [e, number, &d](BlockRunner &) {
                    std::lock_guard<std::mutex> hold(d.event_lock);
                    e->done = number;
                    e->time = std::chrono::steady_clock::now();
                    d.event_changed.notify_all();
                    return Fault();
                }});
}

void wait_in_stream(Stream *s, Event *e) {
    Driver &d = driver();
    std::lock_guard<std::mutex> hold(d.event_lock);
    unsigned long long number = e->recorded;
    if (e->done >= number) {
        return;
    }
    enqueue(s, {"wait", nullptr, [e, number, &d](BlockRunner &) {
                    std::unique_lock<std::mutex> waiting(d.event_lock);
                    while (e->done < number) {
                        d.event_changed.wait(waiting);
                    }
                    return Fault();
                }});
}

size_t live_streams() {
    Hold hold(driver().lock);
    size_t count = 0;
    for (Stream *s : driver().streams) {
        count += !s->is_default;
    }
    return count;
}

size_t live_events() {
    Hold hold(driver().lock);
    return driver().events.size();
}

} // namespace saryu
