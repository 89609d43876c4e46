/* NVRTC's interface. Nothing is compiled: the module was, and its source must be the one given. */
#include "compiled.h"
#include "faults.h"

#include <algorithm>
#include <cstring>
#include <map>
#include <mutex>
#include <set>

using namespace saryu;

namespace saryu {
namespace {

const char MAGIC[] = "saryu emulated module\n";

/* FNV-1a: an image that another build left in the cache is to be noticed. */
unsigned long long hash(const std::string &text) {
    unsigned long long h = 14695981039346656037ull;
    for (unsigned char c : text) {
        h = (h ^ c) * 1099511628211ull;
    }
    return h;
}

} // namespace

std::string image_of(const Module &m, int architecture) {
    return MAGIC + format("%d\n%016llx\n", architecture, hash(m.source)) + m.key;
}

const Module *module_of(const char *image, int *architecture, std::string *problem) {
    unsigned long long h;
    int length = 0;
    if (strncmp(image, MAGIC, sizeof(MAGIC) - 1) != 0 ||
        sscanf(image + sizeof(MAGIC) - 1, "%d\n%llx\n%n", architecture, &h, &length) != 2) {
        *problem = "the image was not made by the emulated NVRTC";
        return nullptr;
    }
    std::string key = image + sizeof(MAGIC) - 1 + length;
    const Module *m = find_module(key);
    if (m == nullptr || hash(m->source) != h) {
        *problem = "the image of \"" + key + "\" is of another build of the emulation";
        return nullptr;
    }
    return m;
}

} // namespace saryu

namespace {

enum { NVRTC_INVALID_INPUT = 3, NVRTC_INVALID_PROGRAM = 4, NVRTC_INVALID_OPTION = 5, NVRTC_COMPILATION = 6 };

const int ARCHITECTURES[] = {75, 80, 86, 89, 90};

struct Program {
    std::string source, name;
    std::map<std::string, std::string> headers;
    std::string log, image;
    bool compiled = false, cubin = false;
};

std::mutex lock;
std::set<Program *> programs;

Program *known(Program *p) {
    std::lock_guard<std::mutex> hold(lock);
    return programs.count(p) == 0 ? nullptr : p;
}

std::string joined(const std::string &name, std::vector<std::string> defines) {
    std::sort(defines.begin(), defines.end());
    std::string key = name;
    for (const std::string &d : defines) {
        key += " " + d;
    }
    return key;
}

/* The module's name by the options; empty with a text in *problem when one of them is unknown. */
std::string key_of(const Program &p, int count, const char *const *options, int *architecture, bool *cubin,
                   std::string *problem) {
    std::vector<std::string> defines;
    *architecture = 0;
    int said = 0;
    for (int i = 0; i < count; i++) {
        std::string o = options[i];
        if (o.rfind("-DSARYU_SM=", 0) == 0) {
            said = atoi(o.c_str() + 11);
        } else if (o.rfind("-D", 0) == 0) {
            defines.push_back(o.substr(2));
        } else if (o.rfind("--gpu-architecture=", 0) == 0 || o.rfind("-arch=", 0) == 0) {
            std::string a = o.substr(o.find('=') + 1);
            *cubin = a.rfind("sm_", 0) == 0;
            *architecture = atoi(a.c_str() + a.find('_') + 1);
        } else if (o != "--std=c++17" && o != "-std=c++17" && o != "-default-device" && o != "--use_fast_math") {
            *problem = "the option " + o + " is not emulated";
            return "";
        }
    }
    if (std::find(std::begin(ARCHITECTURES), std::end(ARCHITECTURES), *architecture) == std::end(ARCHITECTURES)) {
        *problem = format("the architecture %d is none of NVRTC's", *architecture);
        return "";
    }
    if (said != *architecture) {
        *problem = format("-DSARYU_SM=%d with the architecture %d", said, *architecture);
        return "";
    }
    /* Compiled as for sm_80, unless there is one of the architecture's own. */
    std::string key = joined(p.name, defines);
    defines.push_back(format("SARYU_SM=%d", *architecture == 89 ? 86 : *architecture));
    std::string own = joined(p.name, defines);
    return find_module(own) != nullptr ? own : key;
}

/* Whether that module is not what the kernels are there: before sm_80 all attention on tensor cores is of its own. */
bool is_another(const Program &p, const std::string &key, int architecture) {
    return architecture < 80 && (p.name == "attention.cu" || p.name == "attention_backward.cu")
           && key.find(" SARYU_SM=") == std::string::npos;
}

} // namespace

SARYU_API int nvrtcVersion(int *major, int *minor) {
    *major = 13;
    *minor = 0;
    return SUCCESS;
}

SARYU_API int nvrtcGetNumSupportedArchs(int *count) {
    *count = static_cast<int>(std::size(ARCHITECTURES));
    return SUCCESS;
}

