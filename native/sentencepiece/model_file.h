#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace saryu {

struct Piece {
  std::string text;
  float score = 0;
  int32_t type = 1;  // SARYU_SP_*
};

// The parts of a tokenizer.model that bear on encoding and decoding.
struct ModelFile {
  std::vector<Piece> pieces;
  bool byte_fallback = false;
  bool add_dummy_prefix = true;
  bool remove_extra_whitespaces = true;
  bool escape_whitespaces = true;
  bool whitespace_as_suffix = false;
  bool has_charsmap = false;
  std::string canonical;  // the same model, written again from checked fields only
};

// Reads and checks a serialized ModelProto; throws std::invalid_argument with the reason, a clause such as
// "piece 7 is empty". After it SentencePiece can load `canonical` and use it on any text without failing a CHECK,
// which would end the process, or leaving its buffers.
ModelFile read_model_file(std::string_view bytes);

// Rounds the scores of a serialized model, in place, to multiples of 1/1024. Sums of them then carry no rounding, in
// float (to 16,384) as in double, so that all libraries find the same ties between ways to part a text, and break them
// alike.
void round_scores(std::string *model);

}  // namespace saryu
