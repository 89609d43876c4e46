/* cuBLASLt's interface: products of fp32, fp16 and bf16 matrices with fp32 sums, no epilogue. */
#define SARYU_EMULATED
#include "../cuda/device.h"

#include "gemm.h"
#include "memory.h"
#include "streams.h"

#include <memory>
#include <mutex>
#include <set>

using namespace saryu;

namespace {

enum Status {
    BLAS_SUCCESS = 0,
    BLAS_NOT_INITIALIZED = 1,
    BLAS_INVALID_VALUE = 7,
    BLAS_EXECUTION_FAILED = 13,
    BLAS_NOT_SUPPORTED = 15
};

const uint64_t MAGIC = 0x7361727975656d75ull;
const size_t WORKSPACE = 4096; /* what an algorithm asks for where it may */

/* The handle of what every creating call makes. */
struct Object {
    enum What { HANDLE, OPERATION, LAYOUT, PREFERENCE } what;
};

struct Handle : Object {
    int device;
};

struct Operation : Object {
    int compute, scale, pointer_mode = 0, transpose_a = 0, transpose_b = 0, epilogue = 1;
};

struct Layout : Object {
    int type, order = 0;
    uint64_t rows = 0, columns = 0;
    int64_t ld = 0;
    int batches = 1;
    int64_t stride = 0;

    size_t width() const {
        return type == 0 ? 4 : 2;
    }
    /* Elements from the first to the last. */
    size_t extent() const {
        uint64_t inner = order == 0 ? rows : columns, outer = order == 0 ? columns : rows;
        return static_cast<size_t>(stride * (batches - 1) + ld * static_cast<int64_t>(outer - 1) + static_cast<int64_t>(inner));
    }
};

struct Preference : Object {
    size_t workspace = 0;
    unsigned alignment[4] = {256, 256, 256, 256};
    unsigned reductions = 0x7;
};

struct Algorithm { /* cublasLtMatmulAlgo_t */
    uint64_t magic, shape, workspace;
    unsigned alignment[4];
    uint64_t rest[3];
};
static_assert(sizeof(Algorithm) == 64, "as cublasLt.h has it");

struct Heuristic { /* cublasLtMatmulHeuristicResult_t */
    Algorithm algorithm;
    size_t workspace;
    int state;
    float waves;
    int reserved[4];
};

std::mutex lock;
std::set<Object *> objects;

template <typename T> T *known(T *object, Object::What what, int *error) {
    std::lock_guard<std::mutex> hold(lock);
    bool good = objects.count(object) != 0 && object->what == what;
    *error = good ? BLAS_SUCCESS : fail(BLAS_INVALID_VALUE, "cuBLASLt: %p is no %s", static_cast<void *>(object),
                                        what == Object::HANDLE ? "handle" : what == Object::LAYOUT ? "layout"
                                        : what == Object::OPERATION ? "operation" : "preference");
    return good ? object : nullptr;
}

template <typename T> int made(T *object, T **out) {
    std::lock_guard<std::mutex> hold(lock);
    objects.insert(object);
    *out = object;
    return BLAS_SUCCESS;
}

template <typename T> int destroy(T *object, Object::What what) {
    int error;
    if (known(object, what, &error) != nullptr) {
        std::lock_guard<std::mutex> hold(lock);
        objects.erase(object);
        delete object;
    }
    return error;
}

/* One attribute's value of the right size. */
template <typename T, typename V> int set(T *to, const V *value, size_t size) {
    if (size != sizeof(T)) {
        return fail(BLAS_INVALID_VALUE, "cuBLASLt: an attribute of %zu bytes was given %zu", sizeof(T), size);
    }
    memcpy(to, value, size);
    return BLAS_SUCCESS;
}

struct Shape {
    uint64_t m, n, k;
};

/* What must hold of four layouts and an operation. */
int check(const Operation &o, const Layout &a, const Layout &b, const Layout &c, const Layout &d, Shape *shape) {
    if (o.compute != 68 && o.compute != 69 && o.compute != 77) {
        return fail(BLAS_NOT_SUPPORTED, "cuBLASLt: the compute type %d is not fp32", o.compute);
    }
    if (o.scale != 0 || o.pointer_mode != 0 || o.epilogue != 1) {
        return fail(BLAS_NOT_SUPPORTED, "cuBLASLt: scale type %d, pointer mode %d, epilogue %d: the emulation has fp32 factors on "
                    "the host and no epilogue", o.scale, o.pointer_mode, o.epilogue);
    }
    if (a.type != b.type || c.type != d.type || (d.type != 0 && d.type != a.type)) {
        return fail(BLAS_NOT_SUPPORTED, "cuBLASLt: types %d x %d + %d to %d", a.type, b.type, c.type, d.type);
    }
    uint64_t m = o.transpose_a ? a.columns : a.rows, k = o.transpose_a ? a.rows : a.columns;
    uint64_t kb = o.transpose_b ? b.columns : b.rows, n = o.transpose_b ? b.rows : b.columns;
    if (k != kb || d.rows != m || d.columns != n || c.rows != m || c.columns != n) {
        return fail(BLAS_INVALID_VALUE, "cuBLASLt: the product of %llu x %llu and %llu x %llu does not fit %llu x %llu",
                    static_cast<unsigned long long>(m), static_cast<unsigned long long>(k),
                    static_cast<unsigned long long>(kb), static_cast<unsigned long long>(n),
                    static_cast<unsigned long long>(d.rows), static_cast<unsigned long long>(d.columns));
    }
    const char *names = "ABCD";
    const Layout *all[] = {&a, &b, &c, &d};
    for (int i = 0; i < 4; i++) {
        const Layout &l = *all[i];
        uint64_t inner = l.order == 0 ? l.rows : l.columns;
        if (l.rows == 0 || l.columns == 0 || l.ld < static_cast<int64_t>(inner)) {
            return fail(BLAS_INVALID_VALUE, "cuBLASLt: %c is %llu x %llu with a leading dimension of %lld", names[i],
                        static_cast<unsigned long long>(l.rows), static_cast<unsigned long long>(l.columns),
                        static_cast<long long>(l.ld));
        }
        if (l.batches != d.batches) {
            return fail(BLAS_INVALID_VALUE, "cuBLASLt: batches of %d and %d", l.batches, d.batches);
        }
    }
    *shape = {m, n, k};
    return BLAS_SUCCESS;
}

uint64_t mark(const Shape &s, const Operation &o, const Layout &a, const Layout &d) {
    uint64_t h = MAGIC;
    for (uint64_t x : {s.m, s.n, s.k, static_cast<uint64_t>(o.transpose_a * 2 + o.transpose_b),
                       static_cast<uint64_t>(a.type * 32 + d.type)}) {
        h = (h ^ x) * 1099511628211ull;
    }
    return h;
}

Gemm::Side side(const Layout &l, bool transposed, const void *p) {
    int64_t row = l.order == 0 ? 1 : l.ld, column = l.order == 0 ? l.ld : 1;
    return {p, l.type, transposed ? column : row, transposed ? row : column, l.stride};
}

} // namespace

