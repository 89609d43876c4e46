#include "fiber.h"

#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <sys/mman.h>
#include <unistd.h>

#if defined(__SANITIZE_ADDRESS__)
#include <pthread.h>
#include <sanitizer/asan_interface.h>
#include <sanitizer/common_interface_defs.h>
#endif

namespace saryu {
namespace {

const size_t STACK = 256 * 1024;

} // namespace

#if defined(__x86_64__)
/* Saves what a call must keep on the old stack, and takes it from the new one. */
extern "C" void saryu_switch_stack(void **save, void *load);
asm(R"(
    .text
    .globl saryu_switch_stack
    .hidden saryu_switch_stack
    .type saryu_switch_stack, @function
saryu_switch_stack:
    pushq %rbp
    pushq %rbx
    pushq %r12
    pushq %r13
    pushq %r14
    pushq %r15
    movq %rsp, (%rdi)
    movq %rsi, %rsp
    popq %r15
    popq %r14
    popq %r13
    popq %r12
    popq %rbx
    popq %rbp
    ret
    .size saryu_switch_stack, . - saryu_switch_stack

    .globl saryu_start_fiber
    .hidden saryu_start_fiber
    .type saryu_start_fiber, @function
saryu_start_fiber:
    movq %r12, %rdi
    call *%rbx
    ud2
    .size saryu_start_fiber, . - saryu_start_fiber
)");
extern "C" void saryu_start_fiber();
#else
namespace {

void start(unsigned low, unsigned high, unsigned body_low, unsigned body_high) {
    auto body = reinterpret_cast<Fiber::Body>(static_cast<uintptr_t>(body_high) << 16 << 16 | body_low);
    body(reinterpret_cast<void *>(static_cast<uintptr_t>(high) << 16 << 16 | low));
    abort();
}

} // namespace
#endif

Fiber::Fiber() {
#if defined(__SANITIZE_ADDRESS__)
    pthread_attr_t attributes;
    void *base;
    pthread_getattr_np(pthread_self(), &attributes);
    pthread_attr_getstack(&attributes, &base, &size);
    pthread_attr_destroy(&attributes);
    stack = static_cast<char *>(base);
#endif
}

Fiber::Fiber(Body body, void *argument) : body(body), argument(argument), size(STACK) {
    size_t page = static_cast<size_t>(sysconf(_SC_PAGESIZE));
    void *memory = mmap(nullptr, STACK + page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (memory == MAP_FAILED || mprotect(memory, page, PROT_NONE) != 0) {
        fprintf(stderr, "saryu_emulated: no memory for the stack of a thread of a block\n");
        abort();
    }
    stack = static_cast<char *>(memory) + page;
    restart();
}

Fiber::~Fiber() {
    if (body != nullptr) {
        size_t page = static_cast<size_t>(sysconf(_SC_PAGESIZE));
        munmap(stack - page, size + page);
    }
}

void Fiber::restart() {
#if defined(__SANITIZE_ADDRESS__)
    __asan_unpoison_memory_region(stack, size);
    fake_stack = nullptr;
#endif
#if defined(__x86_64__)
    /* The stack that saryu_switch_stack expects: r15 r14 r13 r12 rbx rbp, then where to go,
     * which leaves it aligned to 16 bytes for a call. */
    void **at = reinterpret_cast<void **>(stack + size) - 9;
    at[0] = at[1] = at[2] = at[5] = at[7] = at[8] = nullptr;
    at[3] = argument;
    at[4] = reinterpret_cast<void *>(body);
    at[6] = reinterpret_cast<void *>(saryu_start_fiber);
    top = at;
#else
    getcontext(&context);
    context.uc_stack.ss_sp = stack;
    context.uc_stack.ss_size = size;
    context.uc_link = nullptr;
    auto a = reinterpret_cast<uintptr_t>(argument), b = reinterpret_cast<uintptr_t>(body);
    makecontext(&context, reinterpret_cast<void (*)()>(start), 4, static_cast<unsigned>(a),
                static_cast<unsigned>(a >> 16 >> 16), static_cast<unsigned>(b), static_cast<unsigned>(b >> 16 >> 16));
#endif
}

void Fiber::switch_to(Fiber &to) {
#if defined(__SANITIZE_ADDRESS__)
    __sanitizer_start_switch_fiber(&fake_stack, to.stack, to.size);
#endif
#if defined(__x86_64__)
    saryu_switch_stack(&top, to.top);
#else
    swapcontext(&context, &to.context);
#endif
#if defined(__SANITIZE_ADDRESS__)
    __sanitizer_finish_switch_fiber(fake_stack, nullptr, nullptr);
#endif
}

void Fiber::entered() {
#if defined(__SANITIZE_ADDRESS__)
    __sanitizer_finish_switch_fiber(nullptr, nullptr, nullptr);
#endif
}

} // namespace saryu
