#include "thread_memory.h"

#include "block.h"

#include <link.h>

namespace saryu {
namespace {

struct Image {
    const char *image = nullptr; /* as the file has it, in this process's addresses */
    size_t file_size = 0, size = 0;
    char *mine = nullptr; /* the calling thread's */
};

const char here = 0;

int look(dl_phdr_info *info, size_t, void *argument) {
    auto *found = static_cast<Image *>(argument);
    bool ours = false;
    const ElfW(Phdr) *tls = nullptr;
    for (int i = 0; i < info->dlpi_phnum; i++) {
        const ElfW(Phdr) &p = info->dlpi_phdr[i];
        auto at = reinterpret_cast<ElfW(Addr)>(&here);
        if (p.p_type == PT_LOAD && at >= info->dlpi_addr + p.p_vaddr && at < info->dlpi_addr + p.p_vaddr + p.p_memsz) {
            ours = true;
        } else if (p.p_type == PT_TLS) {
            tls = &p;
        }
    }
    if (!ours) {
        return 0;
    }
    if (tls != nullptr) {
        found->image = reinterpret_cast<const char *>(info->dlpi_addr + tls->p_vaddr);
        found->file_size = tls->p_filesz;
        found->size = tls->p_memsz;
        found->mine = static_cast<char *>(info->dlpi_tls_data);
    }
    return 1;
}

Image image() {
    Lane *volatile touched = lane; /* the loader makes a thread's copy when it is first used */
    static_cast<void>(touched);
    Image found;
    dl_iterate_phdr(look, &found);
    return found;
}

} // namespace

char *thread_memory(const char *in_image) {
    Image i = image();
    return i.mine + (in_image - i.image);
}

void template_shared(char **begin, char **end) {
    Image i = image();
    *begin = i.mine + i.file_size;
    *end = i.mine + i.size;
}

} // namespace saryu
