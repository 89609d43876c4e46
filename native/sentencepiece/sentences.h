#pragma once
#include <sentencepiece_trainer.h>

#include <deque>
#include <fstream>
#include <string>
#include <vector>

#include "symbols.h"

namespace saryu {

// The sentences of text files for SentencePiece's trainer: one a line, without the user-defined symbols, which part a
// line into sentences, and with no tab, which the trainer uses for itself. Nothing empty comes out: on text that holds
// nothing but tabs or such symbols the trainer would fail a CHECK and end the process. A line longer than `most` bytes
// is cut behind a blank, else behind a character.
class Sentences : public sentencepiece::SentenceIterator {
 public:
  Sentences(std::vector<std::string> paths, const std::vector<std::string> &symbols, size_t most);

  bool done() const override { return queue_.empty(); }
  void Next() override;
  const std::string &value() const override { return queue_.front(); }
  sentencepiece::util::Status status() const override { return {}; }

 private:
  void fill();
  void add_line(std::string line);
  void add_cut(std::string_view sentence);

  std::vector<std::string> paths_;
  Symbols symbols_;
  size_t most_;
  size_t next_path_ = 0;
  std::ifstream file_;
  std::deque<std::string> queue_;
};

}  // namespace saryu
