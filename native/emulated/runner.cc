#include "runner.h"

#include "thread_memory.h"

#include <cstring>
#include <mutex>

#if defined(__SANITIZE_ADDRESS__)
#include <sanitizer/asan_interface.h>
#endif

namespace saryu {
namespace {

const unsigned FULL = 0xffffffffu;
const size_t GUARD = 256;
const char POISON = '\xff'; /* a NaN in fp32, bf16 and fp16 */
const char GUARD_BYTE = '\x5a';

} // namespace

BlockRunner::BlockRunner() = default;
BlockRunner::~BlockRunner() {
#if defined(__SANITIZE_ADDRESS__)
    __asan_unpoison_memory_region(dynamic.data(), dynamic.size());
#endif
}

void BlockRunner::moved() {
    module = nullptr;
    other_shared = nullptr;
}

namespace {

std::mutex pool_lock;

std::vector<BlockRunner *> &pool() {
    static auto *idle = new std::vector<BlockRunner *>; /* outlives every thread */
    return *idle;
}

} // namespace

RunnerLease::RunnerLease() {
    std::lock_guard<std::mutex> hold(pool_lock);
    if (pool().empty()) {
        runner = new BlockRunner;
    } else {
        runner = pool().back();
        pool().pop_back();
        runner->moved();
    }
}

RunnerLease::~RunnerLease() {
    std::lock_guard<std::mutex> hold(pool_lock);
    pool().push_back(runner);
}

void BlockRunner::prepare(const Launch &l, Index3 block) {
    launch = &l;
    view = {block, l.threads, l.grid};
    count = l.threads.x * l.threads.y * l.threads.z;
    warp_count = (count + 31) / 32;
    lanes.resize(count);
    if (states.size() < count) {
        states.resize(count);
        warps.resize(warp_count);
    }
    unsigned id = 0;
    for (unsigned z = 0; z < l.threads.z; z++) {
        for (unsigned y = 0; y < l.threads.y; y++) {
            for (unsigned x = 0; x < l.threads.x; x++, id++) {
                lanes[id] = {{x, y, z}, id, &view, this};
                states[id].fiber = nullptr;
            }
        }
    }
    for (unsigned w = 0; w < warp_count; w++) {
        warps[w].ready = w == count / 32 ? (1u << count % 32) - 1 : FULL;
        warps[w].waiting = 0;
    }
    at_barrier = finished = 0;
    barrier_any = barrier_gathering = failed = false;
    warp_now = l.reverse ? warp_count - 1 : 0;
    last_access = {0, 0};

#if defined(__SANITIZE_ADDRESS__)
    __asan_unpoison_memory_region(dynamic.data(), dynamic.size());
#endif
    dynamic.resize(l.shared_bytes + GUARD + 128);
    memset(dynamic.data(), GUARD_BYTE, dynamic.size());
    memset(dynamic_shared(), POISON, l.shared_bytes);
#if defined(__SANITIZE_ADDRESS__)
    char *end = static_cast<char *>(dynamic_shared()) + l.shared_bytes;
    __asan_poison_memory_region(end, static_cast<size_t>(dynamic.data() + dynamic.size() - end));
#endif
    if (module != l.kernel->module) {
        module = l.kernel->module;
        size_t size = static_cast<size_t>(module->shared_end - module->shared);
        shared = size == 0 ? nullptr : thread_memory(module->shared);
        shared_end = shared + size;
    }
    if (shared != nullptr) {
        memset(shared, POISON, static_cast<size_t>(shared_end - shared));
    }
    if (other_shared == nullptr) {
        template_shared(&other_shared, &other_shared_end);
    }
    memset(other_shared, POISON, static_cast<size_t>(other_shared_end - other_shared));
}

void *BlockRunner::dynamic_shared() {
    return reinterpret_cast<void *>((reinterpret_cast<uintptr_t>(dynamic.data()) + 127) & ~static_cast<uintptr_t>(127));
}

bool BlockRunner::guard_is_whole() {
#if !defined(__SANITIZE_ADDRESS__)
    const char *end = dynamic.data() + dynamic.size();
    for (const char *p = static_cast<char *>(dynamic_shared()) + launch->shared_bytes; p < end; p++) {
        if (*p != GUARD_BYTE) {
            return false;
        }
    }
#endif
    return true;
}

bool BlockRunner::run(const Launch &l, Index3 block, Fault &fault) {
    prepare(l, block);
    fault_out = &fault;
    Lane *outer = lane;
    Fiber &first = enter(next());
    host.switch_to(first);
    lane = outer;
    if (!failed && !guard_is_whole()) {
        failed = true;
        fault = {700, format("%s wrote past the %zu bytes of its dynamic shared memory", l.kernel->name.c_str(),
                             l.shared_bytes)};
    }
    if (failed) { /* whatever its fibers were doing is forgotten */
        idle.clear();
        for (auto &f : fibers) {
            f->restart();
            idle.push_back(f.get());
        }
        for (auto &s : states) {
            s.copies.clear();
            s.groups.clear();
            s.open = 0;
        }
    }
    return !failed;
}

/* Fibers. A thread that ends leaves its fiber to the next one that has not begun, without a switch. */

void BlockRunner::body(void *runner) {
    Fiber::entered();
    auto *self = static_cast<BlockRunner *>(runner);
    Fiber *fiber = self->states[self->starting->id].fiber;
    while (true) {
        self->run_lanes(fiber);
    }
}

void BlockRunner::run_lanes(Fiber *self) {
    Lane *me = starting;
    while (true) {
        State &s = states[me->id];
        s.fiber = self;
        lane = me;
        launch->kernel->call(launch->kernel->function, launch->arguments);
        if (!s.copies.empty()) { /* on a GPU they write into what is somebody else's memory by now */
            fail(719, format("%s ended while asynchronous copies were under way that no cp_async_wait had waited for",
                             launch->kernel->name.c_str()));
        }
        s.groups.clear();
        finished++;
        Lane *to = next();
        if (to != nullptr && states[to->id].fiber == nullptr) {
            me = to;
            continue;
        }
        idle.push_back(self);
        self->switch_to(to == nullptr ? host : enter(to));
        return;
    }
}

Fiber &BlockRunner::enter(Lane *to) {
    State &s = states[to->id];
    if (s.fiber == nullptr) {
        if (idle.empty()) {
            fibers.push_back(std::make_unique<Fiber>(body, this));
            idle.push_back(fibers.back().get());
        }
        s.fiber = idle.back();
        idle.pop_back();
        starting = to;
    }
    lane = to;
    return *s.fiber;
}

Lane *BlockRunner::pick(unsigned w) {
    unsigned &ready = warps[w].ready;
    unsigned bit = launch->reverse ? 31 - static_cast<unsigned>(__builtin_clz(ready))
                                   : static_cast<unsigned>(__builtin_ctz(ready));
    ready &= ~(1u << bit);
    warp_now = w;
    return &lanes[32 * w + bit];
}

/* The next thread to run: of the same warp, else of the next warp; null when the block has ended. */
Lane *BlockRunner::next() {
    unsigned w = warp_now;
    for (unsigned i = 0; i < warp_count; i++) {
        if (warps[w].ready != 0) {
            return pick(w);
        }
        if (launch->reverse) {
            w = w == 0 ? warp_count - 1 : w - 1;
        } else {
            w = w + 1 == warp_count ? 0 : w + 1;
        }
    }
    if (finished == count) {
        return nullptr;
    }
    if (at_barrier == count) {
        return release_barrier();
    }
    diverged();
    return nullptr;
}

void BlockRunner::wait(Lane *me) {
    Fiber *self = states[me->id].fiber;
    Lane *to = next();
    if (to == me) {
        return;
    }
    self->switch_to(to == nullptr ? host : enter(to));
}

/* Barriers. */

void BlockRunner::barrier(Lane *me, bool predicate, Place place) {
    if (at_barrier == 0) {
        first_at_barrier = me;
        barrier_gathering = false;
    }
    barrier_gathering |= predicate;
    states[me->id].barrier = place;
    at_barrier++;
    wait(me);
}

Lane *BlockRunner::release_barrier() {
    Place place = states[first_at_barrier->id].barrier;
    for (unsigned i = 0; i < count; i++) {
        Place other = states[i].barrier;
        if (other.line != place.line || (other.file != place.file && strcmp(other.file, place.file) != 0)) {
            diverged();
            return nullptr;
        }
    }
    at_barrier = 0;
    barrier_any = barrier_gathering;
    for (unsigned w = 0; w < warp_count; w++) {
        warps[w].ready = w == count / 32 ? (1u << count % 32) - 1 : FULL;
    }
    return pick(launch->reverse ? warp_count - 1 : 0);
}

void BlockRunner::warp_call(Lane *me, Words &words, void (*together)(const Words *, Words *), const void *kind,
                            Place place) {
    unsigned w = me->id / 32, l = me->id % 32;
    Warp &warp = warps[w];
    if (w == count / 32) {
        fail(719, format("%s:%d needs whole warps, and the block has %u threads", place.file, place.line, count));
    }
    if (warp.waiting == 0) {
        warp.place = place;
        warp.kind = kind;
    } else if (warp.kind != kind || warp.place.line != place.line) {
        fail(719, format("the threads of a warp have diverged: thread %u is at %s:%d, others at %s:%d", me->id,
                         place.file, place.line, warp.place.file, warp.place.line));
    }
    warp.in[l] = words;
    warp.waiting |= 1u << l;
    if (warp.waiting == FULL) {
        together(warp.in, warp.out);
        warp.waiting = 0;
        warp.ready |= FULL & ~(1u << l);
    } else {
        wait(me);
    }
    words = warp.out[l];
}

std::string BlockRunner::where(const Lane *l) const {
    const Warp &warp = warps[l->id / 32];
    bool in_warp = warp.waiting >> l->id % 32 & 1;
    Place p = in_warp ? warp.place : states[l->id].barrier;
    return format("thread %u waits at %s:%d%s", l->id, p.file, p.line, in_warp ? " for its warp" : "");
}

/* Nobody can run: says who waits where. */
void BlockRunner::diverged() {
    std::string text;
    unsigned waiting_in_warps = 0;
    for (unsigned w = 0; w < warp_count; w++) {
        waiting_in_warps += static_cast<unsigned>(__builtin_popcount(warps[w].waiting));
        if (warps[w].waiting != 0 && text.empty()) {
            text = where(&lanes[32 * w + static_cast<unsigned>(__builtin_ctz(warps[w].waiting))]);
        }
    }
    if (at_barrier > 0) {
        text += (text.empty() ? "" : ", ") + where(first_at_barrier);
        Place first = states[first_at_barrier->id].barrier;
        for (unsigned i = 0; i < count && at_barrier == count; i++) {
            if (states[i].barrier.line != first.line) {
                text += ", " + where(&lanes[i]);
                break;
            }
        }
    }
    failed = true;
    *fault_out = {719, format("the threads of a block have diverged: %s; of %u threads %u have ended, %u are at a barrier "
                              "and %u at a primitive of their warp",
                              text.c_str(), count, finished, at_barrier, waiting_in_warps)};
}

void BlockRunner::fail(int error, std::string text) {
    failed = true;
    *fault_out = {error, format("%s (block %u,%u,%u, thread %u,%u,%u)", text.c_str(), view.index.x, view.index.y,
                                view.index.z, lane->thread.x, lane->thread.y, lane->thread.z)};
    Fiber *self = states[lane->id].fiber;
    self->switch_to(host);
    __builtin_unreachable();
}

} // namespace saryu
