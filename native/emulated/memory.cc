#include "memory.h"

#include "devices.h"

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <deque>
#include <map>
#include <mutex>

#if defined(__SANITIZE_ADDRESS__)
#include <sanitizer/asan_interface.h>
#endif

namespace saryu {
namespace {

const size_t GUARD = 256;            /* before and after; AddressSanitizer sees reads of it, too */
const size_t KEPT_FREED = 32 << 20;  /* bytes of freed memory that are watched a while */
const size_t LARGE = 1 << 20;        /* blocks of this and more are kept for the next of their size: the system is slow */
const size_t KEPT_SPARE = 256 << 20;
const size_t POISONED = 2 << 20;     /* bytes at each end that are poisoned: all of most */
const unsigned char GUARD_BYTE = 0x5a, POISON = 0xff;

struct Book {
    std::mutex lock;
    std::map<uintptr_t, Allocation> live;
    std::deque<Allocation> freed;
    size_t freed_bytes = 0, spare_bytes = 0;
    std::multimap<size_t, char *> spare; /* by size */
    size_t used[MOST_DEVICES + 1] = {0}; /* the last: pinned */
    std::shared_ptr<const std::vector<Range>> ranges[MOST_DEVICES];
    unsigned long long count = 0;
};

Book &book() {
    static Book *b = new Book;
    return *b;
}

size_t &used(int device) {
    return book().used[device == HOST ? MOST_DEVICES : device];
}

/* The guard after it reaches to the next multiple of 256 and 256 further. */
size_t whole(size_t size) {
    return GUARD + (size + GUARD - 1) / GUARD * GUARD + GUARD;
}

std::string name(const Allocation &a) {
    return format("the %zu bytes at %p (allocation %llu, %s)", a.size, reinterpret_cast<void *>(a.address), a.number,
                  a.device == HOST ? "pinned" : ("cuda:" + std::to_string(a.device)).c_str());
}

void guard(const Allocation &a) {
    char *p = reinterpret_cast<char *>(a.address);
    memset(p - GUARD, GUARD_BYTE, GUARD);
    memset(p + a.size, GUARD_BYTE, whole(a.size) - GUARD - a.size);
#if defined(__SANITIZE_ADDRESS__)
    __asan_poison_memory_region(p - GUARD, GUARD);
    __asan_poison_memory_region(p + a.size, whole(a.size) - GUARD - a.size);
#endif
}

/* Where in [from, to) something else than `byte` stands; `to` if nowhere. */
const unsigned char *changed([[maybe_unused]] const unsigned char *from, const unsigned char *to,
                             [[maybe_unused]] unsigned char byte) {
#if !defined(__SANITIZE_ADDRESS__)
    for (; from < to && (reinterpret_cast<uintptr_t>(from) & 7) != 0; from++) {
        if (*from != byte) {
            return from;
        }
    }
    uint64_t word;
    memset(&word, byte, 8);
    while (to - from >= 8 && memcmp(from, &word, 8) == 0) {
        from += 8;
    }
    for (; from < to; from++) {
        if (*from != byte) {
            return from;
        }
    }
#endif
    return to;
}

bool damaged(const Allocation &a, std::string *text) {
    auto p = reinterpret_cast<const unsigned char *>(a.address);
    const unsigned char *at = changed(p - GUARD, p, GUARD_BYTE);
    if (at < p) {
        *text = format("wrote %td bytes before the start of %s", p - at, name(a).c_str());
        return true;
    }
    const unsigned char *end = p - GUARD + whole(a.size);
    at = changed(p + a.size, end, GUARD_BYTE);
    if (at < end) {
        *text = format("wrote past the end, at byte %td, of %s", at - p, name(a).c_str());
        return true;
    }
    return false;
}

void give_back(const Allocation &a) {
#if defined(__SANITIZE_ADDRESS__)
    __asan_unpoison_memory_region(a.base, whole(a.size) + GUARD);
#endif
    size_t size = whole(a.size);
    if (a.size >= LARGE && book().spare_bytes + size <= KEPT_SPARE) {
        book().spare.emplace(size, a.base);
        book().spare_bytes += size;
    } else {
        free(a.base);
    }
}

char *take(size_t size) {
    auto found = book().spare.find(whole(size));
    if (size < LARGE || found == book().spare.end()) {
        return static_cast<char *>(malloc(whole(size) + GUARD));
    }
    char *base = found->second;
    book().spare_bytes -= found->first;
    book().spare.erase(found);
    return base;
}

void poison(const Allocation &a) {
    auto p = reinterpret_cast<char *>(a.address);
    size_t part = std::min(a.size, POISONED);
    memset(p, POISON, part);
    memset(p + a.size - part, POISON, part);
}

/* The live allocation that holds an address or ends there. The lock is held. */
const Allocation *holder(uintptr_t a) {
    auto &live = book().live;
    auto after = live.upper_bound(a);
    if (after == live.begin()) {
        return nullptr;
    }
    const Allocation &found = std::prev(after)->second;
    return a <= found.address + found.size ? &found : nullptr;
}

Fault check(int device, const void *p, size_t bytes, const std::string &what) {
    auto a = reinterpret_cast<uintptr_t>(p);
    const Allocation *found = holder(a);
    if (found == nullptr) {
        for (const Allocation &f : book().freed) {
            if (a >= f.address && a < f.address + f.size) {
                return make_fault(ILLEGAL_ADDRESS, "%s: %p lies in %s, which was freed", what.c_str(), p, name(f).c_str());
            }
        }
        return make_fault(ILLEGAL_ADDRESS, "%s: %p is no memory of cuda:%d", what.c_str(), p, device);
    }
    if (found->device != device && found->device != HOST) {
        return make_fault(ILLEGAL_ADDRESS, "%s: %p lies in %s and not on cuda:%d", what.c_str(), p, name(*found).c_str(), device);
    }
    if (a + bytes > found->address + found->size) {
        return make_fault(ILLEGAL_ADDRESS, "%s: %zu bytes at %p reach %zu bytes past the end of %s", what.c_str(), bytes, p,
                          a + bytes - found->address - found->size, name(*found).c_str());
    }
    return {};
}

} // namespace

void *allocate(int device, size_t size) {
    Book &b = book();
    std::lock_guard<std::mutex> hold(b.lock);
    if (device != HOST && (size > memory_size() || used(device) + size > memory_size())) {
        return nullptr;
    }
    char *base = take(size);
    if (base == nullptr) {
        return nullptr;
    }
    Allocation a;
    a.address = (reinterpret_cast<uintptr_t>(base) + GUARD - 1) / GUARD * GUARD + GUARD;
    a.size = size;
    a.device = device;
    a.number = ++b.count;
    a.base = base;
    poison(a);
    guard(a);
    b.live[a.address] = a;
    used(device) += size;
    for (auto &r : b.ranges) {
        r = nullptr;
    }
    return reinterpret_cast<void *>(a.address);
}

Fault release(int device, void *p) {
    Book &b = book();
    std::lock_guard<std::mutex> hold(b.lock);
    auto a = reinterpret_cast<uintptr_t>(p);
    auto found = b.live.find(a);
    if (found == b.live.end() || (found->second.device == HOST) != (device == HOST)) {
        Fault f = check(device, p, 0, "freeing");
        return {INVALID_VALUE, f.error == 0 ? format("freeing: %p is not the start of an allocation", p) : f.text};
    }
    Allocation freed = found->second;
    b.live.erase(found);
    used(freed.device) -= freed.size;
    for (auto &r : b.ranges) {
        r = nullptr;
    }
    std::string text;
    bool bad = damaged(freed, &text);
    poison(freed);
    b.freed.push_back(freed);
    b.freed_bytes += freed.size;
#if defined(__SANITIZE_ADDRESS__)
    __asan_poison_memory_region(p, freed.size);
#endif
    while (b.freed_bytes > KEPT_FREED) {
        b.freed_bytes -= b.freed.front().size;
        give_back(b.freed.front());
        b.freed.pop_front();
    }
    return bad ? make_fault(ILLEGAL_ADDRESS, "something %s", text.c_str()) : Fault();
}

size_t memory_used(int device) {
    std::lock_guard<std::mutex> hold(book().lock);
    return used(device);
}

Fault check_device(int device, const void *p, size_t bytes, const std::string &what) {
    std::lock_guard<std::mutex> hold(book().lock);
    return bytes == 0 ? Fault() : check(device, p, bytes, what);
}

Fault check_argument(int device, const void *p, const std::string &what) {
    std::lock_guard<std::mutex> hold(book().lock);
    return p == nullptr ? Fault() : check(device, p, 0, what);
}

bool is_pinned(const void *p, size_t bytes) {
    std::lock_guard<std::mutex> hold(book().lock);
    auto a = reinterpret_cast<uintptr_t>(p);
    const Allocation *found = holder(a);
    return found != nullptr && found->device == HOST && a + bytes <= found->address + found->size;
}

bool is_device_memory(const void *p) {
    std::lock_guard<std::mutex> hold(book().lock);
    const Allocation *found = holder(reinterpret_cast<uintptr_t>(p));
    return found != nullptr && found->device != HOST;
}

Fault check_guards(int device, const std::string &who) {
    Book &b = book();
    std::lock_guard<std::mutex> hold(b.lock);
    std::string text;
    for (auto &entry : b.live) {
        if ((entry.second.device == device || entry.second.device == HOST) && damaged(entry.second, &text)) {
            guard(entry.second);
            return {ILLEGAL_ADDRESS, who + " " + text};
        }
    }
    for (Allocation &f : b.freed) {
        auto p = reinterpret_cast<unsigned char *>(f.address);
        const unsigned char *at = f.device == device ? changed(p, p + std::min<size_t>(f.size, 4096), POISON) : nullptr;
        if (at != nullptr && at < p + std::min<size_t>(f.size, 4096)) {
            poison(f);
            return make_fault(ILLEGAL_ADDRESS, "%s wrote to %s, which was freed", who.c_str(), name(f).c_str());
        }
    }
    return {};
}

std::shared_ptr<const std::vector<Range>> accessible(int device) {
    Book &b = book();
    std::lock_guard<std::mutex> hold(b.lock);
    if (b.ranges[device] == nullptr) {
        auto made = std::make_shared<std::vector<Range>>();
        for (const auto &entry : b.live) {
            const Allocation &a = entry.second;
            if (a.device == device || a.device == HOST) {
                made->push_back({a.address, a.address + a.size});
            }
        }
        b.ranges[device] = made;
    }
    return b.ranges[device];
}

bool allocation_of(int device, uintptr_t address, Range *range) {
    std::lock_guard<std::mutex> hold(book().lock);
    const Allocation *found = holder(address);
    if (found == nullptr || (found->device != device && found->device != HOST)) {
        return false;
    }
    *range = {found->address, found->address + found->size};
    return true;
}

size_t live(int device, std::string *lines) {
    std::lock_guard<std::mutex> hold(book().lock);
    size_t count = 0;
    for (const auto &entry : book().live) {
        if (entry.second.device == device) {
            count++;
            if (lines != nullptr) {
                *lines += name(entry.second) + "\n";
            }
        }
    }
    return count;
}

} // namespace saryu