SARYU_API size_t cublasLtGetVersion() {
    return 130100;
}

SARYU_API size_t cublasLtGetCudartVersion() {
    return 13000;
}

SARYU_API const char *cublasLtGetStatusString(int status) {
    switch (status) {
    case BLAS_SUCCESS: return "CUBLAS_STATUS_SUCCESS";
    case BLAS_NOT_INITIALIZED: return "CUBLAS_STATUS_NOT_INITIALIZED";
    case BLAS_INVALID_VALUE: return "CUBLAS_STATUS_INVALID_VALUE";
    case BLAS_EXECUTION_FAILED: return "CUBLAS_STATUS_EXECUTION_FAILED";
    case BLAS_NOT_SUPPORTED: return "CUBLAS_STATUS_NOT_SUPPORTED";
    default: return "CUBLAS_STATUS_INTERNAL_ERROR";
    }
}

SARYU_API int cublasLtCreate(Handle **handle) {
    int error;
    Context *c = current_even_failed(&error);
    return c == nullptr ? static_cast<int>(BLAS_NOT_INITIALIZED) : made(new Handle{{Object::HANDLE}, c->device}, handle);
}

SARYU_API int cublasLtDestroy(Handle *handle) {
    return destroy(handle, Object::HANDLE);
}

SARYU_API int cublasLtMatmulDescCreate(Operation **operation, int compute, int scale) {
    return made(new Operation{{Object::OPERATION}, compute, scale}, operation);
}

SARYU_API int cublasLtMatmulDescDestroy(Operation *operation) {
    return destroy(operation, Object::OPERATION);
}

