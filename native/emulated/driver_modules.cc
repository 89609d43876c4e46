/* Modules, functions and launches, as the driver's interface has them. */
#include "compiled.h"
#include "memory.h"
#include "record.h"
#include "runner.h"
#include "streams.h"

#include <cstring>
#include <map>
#include <memory>
#include <mutex>
#include <set>

using namespace saryu;

namespace {

struct Function {
    const Kernel *kernel;
    int device;
    size_t shared_allowed = SHARED_WITHOUT_ASKING;
};

struct Loaded {
    const Module *module;
    int device;
    std::map<std::string, std::unique_ptr<Function>> functions;
};

std::mutex lock;
std::set<Loaded *> loaded;
std::set<Function *> functions;

/* The function, which must be of this context's device. */
Function *known(Function *f, const Context *c, int *error) {
    std::lock_guard<std::mutex> hold(lock);
    *error = functions.count(f) == 0 ? fail(INVALID_HANDLE, "%p is no function of a loaded module", static_cast<void *>(f))
             : c != nullptr && f->device != c->device
                 ? fail(INVALID_HANDLE, "%s was loaded on cuda:%d, and the current context is of cuda:%d",
                        f->kernel->name.c_str(), f->device, c->device)
                 : SUCCESS;
    return *error == SUCCESS ? f : nullptr;
}

std::string title(const Kernel &k) {
    return "kernel " + k.name + " (" + k.module->key + ")";
}

Fault check_grid(const Kernel &k, Index3 grid, Index3 threads, size_t shared, size_t allowed) {
    unsigned long long count = static_cast<unsigned long long>(threads.x) * threads.y * threads.z;
    const char *name = k.name.c_str();
    if (grid.x == 0 || grid.y == 0 || grid.z == 0 || count == 0) {
        return make_fault(INVALID_VALUE, "%s: a grid or a block of size 0", name);
    }
    if (grid.x > 2147483647u || grid.y > 65535 || grid.z > 65535) {
        return make_fault(INVALID_VALUE, "%s: a grid of %u x %u x %u blocks", name, grid.x, grid.y, grid.z);
    }
    if (count > 1024 || threads.z > 64) {
        return make_fault(INVALID_VALUE, "%s: blocks of %u x %u x %u threads", name, threads.x, threads.y, threads.z);
    }
    if (count > k.max_threads) {
        return make_fault(LAUNCH_OUT_OF_RESOURCES, "%s: blocks of %llu threads, and it is bound to %u", name, count, k.max_threads);
    }
    if (shared > allowed) {
        return make_fault(INVALID_VALUE, "%s: %zu bytes of dynamic shared memory, and %zu are allowed", name, shared, allowed);
    }
    return {};
}

/* A launch with its arguments, which the caller's memory need not keep. */
struct Call {
    const Kernel *kernel;
    int device;
    Index3 grid, threads;
    size_t shared;
    std::vector<uint64_t> values;

    Fault check() const {
        for (size_t i = 0; i < values.size(); i++) {
            if (kernel->arguments[i] == Kind::POINTER) {
                Fault f = check_argument(device, reinterpret_cast<const void *>(values[i]),
                                         title(*kernel) + ", argument " + std::to_string(i));
                if (f.error != 0) {
                    return f;
                }
            }
        }
        return {};
    }

    Fault run(BlockRunner &runner) const {
        std::vector<void *> arguments(values.size());
        for (size_t i = 0; i < values.size(); i++) {
            arguments[i] = const_cast<uint64_t *>(&values[i]);
        }
        auto memory = accessible(device);
        record_launch(device, *kernel, grid, threads, shared, values);
        Fault f = saryu::run({kernel, grid, threads, shared, arguments.data(), reverse_order(), memory.get()}, runner);
        if (f.error != 0) {
            return {f.error, title(*kernel) + ": " + f.text};
        }
        return check_guards(device, title(*kernel));
    }
};

} // namespace

SARYU_API int cuModuleLoadData(Loaded **module, const void *image) {
    int error;
    Context *c = current(&error);
    if (c == nullptr || (error = refuse_in_capture("cuModuleLoadData")) != SUCCESS) {
        return error;
    }
    int target = 0;
    std::string problem;
    const Module *m = module_of(static_cast<const char *>(image), &target, &problem);
    if (m == nullptr) {
        return fail(INVALID_IMAGE, "%s", problem.c_str());
    }
    if (target > architecture()) {
        return fail(NO_BINARY_FOR_GPU, "compiled for sm_%d, and the device is sm_%d", target, architecture());
    }
    *module = new Loaded{m, c->device, {}};
    std::lock_guard<std::mutex> hold(lock);
    loaded.insert(*module);
    return SUCCESS;
}

