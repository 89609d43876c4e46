#pragma once
#include <cstdint>
#include <cstring>
#include <exception>
#include <new>
#include <stdexcept>
#include <string>
#include <vector>

#include "saryu_sentencepiece.h"
#include "utf8.h"

// Elements are bytes, or int32 ids in the machine's byte order.
struct saryu_sp_result {
  std::vector<char> bytes;
  int64_t element_size = 1;
  std::vector<int64_t> offsets;
};

namespace saryu {

// Copies `message` to the caller's buffer as one line, cut at a character.
inline void give_error(std::string message, char *error, int64_t error_size) {
  if (error == nullptr || error_size <= 0) return;
  for (char &c : message) {
    if (c == '\n' || c == '\r' || c == '\0') c = ' ';
  }
  size_t size = 0;
  while (size < message.size()) {
    const size_t length = utf8_char_length(std::string_view(message).substr(size));
    const size_t step = length == 0 ? 1 : length;
    if (size + step >= static_cast<size_t>(error_size)) break;
    size += step;
  }
  std::memcpy(error, message.data(), size);
  error[size] = '\0';
}

// Runs `body`; what it throws becomes the error text and 1.
template <typename Body>
int32_t guarded(char *error, int64_t error_size, Body body) noexcept {
  try {
    body();
    return 0;
  } catch (const std::bad_alloc &) {
    try {
      give_error("there is not enough memory", error, error_size);
    } catch (...) {
    }
  } catch (const std::exception &e) {
    try {
      give_error(e.what(), error, error_size);
    } catch (...) {
    }
  } catch (...) {
    try {
      give_error("SentencePiece failed without saying why", error, error_size);
    } catch (...) {
    }
  }
  return 1;
}

}  // namespace saryu
