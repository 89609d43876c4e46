#include "sentences.h"

#include <algorithm>
#include <stdexcept>

namespace saryu {
namespace {

bool has_text(std::string_view sentence) {
  return std::any_of(sentence.begin(), sentence.end(), [](char c) { return c != ' ' && c != '\0'; });
}

}  // namespace

Sentences::Sentences(std::vector<std::string> paths, const std::vector<std::string> &symbols, size_t most)
    : paths_(std::move(paths)), most_(most) {
  for (const std::string &symbol : symbols) symbols_.add(symbol, -1);
  fill();
}

void Sentences::Next() {
  queue_.pop_front();
  if (queue_.empty()) fill();
}

void Sentences::fill() {
  std::string line;
  while (queue_.empty()) {
    if (!file_.is_open()) {
      if (next_path_ == paths_.size()) return;
      file_.clear();
      file_.open(paths_[next_path_], std::ios::binary);
      if (!file_) throw std::runtime_error("cannot read " + paths_[next_path_]);
    }
    if (std::getline(file_, line)) {
      add_line(std::move(line));
    } else {
      if (file_.bad()) throw std::runtime_error("cannot read " + paths_[next_path_] + " to its end");
      file_.close();
      ++next_path_;
    }
  }
}

void Sentences::add_line(std::string line) {
  if (!line.empty() && line.back() == '\r') line.pop_back();
  std::replace(line.begin(), line.end(), '\t', ' ');
  size_t begin = 0;
  for (size_t at = 0; at < line.size();) {
    const size_t length = symbols_.at(line, at).size;
    if (length == 0) {
      ++at;
      continue;
    }
    add_cut(std::string_view(line).substr(begin, at - begin));
    at += length;
    begin = at;
  }
  add_cut(std::string_view(line).substr(begin));
}

void Sentences::add_cut(std::string_view sentence) {
  while (sentence.size() > most_) {
    size_t cut = sentence.rfind(' ', most_ - 1);
    if (cut == std::string_view::npos || cut == 0) {
      cut = most_;
      while (cut > most_ - 4 && (static_cast<unsigned char>(sentence[cut]) & 0xC0) == 0x80) --cut;
    }
    if (has_text(sentence.substr(0, cut))) queue_.emplace_back(sentence.substr(0, cut));
    sentence.remove_prefix(cut);
  }
  if (has_text(sentence)) queue_.emplace_back(sentence);
}

}  // namespace saryu
