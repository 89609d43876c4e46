/* Where SHARED variables live: they are thread-local, each module's in a section of its own. */
#pragma once

namespace saryu {

/* The calling thread's copy of a place in the image of this library's thread-local memory. */
char *thread_memory(const char *in_image);
/* SHARED variables of templates, for which g++ ignores the section: all thread-local memory that begins as zeros. The
 * emulator's own has to be SARYU_OWN_THREAD_LOCAL. */
void template_shared(char **begin, char **end);

} // namespace saryu