SARYU_API int cublasLtMatmulDescSetAttribute(Operation *operation, int attribute, const void *value, size_t size) {
    int error;
    Operation *o = known(operation, Object::OPERATION, &error);
    if (o == nullptr) {
        return error;
    }
    switch (attribute) { /* cublasLtMatmulDescAttributes_t */
    case 0: return set(&o->compute, value, size);
    case 1: return set(&o->scale, value, size);
    case 2: return set(&o->pointer_mode, value, size);
    case 3: return set(&o->transpose_a, value, size);
    case 4: return set(&o->transpose_b, value, size);
    case 7: return set(&o->epilogue, value, size);
    default: return fail(BLAS_NOT_SUPPORTED, "cuBLASLt: attribute %d of an operation is not emulated", attribute);
    }
}

SARYU_API int cublasLtMatrixLayoutCreate(Layout **layout, int type, uint64_t rows, uint64_t columns, int64_t ld) {
    if (type != 0 && type != 2 && type != 14) {
        return fail(BLAS_NOT_SUPPORTED, "cuBLASLt: the type %d is not emulated", type);
    }
    auto *l = new Layout{{Object::LAYOUT}, type, 0, rows, columns, ld};
    return made(l, layout);
}

SARYU_API int cublasLtMatrixLayoutDestroy(Layout *layout) {
    return destroy(layout, Object::LAYOUT);
}

SARYU_API int cublasLtMatrixLayoutSetAttribute(Layout *layout, int attribute, const void *value, size_t size) {
    int error;
    Layout *l = known(layout, Object::LAYOUT, &error);
    if (l == nullptr) {
        return error;
    }
    switch (attribute) { /* cublasLtMatrixLayoutAttribute_t */
    case 0: return set(&l->type, value, size);
    case 1: return set(&l->order, value, size);
    case 2: return set(&l->rows, value, size);
    case 3: return set(&l->columns, value, size);
    case 4: return set(&l->ld, value, size);
    case 5: return set(&l->batches, value, size);
    case 6: return set(&l->stride, value, size);
    default: return fail(BLAS_NOT_SUPPORTED, "cuBLASLt: attribute %d of a layout is not emulated", attribute);
    }
}

SARYU_API int cublasLtMatmulPreferenceCreate(Preference **preference) {
    return made(new Preference{{Object::PREFERENCE}}, preference);
}

SARYU_API int cublasLtMatmulPreferenceDestroy(Preference *preference) {
    return destroy(preference, Object::PREFERENCE);
}

SARYU_API int cublasLtMatmulPreferenceSetAttribute(Preference *preference, int attribute, const void *value, size_t size) {
    int error;
    Preference *p = known(preference, Object::PREFERENCE, &error);
    if (p == nullptr) {
        return error;
    }
    switch (attribute) { /* cublasLtMatmulPreferenceAttributes_t */
    case 1: return set(&p->workspace, value, size);
    case 3: return set(&p->reductions, value, size);
    case 5: case 6: case 7: case 8: return set(&p->alignment[attribute - 5], value, size);
    default: return fail(BLAS_NOT_SUPPORTED, "cuBLASLt: attribute %d of a preference is not emulated", attribute);
    }
}

SARYU_API int cublasLtMatmulAlgoGetHeuristic(Handle *handle, Operation *operation, Layout *a, Layout *b, Layout *c, Layout *d,
                                             Preference *preference, int wanted, Heuristic *results, int *count) {
    int error;
    Shape shape;
    if (known(handle, Object::HANDLE, &error) == nullptr || known(operation, Object::OPERATION, &error) == nullptr ||
        known(a, Object::LAYOUT, &error) == nullptr || known(b, Object::LAYOUT, &error) == nullptr ||
        known(c, Object::LAYOUT, &error) == nullptr || known(d, Object::LAYOUT, &error) == nullptr ||
        known(preference, Object::PREFERENCE, &error) == nullptr ||
        (error = check(*operation, *a, *b, *c, *d, &shape)) != BLAS_SUCCESS) {
        return error;
    }
    *count = wanted < 1 ? 0 : 1;
    if (wanted >= 1) {
        size_t workspace = preference->workspace < WORKSPACE ? 0 : WORKSPACE;
        const unsigned *g = preference->alignment;
        results[0] = {{MAGIC, mark(shape, *operation, *a, *d), workspace, {g[0], g[1], g[2], g[3]}, {0, 0, 0}},
                      workspace, BLAS_SUCCESS, 1, {0, 0, 0, 0}};
    }
    return BLAS_SUCCESS;
}

