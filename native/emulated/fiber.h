/* Threads that are switched by hand: one thread of a block each. */
#pragma once

#include <cstddef>
#if !defined(__x86_64__)
#include <ucontext.h>
#endif

namespace saryu {

class Fiber {
  public:
    typedef void (*Body)(void *argument);

    /* The thread of the processor that is running: something to come back to. */
    Fiber();
    /* A fiber with a stack of its own that starts in body(argument), which never returns. */
    Fiber(Body body, void *argument);
    ~Fiber();
    Fiber(const Fiber &) = delete;
    Fiber &operator=(const Fiber &) = delete;

    /* Forgets what ran here: the next switch to it starts body again. */
    void restart();
    /* Goes on in `to`; comes back when something switches here. */
    void switch_to(Fiber &to);
    bool holds(const void *p) const {
        return p >= stack && p < stack + size;
    }

    static void entered(); /* the first thing a body calls */

  private:
    Body body = nullptr;
    void *argument = nullptr;
    char *stack = nullptr;
    size_t size = 0;
#if defined(__x86_64__)
    void *top = nullptr;
#else
    ucontext_t context;
#endif
    void *fake_stack = nullptr; /* AddressSanitizer's */
};

} // namespace saryu
