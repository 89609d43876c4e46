/* Streams and events, as the driver's interface has them. */
#include "memory.h"
#include "streams_internal.h"

using namespace saryu;
using Hold = std::lock_guard<std::recursive_mutex>;

namespace {

Event *known(Event *e, int *error) {
    bool found = driver().events.count(e) != 0;
    *error = found ? SUCCESS : fail(INVALID_HANDLE, "%p is no event, or was destroyed", static_cast<void *>(e));
    return found ? e : nullptr;
}

/* Whether the event has come; what waiting for it was refused with goes to *error. */
bool come(Event *handle, const char *call, int *error) {
    Hold hold(driver().lock);
    Event *e = known(handle, error);
    if (e == nullptr) {
        return false;
    }
    if (e->captured) {
        std::shared_ptr<Capture> c = e->capture.lock();
        if (c != nullptr) {
            c->spoilt = std::string(call) + " of an event that was captured";
        }
        *error = fail(CAPTURED_EVENT, "the event was last recorded in a captured stream");
        return false;
    }
    *error = refuse_in_capture(call);
    std::lock_guard<std::mutex> events(driver().event_lock);
    return *error == SUCCESS && e->done >= e->recorded;
}

} // namespace

SARYU_API int cuStreamCreateWithPriority(Stream **stream, unsigned flags, int) {
    int error;
    Context *c = current(&error);
    if (c == nullptr) {
        return error;
    }
    if (flags > 1) {
        return fail(INVALID_VALUE, "no such flags of a stream: %u", flags);
    }
    *stream = new_stream(c->device, false);
    (*stream)->blocking = flags == 0;
    return SUCCESS;
}

SARYU_API int cuStreamCreate(Stream **stream, unsigned flags) {
    return cuStreamCreateWithPriority(stream, flags, 0);
}

/* What was issued still runs. */
SARYU_API int cuStreamDestroy_v2(Stream *stream) {
    Hold hold(driver().lock);
    if (driver().streams.count(stream) == 0 || stream->is_default) {
        return fail(INVALID_HANDLE, "%p is no stream, or was destroyed", static_cast<void *>(stream));
    }
    if (stream->capture != nullptr) {
        stream->capture->spoilt = "one of its streams was destroyed";
        stream->capture = nullptr;
    }
    driver().streams.erase(stream);
    driver().draining.insert(stream);
    std::lock_guard<std::mutex> own(stream->lock);
    stream->closing = true;
    stream->changed.notify_all();
    return SUCCESS;
}

SARYU_API int cuStreamSynchronize(Stream *handle) {
    int error;
    Context *c = current(&error);
    Stream *s = c == nullptr ? nullptr : resolve(c, handle, &error);
    if (s == nullptr || (error = refuse_in_capture("cuStreamSynchronize")) != SUCCESS) {
        return error;
    }
    if (is_capturing(s)) {
        return fail(CAPTURE_UNSUPPORTED, "cuStreamSynchronize of a stream that is captured");
    }
    wait_for(s);
    current(&error);
    return error;
}

SARYU_API int cuStreamQuery(Stream *handle) {
    int error;
    Context *c = current(&error);
    Stream *s = c == nullptr ? nullptr : resolve(c, handle, &error);
    if (s == nullptr || (error = refuse_in_capture("cuStreamQuery")) != SUCCESS) {
        return error;
    }
    std::lock_guard<std::mutex> hold(s->lock);
    return s->done < s->issued ? NOT_READY : SUCCESS;
}

SARYU_API int cuCtxSynchronize() {
    int error;
    Context *c = current(&error);
    if (c == nullptr || (error = refuse_in_capture("cuCtxSynchronize")) != SUCCESS) {
        return error;
    }
    wait_for_device(c->device);
    current(&error);
    return error;
}

SARYU_API int cuEventCreate(Event **event, unsigned flags) {
    int error;
    Context *c = current(&error);
    if (c == nullptr) {
        return error;
    }
    *event = new Event;
    (*event)->device = c->device;
    (*event)->timing = (flags & 2) == 0;
    Hold hold(driver().lock);
    driver().events.insert(*event);
    return SUCCESS;
}

/* Kept: work that was issued may record it or wait for it. */
SARYU_API int cuEventDestroy_v2(Event *event) {
    Hold hold(driver().lock);
    int error;
    if (known(event, &error) != nullptr) {
        driver().events.erase(event);
    }
    return error;
}

SARYU_API int cuEventRecord(Event *event, Stream *handle) {
    int error;
    Context *c = current(&error);
    Stream *s = c == nullptr ? nullptr : resolve(c, handle, &error);
    Hold hold(driver().lock);
    if (s == nullptr || known(event, &error) == nullptr) {
        return error;
    }
    if (event->device != s->device) {
        return fail(INVALID_HANDLE, "the event is of cuda:%d, and the stream of cuda:%d", event->device, s->device);
    }
    if (s->capture != nullptr) {
        return capture_record(event, s);
    }
    event->captured = false;
    record(event, s);
    return SUCCESS;
}

SARYU_API int cuStreamWaitEvent(Stream *handle, Event *event, unsigned) {
    int error;
    Context *c = current(&error);
    Stream *s = c == nullptr ? nullptr : resolve(c, handle, &error);
    Hold hold(driver().lock);
    if (s == nullptr || known(event, &error) == nullptr) {
        return error;
    }
    if (s->capture != nullptr || event->captured) {
        return capture_wait(s, event);
    }
    wait_in_stream(s, event);
    return SUCCESS;
}

SARYU_API int cuEventQuery(Event *event) {
    int error;
    if (current(&error) == nullptr) {
        return error;
    }
    bool here = come(event, "cuEventQuery", &error);
    if (error == SUCCESS && here) {
        current(&error); /* what failed before it came */
        return error;
    }
    return error != SUCCESS ? error : NOT_READY;
}

SARYU_API int cuEventSynchronize(Event *event) {
    int error;
    if (current(&error) == nullptr) {
        return error;
    }
    bool here = come(event, "cuEventSynchronize", &error);
    if (error != SUCCESS) {
        return error;
    }
    if (!here) {
        std::unique_lock<std::mutex> waiting(driver().event_lock);
        unsigned long long number = event->recorded;
        while (event->done < number) {
            driver().event_changed.wait(waiting);
        }
    }
    current(&error);
    return error;
}

SARYU_API int cuEventElapsedTime(float *milliseconds, Event *from, Event *to) {
    Hold hold(driver().lock);
    int error;
    if (known(from, &error) == nullptr || known(to, &error) == nullptr) {
        return error;
    }
    std::lock_guard<std::mutex> events(driver().event_lock);
    if (!from->timing || !to->timing || from->recorded == 0 || to->recorded == 0) {
        return fail(INVALID_HANDLE, "an event without a time");
    }
    if (from->done < from->recorded || to->done < to->recorded) {
        return NOT_READY;
    }
    *milliseconds = std::chrono::duration<float, std::milli>(to->time - from->time).count();
    return SUCCESS;
}

SARYU_API int cuEventElapsedTime_v2(float *milliseconds, Event *from, Event *to) {
    return cuEventElapsedTime(milliseconds, from, to);
}
