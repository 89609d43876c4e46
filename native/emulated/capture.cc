/* Capture of streams into graphs, and graphs. */
#include "memory.h"
#include "runner.h"
#include "streams_internal.h"

#include <algorithm>

namespace saryu {
namespace {

using Hold = std::lock_guard<std::recursive_mutex>;

void end(Capture *c) {
    Driver &d = driver();
    for (Stream *s : d.streams) {
        if (s->capture.get() == c) {
            s->capture = nullptr;
            s->frontier.clear();
        }
    }
    d.captures.erase(std::remove_if(d.captures.begin(), d.captures.end(),
                                    [c](const std::shared_ptr<Capture> &other) { return other.get() == c; }),
                     d.captures.end());
}

int spoil(Capture &c, int error, const std::string &why) {
    if (c.spoilt.empty()) {
        c.spoilt = why;
    }
    return fail(error, "%s", why.c_str());
}

int spoilt(const Capture &c) {
    return fail(CAPTURE_INVALIDATED, "the capture was spoilt before: %s", c.spoilt.c_str());
}

void add(std::vector<size_t> &to, const std::vector<size_t> &more) {
    for (size_t n : more) {
        if (std::find(to.begin(), to.end(), n) == to.end()) {
            to.push_back(n);
        }
    }
}

/* Which nodes come before these, and they. */
std::vector<bool> before(const Capture &c, const std::vector<size_t> &last) {
    std::vector<bool> seen(c.nodes.size());
    std::vector<size_t> open = last;
    while (!open.empty()) {
        size_t n = open.back();
        open.pop_back();
        if (!seen[n]) {
            seen[n] = true;
            open.insert(open.end(), c.nodes[n].after.begin(), c.nodes[n].after.end());
        }
    }
    return seen;
}

} // namespace

int capture_op(Stream *s, Op op) {
    Capture &c = *s->capture;
    if (!c.spoilt.empty()) {
        return spoilt(c);
    }
    c.nodes.push_back({std::move(op), s->frontier});
    s->frontier = {c.nodes.size() - 1};
    return SUCCESS;
}

int capture_record(Event *e, Stream *s) {
    if (!s->capture->spoilt.empty()) {
        return spoilt(*s->capture);
    }
    e->capture = s->capture;
    e->captured = true;
    e->nodes = s->frontier;
    return SUCCESS;
}

int capture_wait(Stream *s, Event *e) {
    std::shared_ptr<Capture> of_event = e->captured ? e->capture.lock() : nullptr;
    if (e->captured && of_event == nullptr) {
        return fail(CAPTURED_EVENT, "the event was last recorded in a capture that has ended");
    }
    if (of_event == nullptr) {
        if (e->recorded == 0) {
            return SUCCESS;
        }
        return spoil(*s->capture, CAPTURE_ISOLATION, "a captured stream waits for an event that was recorded outside");
    }
    if (!of_event->spoilt.empty()) {
        return spoilt(*of_event);
    }
    if (s->capture != nullptr && s->capture != of_event) {
        spoil(*s->capture, CAPTURE_MERGE, "two captures were joined");
        return spoil(*of_event, CAPTURE_MERGE, "two captures were joined");
    }
    if (s->is_default) {
        return spoil(*of_event, CAPTURE_IMPLICIT, "the default stream cannot be captured");
    }
    s->capture = of_event;
    add(s->frontier, e->nodes);
    return SUCCESS;
}

int refuse_in_capture(const char *call) {
    Hold hold(driver().lock);
    for (auto &c : driver().captures) {
        if (c->mode == 0 || (c->mode == 1 && c->thread == std::this_thread::get_id())) {
            return spoil(*c, CAPTURE_UNSUPPORTED, std::string(call) + " is not allowed while a stream is captured");
        }
    }
    return SUCCESS;
}

struct Graph {
    std::vector<Node> nodes;
};

struct GraphExec {
    int device;
    std::vector<Op> ops; /* in an order that keeps every dependency */
};

namespace {

std::set<Graph *> graphs;
std::set<GraphExec *> execs;

/* Branches that are independent run in either order: forward as they were captured, in reverse the youngest first. */
std::vector<Op> in_order(const std::vector<Node> &nodes) {
    std::vector<size_t> missing(nodes.size());
    std::set<size_t> ready;
    for (size_t n = 0; n < nodes.size(); n++) {
        missing[n] = nodes[n].after.size();
        if (missing[n] == 0) {
            ready.insert(n);
        }
    }
    std::vector<std::vector<size_t>> followers(nodes.size());
    for (size_t n = 0; n < nodes.size(); n++) {
        for (size_t a : nodes[n].after) {
            followers[a].push_back(n);
        }
    }
    std::vector<Op> ops;
    while (!ready.empty()) {
        size_t n = reverse_order() ? *ready.rbegin() : *ready.begin();
        ready.erase(n);
        ops.push_back(nodes[n].op);
        for (size_t f : followers[n]) {
            if (--missing[f] == 0) {
                ready.insert(f);
            }
        }
    }
    return ops;
}

} // namespace

size_t live_graphs() {
    Hold hold(driver().lock);
    return graphs.size() + execs.size();
}

} // namespace saryu

