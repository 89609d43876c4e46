#pragma once
#include <cstddef>
#include <string_view>

namespace saryu {

// Length of the well-formed UTF-8 character at the start of `text` (Unicode table 3-7), 0 when there is none.
size_t utf8_char_length(std::string_view text);

bool is_utf8(std::string_view text);

}  // namespace saryu
