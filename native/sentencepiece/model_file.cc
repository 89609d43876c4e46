#include "model_file.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <stdexcept>
#include <unordered_set>

#include "charsmap.h"
#include "saryu_sentencepiece.h"
#include "utf8.h"

namespace saryu {
namespace {

constexpr size_t kMaxFileBytes = size_t{256} << 20;
constexpr size_t kMaxPieces = 1 << 22;
constexpr size_t kMaxPieceBytes = 1024;  // the trie of pieces is built by recursion, one level a byte
constexpr float kMaxScore = 1e9f;
constexpr size_t kMaxNestedSymbols = 63; // SentencePiece's PrefixMatcher holds 64 matches and does not check

[[noreturn]] void fail(const std::string &why) { throw std::invalid_argument(why); }

// One field of a protobuf message. Wire types: 0 varint, 1 eight bytes, 2 bytes, 5 four bytes.
struct Field {
  uint32_t number = 0;
  int wire = 0;
  uint64_t value = 0;
  std::string_view bytes;
};

class Message {
 public:
  Message(std::string_view bytes, const char *name) : rest_(bytes), name_(name) {}

  bool next(Field *field) {
    if (rest_.empty()) return false;
    const uint64_t tag = varint();
    if (tag >> 32 != 0 || tag >> 3 == 0) cut();
    field->number = static_cast<uint32_t>(tag >> 3);
    field->wire = static_cast<int>(tag & 7);
    field->bytes = {};
    switch (field->wire) {
      case 0: field->value = varint(); break;
      case 1: field->bytes = take(8); break;
      case 2: field->bytes = take(varint()); break;
      case 5: field->bytes = take(4); break;
      default: cut();
    }
    return true;
  }

  // Refuses a known field that stands there with another wire type.
  void expect(const Field &field, int wire) const {
    if (field.wire != wire) {
      fail("field " + std::to_string(field.number) + " of its " + name_ + " has the wrong type");
    }
  }

 private:
  [[noreturn]] void cut() const { fail(std::string("its ") + name_ + " is cut off or garbled"); }

  uint64_t varint() {
    uint64_t value = 0;
    for (int shift = 0; shift < 64; shift += 7) {
      if (rest_.empty()) cut();
      const auto byte = static_cast<unsigned char>(rest_.front());
      rest_.remove_prefix(1);
      value |= static_cast<uint64_t>(byte & 0x7F) << shift;
      if (byte < 0x80) return value;
    }
    cut();
  }

  std::string_view take(uint64_t size) {
    if (size > rest_.size()) cut();
    const std::string_view taken = rest_.substr(0, size);
    rest_.remove_prefix(size);
    return taken;
  }

