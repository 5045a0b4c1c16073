#include "lang/syntax/source.hpp"

#include "lang/syntax/unicode.hpp"

namespace dolab::lang {
namespace {

std::string normalise_line_ends(const std::string& text, std::size_t from) {
  std::string result;
  result.reserve(text.size() - from);
  for (std::size_t i = from; i < text.size(); ++i) {
    if (text[i] != '\r') {
      result.push_back(text[i]);
      continue;
    }
    result.push_back('\n');
    if (i + 1 < text.size() && text[i + 1] == '\n') ++i;
  }
  return result;
}

}  // namespace

Source::Source(std::string text, std::string file) : file_(std::move(file)) {
  if (text.size() > kMaxSourceBytes) {
    throw Error("E902", "the source has " + std::to_string(text.size()) + " bytes (limit 2097152)", "",
                SourceSpan{file_, 1, 1, 1, 2});
  }
  const bool has_bom = text.compare(0, 3, "\xEF\xBB\xBF") == 0;
  text_ = normalise_line_ends(text, has_bom ? 3 : 0);
  int line = 1, column = 1;
  for (std::size_t i = 0; i < text_.size();) {
    const CodePoint point = decode_utf8(text_, i);
    if (point.length == 0 || point.value == 0) {
      throw Error("E201",
                  point.length == 0 ? "the text is not UTF-8: invalid byte at offset " + std::to_string(i)
                                    : "the text contains a NUL character at offset " + std::to_string(i),
                  "save the file as UTF-8", SourceSpan{file_, line, column, line, column + 1});
    }
    i += static_cast<std::size_t>(point.length);
    ++column;
    if (point.value == '\n') {
      starts_.push_back(i);
      ++line;
      column = 1;
    }
  }
}

std::size_t Source::line_start(int line) const noexcept {
  const auto index = static_cast<std::size_t>(line < 1 ? 0 : line - 1);
  return index < starts_.size() ? starts_[index] : text_.size();
}

std::string Source::line(int number) const {
  const std::size_t begin = line_start(number);
  std::size_t end = line_start(number + 1);
  if (end > begin && text_[end - 1] == '\n') --end;
  return text_.substr(begin, end - begin);
}

SourceSpan Source::locate(const Span& span) const {
  return {file_, span.line, span.column, span.end_line, span.end_column};
}

Error Source::error(const char* code, std::string message, std::string hint, const Span& span) const {
  Error result(code, std::move(message), std::move(hint), locate(span));
  result.with_source_line(line(span.line));
  return result;
}

void Source::place(Error& error, const Span& span) const {
  if (error.span().line == 0) {
    if (span.line == 0) return;
    error.at(locate(span));
  }
  if (error.source_line().empty() && error.span().file == file_) error.with_source_line(line(error.span().line));
}

}  // namespace dolab::lang
