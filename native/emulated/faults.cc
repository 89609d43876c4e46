#include "faults.h"

#include <cstdarg>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <mutex>
#include <set>

namespace saryu {
namespace {

SARYU_OWN_THREAD_LOCAL const char *last = nullptr;

/* Kept for good: whoever reads a text may be slow. */
const char *keep(const std::string &text) {
    static std::mutex lock;
    static auto *texts = new std::set<std::string>;
    std::lock_guard<std::mutex> hold(lock);
    return texts->insert(text).first->c_str();
}

[[noreturn]] void refuse(const std::string &text) {
    fprintf(stderr, "saryu_emulated: %s\n", text.c_str());
    abort();
}

} // namespace

int fail(const Fault &fault) {
    last = keep(fault.text);
    return fault.error;
}

int fail(int error, const char *format, ...) {
    char text[1024];
    va_list list;
    va_start(list, format);
    vsnprintf(text, sizeof(text), format, list);
    va_end(list);
    return fail({error, text});
}

Fault make_fault(int error, const char *format, ...) {
    char text[1024];
    va_list list;
    va_start(list, format);
    vsnprintf(text, sizeof(text), format, list);
    va_end(list);
    return {error, text};
}

long long setting(const char *name, long long fallback, long long least, long long most) {
    const char *value = getenv(name);
    if (value == nullptr || *value == 0) {
        return fallback;
    }
    char *end;
    long long number = strtoll(value, &end, 10);
    if (*end != 0 || number < least || number > most) {
        refuse(format("%s is '%s': it must be a number from %lld to %lld", name, value, least, most));
    }
    return number;
}

bool reverse_order() {
    static const bool reverse = [] {
        const char *order = getenv("SARYU_EMULATED_ORDER");
        if (order == nullptr || *order == 0 || strcmp(order, "forward") == 0) {
            return false;
        }
        if (strcmp(order, "reverse") != 0) {
            refuse(format("SARYU_EMULATED_ORDER is '%s': it must be forward or reverse", order));
        }
        return true;
    }();
    return reverse;
}

} // namespace saryu

const char *saryu_emulated_last_fault() {
    return saryu::last == nullptr ? "" : saryu::last;
}
