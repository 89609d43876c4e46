/*
 * Stands in for NCCL among threads and processes of one host. As there, a collective is work of a stream, and one whose
 * partner is gone stays in its stream until ncclCommAbort; what went wrong is told by ncclCommGetAsyncError.
 */
#include "nccl_hub.h"

#include "memory.h"
#include "streams.h"

#include <arpa/inet.h>
#include <climits>
#include <condition_variable>
#include <cstring>
#include <map>
#include <mutex>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <thread>
#include <unistd.h>

using namespace saryu;

typedef struct {
    char internal[128];
} ncclUniqueId;

namespace {

const int VERSION = 22304;
const unsigned CONFIG_MAGIC = 0xcafebeef;

/* What starts ncclConfig_t. */
struct Config {
    size_t size;
    unsigned magic, version;
    int blocking;
};

struct UniqueId {
    uint64_t magic, nonce;
    uint16_t port;
};

/* How long a rank waits for the others before it gives up by itself: a test that hangs tells nothing. */
std::chrono::seconds limit() {
    static const long long seconds = setting("SARYU_EMULATED_NCCL_SECONDS", 120, 1, 86400);
    return std::chrono::seconds(seconds);
}

struct Comm {
    int socket = -1, rank = 0, ranks = 0, device = 0;
    uint64_t recorded = 0; /* collectives in graphs; only the thread that issues them asks */
    std::mutex turn; /* one collective at a time */
    uint64_t number = 0;

    std::mutex lock; /* of what follows */
    std::condition_variable changed;
    bool ready = false, over = false; /* connected; aborted or destroyed */
    bool answered = false;
    std::vector<char> answer;
    int error = NCCL_SUCCESS;
    std::string text; /* of the error */
    std::thread reader;

    /* Until the connection ends. */
    void read() {
        NcclReply r;
        std::vector<char> bytes;
        while (read_all(socket, &r, sizeof(r))) {
            bytes.resize(r.bytes);
            if (!read_all(socket, bytes.data(), bytes.size())) {
                break;
            }
            std::lock_guard<std::mutex> hold(lock);
            if (r.code != NCCL_SUCCESS) {
                note(r.code, std::string(bytes.begin(), bytes.end()));
            } else if (!ready) {
                ready = true;
            } else {
                answer.swap(bytes);
                answered = true;
            }
            changed.notify_all();
        }
        std::lock_guard<std::mutex> hold(lock);
        if (!over) {
            note(NCCL_REMOTE_ERROR, "the process that made the unique id is gone");
        }
        changed.notify_all();
    }

    void note(int code, const std::string &why) {
        if (error == NCCL_SUCCESS) {
            error = code;
            text = why;
        }
    }

    /* On the stream's thread. A communicator that was aborted leaves the values as they are, as NCCL does. */
    Fault run(NcclRequest request, const void *send, void *receive) {
        std::lock_guard<std::mutex> mine(turn);
        {
            std::lock_guard<std::mutex> hold(lock);
            if (over) {
                return {};
            }
            answered = false;
        }
        request.number = number++;
        /* What cannot be written the reader finds out. */
        if (write_all(socket, &request, sizeof(request))) {
            write_all(socket, send, request.bytes);
        }
        std::unique_lock<std::mutex> hold(lock);
        bool came = changed.wait_for(hold, limit(), [this] { return answered || over; });
        if (!came) {
            return make_fault(LAUNCH_FAILED, "rank %d has waited %lld s for the others in a collective, and nobody called"
                              " ncclCommAbort%s%s", rank, (long long)limit().count(), text.empty() ? "" : ": ", text.c_str());
        }
        if (answered && !over) {
            memcpy(receive, answer.data(), answer.size());
        }
        return {};
    }

