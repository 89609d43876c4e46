#include "launch.h"

#include "runner.h"

#include <atomic>
#include <condition_variable>
#include <mutex>
#include <thread>

namespace saryu {
namespace {

Index3 at(const Launch &launch, unsigned long long i) {
    const Index3 &g = launch.grid;
    if (launch.reverse) {
        i = static_cast<unsigned long long>(g.x) * g.y * g.z - 1 - i;
    }
    return {static_cast<unsigned>(i % g.x), static_cast<unsigned>(i / g.x % g.y),
            static_cast<unsigned>(i / g.x / g.y)};
}

/* The blocks of one launch, taken one by one. */
struct Work {
    explicit Work(const Launch &launch)
        : launch(launch), blocks(static_cast<unsigned long long>(launch.grid.x) * launch.grid.y * launch.grid.z) {
    }

    void take(BlockRunner &runner) {
        for (unsigned long long i; (i = next.fetch_add(1)) < blocks;) {
            Fault f;
            if (!runner.run(launch, at(launch, i), f)) {
                next = blocks;
                std::lock_guard<std::mutex> hold(lock);
                if (fault.error == 0) {
                    fault = f;
                }
            }
        }
    }

    const Launch &launch;
    unsigned long long blocks;
    std::atomic<unsigned long long> next{0};
    std::mutex lock;
    Fault fault;
};

/* A second processor, for whichever launch asks first; the others go without. */
class Helper {
  public:
    bool lend(Work &w) {
        std::unique_lock<std::mutex> hold(lock);
        if (work != nullptr || std::thread::hardware_concurrency() < 2) {
            return false;
        }
        if (!started) {
            std::thread([this] { run(); }).detach();
            started = true;
        }
        work = &w;
        changed.notify_all();
        return true;
    }

    void take_back() {
        std::unique_lock<std::mutex> hold(lock);
        while (work != nullptr) {
            changed.wait(hold);
        }
    }

  private:
    void run() {
        BlockRunner runner;
        std::unique_lock<std::mutex> hold(lock);
        while (true) {
            while (work == nullptr) {
                changed.wait(hold);
            }
            hold.unlock();
            work->take(runner);
            hold.lock();
            work = nullptr;
            changed.notify_all();
        }
    }

    std::mutex lock;
    std::condition_variable changed;
    Work *work = nullptr;
    bool started = false;
};

Helper &helper() {
    static Helper *h = new Helper; /* outlives every thread */
    return *h;
}

} // namespace

Fault run(const Launch &launch, BlockRunner &runner) {
    Work work(launch);
    bool helped = work.blocks > 1 && helper().lend(work);
    work.take(runner);
    if (helped) {
        helper().take_back();
    }
    return work.fault;
}

} // namespace saryu
