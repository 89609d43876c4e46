#include "registry.h"

#include <cstdio>
#include <cstdlib>
#include <map>

namespace saryu {
namespace {

/* Constructors of other files run in any order. */
std::map<std::string, Module *> &table() {
    static std::map<std::string, Module *> modules;
    return modules;
}

[[noreturn]] void broken(const std::string &text) {
    fprintf(stderr, "saryu_emulated: %s\n", text.c_str());
    abort();
}

} // namespace

Module::Module(const char *key, const char *source, const char *source_end, const char *shared, const char *shared_end)
    : key(key), source(source, source_end), shared(shared), shared_end(shared_end) {
    if (!table().emplace(key, this).second) {
        broken("the module \"" + this->key + "\" is there twice: see native/cuda/variants.cmake");
    }
}

const Kernel *Module::kernel(const std::string &name) const {
    for (const Kernel &k : kernels) {
        if (k.name == name) {
            return &k;
        }
    }
    return nullptr;
}

void Export::add(Module &module, Kernel kernel) {
    if (module.bounds.empty()) {
        broken("SARYU_EXPORT(" + kernel.name + ") of \"" + module.key + "\" does not follow a SARYU_KERNEL");
    }
    kernel.max_threads = module.bounds.front();
    module.bounds.erase(module.bounds.begin());
    module.kernels.push_back(std::move(kernel));
}

const Module *find_module(const std::string &key) {
    auto found = table().find(key);
    return found == table().end() ? nullptr : found->second;
}

std::vector<const Module *> modules() {
    std::vector<const Module *> all;
    for (const auto &entry : table()) {
        all.push_back(entry.second);
    }
    return all;
}

} // namespace saryu
