#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace saryu {

// Finds the user-defined symbols in a text: at each place the longest one.
class Symbols {
 public:
  struct Match {
    size_t size = 0;  // bytes, 0: none
    int32_t id = -1;
  };

  void add(std::string text, int32_t id);
  size_t size() const { return count_; }

  // The symbol that begins at text[at].
  Match at(std::string_view text, size_t at) const;

 private:
  struct Symbol {
    std::string text;
    int32_t id;
  };
  std::vector<Symbol> by_first_byte_[256];
  size_t count_ = 0;
};

}  // namespace saryu
