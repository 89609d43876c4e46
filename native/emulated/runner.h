/* The scheduler of one block at a time, on one thread of the processor at a time. */
#pragma once

#include "fiber.h"
#include "launch.h"

#include <memory>

namespace saryu {

class BlockRunner {
  public:
    BlockRunner();
    ~BlockRunner();

    /* Has to be told when another thread of the processor goes on with it. */
    void moved();
    /* Runs the block with this index; false when a fault ended it. */
    bool run(const Launch &launch, Index3 block, Fault &fault);

    /* The rest is called by the lane that runs. */
    void barrier(Lane *me, bool predicate, Place place);
    bool any() const {
        return barrier_any;
    }
    void warp_call(Lane *me, Words &words, void (*together)(const Words *, Words *), const void *kind, Place place);
    void *dynamic_shared();
    void copy_later(Lane *me, void *to, const void *from);
    void commit_copies(Lane *me);
    void wait_copies(Lane *me, int under_way);
    [[noreturn]] void fail(int error, std::string text);
    void check_access(const void *p, size_t bytes, const char *what, Place place);
    void check_shared(const void *p, size_t bytes, const char *what, Place place);

  private:
    struct Warp {
        unsigned ready = 0, waiting = 0; /* lanes that may run; lanes at a warp's primitive */
        Words in[32], out[32];
        Place place;
        const void *kind;
    };
    struct Copy {
        void *to; /* null: it was made at once */
        const void *from;
    };
    struct State { /* of a lane, beside what kernels see */
        Fiber *fiber = nullptr;
        Place barrier;
        std::vector<Copy> copies;
        std::vector<size_t> groups; /* how many copies each committed group holds */
        size_t open = 0;            /* copies since the last commit */
    };

    static void body(void *runner);
    void run_lanes(Fiber *self);
    Lane *next();
    Lane *pick(unsigned warp);
    void wait(Lane *me);
    Fiber &enter(Lane *to);
    Lane *release_barrier();
    std::string where(const Lane *l) const;
    void diverged();
    void prepare(const Launch &launch, Index3 block);
    bool in_shared(uintptr_t from, uintptr_t to) const;
    bool guard_is_whole();

    Fiber host;
    std::vector<std::unique_ptr<Fiber>> fibers;
    std::vector<Fiber *> idle;
    std::vector<Lane> lanes;
    std::vector<State> states;
    std::vector<Warp> warps;
    std::vector<char> dynamic;
    BlockView view;
    const Launch *launch = nullptr;
    Fault *fault_out = nullptr;
    unsigned count = 0, warp_count = 0, warp_now = 0, at_barrier = 0, finished = 0;
    Lane *first_at_barrier = nullptr;
    bool barrier_any = false, barrier_gathering = false;
    Lane *starting = nullptr;
    bool failed = false;
    Range last_access = {0, 0};
    const Module *module = nullptr;
    char *shared = nullptr, *shared_end = nullptr;
    char *other_shared = nullptr, *other_shared_end = nullptr;
};

/* A runner for as long as this lives. Their fibers are costly to make, so they are kept. */
class RunnerLease {
  public:
    RunnerLease();
    ~RunnerLease();
    RunnerLease(const RunnerLease &) = delete;
    RunnerLease &operator=(const RunnerLease &) = delete;
    BlockRunner &operator*() {
        return *runner;
    }

  private:
    BlockRunner *runner;
};

} // namespace saryu
