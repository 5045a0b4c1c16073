#include "io/record_reader.hpp"

#include <algorithm>
#include <cstring>

#include "io/utf8.hpp"

namespace dolab::io {

bool RecordReader::refill() {
  if (at_end_) return false;
  if (begin_ > 0) {
    std::memmove(buffer_.data(), buffer_.data() + begin_, end_ - begin_);
    end_ -= begin_;
    begin_ = 0;
  }
  if (end_ == buffer_.size()) buffer_.resize(2 * buffer_.size());
  const std::size_t before = end_;
  while (end_ < buffer_.size() && !at_end_) {  // filled up, so that searching again after doubling stays linear
    const std::size_t count = input_(buffer_.data() + end_, buffer_.size() - end_);
    end_ += count;
    at_end_ = count == 0;
  }
  return end_ > before;
}

/// The line end that is outside quotes, or nullptr if the buffer ends first.
const char* RecordReader::quoted_record_end(const char* p, const char* end) const noexcept {
  while (p < end) {
    while (p < end && is_blank(*p, separator_)) ++p;
    if (p < end && *p == '"') {
      for (++p;; p += 2) {
        p = static_cast<const char*>(std::memchr(p, '"', static_cast<std::size_t>(end - p)));
        if (p == nullptr || p + 1 >= end) return nullptr;
        if (p[1] != '"') break;
        if (p + 2 >= end) return nullptr;
      }
      ++p;
    }
    while (p < end && *p != separator_ && *p != '\n') ++p;
    if (p < end && *p == '\n') return p;
    ++p;
  }
  return nullptr;
}

void RecordReader::finish_record(Record& record, std::size_t size, std::size_t line_end) {
  record.text = std::string_view(buffer_.data() + begin_, size);
  if (!record.text.empty() && record.text.back() == '\r') record.text.remove_suffix(1);
  line_ = next_line_;
  next_line_ += 1 + (record.has_quotes ? std::count(record.text.begin(), record.text.end(), '\n') : 0);
  begin_ += size + line_end;
  consumed_ += size + line_end;
}

bool RecordReader::next(Record& record) {
  std::size_t searched = 0;
  while (true) {
    const char* begin = buffer_.data() + begin_;
    const char* end = buffer_.data() + end_;
    const auto rest = static_cast<std::size_t>(end - begin);
    const char* line_end = nullptr;
    if (rest > searched) {
      line_end = static_cast<const char*>(std::memchr(begin + searched, '\n', rest - searched));
    }
    const char* stop = line_end != nullptr ? line_end : end;
    record.has_quotes = stop > begin && std::memchr(begin, '"', static_cast<std::size_t>(stop - begin)) != nullptr;
    if (line_end != nullptr && record.has_quotes) line_end = quoted_record_end(begin, end);
    if (line_end != nullptr) {
      finish_record(record, static_cast<std::size_t>(line_end - begin), 1);
      return true;
    }
    searched = record.has_quotes ? 0 : rest;
    if (refill()) continue;
    if (rest == 0) return false;
    finish_record(record, rest, 0);
    return true;
  }
}

SourceSpan RecordReader::span_at(const Record& record, std::size_t offset) const {
  const std::string_view before = record.text.substr(0, offset);
  const std::size_t line_start = before.rfind('\n') == std::string_view::npos ? 0 : before.rfind('\n') + 1;
  const auto line = static_cast<int>(line_ + std::count(before.begin(), before.end(), '\n'));
  const auto column = static_cast<int>(1 + count_code_points(before.substr(line_start)));
  return {source_, line, column, line, column};
}

}  // namespace dolab::io
