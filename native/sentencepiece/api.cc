// Loading, encoding and decoding.
#include <sentencepiece_processor.h>

#include <algorithm>
#include <atomic>
#include <memory>
#include <mutex>
#include <thread>

#include "model_file.h"
#include "shim.h"
#include "symbols.h"

// Not in the installed headers of all versions; weak, so that a version without it still loads.
namespace sentencepiece {
namespace logging {
__attribute__((weak)) void SetMinLogLevel(int level);
}
}  // namespace sentencepiece

struct saryu_sp_model {
  sentencepiece::SentencePieceProcessor processor;
  saryu::ModelFile file;
  saryu::Symbols symbols;  // empty where a text must not be parted at them
};

namespace {

constexpr int64_t kMaxTextBytes = 64 << 20;  // SentencePiece keeps some 30 bytes for each byte of a text
constexpr int32_t kMaxThreads = 128;

// Errors come back as status; a library does not write to the terminal.
void be_quiet() {
  static std::once_flag once;
  std::call_once(once, [] {
    if (sentencepiece::logging::SetMinLogLevel) sentencepiece::logging::SetMinLogLevel(3);
  });
}

void check(const sentencepiece::util::Status &status) {
  if (!status.ok()) throw std::runtime_error(status.ToString());
}

// Runs work(i) for i < count on up to `threads` threads; the first exception is thrown again here.
template <typename Work>
void parallel(int64_t count, int32_t threads, Work work) {
  std::atomic<int64_t> next{0};
  std::atomic<bool> failed{false};
  std::exception_ptr failure;
  std::mutex mutex;
  const auto run = [&] {
    for (int64_t i; !failed.load(std::memory_order_relaxed) && (i = next.fetch_add(1)) < count;) {
      try {
        work(i);
      } catch (...) {
        const std::lock_guard<std::mutex> lock(mutex);
        if (!failure) failure = std::current_exception();
        failed = true;
      }
    }
  };
  std::vector<std::thread> helpers;
  const int64_t wanted = std::min<int64_t>({std::max<int32_t>(threads, 1), kMaxThreads, count});
  try {
    helpers.reserve(static_cast<size_t>(std::max<int64_t>(wanted, 1)));
    for (int64_t i = 1; i < wanted; ++i) helpers.emplace_back(run);
  } catch (const std::exception &) {
    // No more threads to be had: those that there are do the work.
  }
  run();
  for (std::thread &helper : helpers) helper.join();
  if (failure) std::rethrow_exception(failure);
}

void check_offsets(const int64_t *offsets, int64_t count, int64_t most, const char *what) {
  if (count < 0 || offsets[0] < 0) throw std::invalid_argument("the offsets are negative");
  for (int64_t i = 0; i < count; ++i) {
    if (offsets[i + 1] < offsets[i]) throw std::invalid_argument("the offsets do not rise");
    if (offsets[i + 1] - offsets[i] > most) {
      throw std::invalid_argument(std::string(what) + " " + std::to_string(i) + " is longer than " +
                                  std::to_string(most) + "; cut it into parts");
    }
  }
}

// A symbol's text always becomes that one piece, so what stands between symbols can be encoded by itself when the model
// adds and removes nothing at the ends. That keeps sums of scores, which SentencePiece rounds to 24 bits, small in long
// texts, and it is how other tokenizer libraries treat such symbols.
void find_symbols(saryu_sp_model *model) {
  constexpr size_t kMost = 4096;
  const saryu::ModelFile &file = model->file;
  if (file.add_dummy_prefix || file.remove_extra_whitespaces || file.has_charsmap) return;
  saryu::Symbols symbols;
  for (size_t id = 0; id < file.pieces.size(); ++id) {
    if (file.pieces[id].type != SARYU_SP_USER_DEFINED) continue;
    // One with a blank is looked for before blanks become U+2581, and so never found as SentencePiece finds it.
    if (file.pieces[id].text.find("\xE2\x96\x81") != std::string::npos || symbols.size() == kMost) return;
    symbols.add(file.pieces[id].text, static_cast<int32_t>(id));
  }
  model->symbols = std::move(symbols);
}

void encode_between(const saryu_sp_model *model, std::string_view text, std::vector<int> *ids) {
  if (text.empty()) return;
  std::vector<int> part;
  check(model->processor.Encode({text.data(), text.size()}, &part));
  ids->insert(ids->end(), part.begin(), part.end());
}

void encode(const saryu_sp_model *model, std::string_view text, std::vector<int> *ids) {
  if (model->symbols.size() == 0) {
    check(model->processor.Encode({text.data(), text.size()}, ids));
    return;
  }
  size_t begin = 0;
  for (size_t at = 0; at < text.size();) {
    const saryu::Symbols::Match match = model->symbols.at(text, at);
    if (match.size == 0) {
      ++at;
      continue;
    }
    encode_between(model, text.substr(begin, at - begin), ids);
    ids->push_back(match.id);
    at += match.size;
    begin = at;
  }
  encode_between(model, text.substr(begin), ids);
}

// Joins the parts of a batch into one result.
template <typename Part>
std::unique_ptr<saryu_sp_result> join(std::vector<Part> *parts) {
  using Element = typename Part::value_type;
  auto result = std::make_unique<saryu_sp_result>();
  result->element_size = sizeof(Element);
  result->offsets.reserve(parts->size() + 1);
  result->offsets.push_back(0);
  for (const Part &part : *parts) {
    result->offsets.push_back(result->offsets.back() + static_cast<int64_t>(part.size()));
  }
  result->bytes.reserve(static_cast<size_t>(result->offsets.back()) * sizeof(Element));
  for (Part &part : *parts) {
    const char *first = reinterpret_cast<const char *>(part.data());
    result->bytes.insert(result->bytes.end(), first, first + part.size() * sizeof(Element));
    Part().swap(part);
  }
  return result;
}

}  // namespace

