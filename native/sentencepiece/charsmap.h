#pragma once
#include <string_view>

namespace saryu {

// Throws std::invalid_argument unless every look-up in this precompiled_charsmap stays inside it and ends in valid
// UTF-8. SentencePiece itself follows the offsets in the file unchecked.
void check_charsmap(std::string_view charsmap);

}  // namespace saryu
