/* The kernels that were compiled in: one module per .cu file and set of defines. */
#pragma once

#include <cstddef>
#include <string>
#include <utility>
#include <vector>

namespace saryu {

enum class Kind : char { POINTER, INT64, INT32, FLOAT32, FLOAT64 };

struct Kernel {
    std::string name;
    std::vector<Kind> arguments;
    void (*function)();
    void (*call)(void (*function)(), void *const *arguments);
    unsigned max_threads;
    const struct Module *module;
};

struct Module {
    Module(const char *key, const char *source, const char *source_end, const char *shared, const char *shared_end);
    const Kernel *kernel(const std::string &name) const;

    std::string key; /* file name, then the defines in order: "rms_norm.cu SARYU_TYPE=1" */
    std::string source;
    const char *shared, *shared_end; /* its SHARED variables in the image of thread-local memory, or null */
    std::vector<Kernel> kernels;
    std::vector<unsigned> bounds; /* of kernels that are defined and not exported yet */
};

const Module *find_module(const std::string &key);
std::vector<const Module *> modules();
/* A header that kernels include, as it was compiled in; null if there is none of that name. */
const std::string *find_header(const std::string &name);

template <typename T> constexpr Kind kind_of() {
    if (std::is_pointer<T>::value) {
        return Kind::POINTER;
    }
    if (std::is_same<T, float>::value) {
        return Kind::FLOAT32;
    }
    if (std::is_same<T, double>::value) {
        return Kind::FLOAT64;
    }
    static_assert(std::is_pointer<T>::value || std::is_same<T, float>::value || std::is_same<T, double>::value ||
                      std::is_same<T, int>::value || std::is_same<T, long long>::value,
                  "a kernel's arguments are pointers, long long, int, float or double");
    return std::is_same<T, int>::value ? Kind::INT32 : Kind::INT64;
}

struct Bounds {
    Bounds(Module &module, unsigned threads) {
        module.bounds.push_back(threads);
    }
};

struct Export {
    template <typename... A> Export(Module &module, const char *name, void (*function)(A...)) {
        add(module, {name, {kind_of<A>()...}, reinterpret_cast<void (*)()>(function), call<A...>, 0, &module});
    }

  private:
    static void add(Module &module, Kernel kernel);

    template <typename... A> static void call(void (*function)(), void *const *arguments) {
        call_with<A...>(function, arguments, std::index_sequence_for<A...>());
    }

    template <typename... A, size_t... I>
    static void call_with(void (*function)(), void *const *arguments, std::index_sequence<I...>) {
        reinterpret_cast<void (*)(A...)>(function)(*static_cast<std::remove_const_t<A> *>(arguments[I])...);
    }
};

} // namespace saryu
