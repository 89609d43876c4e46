#include "charsmap.h"

#include <cstdint>
#include <cstring>
#include <stdexcept>
#include <vector>

#include "utf8.h"

namespace saryu {
namespace {

constexpr size_t kMaxTrieBytes = 4 << 20;    // nmt_nfkc's is a quarter of a MiB
constexpr size_t kMaxReplacementBytes = 128; // the longest of Unicode's compatibility mappings is 33
constexpr int kMaxPrefixes = 32;             // SentencePiece's Normalizer::kMaxTrieResultsSize, which it does not check

[[noreturn]] void fail() {
  throw std::invalid_argument("its precompiled_charsmap is broken");
}

// A unit of the double array of Darts-clone.
struct Unit {
  uint32_t bits;
  bool has_leaf() const { return (bits >> 8) & 1; }
  uint32_t value() const { return bits & 0x7FFFFFFFu; }
  uint32_t label() const { return bits & 0x800000FFu; }
  uint32_t offset() const { return (bits >> 10) << ((bits & (1u << 9)) >> 6); }
};

class Walk {
 public:
  Walk(std::vector<Unit> units, std::string_view replacements)
      : units_(std::move(units)), replacements_(replacements), prefixes_(units_.size(), kNew) {}

  // Depth first through all states that some text can reach; the array may share states, but a cycle is refused.
  void run() {
    std::vector<Frame> stack{enter(0)};
    while (!stack.empty()) {
      Frame &top = stack.back();
      if (top.label == 256) {
        const int below = top.longest + top.leaf;
        if (below > kMaxPrefixes) fail();
        prefixes_[top.unit] = static_cast<int16_t>(below);
        stack.pop_back();
        if (!stack.empty() && stack.back().longest < below) stack.back().longest = below;
        continue;
      }
      const uint32_t label = top.label++;
      const uint32_t child = top.base ^ label;
      if (child >= units_.size()) fail();
      if (units_[child].label() != label) continue;
      if (prefixes_[child] == kOpen) fail();
      if (prefixes_[child] == kNew) {
        stack.push_back(enter(child));
      } else if (top.longest < prefixes_[child]) {
        top.longest = prefixes_[child];
      }
    }
  }

 private:
  static constexpr int16_t kNew = -1, kOpen = -2;

  struct Frame {
    uint32_t unit, base, label;
    int leaf, longest;
  };

  Frame enter(uint32_t unit) {
    prefixes_[unit] = kOpen;
    const uint32_t base = unit ^ units_[unit].offset();
    if (base >= units_.size()) fail();
    const bool leaf = unit != 0 && units_[unit].has_leaf();
    if (leaf) check_replacement(units_[base].value());
    return {unit, base, 0, leaf ? 1 : 0, 0};
  }

  void check_replacement(uint32_t start) const {
    if (start >= replacements_.size()) fail();
    const std::string_view rest = replacements_.substr(start, kMaxReplacementBytes + 1);
    const size_t end = rest.find('\0');
    if (end == std::string_view::npos || !is_utf8(rest.substr(0, end))) fail();
  }

  std::vector<Unit> units_;
  std::string_view replacements_;
  std::vector<int16_t> prefixes_;  // most keys that can end on one way down from a unit
};

}  // namespace

void check_charsmap(std::string_view charsmap) {
  uint32_t trie_bytes = 0;
  if (charsmap.size() <= sizeof(trie_bytes)) fail();
  std::memcpy(&trie_bytes, charsmap.data(), sizeof(trie_bytes));
  charsmap.remove_prefix(sizeof(trie_bytes));
  if (trie_bytes == 0 || trie_bytes % 4 != 0 || trie_bytes > kMaxTrieBytes || trie_bytes >= charsmap.size()) fail();
  std::vector<Unit> units(trie_bytes / 4);
  std::memcpy(units.data(), charsmap.data(), trie_bytes);
  Walk(std::move(units), charsmap.substr(trie_bytes)).run();
}

}  // namespace saryu
