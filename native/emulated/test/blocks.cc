/* Blocks, warps and their faults, launched without a driver in between. */
#include "check.h"
#include "runner.h"

#include <cmath>
#include <cstring>
#include <vector>

using namespace saryu;

namespace {

Fault launch(const char *module, const char *kernel, bool reverse, unsigned blocks, unsigned threads, size_t shared,
             std::vector<void *> arguments) {
    BlockRunner runner;
    const Module *m = find_module(module);
    const Kernel *k = m == nullptr ? nullptr : m->kernel(kernel);
    if (k == nullptr) {
        return {500, "no kernel " + std::string(kernel)};
    }
    return run({k, {blocks, 1, 1}, {threads, 1, 1}, shared, arguments.data(), reverse, nullptr}, runner);
}

const char *const BF16 = "blocks.cu SARYU_TYPE=1", *const F16 = "blocks.cu SARYU_TYPE=2";

void sums(bool reverse) {
    const unsigned blocks = 50;
    std::vector<float> x(blocks * 256), out(blocks, -1);
    for (size_t i = 0; i < x.size(); i++) {
        x[i] = static_cast<float>(i % 97);
    }
    float *px = x.data(), *po = out.data();
    Fault f = launch(BF16, "sums", reverse, blocks, 256, 0, {&px, &po});
    CHECK(f.error == 0, "%s", f.text.c_str());
    for (unsigned b = 0; b < blocks; b++) {
        float sum = 0;
        for (int i = 0; i < 256; i++) {
            sum += x[b * 256 + i];
        }
        CHECK(out[b] == sum, "block %u: %g, not %g", b, out[b], sum);
    }
}

std::vector<int> neighbours(bool reverse, int barrier) {
    std::vector<int> out(64, -5);
    int *po = out.data();
    Fault f = launch(BF16, "neighbours", reverse, 1, 64, 0, {&po, &barrier});
    CHECK(f.error == 0, "%s", f.text.c_str());
    return out;
}

void barriers() {
    std::vector<int> right = neighbours(false, 1);
    for (int i = 0; i < 64; i++) {
        CHECK(right[i] == (i + 1) % 64, "%d: %d", i, right[i]);
    }
    CHECK(neighbours(true, 1) == right);
    CHECK(neighbours(false, 0) != neighbours(true, 0), "a missing barrier is not seen");
}

/* What each thread found before the copies and, after the first 64, afterwards. */
std::vector<int> prefetch(bool reverse, int how, const char *wrong) {
    std::vector<int> out(128, -5), x(256 + 4);
    for (size_t i = 0; i < x.size(); i++) {
        x[i] = static_cast<int>(i);
    }
    int *po = out.data(), *px = x.data();
    px += (16 - reinterpret_cast<uintptr_t>(px) % 16) % 16 / 4;
    Fault f = launch(BF16, "prefetch", reverse, 1, 64, 1024, {&po, &px, &how});
    CHECK((f.error != 0) == (*wrong != 0) && says(f.text, wrong), "%s", f.text.c_str());
    for (int i = 0; i < 64 && how == 0; i++) {
        int next = (i + 1) % 64;
        CHECK(out[i] == -next && out[64 + i] == (next % 2 == 0 ? px[4 * next + 3] : 0), "%d: %d %d", i, out[i], out[64 + i]);
    }
    return out;
}

void asynchronous_copies() {
    prefetch(false, 0, "");
    prefetch(true, 0, "");
    CHECK(prefetch(false, 1, "") != prefetch(true, 1, ""), "a copy over what is still read is not seen");
    for (bool reverse : {false, true}) {
        prefetch(reverse, 2, "prefetch ended while asynchronous copies were under way");
        prefetch(reverse, 3, "prefetch ended while asynchronous copies were under way");
    }
}

void tile(const char *module, bool reverse, int one_bits) {
    std::vector<unsigned short> a(256 + 8), b(128 + 8);
    auto aligned = [](std::vector<unsigned short> &v) {
        return reinterpret_cast<unsigned short *>((reinterpret_cast<uintptr_t>(v.data()) + 15) & ~uintptr_t{15});
    };
    unsigned short *pa = aligned(a), *pb = aligned(b);
    /* Row r of a has a one in column (3 r + 1) % 16, so row r of d is row (3 r + 1) % 16 of b: 1 where it meets. */
    for (int r = 0; r < 16; r++) {
        pa[16 * r + (3 * r + 1) % 16] = static_cast<unsigned short>(one_bits);
    }
    for (int c = 0; c < 8; c++) {
        for (int k = 0; k < 16; k++) {
            pb[16 * c + k] = (k + c) % 3 == 0 ? static_cast<unsigned short>(one_bits) : 0;
        }
    }
    std::vector<float> d(128, -1);
    float *pd = d.data();
    Fault f = launch(module, "tile", reverse, 1, 32, 1024, {&pd, &pa, &pb});
    CHECK(f.error == 0, "%s", f.text.c_str());
    for (int r = 0; r < 16; r++) {
        for (int c = 0; c < 8; c++) {
            float want = ((3 * r + 1) % 16 + c) % 3 == 0;
            CHECK(d[8 * r + c] == want, "%s row %d column %d: %g, not %g", module, r, c, d[8 * r + c], want);
        }
    }
}

void divergence(bool reverse) {
    std::vector<int> out(64);
    int *po = out.data();
    const char *const parts[] = {"", "1 have ended", "have diverged", "have diverged", "have diverged"};
    for (int how = 0; how <= 4; how++) {
        Fault f = launch(BF16, "diverge", reverse, 1, 64, 0, {&po, &how});
        CHECK((f.error == 719) == (how > 0) && says(f.text, parts[how]) && (how == 0 || says(f.text, "blocks.cu:")),
              "%d: %d %s", how, f.error, f.text.c_str());
    }
    int how = 0;
    Fault f = launch(BF16, "diverge", reverse, 1, 48, 0, {&po, &how});
    CHECK(f.error == 719 && says(f.text, "whole warps"), "%s", f.text.c_str());
}

void memory(bool reverse) {
    std::vector<float> out(30, 0);
    float *po = out.data();
    int n = 10;
    Fault f = launch(BF16, "fresh", reverse, 10, 32, 40, {&po, &n});
    CHECK(f.error == 0, "%s", f.text.c_str());
    for (float x : out) {
        CHECK(std::isnan(x), "shared memory held %g", x);
    }
    f = launch(BF16, "past_the_end", reverse, 1, 1, 40, {&n});
    CHECK(f.error == 700 && says(f.text, "past_the_end wrote past the 40 bytes"), "%s", f.text.c_str());
    f = launch(BF16, "unaligned", reverse, 1, 1, 0, {&po, &po});
    CHECK(f.error == 716 && says(f.text, "not aligned"), "%s", f.text.c_str());
}

void numbers() {
    for (const char *module : {BF16, F16}) {
        std::vector<unsigned short> all(65536), back(65536);
        std::vector<float> wide(65536);
        for (int i = 0; i < 65536; i++) {
            all[i] = static_cast<unsigned short>(i);
        }
        unsigned short *pa = all.data(), *pb = back.data();
        float *pw = wide.data();
        long long n = 65536;
        CHECK(launch(module, "widening", false, 1, 32, 0, {&pa, &pw, &n}).error == 0);
        CHECK(launch(module, "rounding", false, 1, 32, 0, {&pw, &pb, &n}).error == 0);
        int mantissa = module == BF16 ? 7 : 10;
        for (int i = 0; i < 65536; i++) {
            CHECK(std::isnan(wide[i]) ? (back[i] & 0x7fff) > ((0x7fff >> mantissa) << mantissa) : back[i] == i,
                  "%s: %04x became %g and %04x", module, i, wide[i], back[i]);
        }
        /* Halfway between neighbours to the even one, a little more or less to the nearer one. */
        const int finite = ((0x7fff >> mantissa) << mantissa) - 1;
        std::vector<float> x;
        std::vector<int> want;
        for (int i = 0; i < finite; i++) {
            float middle = static_cast<float>((static_cast<double>(wide[i]) + wide[i + 1]) / 2);
            x.insert(x.end(), {middle, std::nextafter(middle, -1.0f), std::nextafter(middle, INFINITY)});
            want.insert(want.end(), {i + (i & 1), i, i + 1});
        }
        std::vector<unsigned short> out(x.size());
        float *px = x.data();
        unsigned short *po = out.data();
        n = static_cast<long long>(x.size());
        CHECK(launch(module, "rounding", false, 1, 32, 0, {&px, &po, &n}).error == 0);
        for (size_t i = 0; i < x.size(); i++) {
            CHECK(out[i] == want[i], "%s: %.9g became %04x, not %04x", module, x[i], out[i], want[i]);
        }
    }
}

} // namespace

void test_blocks() {
    for (bool reverse : {false, true}) {
        sums(reverse);
        tile(BF16, reverse, 0x3f80);
        tile(F16, reverse, 0x3c00);
        divergence(reverse);
        memory(reverse);
    }
    barriers();
    asynchronous_copies();
    numbers();
}
