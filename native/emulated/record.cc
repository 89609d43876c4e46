#include "record.h"

#include "memory.h"

#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <map>
#include <mutex>
#include <set>
#include <unistd.h>

namespace saryu {
namespace {

const size_t MOST_OF_A_KERNEL = 6;
const size_t MOST_BYTES = 8 << 20; /* of memory for one launch */
const char MAGIC[] = "saryu launch 1\n";

void put(std::string &to, const void *p, size_t bytes) {
    to.append(static_cast<const char *>(p), bytes);
}

void put(std::string &to, uint64_t x) {
    put(to, &x, sizeof(x));
}

void put(std::string &to, const std::string &s) {
    put(to, static_cast<uint64_t>(s.size()));
    to += s;
}

void save(const RecordedLaunch &l, const std::string &file) {
    std::string out = MAGIC;
    put(out, l.module);
    put(out, l.kernel);
    for (uint64_t x : {l.grid.x, l.grid.y, l.grid.z, l.threads.x, l.threads.y, l.threads.z}) {
        put(out, x);
    }
    put(out, static_cast<uint64_t>(l.shared));
    put(out, static_cast<uint64_t>(l.values.size()));
    for (uint64_t v : l.values) {
        put(out, v);
    }
    put(out, static_cast<uint64_t>(l.memory.size()));
    for (const RecordedMemory &m : l.memory) {
        put(out, static_cast<uint64_t>(m.address));
        put(out, m.bytes);
    }
    FILE *f = fopen(file.c_str(), "wb");
    if (f == nullptr || fwrite(out.data(), 1, out.size(), f) != out.size() || fclose(f) != 0) {
        fprintf(stderr, "saryu_emulated: cannot write %s\n", file.c_str());
        abort();
    }
}

struct Reader {
    std::string text;
    size_t at = 0;
    bool good = true;

    uint64_t number() {
        uint64_t x = 0;
        good = good && text.size() - at >= sizeof(x);
        if (good) {
            memcpy(&x, &text[at], sizeof(x));
            at += sizeof(x);
        }
        return x;
    }

    std::string string() {
        uint64_t size = number();
        good = good && text.size() - at >= size;
        std::string s = good ? text.substr(at, size) : "";
        at += s.size();
        return s;
    }
};

} // namespace

void record_launch(int device, const Kernel &kernel, Index3 grid, Index3 threads, size_t shared,
                   const std::vector<uint64_t> &values) {
    static const char *folder = getenv("SARYU_EMULATED_RECORD");
    if (folder == nullptr || *folder == 0) {
        return;
    }
    RecordedLaunch l{kernel.module->key, kernel.name, grid, threads, shared, values, {}};
    std::string shape = format("%u %u %u %u", grid.x, grid.y, threads.x, static_cast<unsigned>(shared));
    size_t bytes = 0;
    std::set<uintptr_t> seen;
    for (size_t i = 0; i < values.size(); i++) {
        Range r = {0, 0};
        bool pointer = kernel.arguments[i] == Kind::POINTER;
        if (pointer && allocation_of(device, values[i], &r) && seen.insert(r.begin).second) {
            bytes += r.end - r.begin;
            l.memory.push_back({r.begin, ""});
            if (bytes <= MOST_BYTES) {
                l.memory.back().bytes.assign(reinterpret_cast<const char *>(r.begin), r.end - r.begin);
            }
        }
        shape += !pointer ? format(" %llx", static_cast<unsigned long long>(values[i])) : values[i] == 0 ? " 0" : " p";
    }
    static std::mutex lock;
    static auto *known = new std::map<std::string, std::set<std::string>>;
    static int count = 0;
    std::lock_guard<std::mutex> hold(lock);
    std::set<std::string> &shapes = (*known)[l.module + " " + l.kernel];
    if (bytes <= MOST_BYTES && shapes.size() < MOST_OF_A_KERNEL && shapes.insert(shape).second) {
        save(l, format("%s/%d-%d.launch", folder, static_cast<int>(getpid()), count++));
    }
}

std::unique_ptr<RecordedLaunch> read_launch(const std::string &file, std::string *problem) {
    Reader r;
    FILE *f = fopen(file.c_str(), "rb");
    if (f != nullptr) {
        char piece[65536];
        for (size_t n; (n = fread(piece, 1, sizeof(piece), f)) > 0;) {
            r.text.append(piece, n);
        }
        fclose(f);
    }
    if (r.text.compare(0, sizeof(MAGIC) - 1, MAGIC) != 0) {
        *problem = file + " is no recorded launch";
        return nullptr;
    }
    r.at = sizeof(MAGIC) - 1;
    auto l = std::make_unique<RecordedLaunch>();
    l->module = r.string();
    l->kernel = r.string();
    unsigned *sides[] = {&l->grid.x, &l->grid.y, &l->grid.z, &l->threads.x, &l->threads.y, &l->threads.z};
    for (unsigned *side : sides) {
        *side = static_cast<unsigned>(r.number());
    }
    l->shared = r.number();
    for (uint64_t n = r.number(); n > 0 && r.good; n--) {
        l->values.push_back(r.number());
    }
    for (uint64_t n = r.number(); n > 0 && r.good; n--) {
        uintptr_t address = r.number();
        l->memory.push_back({address, r.string()});
    }
    if (!r.good || r.at != r.text.size()) {
        *problem = file + " was cut short";
        return nullptr;
    }
    return l;
}

} // namespace saryu
