/* The few words that the emulator's own tests need. */
#pragma once

#include <cstdio>
#include <string>

extern int failures;

#define CHECK(condition, ...)                                                                                          \
    do {                                                                                                               \
        if (!(condition)) {                                                                                            \
            failures++;                                                                                                \
            fprintf(stderr, "%s:%d: %s", __FILE__, __LINE__, #condition);                                              \
            fprintf(stderr, "   " __VA_ARGS__);                                                                        \
            fprintf(stderr, "\n");                                                                                     \
        }                                                                                                              \
    } while (0)

inline bool says(const std::string &text, const char *part) {
    return text.find(part) != std::string::npos;
}
