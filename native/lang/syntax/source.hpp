// The text of a program and positions in it.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "dolab/error.hpp"

namespace dolab::lang {

/// A range in the text, 1-based; columns count Unicode code points; the end is exclusive.
/// Nodes keep this small form; the file name lives once in `Source`.
struct Span {
  std::int32_t line = 0;
  std::int32_t column = 0;
  std::int32_t end_line = 0;
  std::int32_t end_column = 0;
};

/// From the start of `a` to the end of `b`.
inline Span join(const Span& a, const Span& b) { return {a.line, a.column, b.end_line, b.end_column}; }

/// Program text after normalisation: no byte order mark, line ends are "\n", valid UTF-8.
class Source {
 public:
  Source() = default;
  /// Throws E902 (longer than 2 MiB) and E201 (not UTF-8, with the byte offset).
  Source(std::string text, std::string file);

  const std::string& text() const noexcept { return text_; }
  const std::string& file() const noexcept { return file_; }
  int line_count() const noexcept { return static_cast<int>(starts_.size()); }
  /// Byte offset of the first character of a line (1-based); the text's length behind the last line.
  std::size_t line_start(int line) const noexcept;
  std::string line(int number) const;
  SourceSpan locate(const Span& span) const;
  /// An error with position and source line filled in.
  Error error(const char* code, std::string message, std::string hint, const Span& span) const;
  /// Adds position and source line to an error that has none yet.
  void place(Error& error, const Span& span) const;

 private:
  std::string text_;
  std::string file_;
  std::vector<std::size_t> starts_{0};
};

inline constexpr std::size_t kMaxSourceBytes = 2u << 20;
inline constexpr std::size_t kMaxTokens = 500000;
/// In WebAssembly what the stack of a browser's worker holds; 235 was too much for Chromium.
inline constexpr int kMaxNesting = sizeof(void*) == 4 ? 150 : 256;

}  // namespace dolab::lang
