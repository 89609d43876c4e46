// Training, through SentencePiece's own trainer.
#include <memory>
#include <unordered_map>

#include "model_file.h"
#include "sentences.h"
#include "shim.h"

namespace {

// SentencePiece reads a list as comma-separated values and knows no escape that all versions agree on.
std::string comma_separated(const std::vector<std::string> &symbols) {
  std::string list;
  for (const std::string &symbol : symbols) {
    if (symbol.find_first_of(",\"\t") != std::string::npos) {
      throw std::invalid_argument("the user-defined symbol " + symbol + " holds a comma, a quote or a tab");
    }
    if (!list.empty()) list += ',';
    list += symbol;
  }
  return list;
}

}  // namespace

extern "C" int32_t saryu_sp_train(const char *const *options, int32_t option_count, const char *const *symbols,
                                  int32_t symbol_count, const char *const *inputs, int32_t input_count,
                                  int32_t max_sentence_length, saryu_sp_result **out, char *error, int64_t error_size) {
  return saryu::guarded(error, error_size, [&] {
    if (max_sentence_length < 16) throw std::invalid_argument("max_sentence_length must be at least 16");
    std::unordered_map<std::string, std::string> arguments;
    for (int32_t i = 0; i < option_count; ++i) {
      const std::string option = options[i];
      const size_t equals = option.find('=');
      if (equals == std::string::npos) throw std::invalid_argument("the option " + option + " has no value");
      arguments[option.substr(0, equals)] = option.substr(equals + 1);
    }
    const std::vector<std::string> symbol_list(symbols, symbols + symbol_count);
    if (symbol_count > 0) arguments["user_defined_symbols"] = comma_separated(symbol_list);
    arguments["max_sentence_length"] = std::to_string(max_sentence_length);
    arguments["minloglevel"] = "3";

    saryu::Sentences sentences({inputs, inputs + input_count}, symbol_list, static_cast<size_t>(max_sentence_length));
    if (sentences.done()) throw std::invalid_argument("the input holds no text");
    sentencepiece::SetRandomGeneratorSeed(0);  // equal input, equal model
    std::string model;
    const auto status = sentencepiece::SentencePieceTrainer::Train(arguments, &sentences, &model);
    if (!status.ok()) throw std::runtime_error(status.ToString());

    saryu::round_scores(&model);
    auto result = std::make_unique<saryu_sp_result>();
    result->bytes.assign(model.begin(), model.end());
    result->offsets = {0, static_cast<int64_t>(model.size())};
    *out = result.release();
  });
}
