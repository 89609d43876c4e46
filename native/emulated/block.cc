/* The words of block.h, passed on to the runner of the lane that says them. */
#include "block.h"

#include "runner.h"

#include <cstdarg>
#include <cstdio>

namespace saryu {

SARYU_OWN_THREAD_LOCAL Lane *lane = nullptr;

namespace {

const unsigned FULL = 0xffffffffu;

void full(unsigned mask, Place place) {
    if (mask != FULL) {
        fault(719, "the mask %08x at %s:%d is not the whole warp", mask, place.file, place.line);
    }
}

void shuffle_together(const Words *in, Words *out) {
    for (int l = 0; l < 32; l++) {
        const Words &from = in[in[l].w[2] % 32];
        out[l].w[0] = from.w[0];
        out[l].w[1] = from.w[1];
    }
}

void ballot_together(const Words *in, Words *out) {
    unsigned bits = 0;
    for (int l = 0; l < 32; l++) {
        bits |= in[l].w[0] << l;
    }
    for (int l = 0; l < 32; l++) {
        out[l].w[0] = bits;
    }
}

void only_wait(const Words *, Words *) {
}

} // namespace

void barrier(Place place) {
    lane->runner->barrier(lane, false, place);
}

bool barrier_or(bool predicate, Place place) {
    BlockRunner *runner = lane->runner;
    runner->barrier(lane, predicate, place);
    bool any = runner->any();
    runner->barrier(lane, false, place); /* nobody asks again before all have read it */
    return any;
}

void warp_barrier(unsigned mask, Place place) {
    full(mask, place);
    Words w;
    lane->runner->warp_call(lane, w, only_wait, nullptr, place);
}

unsigned long long shuffle(unsigned mask, unsigned long long bits, int from, Place place) {
    full(mask, place);
    Words w;
    w.w[0] = static_cast<unsigned>(bits);
    w.w[1] = static_cast<unsigned>(bits >> 32);
    w.w[2] = static_cast<unsigned>(from);
    warp_call(w, shuffle_together, place);
    return static_cast<unsigned long long>(w.w[1]) << 32 | w.w[0];
}

unsigned ballot(unsigned mask, bool predicate, Place place) {
    full(mask, place);
    Words w;
    w.w[0] = predicate;
    warp_call(w, ballot_together, place);
    return w.w[0];
}

void warp_call(Words &words, void (*together)(const Words *in, Words *out), Place place) {
    lane->runner->warp_call(lane, words, together, reinterpret_cast<const void *>(together), place);
}

void *dynamic_shared() {
    return lane->runner->dynamic_shared();
}

void copy_later(void *to, const void *from) {
    lane->runner->copy_later(lane, to, from);
}

void commit_copies() {
    lane->runner->commit_copies(lane);
}

void wait_copies(int under_way) {
    lane->runner->wait_copies(lane, under_way);
}

void check_access(const void *p, size_t bytes, const char *what, Place place) {
    lane->runner->check_access(p, bytes, what, place);
}

void check_shared(const void *p, size_t bytes, const char *what, Place place) {
    lane->runner->check_shared(p, bytes, what, place);
}

void fault(int error, const char *format, ...) {
    char text[512];
    va_list list;
    va_start(list, format);
    vsnprintf(text, sizeof(text), format, list);
    va_end(list);
    lane->runner->fail(error, text);
}

std::string format(const char *format, ...) {
    char text[1024];
    va_list list;
    va_start(list, format);
    vsnprintf(text, sizeof(text), format, list);
    va_end(list);
    return text;
}

} // namespace saryu
