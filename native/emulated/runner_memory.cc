/* What the lanes of a block do to memory: checks of 16-byte accesses, and asynchronous copies. */
#include "runner.h"

#include <algorithm>
#include <cstring>

namespace saryu {

bool BlockRunner::in_shared(uintptr_t from, uintptr_t to) const {
    auto inside = [from, to](const char *begin, const char *end) {
        return from >= reinterpret_cast<uintptr_t>(begin) && to <= reinterpret_cast<uintptr_t>(end);
    };
    const char *d = static_cast<const char *>(const_cast<BlockRunner *>(this)->dynamic_shared());
    return inside(d, d + launch->shared_bytes) || inside(shared, shared_end) || inside(other_shared, other_shared_end);
}

void BlockRunner::check_shared(const void *p, size_t bytes, const char *what, Place place) {
    auto a = reinterpret_cast<uintptr_t>(p);
    if (a % bytes != 0) {
        fail(716, format("%s at %s:%d: the address %p is not aligned to %zu bytes", what, place.file, place.line, p, bytes));
    }
    if (!in_shared(a, a + bytes)) {
        fail(700, format("%s at %s:%d: the address %p is outside the block's shared memory", what, place.file, place.line, p));
    }
}

void BlockRunner::check_access(const void *p, size_t bytes, const char *what, Place place) {
    auto a = reinterpret_cast<uintptr_t>(p);
    if (a % bytes != 0) {
        fail(716, format("%s at %s:%d: the address %p is not aligned to %zu bytes", what, place.file, place.line, p, bytes));
    }
    if (launch->memory == nullptr || (a >= last_access.begin && a + bytes <= last_access.end)) {
        return;
    }
    const auto &ranges = *launch->memory;
    auto after = std::upper_bound(ranges.begin(), ranges.end(), a, [](uintptr_t x, const Range &r) { return x < r.begin; });
    if (after != ranges.begin() && a + bytes <= (after - 1)->end) {
        last_access = *(after - 1);
        return;
    }
    if (in_shared(a, a + bytes) || states[lane->id].fiber->holds(p)) {
        return;
    }
    fail(700, format("%s at %s:%d: %p is in no memory of the device", what, place.file, place.line, p));
}

namespace {

void copy16(void *to, const void *from) {
    if (from == nullptr) {
        memset(to, 0, 16);
    } else {
        memcpy(to, from, 16);
    }
}

} // namespace

/* CUDA may make the copy at any time up to the wait: here it is as late as that in the one order, and at once in the other,
 * so that what is overwritten while it is still read, or read before it has come, differs between the two. */
void BlockRunner::copy_later(Lane *me, void *to, const void *from) {
    State &s = states[me->id];
    if (launch->reverse) {
        copy16(to, from);
        to = nullptr;
    }
    s.copies.push_back({to, from});
    s.open++;
}

void BlockRunner::commit_copies(Lane *me) {
    State &s = states[me->id];
    s.groups.push_back(s.open);
    s.open = 0;
}

void BlockRunner::wait_copies(Lane *me, int under_way) {
    State &s = states[me->id];
    size_t done = 0, groups = 0;
    for (; groups + static_cast<size_t>(under_way) < s.groups.size(); groups++) {
        for (size_t i = 0; i < s.groups[groups]; i++, done++) {
            if (s.copies[done].to != nullptr) {
                copy16(s.copies[done].to, s.copies[done].from);
            }
        }
    }
    s.copies.erase(s.copies.begin(), s.copies.begin() + static_cast<std::ptrdiff_t>(done));
    s.groups.erase(s.groups.begin(), s.groups.begin() + static_cast<std::ptrdiff_t>(groups));
}

} // namespace saryu