SARYU_API int cublasLtMatmul(Handle *handle, Operation *operation, const float *alpha, const void *a, Layout *la, const void *b,
                             Layout *lb, const float *beta, const void *c, Layout *lc, void *d, Layout *ld,
                             const Algorithm *algorithm, void *workspace, size_t workspace_size, Stream *handle_of_stream) {
    int error;
    Shape shape;
    if (known(handle, Object::HANDLE, &error) == nullptr || known(operation, Object::OPERATION, &error) == nullptr ||
        known(la, Object::LAYOUT, &error) == nullptr || known(lb, Object::LAYOUT, &error) == nullptr ||
        known(lc, Object::LAYOUT, &error) == nullptr || known(ld, Object::LAYOUT, &error) == nullptr ||
        (error = check(*operation, *la, *lb, *lc, *ld, &shape)) != BLAS_SUCCESS) {
        return error;
    }
    Context *context = current(&error);
    Stream *stream = context == nullptr ? nullptr : resolve(context, handle_of_stream, &error);
    if (stream == nullptr) {
        return BLAS_EXECUTION_FAILED;
    }
    int device = context->device;
    if (handle->device != device) {
        return fail(BLAS_INVALID_VALUE, "cuBLASLt: the handle is of cuda:%d, and the context of cuda:%d", handle->device, device);
    }
    size_t scratch = 0;
    const void *pointers[] = {a, b, c, d};
    for (int i = 0; i < 4; i++) {
        size_t width = (i < 2 ? la : ld)->width();
        if (reinterpret_cast<uintptr_t>(pointers[i]) % width != 0) {
            return fail(BLAS_INVALID_VALUE, "cuBLASLt: the address %p of %c is not aligned to its type", pointers[i], "ABCD"[i]);
        }
        if (algorithm != nullptr && reinterpret_cast<uintptr_t>(pointers[i]) % algorithm->alignment[i] != 0) {
            return fail(BLAS_INVALID_VALUE, "cuBLASLt: the address %p of %c is not aligned to the %u bytes that the heuristic was "
                        "asked for", pointers[i], "ABCD"[i], algorithm->alignment[i]);
        }
    }
    if (algorithm != nullptr) {
        if (algorithm->magic != MAGIC || algorithm->shape != mark(shape, *operation, *la, *ld)) {
            return fail(BLAS_INVALID_VALUE, "cuBLASLt: the algorithm was chosen for another product");
        }
        scratch = algorithm->workspace;
        if (workspace_size < scratch) {
            return fail(BLAS_INVALID_VALUE, "cuBLASLt: the algorithm needs %zu bytes of workspace and has %zu", scratch,
                        workspace_size);
        }
    }
    if (*beta != 0 && c == d && (lc->ld != ld->ld || lc->order != ld->order)) {
        return fail(BLAS_INVALID_VALUE, "cuBLASLt: C and D are one matrix with two leading dimensions");
    }
    auto g = std::make_shared<Gemm>();
    *g = {shape.m, shape.n, shape.k, ld->batches, *alpha, *beta, side(*la, operation->transpose_a != 0, a),
          side(*lb, operation->transpose_b != 0, b), side(*lc, false, c), side(*ld, false, d)};
    size_t bytes[] = {la->extent() * la->width(), lb->extent() * lb->width(), *beta == 0 ? 0 : lc->extent() * lc->width(),
                      ld->extent() * ld->width()};
    std::vector<size_t> sizes(bytes, bytes + 4);
    std::string title = format("matmul of %llu x %llu x %llu", static_cast<unsigned long long>(shape.m),
                               static_cast<unsigned long long>(shape.n), static_cast<unsigned long long>(shape.k));
    error = issue(stream, {title,
                           [=] {
                               const void *all[] = {a, b, c, d};
                               for (int i = 0; i < 4; i++) {
                                   Fault f = check_device(device, all[i], sizes[static_cast<size_t>(i)], title + ": " + "ABCD"[i]);
                                   if (f.error != 0) {
                                       return f;
                                   }
                               }
                               return check_device(device, workspace, scratch, title + ": the workspace");
                           },
                           [=](BlockRunner &) {
                               if (scratch > 0) {
                                   memset(workspace, 0xff, scratch); /* as a real one leaves it */
                               }
                               run(*g);
                               return check_guards(device, title);
                           }});
    return error == SUCCESS ? static_cast<int>(BLAS_SUCCESS) : BLAS_INVALID_VALUE;
}
