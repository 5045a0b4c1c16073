// Delimited text as a stream of records.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "dolab/error.hpp"
#include "io/codec.hpp"

namespace dolab::io {

/// One record of the file, without its line end.
struct Record {
  std::string_view text;
  bool has_quotes = false;
};

/// Whether a character may surround a cell.
inline bool is_blank(char c, char separator) noexcept { return c == ' ' || (c == '\t' && separator != '\t'); }

/// Cuts a byte stream into records; a quoted cell may hold line ends.
class RecordReader {
 public:
  RecordReader(ByteInput input, const std::string& source)
      : input_(std::move(input)), source_(source), buffer_(std::size_t{1} << 20, '\0') {}

  void set_separator(char separator) noexcept { separator_ = separator; }
  /// False at the end. The record is valid until the next call.
  bool next(Record& record);
  /// 1-based line on which the last record started.
  std::int64_t line() const noexcept { return line_; }
  std::size_t consumed() const noexcept { return consumed_; }

  /// Position of an offset in the last record: a line, and a column in code points.
  SourceSpan span_at(const Record& record, std::size_t offset) const;

 private:
  bool refill();
  const char* quoted_record_end(const char* begin, const char* end) const noexcept;
  void finish_record(Record& record, std::size_t size, std::size_t line_end);

  ByteInput input_;
  const std::string& source_;
  std::string buffer_;
  std::size_t begin_ = 0, end_ = 0;
  std::size_t consumed_ = 0;
  std::int64_t line_ = 0, next_line_ = 1;
  char separator_ = ',';
  bool at_end_ = false;
};

}  // namespace dolab::io
