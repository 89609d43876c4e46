#include "nccl_hub.h"

#include "launch.h"

#include <arpa/inet.h>
#include <cerrno>
#include <mutex>
#include <netinet/tcp.h>
#include <random>
#include <sys/socket.h>
#include <thread>
#include <unistd.h>

namespace saryu {

bool read_all(int socket, void *to, size_t bytes) {
    for (char *p = static_cast<char *>(to); bytes > 0;) {
        ssize_t n = recv(socket, p, bytes, 0);
        if (n < 0 && errno == EINTR) {
            continue;
        }
        if (n <= 0) {
            return false;
        }
        p += n;
        bytes -= (size_t)n;
    }
    return true;
}

bool write_all(int socket, const void *from, size_t bytes) {
    for (const char *p = static_cast<const char *>(from); bytes > 0;) {
        ssize_t n = send(socket, p, bytes, MSG_NOSIGNAL);
        if (n < 0 && errno == EINTR) {
            continue;
        }
        if (n <= 0) {
            return false;
        }
        p += n;
        bytes -= (size_t)n;
    }
    return true;
}

namespace {

const uint64_t MOST_BYTES = 1ull << 32;

/* One rank's side of the hub. */
struct Member {
    int socket = -1;
    NcclHello hello;
    bool left = false, here = false;
    NcclRequest request;
    std::vector<char> values;
};

std::string described(const NcclRequest &r) {
    static const char *const OPS[] = {"sum", "product", "maximum", "minimum", "mean"};
    std::string graph = r.recorded == 0 ? "" : format(" as its collective %llu in graphs", (unsigned long long)r.recorded);
    if (r.collective == BROADCAST) {
        return format("ncclBroadcast of %llu %s from rank %d%s", (unsigned long long)r.count, nccl_type_name(r.type), r.root,
                      graph.c_str());
    }
    return format("ncclAllReduce of %llu %s (%s)%s", (unsigned long long)r.count, nccl_type_name(r.type),
                  r.op >= 0 && r.op < 5 ? OPS[r.op] : "no op", graph.c_str());
}

bool equal(const NcclRequest &a, const NcclRequest &b) {
    return a.number == b.number && a.count == b.count && a.collective == b.collective && a.type == b.type &&
           a.op == b.op && a.root == b.root && a.recorded == b.recorded;
}

/* Lives as long as the process: its ranks may be anywhere. */
class Hub {
  public:
    Hub(int listener, uint64_t nonce) : listener(listener), nonce(nonce) {
    }

    /* Until all ranks have come. */
    void accept_all() {
        while (true) {
            int s = accept(listener, nullptr, nullptr);
            if (s < 0) {
                return;
            }
            int on = 1;
            setsockopt(s, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
            timeval patience = {10, 0};
            setsockopt(s, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience));
            NcclHello h;
            if (!read_all(s, &h, sizeof(h)) || h.magic != NCCL_MAGIC || h.nonce != nonce) {
                close(s);
                continue;
            }
            patience = {0, 0};
            setsockopt(s, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience));
            if (take_in(s, h)) {
                close(listener);
                return;
            }
        }
    }

  private:
    void reply(Member &m, int code, const void *bytes, size_t size) {
        NcclReply r = {size, code, 0};
        if (write_all(m.socket, &r, sizeof(r))) {
            write_all(m.socket, bytes, size);
        }
    }

    /* True when all are here. */
    bool take_in(int socket, const NcclHello &h) {
        std::lock_guard<std::mutex> hold(lock);
        if (members.empty() && h.ranks > 0 && h.ranks < 4096) {
            members.resize((size_t)h.ranks);
        }
        std::string wrong;
        if (h.ranks != (int)members.size() || h.rank < 0 || h.rank >= h.ranks || members[(size_t)h.rank].socket >= 0) {
            wrong = format("rank %d of %d does not fit to a group of %zu ranks, or came twice", h.rank, h.ranks,
                           members.size());
        }
        for (Member &m : members) {
            if (m.socket >= 0 && m.hello.process == h.process && m.hello.device == h.device) {
                wrong = format("rank %d and rank %d are both on cuda:%d of one process: each rank needs a GPU of its own",
                               m.hello.rank, h.rank, h.device);
            }
        }
        if (!wrong.empty()) {
            Member stranger;
            stranger.socket = socket;
            reply(stranger, NCCL_INVALID_USAGE, wrong.data(), wrong.size());
            close(socket);
            end(NCCL_INVALID_USAGE, wrong);
            return false;
        }
        Member &m = members[(size_t)h.rank];
        m.socket = socket;
        m.hello = h;
        std::thread(&Hub::serve, this, std::ref(m)).detach();
        if (++arrived < members.size()) {
            return false;
        }
        for (Member &each : members) {
            reply(each, NCCL_SUCCESS, nullptr, 0);
        }
        return true;
    }

