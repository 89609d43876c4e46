/* What the stand-in for NVRTC makes and the one for cuModuleLoadData takes: the name of a module that was compiled in. */
#pragma once

#include "registry.h"

namespace saryu {

/* Text that ends in a zero byte. */
std::string image_of(const Module &module, int architecture);
/* The module; null, and why in *problem, when the image is none or of another build of this library. */
const Module *module_of(const char *image, int *architecture, std::string *problem);

} // namespace saryu
