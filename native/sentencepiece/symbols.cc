#include "symbols.h"

#include <stdexcept>

namespace saryu {

void Symbols::add(std::string text, int32_t id) {
  if (text.empty()) throw std::invalid_argument("a user-defined symbol is empty");
  by_first_byte_[static_cast<unsigned char>(text[0])].push_back({std::move(text), id});
  ++count_;
}

Symbols::Match Symbols::at(std::string_view text, size_t at) const {
  Match longest;
  for (const Symbol &symbol : by_first_byte_[static_cast<unsigned char>(text[at])]) {
    if (symbol.text.size() > longest.size && text.compare(at, symbol.text.size(), symbol.text) == 0) {
      longest = {symbol.text.size(), symbol.id};
    }
  }
  return longest;
}

}  // namespace saryu
