/* The driver's stand-in: memory, streams, events, graphs, launches, and what it refuses. */
#include "driver.h"

#include "check.h"

#include <cstring>
#include <string>
#include <vector>

namespace {

extern "C" const char planted_source[], planted_source_end[], planted_device_h[], planted_device_h_end[];

void *contexts[2];
FunctionHandle set_fn, append_fn, wait_fn, bounded_fn, read_past_fn;

std::string image(const std::string &source, const std::string &header, int expected, const char *part) {
    void *program = nullptr;
    const char *h = header.c_str(), *name = "device.h";
    OK(nvrtcCreateProgram(&program, source.c_str(), "planted.cu", 1, &h, &name));
    const char *options[] = {"--std=c++17", "-DSARYU_SM=80", "--gpu-architecture=sm_80"};
    EXPECT(expected, part, nvrtcCompileProgram(program, 3, options));
    std::string code;
    if (expected == 0) {
        size_t size = 0;
        OK(nvrtcGetCUBINSize(program, &size));
        code.resize(size);
        OK(nvrtcGetCUBIN(program, &code[0]));
    } else {
        size_t size = 0;
        OK(nvrtcGetProgramLogSize(program, &size));
        std::string log(size, 0);
        OK(nvrtcGetProgramLog(program, &log[0]));
        CHECK(says(log, part), "%s", log.c_str());
    }
    OK(nvrtcDestroyProgram(&program));
    return code;
}

int launch(FunctionHandle f, StreamHandle s, std::vector<void *> arguments, unsigned threads = 1, unsigned shared = 0,
           unsigned grid_y = 1) {
    return cuLaunchKernel(f, 1, grid_y, 1, threads, 1, 1, shared, s, arguments.data(), nullptr);
}

int set(StreamHandle s, Address p, int index, int value) {
    return launch(set_fn, s, {&p, &index, &value});
}

int append(StreamHandle s, Address p, int digit) {
    return launch(append_fn, s, {&p, &digit});
}

int get(Address p) {
    int value = -1;
    OK(cuMemcpyDtoHAsync_v2(&value, p, 4, nullptr));
    return value;
}

Address alloc(size_t bytes) {
    Address p = 0;
    OK(cuMemAlloc_v2(&p, bytes));
    CHECK(p % 256 == 0 && p != 0);
    return p;
}

void modules() {
    std::string source(planted_source, planted_source_end), header(planted_device_h, planted_device_h_end);
    image(source + " ", header, 6, "not the source");
    image(source, header + " ", 6, "not the header");
    std::string code = image(source, header, 0, "");
    void *module = nullptr;
    std::string other = code;
    other.replace(other.find("\n80\n") + 4, 4, "0000");
    EXPECT(200, "another build", cuModuleLoadData(&module, other.c_str()));
    OK(cuModuleLoadData(&module, code.c_str()));
    OK(cuModuleGetFunction(&set_fn, module, "set"));
    OK(cuModuleGetFunction(&append_fn, module, "append"));
    OK(cuModuleGetFunction(&wait_fn, module, "wait_for_host"));
    OK(cuModuleGetFunction(&bounded_fn, module, "bounded"));
    OK(cuModuleGetFunction(&read_past_fn, module, "read_past"));
    EXPECT(500, "no kernel missing", cuModuleGetFunction(&set_fn, module, "missing"));
}

void memory(StreamHandle s) {
    size_t free = 0, total = 0, after = 0;
    OK(cuMemGetInfo_v2(&free, &total));
    Address p = alloc(40), q = alloc(40);
    OK(cuMemGetInfo_v2(&after, &total));
    CHECK(free - after == 80 && total == 1 << 20, "%zu of %zu", free - after, total);
    CHECK(get(p) == -1, "memory is not poisoned: %d", get(p));
    Address none = 0;
    EXPECT(2, "more than", cuMemAlloc_v2(&none, 1 << 20));
    EXPECT(1, "0 bytes", cuMemAlloc_v2(&none, 0));

    OK(set(s, p, 9, 7));
    OK(cuStreamSynchronize(s));
    OK(set(s, p, 10, 7)); /* the planted write past the end, and one before the start */
    EXPECT(700, "kernel set (planted.cu) wrote past the end, at byte 40, of the 40 bytes", cuStreamSynchronize(s));
    OK(set(s, p, -1, 7));
    EXPECT(700, "kernel set (planted.cu) wrote 4 bytes before the start", cuStreamSynchronize(s));
    OK(cuStreamSynchronize(s));
    int n = 40;
    OK(launch(read_past_fn, s, {&p, &n}));
    EXPECT(700, "load16 at", cuStreamSynchronize(s));

    int x[20] = {0};
    EXPECT(700, "reach 8 bytes past the end", cuMemcpyHtoDAsync_v2(p, x, 48, s));
    EXPECT(700, "reach 4 bytes past the end", cuMemcpyDtoHAsync_v2(x, p + 8, 36, s));
    EXPECT(700, "is no memory of cuda:0", cuMemcpyHtoDAsync_v2(reinterpret_cast<Address>(x), x, 4, s));
    EXPECT(1, "said to be host memory", cuMemcpyDtoHAsync_v2(reinterpret_cast<void *>(p), q, 4, s));
    EXPECT(700, "past the end", cuMemsetD32Async(p, 0, 11, s));
    EXPECT(1, "not aligned", cuMemsetD32Async(p + 2, 0, 1, s));
    EXPECT(700, "argument 0", set(s, reinterpret_cast<Address>(x), 0, 1));

    OK(cuMemFree_v2(q));
    EXPECT(1, "was freed", cuMemFree_v2(q));
    EXPECT(1, "not the start", cuMemFree_v2(p + 4));
    EXPECT(700, "was freed", set(s, q, 0, 1));
    EXPECT(700, "was freed", cuMemsetD32Async(q, 0, 1, s));
    OK(cuMemFree_v2(p));
}

void limits(StreamHandle s) {
    Address p = alloc(4);
    double a = 2;
    long long n = 5;
    float b = 1.5f;
    std::vector<void *> arguments = {&p, &a, &n, &b};
    OK(launch(bounded_fn, s, arguments, 64, 48 << 10));
    float x = 0;
    OK(cuMemcpyDtoHAsync_v2(&x, p, 4, s));
    CHECK(x == 8, "%g", x);
    EXPECT(701, "bound to 64", launch(bounded_fn, s, arguments, 65, 4));
    EXPECT(1, "blocks of 2048", launch(set_fn, s, arguments, 2048));
    EXPECT(1, "size 0", launch(set_fn, s, arguments, 0));
    EXPECT(1, "a grid of", launch(set_fn, s, arguments, 1, 0, 65536));
    EXPECT(1, "49153 bytes of dynamic", launch(bounded_fn, s, arguments, 64, (48 << 10) + 1));
    EXPECT(1, "a block has", cuFuncSetAttribute(bounded_fn, 8, (99 << 10) + 1));
    OK(cuFuncSetAttribute(bounded_fn, 8, 99 << 10));
    OK(launch(bounded_fn, s, arguments, 64, 99 << 10));
    OK(cuStreamSynchronize(s));
    OK(cuMemFree_v2(p));
}

void other_device(StreamHandle s) {
    Address p = alloc(4);
    OK(cuCtxSetCurrent(contexts[1]));
    EXPECT(400, "the stream is of cuda:0", cuStreamSynchronize(s));
    StreamHandle t = nullptr;
    OK(cuStreamCreate(&t, 1));
    EXPECT(400, "was loaded on cuda:0", set(t, p, 0, 1));
    EXPECT(700, "not on cuda:1", cuMemsetD32Async(p, 0, 1, t));
    EventHandle e = nullptr;
    OK(cuEventCreate(&e, 2));
    OK(cuEventRecord(e, t));
    OK(cuCtxSetCurrent(contexts[0]));
    EXPECT(400, "the event is of cuda:1", cuEventRecord(e, s));
    OK(cuStreamWaitEvent(s, e, 0)); /* this one goes between devices */
    OK(cuStreamSynchronize(s));
    OK(cuStreamDestroy_v2(t));
    EXPECT(400, "no stream", cuStreamDestroy_v2(t));
    OK(cuEventDestroy_v2(e));
    OK(cuCtxSetCurrent(nullptr));
    EXPECT(201, "no context", cuMemFree_v2(p));
    OK(cuCtxSetCurrent(contexts[0]));
    OK(cuMemFree_v2(p));
}

void asynchrony(StreamHandle s) {
    StreamHandle t = nullptr;
    OK(cuStreamCreate(&t, 1));
    EventHandle e = nullptr;
    OK(cuEventCreate(&e, 2));
    void *pinned = nullptr;
    OK(cuMemAllocHost_v2(&pinned, 8));
    volatile int *flag = static_cast<int *>(pinned);
    flag[0] = 0;
    flag[1] = 1;
    Address p = alloc(4), f = reinterpret_cast<Address>(pinned);
    OK(cuMemsetD32Async(p, 0, 1, s));
    OK(launch(wait_fn, s, {&f}));
    OK(append(s, p, 1));
    OK(cuEventRecord(e, s));
    OK(cuStreamWaitEvent(t, e, 0));
    OK(cuMemcpyHtoDAsync_v2(p, const_cast<int *>(flag + 1), 4, t)); /* pinned: read when its turn comes */
    OK(append(t, p, 3));
    CHECK(cuStreamQuery(s) == 600 && cuStreamQuery(t) == 600 && cuEventQuery(e) == 600);
    flag[1] = 2;
    __atomic_store_n(const_cast<int *>(flag), 1, __ATOMIC_SEQ_CST);
    OK(cuEventSynchronize(e));
    OK(cuStreamSynchronize(t));
    OK(cuEventQuery(e));
    CHECK(get(p) == 23, "%d", get(p));
    OK(cuMemFreeHost(pinned));
    OK(cuMemFree_v2(p));
    OK(cuEventDestroy_v2(e));
    OK(cuStreamDestroy_v2(t));
}

void graphs(StreamHandle s, bool reverse) {
    StreamHandle t = nullptr;
    EventHandle fork = nullptr, join = nullptr;
    OK(cuStreamCreate(&t, 1));
    OK(cuEventCreate(&fork, 2));
    OK(cuEventCreate(&join, 2));
    Address p = alloc(8);
    OK(cuMemsetD32Async(p, 0, 2, s));
    OK(cuStreamSynchronize(s));

    void *graph = nullptr, *exec = nullptr;
    OK(cuStreamBeginCapture_v2(s, 1));
    OK(append(s, p, 1));
    OK(cuEventRecord(fork, s));
    OK(cuStreamWaitEvent(t, fork, 0));
    OK(append(s, p, 2)); /* independent of the next one: the order of the two may be either */
    OK(append(t, p, 3));
    OK(cuEventRecord(join, t));
    OK(cuStreamWaitEvent(s, join, 0));
    OK(append(s, p, 4));
    OK(cuStreamEndCapture(s, &graph));
    OK(cuGraphInstantiateWithFlags(&exec, graph, 0));
    OK(cuGraphDestroy(graph));
    CHECK(get(p) == 0, "capture ran something: %d", get(p));
    OK(cuGraphLaunch(exec, s));
    OK(cuStreamSynchronize(s));
    CHECK(get(p) == (reverse ? 1324 : 1234), "%d", get(p));
    OK(cuGraphLaunch(exec, s));
    OK(cuStreamSynchronize(s));
    CHECK(get(p) == (reverse ? 13241324 : 12341234), "%d", get(p));
    OK(cuMemFree_v2(p));
    EXPECT(700, "was freed", cuGraphLaunch(exec, s));
    OK(cuGraphExecDestroy(exec));

    p = alloc(4);
    OK(cuStreamBeginCapture_v2(s, 1));
    OK(cuEventRecord(fork, s));
    OK(cuStreamWaitEvent(t, fork, 0));
    OK(append(t, p, 3));
    EXPECT(904, "nothing in the first stream waits", cuStreamEndCapture(s, &graph));

    OK(cuStreamBeginCapture_v2(s, 1));
    EXPECT(900, "cuStreamSynchronize", cuStreamSynchronize(s));
    EXPECT(901, "cuStreamSynchronize", append(s, p, 3));
    EXPECT(901, "cuStreamSynchronize", cuStreamEndCapture(s, &graph));

    OK(cuStreamBeginCapture_v2(s, 0));
    Address q = 0;
    EXPECT(900, "cuMemAlloc", cuMemAlloc_v2(&q, 4));
    EXPECT(901, "cuMemAlloc", cuStreamEndCapture(s, &graph));

    int pageable = 0;
    OK(cuStreamBeginCapture_v2(s, 1));
    EXPECT(900, "not pinned", cuMemcpyHtoDAsync_v2(p, &pageable, 4, s));
    OK(cuStreamEndCapture(s, &graph));
    OK(cuGraphDestroy(graph));

    OK(cuEventRecord(fork, t));
    OK(cuStreamBeginCapture_v2(s, 1));
    EXPECT(905, "recorded outside", cuStreamWaitEvent(s, fork, 0));
    EXPECT(901, "recorded outside", cuStreamEndCapture(s, &graph));

    OK(cuStreamBeginCapture_v2(s, 1));
    OK(cuEventRecord(fork, s));
    EXPECT(907, "captured", cuEventQuery(fork));
    EXPECT(901, "cuEventQuery", cuStreamEndCapture(s, &graph));
    EXPECT(907, "has ended", cuStreamWaitEvent(t, fork, 0));

    OK(cuMemFree_v2(p));
    OK(cuEventDestroy_v2(fork));
    OK(cuEventDestroy_v2(join));
    OK(cuStreamDestroy_v2(t));
}

void leaks() {
    char text[1000];
    long long before = saryu_emulated_report(text, sizeof(text));
    Address p = alloc(12);
    CHECK(saryu_emulated_live_allocations() == 1);
    CHECK(saryu_emulated_report(text, sizeof(text)) == before + 1 && says(text, "the 12 bytes at"), "%s", text);
    OK(cuMemFree_v2(p));
    CHECK(saryu_emulated_live_allocations() == 0);
}

} // namespace

void test_driver(bool reverse) {
    OK(cuInit(0));
    OK(cuDevicePrimaryCtxRetain(&contexts[0], 0));
    OK(cuDevicePrimaryCtxRetain(&contexts[1], 1));
    OK(cuCtxSetCurrent(contexts[0]));
    StreamHandle s = nullptr;
    OK(cuStreamCreate(&s, 1));
    modules();
    memory(s);
    limits(s);
    other_device(s);
    asynchrony(s);
    graphs(s, reverse);
    leaks();
    OK(cuStreamDestroy_v2(s));
}
