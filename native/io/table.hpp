// Data tables: named, typed columns of equal length.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "base/array.hpp"
#include "dolab/error.hpp"

namespace dolab::io {

enum class ColumnType : std::uint8_t { number, integer, boolean, string };
const char* type_name(ColumnType type) noexcept;

struct Column {
  std::string name;
  ColumnType type = ColumnType::number;
  Array values{DType::real, {0}};       // numbers, 0/1, or codes into `categories`; NaN where missing
  std::vector<std::string> categories;  // of a string column, sorted

  /// A string column that also has numbers in it: where its first text stands. Nearly always a mistake in the data.
  struct Intruder {
    std::int64_t row = -1;  // 0-based; -1: none
    std::string text;
    SourceSpan span;
  };
  Intruder intruder;

  std::span<const double> cells() const noexcept { return {values.data(), static_cast<std::size_t>(values.size())}; }
};

/// Immutable once read. Rows count from 1 in messages and from 0 in code.
class Table {
 public:
  Table() = default;
  /// `lines`: pairs (row, line) where `line - row` changes, for messages; may be empty. Throws E1002 if columns
  /// differ in length or share a name.
  Table(std::string source, std::vector<Column> columns, std::vector<std::pair<std::int64_t, std::int64_t>> lines = {});

  const std::string& source() const noexcept { return source_; }
  std::int64_t rows() const noexcept { return rows_; }
  const std::vector<Column>& columns() const noexcept { return columns_; }
  std::vector<std::string> names() const;
  bool contains(const std::string& name) const noexcept { return find(name) != nullptr; }
  const Column* find(const std::string& name) const noexcept;
  /// Throws E1003 with the nearest name.
  const Column& column(const std::string& name) const;

  /// A numeric or boolean column, of shape (rows,), in the table's own memory; missing cells are NaN. Throws E1003, or
  /// E1004 for text, naming row, line and column.
  Array vector(const std::string& name) const;
  /// Numeric columns side by side, of shape (rows, names.size()). Throws as `vector`.
  Array matrix(const std::vector<std::string>& names) const;
  /// Category numbers of a string column (NaN where missing), or a numeric column as it is.
  Array codes(const std::string& name) const;

  /// Throws E503 if the column has a missing or infinite value: how many, and the first one's row and line.
  void require_finite(const std::string& name) const;
  /// Position of a 0-based row in the file (line 0 where the source has no lines).
  SourceSpan row_span(std::int64_t row) const;
  /// "row 14 (line 15)" of a 0-based row.
  std::string row_text(std::int64_t row) const;

 private:
  const Column& numeric(const std::string& name) const;

  std::string source_;
  std::vector<Column> columns_;
  std::vector<std::pair<std::int64_t, std::int64_t>> lines_;
  std::int64_t rows_ = 0;
};

}  // namespace dolab::io