using namespace saryu;

SARYU_API int cuStreamBeginCapture_v2(Stream *handle, int mode) {
    int error;
    Context *c = current(&error);
    Stream *s = c == nullptr ? nullptr : resolve(c, handle, &error);
    if (s == nullptr) {
        return error;
    }
    Hold hold(driver().lock);
    if (s->is_default) {
        return fail(CAPTURE_UNSUPPORTED, "the default stream cannot be captured");
    }
    if (s->capture != nullptr || mode < 0 || mode > 2) {
        return fail(INVALID_VALUE, s->capture != nullptr ? "the stream is captured already" : "no such capture mode");
    }
    s->capture = std::make_shared<Capture>();
    s->capture->mode = mode;
    s->capture->thread = std::this_thread::get_id();
    s->capture->origin = s;
    s->frontier.clear();
    driver().captures.push_back(s->capture);
    return SUCCESS;
}

SARYU_API int cuStreamEndCapture(Stream *handle, Graph **graph) {
    int error;
    Context *context = current_even_failed(&error);
    Stream *s = context == nullptr ? nullptr : resolve(context, handle, &error);
    if (s == nullptr) {
        return error;
    }
    Hold hold(driver().lock);
    *graph = nullptr;
    std::shared_ptr<Capture> c = s->capture;
    if (c == nullptr) {
        return fail(INVALID_VALUE, "the stream is not captured");
    }
    if (c->origin != s) {
        return spoil(*c, CAPTURE_UNMATCHED, "the capture was begun in another stream");
    }
    if (c->mode != 2 && c->thread != std::this_thread::get_id()) {
        return spoil(*c, CAPTURE_WRONG_THREAD, "the capture was begun by another thread");
    }
    std::vector<bool> joined = before(*c, s->frontier);
    end(c.get());
    if (!c->spoilt.empty()) {
        return spoilt(*c);
    }
    for (size_t n = 0; n < joined.size(); n++) {
        if (!joined[n]) {
            return fail(CAPTURE_UNJOINED, "%s was captured in a stream that nothing in the first stream waits for",
                        c->nodes[n].op.name.c_str());
        }
    }
    *graph = new Graph{c->nodes};
    graphs.insert(*graph);
    return SUCCESS;
}

SARYU_API int cuStreamIsCapturing(Stream *handle, int *status) {
    int error;
    Context *c = current_even_failed(&error);
    Stream *s = c == nullptr ? nullptr : resolve(c, handle, &error);
    if (s != nullptr) {
        Hold hold(driver().lock);
        *status = s->capture == nullptr ? 0 : s->capture->spoilt.empty() ? 1 : 2;
    }
    return error;
}

SARYU_API int cuGraphInstantiateWithFlags(GraphExec **exec, Graph *graph, unsigned long long) {
    int error;
    Context *c = current(&error);
    if (c == nullptr) {
        return error;
    }
    Hold hold(driver().lock);
    if (graphs.count(graph) == 0) {
        return fail(INVALID_HANDLE, "%p is no graph, or was destroyed", static_cast<void *>(graph));
    }
    *exec = new GraphExec{c->device, in_order(graph->nodes)};
    execs.insert(*exec);
    return SUCCESS;
}

SARYU_API int cuGraphLaunch(GraphExec *exec, Stream *handle) {
    int error;
    Context *c = current(&error);
    Stream *s = c == nullptr ? nullptr : resolve(c, handle, &error);
    if (s == nullptr) {
        return error;
    }
    auto ops = std::make_shared<std::vector<Op>>();
    {
        Hold hold(driver().lock);
        if (execs.count(exec) == 0 || exec->device != s->device) {
            return fail(INVALID_HANDLE, execs.count(exec) == 0 ? "no such graph, or it was destroyed"
                                                               : "the graph is of another device than the stream");
        }
        *ops = exec->ops;
    }
    for (const Op &op : *ops) {
        Fault f = op.check ? op.check() : Fault();
        if (f.error != 0) {
            return fail(f.error, "a graph's %s", f.text.c_str());
        }
    }
    return issue(s, {"a graph", nullptr, [ops](BlockRunner &runner) {
                         for (const Op &op : *ops) {
                             Fault f = op.run(runner);
                             if (f.error != 0) {
                                 return f;
                             }
                         }
                         return Fault();
                     }});
}

SARYU_API int cuGraphDestroy(Graph *graph) {
    Hold hold(driver().lock);
    if (graphs.erase(graph) == 0) {
        return fail(INVALID_HANDLE, "%p is no graph, or was destroyed", static_cast<void *>(graph));
    }
    delete graph;
    return SUCCESS;
}

SARYU_API int cuGraphExecDestroy(GraphExec *exec) {
    Hold hold(driver().lock);
    if (execs.erase(exec) == 0) {
        return fail(INVALID_HANDLE, "%p is no graph, or was destroyed", static_cast<void *>(exec));
    }
    delete exec;
    return SUCCESS;
}