SARYU_API int nvrtcGetSupportedArchs(int *all) {
    std::copy(std::begin(ARCHITECTURES), std::end(ARCHITECTURES), all);
    return SUCCESS;
}

SARYU_API const char *nvrtcGetErrorString(int status) {
    switch (status) {
    case SUCCESS: return "NVRTC_SUCCESS";
    case NVRTC_INVALID_INPUT: return "NVRTC_ERROR_INVALID_INPUT";
    case NVRTC_INVALID_PROGRAM: return "NVRTC_ERROR_INVALID_PROGRAM";
    case NVRTC_INVALID_OPTION: return "NVRTC_ERROR_INVALID_OPTION";
    case NVRTC_COMPILATION: return "NVRTC_ERROR_COMPILATION";
    default: return "NVRTC_ERROR";
    }
}

SARYU_API int nvrtcCreateProgram(Program **program, const char *source, const char *name, int headers,
                                 const char *const *texts, const char *const *names) {
    if (source == nullptr || name == nullptr) {
        return fail(NVRTC_INVALID_INPUT, "a program without a source or a name");
    }
    auto *p = new Program;
    p->source = source;
    p->name = name;
    for (int i = 0; i < headers; i++) {
        p->headers[names[i]] = texts[i];
    }
    std::lock_guard<std::mutex> hold(lock);
    programs.insert(p);
    *program = p;
    return SUCCESS;
}

SARYU_API int nvrtcDestroyProgram(Program **program) {
    if (known(*program) == nullptr) {
        return fail(NVRTC_INVALID_PROGRAM, "no such program");
    }
    std::lock_guard<std::mutex> hold(lock);
    programs.erase(*program);
    delete *program;
    *program = nullptr;
    return SUCCESS;
}

SARYU_API int nvrtcCompileProgram(Program *program, int count, const char *const *options) {
    Program *p = known(program);
    if (p == nullptr) {
        return fail(NVRTC_INVALID_PROGRAM, "no such program");
    }
    int architecture;
    p->compiled = false;
    p->log.clear();
    std::string key = key_of(*p, count, options, &architecture, &p->cubin, &p->log);
    if (key.empty()) {
        return fail(NVRTC_INVALID_OPTION, "%s", p->log.c_str());
    }
    const Module *m = find_module(key);
    if (m == nullptr) {
        p->log = "the emulation has no module \"" + key + "\": add it to native/cuda/variants.cmake";
    } else if (is_another(*p, key, architecture)) {
        p->log = format("\"%s\" is not emulated for sm_%d: only fp16 is, as bf16 has no tensor cores there", key.c_str(),
                        architecture);
    } else if (m->source != p->source) {
        p->log = p->name + " is not the source that the emulation was built of: build it again";
    }
    for (const auto &h : p->headers) {
        const std::string *built = find_header(h.first);
        if (p->log.empty() && (built == nullptr || *built != h.second)) {
            p->log = h.first + (built == nullptr ? " is no header that the emulation was built of"
                                                 : " is not the header that the emulation was built of: build it again");
        }
    }
    if (!p->log.empty()) {
        return fail(NVRTC_COMPILATION, "%s", p->log.c_str());
    }
    p->image = image_of(*m, architecture);
    p->compiled = true;
    return SUCCESS;
}

SARYU_API int nvrtcGetProgramLogSize(Program *program, size_t *size) {
    Program *p = known(program);
    if (p == nullptr) {
        return fail(NVRTC_INVALID_PROGRAM, "no such program");
    }
    *size = p->log.size() + 1;
    return SUCCESS;
}

SARYU_API int nvrtcGetProgramLog(Program *program, char *log) {
    Program *p = known(program);
    if (p == nullptr) {
        return fail(NVRTC_INVALID_PROGRAM, "no such program");
    }
    memcpy(log, p->log.c_str(), p->log.size() + 1);
    return SUCCESS;
}

namespace {

int result(Program *program, bool cubin, size_t *size, char *code) {
    Program *p = known(program);
    if (p == nullptr || !p->compiled) {
        return fail(NVRTC_INVALID_PROGRAM, "no such program, or it was not compiled");
    }
    bool there = !cubin || p->cubin; /* code for a virtual architecture is PTX only */
    if (size != nullptr) {
        *size = there ? p->image.size() + 1 : 0;
    } else if (there && code != nullptr) {
        memcpy(code, p->image.c_str(), p->image.size() + 1);
    }
    return SUCCESS;
}

} // namespace

SARYU_API int nvrtcGetCUBINSize(Program *program, size_t *size) {
    return result(program, true, size, nullptr);
}

SARYU_API int nvrtcGetCUBIN(Program *program, char *code) {
    return result(program, true, nullptr, code);
}

SARYU_API int nvrtcGetPTXSize(Program *program, size_t *size) {
    return result(program, false, size, nullptr);
}

SARYU_API int nvrtcGetPTX(Program *program, char *code) {
    return result(program, false, nullptr, code);
}
