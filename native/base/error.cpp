#include "dolab/error.hpp"

#include <algorithm>

#include "base/catalogue.hpp"
#include "base/printable.hpp"

namespace dolab {

namespace {

constexpr std::size_t kLongestMessage = 2000;    // bytes; what is quoted may be a whole file
constexpr std::size_t kLongestSourceLine = 160;  // code points of a line that are shown around the caret

std::string own_words(const std::string& text) { return shortened(printable(text), kLongestMessage); }

std::string position_text(const SourceSpan& span) {
  const std::string text = span.file.empty() ? "<model>" : printable(span.file);
  return text + ":" + std::to_string(span.line) + ":" + std::to_string(span.column);
}

}  // namespace

Error::Error(std::string code, std::string message, std::string hint, SourceSpan span)
    : code_(std::move(code)), message_(own_words(message)), hint_(own_words(hint)), span_(std::move(span)) {
  if (hint_.empty()) {
    if (const auto* entry = find_catalogue_entry(code_)) hint_ = entry->hint;
  }
  refresh();
}

Error& Error::at(const SourceSpan& span) {
  if (span_.line == 0) {
    std::string file = span_.file;
    span_ = span;
    if (!file.empty()) span_.file = file;
    refresh();
  }
  return *this;
}

Error& Error::with_related(SourceSpan span, std::string message) {
  related_.push_back({std::move(span), std::move(message)});
  return *this;
}

Error& Error::with_source_line(std::string line) {
  source_line_ = std::move(line);
  return *this;
}

void Error::refresh() {
  text_ = "error[" + code_ + "]: " + message_;
  if (span_.line > 0) text_ += " (" + position_text(span_) + ")";
}

namespace {

/// Line and caret below it. Of a long line only the part around the caret.
std::string pointed_line(const std::string& line, const SourceSpan& span, const std::string& number,
                         const std::string& margin) {
  std::vector<std::string> shown;  // one printable text per code point
  for (std::size_t begin = 0; begin < line.size();) {
    std::size_t end = begin + 1;
    while (end < line.size() && (static_cast<unsigned char>(line[end]) >> 6) == 2) ++end;
    shown.push_back(line[begin] == '\t' ? " " : printable(std::string_view(line).substr(begin, end - begin)));
    begin = end;
  }
  const std::size_t column = std::min(static_cast<std::size_t>(std::max(0, span.column - 1)), shown.size());
  const std::size_t first =
      shown.size() <= kLongestSourceLine || column < kLongestSourceLine / 2 ? 0 : column - kLongestSourceLine / 2;
  const std::size_t last = std::min(shown.size(), first + kLongestSourceLine);
  const bool one_line = span.end_line == span.line && span.end_column > span.column;
  const std::size_t stop =
      one_line ? std::min(last, column + static_cast<std::size_t>(span.end_column - span.column)) : column + 1;
  std::string text, before, under;
  for (std::size_t i = first; i < last; ++i) {
    text += shown[i];
    const std::size_t width = shown[i].size() > 1 && shown[i][0] == '\\' ? shown[i].size() : 1;
    if (i < column) before += std::string(width, ' ');
    if (i >= column && i < stop) under += std::string(width, '^');
  }
  if (under.empty()) under = "^";
  return margin + " |\n" + number + "  | " + text + "\n" + margin + " | " + before + under + "\n";
}

}  // namespace

std::string Error::render() const {
  std::string out = "error[" + code_ + "]: " + message_ + "\n";
  const std::string number = std::to_string(span_.line);
  const std::string margin(number.size() + 1, ' ');
  if (span_.line > 0) {
    out += margin + "--> " + position_text(span_) + "\n";
    if (!source_line_.empty()) out += pointed_line(source_line_, span_, number, margin);
  } else if (!span_.file.empty()) {
    out += "  --> " + printable(span_.file) + "\n";
  }
  for (const auto& related : related_) {
    out += margin + " = " + own_words(related.message);
    if (related.span.line > 0) out += " (line " + std::to_string(related.span.line) + ")";
    out += "\n";
  }
  if (!hint_.empty()) out += "  hint: " + hint_ + "\n";
  return out;
}

const CatalogueEntry* find_catalogue_entry(const std::string& code) noexcept {
  for (const auto& entry : kCatalogue) {
    if (code == entry.code) return &entry;
  }
  return nullptr;
}

}  // namespace dolab