    void end(bool politely) {
        {
            std::lock_guard<std::mutex> hold(lock);
            over = true;
            changed.notify_all();
        }
        if (!politely) {
            shutdown(socket, SHUT_RDWR); /* who writes to it now shall not go on */
        }
        std::lock_guard<std::mutex> mine(turn);
        if (politely) {
            NcclRequest leave = {};
            leave.collective = LEAVE;
            write_all(socket, &leave, sizeof(leave));
            shutdown(socket, SHUT_RDWR);
        }
        if (reader.joinable()) {
            reader.join();
        }
        close(socket);
    }
};

std::mutex comms_lock;

std::map<Comm *, std::shared_ptr<Comm>> &comms() {
    static auto *all = new std::map<Comm *, std::shared_ptr<Comm>>;
    return *all;
}

std::shared_ptr<Comm> known(Comm *handle, bool take = false) {
    std::lock_guard<std::mutex> hold(comms_lock);
    auto found = comms().find(handle);
    if (found == comms().end()) {
        fail(INVALID_HANDLE, "%p is no communicator, or was given back", static_cast<void *>(handle));
        return nullptr;
    }
    std::shared_ptr<Comm> comm = found->second;
    if (take) {
        comms().erase(found);
    }
    return comm;
}

/* NCCL waits here for as long as a graph holds one of the communicator's collectives. */
int await_graphs(const std::shared_ptr<Comm> &comm) {
    auto end = std::chrono::steady_clock::now() + limit();
    while (comm.use_count() > 1) {
        if (std::chrono::steady_clock::now() > end) {
            fail(NOT_SUPPORTED, "a graph still holds a collective of the communicator of rank %d", comm->rank);
            return NCCL_INVALID_USAGE;
        }
        std::this_thread::sleep_for(std::chrono::milliseconds(1));
    }
    return NCCL_SUCCESS;
}

int invalid(const char *text) {
    fail(INVALID_VALUE, "%s", text);
    return NCCL_INVALID_ARGUMENT;
}

int connect_to(uint16_t port) {
    int s = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in address = {};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    address.sin_port = htons(port);
    if (s >= 0 && connect(s, reinterpret_cast<sockaddr *>(&address), sizeof(address)) != 0) {
        close(s);
        return -1;
    }
    int on = 1;
    setsockopt(s, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
    return s;
}

int collective(const char *call, const void *send, void *receive, NcclRequest request, bool sends, Comm *handle,
               Stream *stream_handle) {
    std::shared_ptr<Comm> comm = known(handle);
    int error;
    Context *context = current(&error);
    Stream *stream = context == nullptr ? nullptr : resolve(context, stream_handle, &error);
    if (comm == nullptr || stream == nullptr) {
        return comm == nullptr ? NCCL_INVALID_ARGUMENT : NCCL_CUDA_ERROR;
    }
    size_t size = nccl_type_size(request.type);
    if (size == 0 || request.op < 0 || request.op > 4 || request.root < 0 || request.root >= comm->ranks) {
        fail(INVALID_VALUE, "%s with type %d, op %d, root %d among %d ranks", call, request.type, request.op, request.root,
             comm->ranks);
        return NCCL_INVALID_ARGUMENT;
    }
    if (device_of(stream) != comm->device) {
        fail(INVALID_HANDLE, "%s on a stream of cuda:%d, by a communicator of cuda:%d", call, device_of(stream), comm->device);
        return NCCL_INVALID_USAGE;
    }
    size_t bytes = request.count * size;
    request.bytes = sends ? bytes : 0;
    request.recorded = is_capturing(stream) ? ++comm->recorded : 0;
    int device = comm->device;
    auto check = [=]() -> Fault {
        for (const void *p : {sends ? send : receive, static_cast<const void *>(receive)}) {
            if (reinterpret_cast<uintptr_t>(p) % size != 0) {
                return make_fault(MISALIGNED_ADDRESS, "%s of %s at %p, which is not aligned to %zu bytes", call,
                                  nccl_type_name(request.type), p, size);
            }
            Fault f = bytes == 0 ? Fault() : check_device(device, p, bytes, call);
            if (f.error != 0) {
                return f;
            }
        }
        return {};
    };
    error = issue(stream, {call, check, [=](BlockRunner &) { return comm->run(request, send, receive); }});
    return error == SUCCESS ? NCCL_SUCCESS : error == ILLEGAL_ADDRESS || error == MISALIGNED_ADDRESS || error == INVALID_VALUE
               ? NCCL_INVALID_ARGUMENT : NCCL_CUDA_ERROR;
}

} // namespace

SARYU_API int ncclGetVersion(int *version) {
    *version = VERSION;
    return NCCL_SUCCESS;
}

SARYU_API int ncclGetUniqueId(ncclUniqueId *out) {
    UniqueId id = {NCCL_MAGIC, 0, 0};
    if (!start_hub(&id.port, &id.nonce)) {
        fail(NOT_SUPPORTED, "cannot listen on this host");
        return NCCL_SYSTEM_ERROR;
    }
    memset(out, 0, sizeof(*out));
    memcpy(out, &id, sizeof(id));
    return NCCL_SUCCESS;
}

SARYU_API int ncclCommInitRankConfig(Comm **out, int ranks, ncclUniqueId unique, int rank, Config *config) {
    UniqueId id;
    memcpy(&id, &unique, sizeof(id));
    int error;
    Context *context = current(&error);
    *out = nullptr;
    if (context == nullptr) {
        return NCCL_CUDA_ERROR;
    }
    if (id.magic != NCCL_MAGIC || ranks < 1 || rank < 0 || rank >= ranks) {
        return invalid("ncclCommInitRankConfig with an id that is none, or a rank that is not among the ranks");
    }
    if (config != nullptr && (config->magic != CONFIG_MAGIC || config->size < sizeof(Config) || config->version > VERSION)) {
        return invalid("the ncclConfig_t was not made by NCCL_CONFIG_INITIALIZER of this version or an older one");
    }
    if (config != nullptr && config->blocking != 1 && config->blocking != INT_MIN) {
        return invalid("communicators that do not block are not emulated");
    }
    auto comm = std::make_shared<Comm>();
    comm->rank = rank;
    comm->ranks = ranks;
    comm->device = context->device;
    comm->socket = connect_to(id.port);
    NcclHello hello = {NCCL_MAGIC, id.nonce, ranks, rank, getpid(), context->device};
    if (comm->socket < 0 || !write_all(comm->socket, &hello, sizeof(hello))) {
        fail(NOT_SUPPORTED, "the process that made the unique id does not answer");
        return NCCL_SYSTEM_ERROR;
    }
    Comm *self = comm.get();
    comm->reader = std::thread([self] { self->read(); });
    std::unique_lock<std::mutex> hold(comm->lock);
    comm->changed.wait_for(hold, limit(), [self] { return self->ready || self->error != NCCL_SUCCESS; });
    if (!comm->ready) {
        int code = comm->error == NCCL_SUCCESS ? NCCL_SYSTEM_ERROR : comm->error;
        fail(NOT_SUPPORTED, "%s", comm->error == NCCL_SUCCESS ? "not all ranks came in time" : comm->text.c_str());
        hold.unlock();
        comm->end(false);
        return code;
    }
    hold.unlock();
    std::lock_guard<std::mutex> all(comms_lock);
    comms()[self] = comm;
    *out = self;
    return NCCL_SUCCESS;
}

SARYU_API int ncclCommInitRank(Comm **out, int ranks, ncclUniqueId id, int rank) {
    return ncclCommInitRankConfig(out, ranks, id, rank, nullptr);
}

SARYU_API int ncclCommDestroy(Comm *handle) {
    std::shared_ptr<Comm> comm = known(handle, true);
    if (comm == nullptr) {
        return NCCL_INVALID_ARGUMENT;
    }
    int result = await_graphs(comm);
    comm->end(true);
    return result;
}

SARYU_API int ncclCommAbort(Comm *handle) {
    std::shared_ptr<Comm> comm = known(handle, true);
    if (comm == nullptr) {
        return NCCL_INVALID_ARGUMENT;
    }
    comm->end(false);
    return await_graphs(comm);
}

SARYU_API int ncclCommFinalize(Comm *handle) {
    return known(handle) == nullptr ? NCCL_INVALID_ARGUMENT : NCCL_SUCCESS;
}

SARYU_API int ncclCommGetAsyncError(Comm *handle, int *error) {
    std::shared_ptr<Comm> comm = known(handle);
    if (comm == nullptr) {
        return NCCL_INVALID_ARGUMENT;
    }
    std::lock_guard<std::mutex> hold(comm->lock);
    *error = comm->error;
    if (comm->error != NCCL_SUCCESS) {
        fail(NOT_SUPPORTED, "%s", comm->text.c_str());
    }
    return NCCL_SUCCESS;
}

SARYU_API const char *ncclGetLastError(Comm *) {
    return saryu_emulated_last_fault();
}

SARYU_API const char *ncclGetErrorString(int result) {
    switch (result) {
    case NCCL_SUCCESS:
        return "no error";
    case NCCL_CUDA_ERROR:
        return "unhandled cuda error";
    case NCCL_SYSTEM_ERROR:
        return "unhandled system error";
    case NCCL_INVALID_ARGUMENT:
        return "invalid argument";
    case NCCL_INVALID_USAGE:
        return "invalid usage";
    case NCCL_REMOTE_ERROR:
        return "remote process exited or there was a network error";
    default:
        return "unknown result code";
    }
}

SARYU_API int ncclAllReduce(const void *send, void *receive, size_t count, int type, int op, Comm *comm, Stream *stream) {
    NcclRequest request = {0, count, 0, ALL_REDUCE, type, op, 0, 0};
    return collective("ncclAllReduce", send, receive, request, true, comm, stream);
}

SARYU_API int ncclBroadcast(const void *send, void *receive, size_t count, int type, int root, Comm *handle, Stream *stream) {
    std::shared_ptr<Comm> comm = known(handle);
    NcclRequest request = {0, count, 0, BROADCAST, type, 0, root, 0};
    return comm == nullptr ? NCCL_INVALID_ARGUMENT
                           : collective("ncclBroadcast", send, receive, request, comm->rank == root, handle, stream);
}
