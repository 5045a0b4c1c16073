#include "io/csv.hpp"

#include <algorithm>
#include <cerrno>
#include <cmath>
#include <cstdio>
#include <cstring>
#include <deque>
#include <filesystem>
#include <set>

#include "io/codec.hpp"
#include "io/column_builder.hpp"
#include "io/files.hpp"
#include "io/number_text.hpp"
#include "io/record_reader.hpp"
#include "io/utf8.hpp"

namespace dolab::io {

namespace {

/// One cell; `offset` is where it starts in its record.
struct Cell {
  std::string_view text;
  std::size_t offset = 0;
};

class CsvReader {
 public:
  /// `open` starts the bytes from the beginning; `size` is a guess of their number, 0 if unknown.
  CsvReader(std::function<ByteInput()> open, std::string source, std::size_t size)
      : open_(std::move(open)), source_(std::move(source)), size_(size) {}

  Table read();

 private:
  void read_header(RecordReader& records);
  void read_rows(RecordReader& records);
  void add_plain_record(const RecordReader& records, const Record& record);
  void add_quoted_record(const RecordReader& records, const Record& record);
  void add_cell(std::size_t index, const Cell& cell, const RecordReader& records, const Record& record);
  std::vector<Cell> split(const RecordReader& records, const Record& record);
  void note_line(std::int64_t line);
  void guess_rows(const RecordReader& records);
  [[noreturn]] void throw_width(std::size_t cells, const RecordReader& records, const Record& record) const;
  [[noreturn]] void throw_malformed(const std::string& message, SourceSpan span, std::string hint = {}) const;

