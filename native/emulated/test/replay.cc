/*
 * usage: saryu_emulated_replay FOLDER | --planted
 * Runs every recorded launch in both orders, in memory of exactly the size that it had, and compares what the two orders
 * leave in memory. --planted reads past the end of memory, which AddressSanitizer must not let pass.
 */
#include "memory.h"
#include "record.h"
#include "runner.h"

#include <algorithm>
#include <cstdio>
#include <cstring>
#include <dirent.h>
#include <map>
#include <set>

using namespace saryu;

namespace {

int failures = 0;

void wrong(const RecordedLaunch &l, const std::string &what) {
    fprintf(stderr, "%s of %s: %s\n", l.kernel.c_str(), l.module.c_str(), what.c_str());
    failures++;
}

/* What its memory holds afterwards; empty when it failed. */
std::vector<std::string> run(const RecordedLaunch &l, const Kernel &k, bool reverse) {
    std::vector<char *> memory;
    for (const RecordedMemory &m : l.memory) {
        memory.push_back(static_cast<char *>(allocate(0, m.bytes.size())));
        memcpy(memory.back(), m.bytes.data(), m.bytes.size());
    }
    std::vector<uint64_t> values = l.values;
    std::vector<void *> arguments(values.size());
    for (size_t i = 0; i < values.size(); i++) {
        arguments[i] = &values[i];
        for (size_t m = 0; k.arguments[i] == Kind::POINTER && m < l.memory.size(); m++) {
            uintptr_t offset = l.values[i] - l.memory[m].address;
            if (l.values[i] >= l.memory[m].address && offset <= l.memory[m].bytes.size()) {
                values[i] = reinterpret_cast<uint64_t>(memory[m]) + offset;
            }
        }
    }
    BlockRunner runner;
    auto ranges = accessible(0);
    Fault f = saryu::run({&k, l.grid, l.threads, l.shared, arguments.data(), reverse, ranges.get()}, runner);
    if (f.error == 0) {
        f = check_guards(0, k.name);
    }
    if (f.error != 0) {
        wrong(l, f.text);
    }
    std::vector<std::string> after;
    for (size_t m = 0; m < memory.size(); m++) {
        after.emplace_back(memory[m], l.memory[m].bytes.size());
        release(0, memory[m]);
    }
    return after;
}

int planted() {
    const Kernel *k = find_module("planted.cu")->kernel("peek");
    RecordedLaunch l{"planted.cu", "peek", {1, 1, 1}, {1, 1, 1}, 0, {4096, 10}, {{4096, std::string(40, 0)}}};
    run(l, *k, false);
    fprintf(stderr, "nobody saw a read past the end\n");
    return 2;
}

} // namespace

int main(int count, char **arguments) {
    if (count == 2 && strcmp(arguments[1], "--planted") == 0) {
        return planted();
    }
    DIR *folder = count == 2 ? opendir(arguments[1]) : nullptr;
    if (folder == nullptr) {
        fprintf(stderr, "usage: saryu_emulated_replay FOLDER | --planted\n");
        return 2;
    }
    std::vector<std::string> files;
    while (dirent *entry = readdir(folder)) {
        std::string name = entry->d_name;
        if (name.size() > 7 && name.compare(name.size() - 7, 7, ".launch") == 0) {
            files.push_back(std::string(arguments[1]) + "/" + name);
        }
    }
    closedir(folder);
    std::sort(files.begin(), files.end());
    std::set<std::string> seen, names;
    for (const std::string &file : files) {
        std::string problem;
        auto l = read_launch(file, &problem);
        const Module *m = l == nullptr ? nullptr : find_module(l->module);
        const Kernel *k = m == nullptr ? nullptr : m->kernel(l->kernel);
        if (k == nullptr || k->arguments.size() != l->values.size()) {
            fprintf(stderr, "%s\n", l == nullptr ? problem.c_str() : (file + " is of no kernel that is compiled in").c_str());
            failures++;
            continue;
        }
        seen.insert(l->module + " " + l->kernel);
        names.insert(l->kernel);
        if (run(*l, *k, false) != run(*l, *k, true)) {
            wrong(*l, "the order of threads and blocks changes the result");
        }
    }
    printf("%zu launches of %zu kernels\n", files.size(), seen.size());
    for (const Module *m : modules()) {
        for (const Kernel &k : m->kernels) {
            if (m->key != "planted.cu" && seen.count(m->key + " " + k.name) == 0) {
                printf("never launched%s: %s of %s\n", names.count(k.name) == 0 ? "" : " in this variant", k.name.c_str(),
                       m->key.c_str());
            }
        }
    }
    return failures == 0 ? 0 : 1;
}