  std::string_view rest_;
  const char *name_;
};

void put_varint(std::string *out, uint64_t value) {
  for (; value >= 0x80; value >>= 7) out->push_back(static_cast<char>(value | 0x80));
  out->push_back(static_cast<char>(value));
}

void put_number(std::string *out, uint32_t number, uint64_t value) {
  put_varint(out, number << 3);
  put_varint(out, value);
}

void put_bytes(std::string *out, uint32_t number, std::string_view bytes) {
  put_varint(out, number << 3 | 2);
  put_varint(out, bytes.size());
  out->append(bytes);
}

Piece read_piece(std::string_view bytes, size_t id) {
  const std::string name = "piece " + std::to_string(id);
  Piece piece;
  Message message(bytes, "list of pieces");
  for (Field field; message.next(&field);) {
    if (field.number == 1) {
      message.expect(field, 2);
      piece.text = field.bytes;
    } else if (field.number == 2) {
      message.expect(field, 5);
      std::memcpy(&piece.score, field.bytes.data(), sizeof(float));
    } else if (field.number == 3) {
      message.expect(field, 0);
      if (field.value < SARYU_SP_NORMAL || field.value > SARYU_SP_BYTE) fail(name + " has an unknown type");
      piece.type = static_cast<int32_t>(field.value);
    }
  }
  if (piece.text.empty()) fail(name + " is empty");
  if (piece.text.size() > kMaxPieceBytes) fail(name + " is longer than " + std::to_string(kMaxPieceBytes) + " bytes");
  if (piece.text.find('\0') != std::string::npos || !is_utf8(piece.text)) fail(name + " is not valid UTF-8 text");
  if (!std::isfinite(piece.score) || std::fabs(piece.score) > kMaxScore) fail(name + " has a score that is no number");
  return piece;
}

// Text fields of a spec that reach the processor; all other texts (file names and the like) are dropped.
bool is_spec_text(uint32_t number) { return number >= 44 && number <= 48; }

std::string read_trainer_spec(std::string_view bytes, ModelFile *file) {
  std::string canonical;
  Message message(bytes, "trainer_spec");
  for (Field field; message.next(&field);) {
    const uint32_t number = field.number;
    if (number == 3) {
      message.expect(field, 0);
      if (field.value != 1) fail("it is no unigram model (model_type " + std::to_string(field.value) + ")");
    } else if (number == 24 || number == 35) {  // treat_whitespace_as_suffix, byte_fallback
      message.expect(field, 0);
      (number == 35 ? file->byte_fallback : file->whitespace_as_suffix) = field.value != 0;
      put_number(&canonical, number, field.value != 0);
    } else if (number >= 40 && number <= 43) {  // unk_id, bos_id, eos_id, pad_id
      message.expect(field, 0);
      put_number(&canonical, number, field.value);
    } else if (is_spec_text(number)) {
      message.expect(field, 2);
      if (field.bytes.size() > kMaxPieceBytes || field.bytes.find('\0') != std::string_view::npos ||
          !is_utf8(field.bytes)) {
        fail("field " + std::to_string(number) + " of its trainer_spec is not valid UTF-8 text");
      }
      put_bytes(&canonical, number, field.bytes);
    }
  }
  return canonical;
}

std::string read_normalizer_spec(std::string_view bytes, const char *name, ModelFile *file) {
  std::string canonical;
  std::string_view charsmap;
  Message message(bytes, name);
  for (Field field; message.next(&field);) {
    if (field.number == 2) {
      message.expect(field, 2);
      charsmap = field.bytes;
    } else if (field.number >= 3 && field.number <= 5) {  // add_dummy_prefix, remove_extra_, escape_whitespaces
      message.expect(field, 0);
      bool *const flags[] = {&file->add_dummy_prefix, &file->remove_extra_whitespaces, &file->escape_whitespaces};
      *flags[field.number - 3] = field.value != 0;
      put_number(&canonical, field.number, field.value != 0);
    }
  }
  if (!charsmap.empty()) {
    check_charsmap(charsmap);
    file->has_charsmap = true;
    put_bytes(&canonical, 2, charsmap);
  }
  return canonical;
}

bool is_byte_piece(const std::string &text, int *byte) {
  static const char digits[] = "0123456789ABCDEF";
  if (text.size() != 6 || text.compare(0, 3, "<0x") != 0 || text[5] != '>') return false;
  const char *high = std::strchr(digits, text[3]);
  const char *low = std::strchr(digits, text[4]);
  if (!high || !low) return false;
  *byte = static_cast<int>((high - digits) * 16 + (low - digits));
  return true;
}

void check_bytes(const std::vector<Piece> &pieces, bool byte_fallback) {
  std::vector<bool> found(256);
  for (size_t id = 0; id < pieces.size(); ++id) {
    int byte = 0;
    if (pieces[id].type != SARYU_SP_BYTE) continue;
    if (!byte_fallback) fail("piece " + std::to_string(id) + " is a byte, but byte_fallback is off");
    if (!is_byte_piece(pieces[id].text, &byte)) fail("piece " + std::to_string(id) + " is no byte, but has that type");
    found[byte] = true;
  }
  if (byte_fallback && std::count(found.begin(), found.end(), true) != 256) {
    fail("byte_fallback is on, but the 256 byte pieces are not all there");
  }
}

void check_symbols(const std::vector<Piece> &pieces) {
  std::vector<std::string_view> symbols;
  for (const Piece &piece : pieces) {
    if (piece.type == SARYU_SP_USER_DEFINED) symbols.push_back(piece.text);
  }
  std::sort(symbols.begin(), symbols.end());
  std::vector<std::string_view> prefixes;  // each a prefix of the next
  for (const std::string_view symbol : symbols) {
    while (!prefixes.empty() && symbol.substr(0, prefixes.back().size()) != prefixes.back()) prefixes.pop_back();
    prefixes.push_back(symbol);
    if (prefixes.size() > kMaxNestedSymbols) fail("too many of its user-defined symbols begin with each other");
  }
}

void check_pieces(const std::vector<Piece> &pieces, bool byte_fallback) {
  if (pieces.empty()) fail("it has no pieces");
  std::unordered_set<std::string_view> seen;
  size_t unknown = 0;
  size_t in_text = 0;
  for (const Piece &piece : pieces) {
    if (!seen.insert(piece.text).second) fail("it has the piece '" + piece.text + "' twice");
    unknown += piece.type == SARYU_SP_UNKNOWN;
    in_text += piece.type == SARYU_SP_NORMAL || piece.type == SARYU_SP_USER_DEFINED || piece.type == SARYU_SP_UNUSED;
  }
  if (unknown != 1) fail("it has " + std::to_string(unknown) + " unknown pieces where one is needed");
  if (in_text == 0) fail("it has no pieces that text could be made of");
  check_bytes(pieces, byte_fallback);
  check_symbols(pieces);
}

std::string write_piece(const Piece &piece) {
  std::string out;
  put_bytes(&out, 1, piece.text);
  put_varint(&out, 2 << 3 | 5);
  out.append(reinterpret_cast<const char *>(&piece.score), sizeof(float));
  put_number(&out, 3, static_cast<uint64_t>(piece.type));
  return out;
}

}  // namespace

ModelFile read_model_file(std::string_view bytes) {
  if (bytes.empty()) fail("it is empty");
  if (bytes.size() > kMaxFileBytes) fail("it is larger than 256 MiB");
  ModelFile file;
  ModelFile unused;
  std::string specs;
  unsigned seen = 0;
  const auto once = [&seen](const Field &field) {
    if (seen & 1u << field.number) fail("field " + std::to_string(field.number) + " of the model stands there twice");
    seen |= 1u << field.number;
  };
  Message message(bytes, "model");
  for (Field field; message.next(&field);) {
    if (field.number < 1 || field.number > 5) {
      // Extensions (200 and above) are allowed; other numbers show that this is some other file.
      if (field.number < 200) fail("it is no SentencePiece model");
      continue;
    }
    message.expect(field, 2);
    if (field.number == 1) {
      if (file.pieces.size() == kMaxPieces) fail("it has more than " + std::to_string(kMaxPieces) + " pieces");
      file.pieces.push_back(read_piece(field.bytes, file.pieces.size()));
      continue;
    }
    once(field);
    if (field.number == 2) {
      put_bytes(&specs, 2, read_trainer_spec(field.bytes, &file));
    } else if (field.number == 3) {
      put_bytes(&specs, 3, read_normalizer_spec(field.bytes, "normalizer_spec", &file));
    } else if (field.number == 5) {
      put_bytes(&specs, 5, read_normalizer_spec(field.bytes, "denormalizer_spec", &unused));
    }  // 4, self_test_data, is dropped: it would be encoded while loading.
  }
  check_pieces(file.pieces, file.byte_fallback);
  for (const Piece &piece : file.pieces) put_bytes(&file.canonical, 1, write_piece(piece));
  file.canonical += specs;
  return file;
}

void round_scores(std::string *model) {
  Message message(*model, "model");
  for (Field field; message.next(&field);) {
    if (field.number != 1 || field.wire != 2) continue;
    Message piece(field.bytes, "list of pieces");
    for (Field part; piece.next(&part);) {
      if (part.number != 2 || part.wire != 5) continue;
      float score;
      std::memcpy(&score, part.bytes.data(), sizeof(score));
      score = std::round(score * 1024) / 1024;
      std::memcpy(model->data() + (part.bytes.data() - model->data()), &score, sizeof(score));
    }
  }
}

}  // namespace saryu