    /* Tells all that it is over; the first reason counts. The lock is held. */
    void end(int code, const std::string &why) {
        if (!ended) {
            ended = true;
            for (Member &m : members) {
                if (m.socket >= 0 && !m.left) {
                    reply(m, code, why.data(), why.size());
                }
            }
        }
    }

    void serve(Member &m) {
        NcclRequest r;
        std::vector<char> values;
        while (read_all(m.socket, &r, sizeof(r)) && r.bytes <= MOST_BYTES) {
            values.resize(r.bytes);
            if (!read_all(m.socket, values.data(), values.size())) {
                break;
            }
            std::lock_guard<std::mutex> hold(lock);
            if (r.collective == LEAVE) {
                leave(m);
                for (Member &other : members) {
                    if (other.here) {
                        end(NCCL_REMOTE_ERROR, format("rank %d has left while rank %d waits for it", m.hello.rank,
                                                      other.hello.rank));
                    }
                }
                return;
            }
            m.request = r;
            m.values.swap(values);
            m.here = true;
            take_part(m);
        }
        std::lock_guard<std::mutex> hold(lock);
        leave(m);
        end(NCCL_REMOTE_ERROR, format("the connection to rank %d was closed", m.hello.rank));
    }

    void leave(Member &m) {
        m.left = true;
        close(m.socket);
    }

    void take_part(Member &m) {
        bool all = true;
        for (Member &other : members) {
            if (other.here && !equal(other.request, m.request)) {
                const Member &a = other.hello.rank < m.hello.rank ? other : m, &b = &a == &m ? other : m;
                end(NCCL_INVALID_USAGE,
                    format("mismatched collectives: as its call %llu rank %d made %s, and as its call %llu rank %d made %s",
                           (unsigned long long)a.request.number, a.hello.rank, described(a.request).c_str(),
                           (unsigned long long)b.request.number, b.hello.rank, described(b.request).c_str()));
            }
            if (other.left) {
                end(NCCL_REMOTE_ERROR, format("rank %d has left, and rank %d waits for it", other.hello.rank, m.hello.rank));
            }
            all &= other.here;
        }
        if (!all || ended) {
            return;
        }
        const NcclRequest &r = m.request;
        std::vector<char> &result = members[r.collective == BROADCAST ? (size_t)r.root : 0].values;
        if (r.collective == ALL_REDUCE) {
            std::vector<char *> values;
            for (Member &each : members) {
                values.push_back(each.values.data());
            }
            nccl_reduce(r.type, r.op, values.data(), (int)values.size(), r.count);
        }
        for (Member &each : members) {
            each.here = false;
        }
        for (Member &each : members) {
            reply(each, NCCL_SUCCESS, result.data(), result.size());
        }
    }

    int listener;
    uint64_t nonce;
    std::mutex lock; /* of all that follows */
    std::vector<Member> members;
    size_t arrived = 0;
    bool ended = false;
};

} // namespace

bool start_hub(uint16_t *port, uint64_t *nonce) {
    int s = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in address = {};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof(address);
    if (s < 0 || bind(s, reinterpret_cast<sockaddr *>(&address), size) != 0 || listen(s, 64) != 0 ||
        getsockname(s, reinterpret_cast<sockaddr *>(&address), &size) != 0) {
        return false;
    }
    std::random_device random;
    *nonce = (uint64_t)random() << 32 | random();
    *port = ntohs(address.sin_port);
    Hub *hub = new Hub(s, *nonce);
    std::thread(&Hub::accept_all, hub).detach();
    return true;
}

} // namespace saryu