SARYU_API int cuModuleUnload(Loaded *module) {
    std::lock_guard<std::mutex> hold(lock);
    if (loaded.erase(module) == 0) {
        return fail(INVALID_HANDLE, "%p is no module, or was unloaded", static_cast<void *>(module));
    }
    for (auto &f : module->functions) {
        functions.erase(f.second.get());
    }
    delete module;
    return SUCCESS;
}

SARYU_API int cuModuleGetFunction(Function **function, Loaded *module, const char *name) {
    std::lock_guard<std::mutex> hold(lock);
    if (loaded.count(module) == 0) {
        return fail(INVALID_HANDLE, "%p is no module, or was unloaded", static_cast<void *>(module));
    }
    const Kernel *k = module->module->kernel(name);
    if (k == nullptr) {
        return fail(NOT_FOUND, "%s exports no kernel %s", module->module->key.c_str(), name);
    }
    auto &f = module->functions[name];
    if (f == nullptr) {
        f.reset(new Function{k, module->device});
        functions.insert(f.get());
    }
    *function = f.get();
    return SUCCESS;
}

SARYU_API int cuFuncGetAttribute(int *value, int attribute, Function *function) {
    int error;
    Function *f = known(function, nullptr, &error);
    if (f == nullptr) {
        return error;
    }
    switch (attribute) { /* CUfunction_attribute */
    case 0: *value = static_cast<int>(f->kernel->max_threads); break;
    case 1: case 2: case 3: case 4: *value = 0; break; /* shared, constant, local bytes and registers: unknown */
    case 8: *value = static_cast<int>(f->shared_allowed); break;
    default: return fail(INVALID_VALUE, "function attribute %d is not emulated", attribute);
    }
    return SUCCESS;
}

SARYU_API int cuFuncSetAttribute(Function *function, int attribute, int value) {
    int error;
    Context *c = current_even_failed(&error);
    Function *f = c == nullptr ? nullptr : known(function, c, &error);
    if (f == nullptr) {
        return error;
    }
    if (attribute == 9) { /* how to share L1: a hint */
        return SUCCESS;
    }
    if (attribute != 8 || value < 0 || static_cast<size_t>(value) > MOST_SHARED) {
        return fail(INVALID_VALUE, "%s: %d bytes of dynamic shared memory, and a block has %zu", f->kernel->name.c_str(), value,
                    MOST_SHARED);
    }
    f->shared_allowed = static_cast<size_t>(value);
    return SUCCESS;
}

/* Since CUDA 12.4: where an argument lies among all, and its size. */
SARYU_API int cuFuncGetParamInfo(Function *function, size_t index, size_t *offset, size_t *size) {
    int error;
    Function *f = known(function, nullptr, &error);
    if (f == nullptr) {
        return error;
    }
    if (index >= f->kernel->arguments.size()) {
        return fail(INVALID_VALUE, "%s has %zu arguments", f->kernel->name.c_str(), f->kernel->arguments.size());
    }
    *offset = 0;
    for (size_t i = 0; i <= index; i++) {
        Kind k = f->kernel->arguments[i];
        size_t bytes = k == Kind::INT32 || k == Kind::FLOAT32 ? 4 : 8;
        *offset = (*offset + bytes - 1) / bytes * bytes;
        if (i < index) {
            *offset += bytes;
        } else if (size != nullptr) {
            *size = bytes;
        }
    }
    return SUCCESS;
}

SARYU_API int cuLaunchKernel(Function *function, unsigned gx, unsigned gy, unsigned gz, unsigned bx, unsigned by, unsigned bz,
                             unsigned shared, Stream *handle, void **arguments, void **extra) {
    int error;
    Context *c = current(&error);
    Function *f = c == nullptr ? nullptr : known(function, c, &error);
    Stream *s = f == nullptr ? nullptr : resolve(c, handle, &error);
    if (s == nullptr) {
        return error;
    }
    const Kernel &k = *f->kernel;
    Fault wrong = check_grid(k, {gx, gy, gz}, {bx, by, bz}, shared, f->shared_allowed);
    if (wrong.error != 0) {
        return fail(wrong);
    }
    if (extra != nullptr || (arguments == nullptr && !k.arguments.empty())) {
        return fail(INVALID_VALUE, "%s: arguments are given by their addresses", k.name.c_str());
    }
    auto call = std::make_shared<Call>(Call{&k, c->device, {gx, gy, gz}, {bx, by, bz}, shared, {}});
    for (size_t i = 0; i < k.arguments.size(); i++) {
        uint64_t value = 0;
        memcpy(&value, arguments[i], k.arguments[i] == Kind::INT32 || k.arguments[i] == Kind::FLOAT32 ? 4 : 8);
        call->values.push_back(value);
    }
    return issue(s, {title(k), [call] { return call->check(); }, [call](BlockRunner &r) { return call->run(r); }});
}
