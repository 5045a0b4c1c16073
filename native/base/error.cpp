#include "dolab/error.hpp"

#include <algorithm>

#include "base/catalogue.hpp"

namespace dolab {

namespace {

std::string position_text(const SourceSpan& span) {
  std::string text = span.file.empty() ? "<model>" : span.file;
  return text + ":" + std::to_string(span.line) + ":" + std::to_string(span.column);
}

}  // namespace

Error::Error(std::string code, std::string message, std::string hint, SourceSpan span)
    : code_(std::move(code)), message_(std::move(message)), hint_(std::move(hint)), span_(std::move(span)) {
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

std::string Error::render() const {
  std::string out = "error[" + code_ + "]: " + message_ + "\n";
  const std::string number = std::to_string(span_.line);
  const std::string margin(number.size() + 1, ' ');
  if (span_.line > 0) {
    out += margin + "--> " + position_text(span_) + "\n";
    if (!source_line_.empty()) {
      const int width =
          span_.end_line == span_.line && span_.end_column > span_.column ? span_.end_column - span_.column : 1;
      out += margin + " |\n" + number + "  | " + source_line_ + "\n" + margin + " | " +
             std::string(static_cast<std::size_t>(std::max(0, span_.column - 1)), ' ') +
             std::string(static_cast<std::size_t>(width), '^') + "\n";
    }
  } else if (!span_.file.empty()) {
    out += "  --> " + span_.file + "\n";
  }
  for (const auto& related : related_) {
    out += margin + " = " + related.message;
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