extern "C" {

const char *saryu_sp_version(void) { return SARYU_SENTENCEPIECE_VERSION; }

int32_t saryu_sp_load(const void *bytes, int64_t size, saryu_sp_model **out, char *error, int64_t error_size) {
  return saryu::guarded(error, error_size, [&] {
    be_quiet();
    saryu::ModelFile file = saryu::read_model_file({static_cast<const char *>(bytes), static_cast<size_t>(size)});
    auto model = std::make_unique<saryu_sp_model>();
    check(model->processor.LoadFromSerializedProto(file.canonical));
    if (model->processor.GetPieceSize() != static_cast<int>(file.pieces.size())) {
      throw std::runtime_error("SentencePiece read another number of pieces");
    }
    file.canonical = {};
    model->file = std::move(file);
    find_symbols(model.get());
    *out = model.release();
  });
}

void saryu_sp_free(saryu_sp_model *model) { delete model; }

int32_t saryu_sp_vocab_size(const saryu_sp_model *model) { return static_cast<int32_t>(model->file.pieces.size()); }

void saryu_sp_special_ids(const saryu_sp_model *model, int32_t *ids) {
  ids[0] = model->processor.unk_id();
  ids[1] = model->processor.bos_id();
  ids[2] = model->processor.eos_id();
  ids[3] = model->processor.pad_id();
}

void saryu_sp_settings(const saryu_sp_model *model, int32_t *settings) {
  const saryu::ModelFile &file = model->file;
  const bool values[] = {file.byte_fallback,      file.add_dummy_prefix,     file.remove_extra_whitespaces,
                         file.escape_whitespaces, file.whitespace_as_suffix, file.has_charsmap};
  std::copy(std::begin(values), std::end(values), settings);
}

int32_t saryu_sp_piece(const saryu_sp_model *model, int32_t id, const char **text, int32_t *text_size, float *score,
                       int32_t *type) {
  if (id < 0 || id >= saryu_sp_vocab_size(model)) return 1;
  const saryu::Piece &piece = model->file.pieces[static_cast<size_t>(id)];
  *text = piece.text.data();
  *text_size = static_cast<int32_t>(piece.text.size());
  *score = piece.score;
  *type = piece.type;
  return 0;
}

int32_t saryu_sp_encode(const saryu_sp_model *model, const char *utf8, const int64_t *offsets, int64_t count,
                        int32_t threads, saryu_sp_result **out, char *error, int64_t error_size) {
  static_assert(sizeof(int) == sizeof(int32_t), "SentencePiece's ids are ints");
  return saryu::guarded(error, error_size, [&] {
    check_offsets(offsets, count, kMaxTextBytes, "text");
    std::vector<std::vector<int>> parts(static_cast<size_t>(count));
    parallel(count, threads, [&](int64_t i) {
      const std::string_view text(utf8 + offsets[i], static_cast<size_t>(offsets[i + 1] - offsets[i]));
      encode(model, text, &parts[static_cast<size_t>(i)]);
    });
    *out = join(&parts).release();
  });
}

int32_t saryu_sp_decode(const saryu_sp_model *model, const int32_t *ids, const int64_t *offsets, int64_t count,
                        int32_t threads, saryu_sp_result **out, char *error, int64_t error_size) {
  return saryu::guarded(error, error_size, [&] {
    check_offsets(offsets, count, kMaxTextBytes, "sequence");
    std::vector<std::string> parts(static_cast<size_t>(count));
    parallel(count, threads, [&](int64_t i) {
      const std::vector<int> sequence(ids + offsets[i], ids + offsets[i + 1]);
      for (const int id : sequence) {
        if (id < 0 || id >= saryu_sp_vocab_size(model)) {
          throw std::out_of_range("id " + std::to_string(id) + " is outside of the vocabulary of " +
                                  std::to_string(saryu_sp_vocab_size(model)) + " pieces");
        }
      }
      check(model->processor.Decode(sequence, &parts[static_cast<size_t>(i)]));
    });
    *out = join(&parts).release();
  });
}

const void *saryu_sp_result_data(const saryu_sp_result *result) { return result->bytes.data(); }

int64_t saryu_sp_result_size(const saryu_sp_result *result) {
  return static_cast<int64_t>(result->bytes.size()) / result->element_size;
}

const int64_t *saryu_sp_result_offsets(const saryu_sp_result *result) { return result->offsets.data(); }

void saryu_sp_result_free(saryu_sp_result *result) { delete result; }

}  // extern "C"