  std::function<ByteInput()> open_;
  std::string source_;
  std::size_t size_;
  char separator_ = ',';
  std::vector<std::string> names_;
  std::vector<ColumnBuilder> columns_;
  std::vector<std::pair<std::int64_t, std::int64_t>> lines_;
  std::int64_t rows_ = 0;
  std::deque<std::string> unquoted_;  // text of quoted cells with doubled quotes, for one record
};

void CsvReader::throw_malformed(const std::string& message, SourceSpan span, std::string hint) const {
  span.file = source_;
  throw Error("E1002", source_ + ": " + message, std::move(hint), std::move(span));
}

void CsvReader::throw_width(std::size_t cells, const RecordReader& records, const Record& record) const {
  const SourceSpan span = records.span_at(record, record.text.size());
  const bool is_short = cells < names_.size();
  throw_malformed("row " + std::to_string(rows_ + 1) + " (line " + std::to_string(records.line()) + ") has " +
                      std::to_string(cells) + (cells == 1 ? " cell" : " cells") + ", the header has " +
                      std::to_string(names_.size()),
                  span,
                  is_short ? "the first column without a cell is \"" + names_[cells] + "\""
                           : "quote cells that contain the separator");
}

/// Cells of a record in which quotes may occur. Views point into the record or into `unquoted_`.
std::vector<Cell> CsvReader::split(const RecordReader& records, const Record& record) {
  std::vector<Cell> cells;
  unquoted_.clear();
  const std::string_view text = record.text;
  std::size_t p = 0;
  while (true) {
    while (p < text.size() && is_blank(text[p], separator_)) ++p;
    const std::size_t start = p;
    if (p < text.size() && text[p] == '"') {
      std::string content;
      for (++p;; ++p) {
        const std::size_t quote = text.find('"', p);
        if (quote == std::string_view::npos) {
          throw_malformed("a quote is opened and never closed", records.span_at(record, start), "close the quote");
        }
        content.append(text.substr(p, quote - p));
        p = quote + 1;
        if (p >= text.size() || text[p] != '"') break;
        content.push_back('"');
      }
      while (p < text.size() && is_blank(text[p], separator_)) ++p;
      if (p < text.size() && text[p] != separator_) {
        throw_malformed("text follows a closing quote", records.span_at(record, p), "double the quotes inside a cell");
      }
      unquoted_.push_back(std::move(content));
      cells.push_back({unquoted_.back(), start});
    } else {
      p = std::min(text.find(separator_, p), text.size());
      std::size_t stop = p;
      while (stop > start && is_blank(text[stop - 1], separator_)) --stop;
      cells.push_back({text.substr(start, stop - start), start});
    }
    if (p >= text.size()) return cells;
    ++p;
  }
}

/// The candidate that the header has most of, outside quotes.
char guess_separator(std::string_view header) noexcept {
  std::size_t commas = 0, semicolons = 0, tabs = 0;
  bool quoted = false;
  for (const char c : header) {
    if (c == '"') quoted = !quoted;
    if (quoted) continue;
    commas += c == ',' ? 1u : 0u;
    semicolons += c == ';' ? 1u : 0u;
    tabs += c == '\t' ? 1u : 0u;
  }
  if (tabs > commas && tabs >= semicolons) return '\t';
  return semicolons > commas ? ';' : ',';
}

void CsvReader::read_header(RecordReader& records) {
  Record header;
  bool found = records.next(header);
  if (found && header.text.substr(0, 3) == "\xEF\xBB\xBF") header.text.remove_prefix(3);
  while (found && header.text.find_first_not_of(" \t") == std::string_view::npos) found = records.next(header);
  if (!found) throw_malformed("the file is empty", {}, "the first line must name the columns");
  const std::string_view start = header.text.substr(0, 2);
  if (start == "\xFF\xFE" || start == "\xFE\xFF") throw_malformed("the file is UTF-16", {}, "save it as UTF-8");
  if (header.text.find('\0') != std::string_view::npos) {
    throw_malformed("this is not a text file", {}, "give CSV, TSV, JSON, NPY, NPZ or Zarr");
  }
  if (header.text.find('\r') != std::string_view::npos) {
    throw_malformed("lines end in bare carriage returns", {}, "save it with line feeds");
  }
  separator_ = guess_separator(header.text);
  records.set_separator(separator_);
  bool all_numbers = true;
  std::set<std::string> seen;
  for (const Cell& cell : split(records, header)) {
    if (!is_valid_utf8(cell.text)) throw_malformed("a column name is not UTF-8", records.span_at(header, cell.offset));
    all_numbers = all_numbers && parse_number(cell.text).has_value();
    std::string name(cell.text);
    if (name.empty()) name = "column_" + std::to_string(names_.size() + 1);
    if (!seen.insert(name).second) {
      throw_malformed("two columns are named \"" + name + "\"", records.span_at(header, cell.offset), "rename one");
    }
    names_.push_back(std::move(name));
  }
  if (all_numbers) {
    throw_malformed("the first line holds numbers", records.span_at(header, 0), "the first line must name the columns");
  }
}

void CsvReader::add_cell(std::size_t index, const Cell& cell, const RecordReader& records, const Record& record) {
  ColumnBuilder& column = columns_[index];
  if (!column.wanted()) return;
  const char* end = cell.text.data() + cell.text.size();
  const ParsedNumber number = parse_number_prefix(cell.text.data(), end);
  if (!cell.text.empty() && number.end == end) {
    column.add_number(number, cell.text);
  } else if (is_missing_word(cell.text)) {
    column.add_missing();
  } else {
    if (!is_valid_utf8(cell.text)) {
      throw_malformed("column \"" + names_[index] + "\", row " + std::to_string(rows_ + 1) + " is not UTF-8",
                      records.span_at(record, cell.offset), "save the file as UTF-8");
    }
    if (column.add_word(cell.text)) column.set_intruder_span(records.span_at(record, cell.offset));
  }
}

void CsvReader::add_quoted_record(const RecordReader& records, const Record& record) {
  const std::vector<Cell> cells = split(records, record);
  if (cells.size() != names_.size()) throw_width(cells.size(), records, record);
  for (std::size_t j = 0; j < cells.size(); ++j) add_cell(j, cells[j], records, record);
}

/// The fast path: numbers are read where they stand, before the end of their cell is known.
void CsvReader::add_plain_record(const RecordReader& records, const Record& record) {
  const char* const begin = record.text.data();
  const char* const end = begin + record.text.size();
  const char* p = begin;
  const std::size_t width = columns_.size();
  for (std::size_t j = 0; j < width; ++j) {
    while (p < end && is_blank(*p, separator_)) ++p;
    const char* const start = p;
    ParsedNumber number;
    if (columns_[j].wanted()) number = parse_number_prefix(p, end);
    if (number.end != nullptr) {
      p = number.end;
      while (p < end && is_blank(*p, separator_)) ++p;
    }
    if (number.end != nullptr && (p == end || *p == separator_)) {
      columns_[j].add_number(number, std::string_view(start, static_cast<std::size_t>(number.end - start)));
    } else {
      while (p < end && *p != separator_) ++p;
      const char* stop = p;
      while (stop > start && is_blank(stop[-1], separator_)) --stop;
      add_cell(
          j, {std::string_view(start, static_cast<std::size_t>(stop - start)), static_cast<std::size_t>(start - begin)},
          records, record);
    }
    const bool last = j + 1 == width;
    if (last != (p == end)) {
      throw_width(static_cast<std::size_t>(std::count(begin, end, separator_)) + 1, records, record);
    }
    ++p;
  }
}

void CsvReader::note_line(std::int64_t line) {
  if (lines_.empty() || line - rows_ != lines_.back().second - lines_.back().first) lines_.emplace_back(rows_, line);
}

/// Sizes the columns once some rows show how long a row is.
void CsvReader::guess_rows(const RecordReader& records) {
  if (size_ == 0 || rows_ != 4096) return;
  const double guess = 1.02 * 4096.0 * static_cast<double>(size_) / static_cast<double>(records.consumed());
  for (ColumnBuilder& column : columns_) column.reserve(static_cast<std::size_t>(guess));
}

void CsvReader::read_rows(RecordReader& records) {
  Record record;
  rows_ = 0;
  lines_.clear();
  std::int64_t empty_lines = 0;  // in a one-column table an inner empty line is a missing cell
  while (records.next(record)) {
    if (record.text.empty()) {
      ++empty_lines;
      continue;
    }
    for (; empty_lines > 0; --empty_lines) {
      if (columns_.size() > 1) continue;
      note_line(records.line() - empty_lines);
      if (columns_[0].wanted()) columns_[0].add_missing();
      ++rows_;
    }
    note_line(records.line());
    if (record.has_quotes) {
      add_quoted_record(records, record);
    } else {
      add_plain_record(records, record);
    }
    ++rows_;
    guess_rows(records);
  }
}

Table CsvReader::read() {
  RecordReader records(open_(), source_);
  read_header(records);
  for (const std::string& name : names_) columns_.emplace_back(name);
  read_rows(records);
  if (rows_ == 0) throw_malformed("there are no rows below the header", {});
  const auto again = [](const ColumnBuilder& column) { return column.needs_second_pass(); };
  if (std::any_of(columns_.begin(), columns_.end(), again)) {
    const std::int64_t rows = rows_;
    for (ColumnBuilder& column : columns_) column.start_second_pass();
    RecordReader second(open_(), source_);
    second.set_separator(separator_);
    Record header;
    do {
      second.next(header);
    } while (second.line() < 1 || header.text.find_first_not_of(" \t") == std::string_view::npos);
    read_rows(second);
    if (rows_ != rows) throw Error("E1001", "\"" + source_ + "\" changed while it was read");
  }
  std::vector<Column> finished;
  for (ColumnBuilder& column : columns_) finished.push_back(column.finish());
  return Table(source_, std::move(finished), std::move(lines_));
}

/// A file as a byte stream, unzipped where it starts like gzip.
ByteInput open_file(const std::string& path) {
  const std::shared_ptr<std::FILE> file(std::fopen(path.c_str(), "rb"), [](std::FILE* f) {
    if (f != nullptr) std::fclose(f);
  });
  if (!file) throw Error("E1001", "cannot read \"" + path + "\": " + std::strerror(errno), "", {path, 0, 0, 0, 0});
  char magic[2] = {};
  const std::size_t got = std::fread(magic, 1, 2, file.get());
  std::rewind(file.get());
  ByteInput input = [file, path](char* out, std::size_t size) {
    const std::size_t count = std::fread(out, 1, size, file.get());
    if (std::ferror(file.get()) != 0)
      throw Error("E1001", "cannot read \"" + path + "\": " + std::strerror(errno), "", {path, 0, 0, 0, 0});
    return count;
  };
  if (!looks_gzipped(std::string_view(magic, got))) return input;
  const auto stream = std::make_shared<GunzipStream>(std::move(input));
  return [stream](char* out, std::size_t size) { return stream->read(out, size); };
}

}  // namespace

Table read_csv(const std::string& path) {
  std::error_code status;
  if (std::filesystem::is_directory(path, status))
    throw Error("E1001", "cannot read \"" + path + "\": it is a directory", "", {path, 0, 0, 0, 0});
  if (std::filesystem::exists(path, status) && !std::filesystem::is_regular_file(path, status)) {
    const std::string bytes = read_file(path);  // a pipe can be read only once
    return parse_csv(looks_gzipped(bytes) ? gunzip(bytes) : bytes, path);
  }
  const auto size = std::filesystem::file_size(path, status);
  return CsvReader([path] { return open_file(path); }, path, status ? 0 : static_cast<std::size_t>(size)).read();
}

Table parse_csv(std::string_view text, const std::string& source) {
  const auto open = [text]() -> ByteInput {
    return [text, at = std::size_t{0}](char* out, std::size_t size) mutable {
      const std::size_t count = std::min(size, text.size() - at);
      std::copy_n(text.data() + at, count, out);
      at += count;
      return count;
    };
  };
  return CsvReader(open, source, text.size()).read();
}

std::string csv_text(const Table& table) {
  const auto quoted = [](const std::string& text) {
    if (!text.empty() && text.find_first_of(",;\t\"\r\n") == std::string::npos && text.front() != ' ' &&
        text.back() != ' ') {
      return text;
    }
    std::string out = "\"";
    for (const char c : text) out += c == '"' ? std::string("\"\"") : std::string(1, c);
    return out + "\"";
  };
  const auto is_whole = [](double value) { return !std::isfinite(value) || value == std::floor(value); };
  std::string out;
  std::vector<bool> whole;  // real columns whose cells would read as integers
  for (const Column& column : table.columns()) {
    if (!out.empty()) out += ',';
    out += quoted(column.name);
    const auto cells = column.cells();
    whole.push_back(column.type == ColumnType::number && std::all_of(cells.begin(), cells.end(), is_whole));
  }
  out += '\n';
  for (std::int64_t i = 0; i < table.rows(); ++i) {
    const std::size_t start = out.size();
    for (std::size_t j = 0; j < table.columns().size(); ++j) {
      const Column& column = table.columns()[j];
      const double value = column.values[i];
      if (j > 0) out += ',';
      if (std::isnan(value)) continue;
      if (column.type == ColumnType::string) {
        out += quoted(column.categories[static_cast<std::size_t>(value)]);
      } else if (column.type == ColumnType::boolean) {
        out += value != 0.0 ? "true" : "false";
      } else {
        const std::string text = number_text(value);
        out += text;
        if (whole[j] && text.find_first_of(".en") == std::string::npos) out += ".0";
      }
    }
    if (out.size() == start) out += "\"\"";  // a lone empty cell would read as an empty line
    out += '\n';
  }
  return out;
}

}  // namespace dolab::io
