#include "io/table.hpp"

#include <algorithm>
#include <cmath>
#include <set>

#include "base/nearest_name.hpp"

namespace dolab::io {

const char* type_name(ColumnType type) noexcept {
  switch (type) {
    case ColumnType::integer:
      return "integer";
    case ColumnType::boolean:
      return "boolean";
    case ColumnType::string:
      return "string";
    case ColumnType::number:
      break;
  }
  return "number";
}

namespace {

DType dtype_of(const Column& column) noexcept {
  if (column.type == ColumnType::number) return DType::real;
  // A missing cell is NaN, which only a real array may hold.
  const auto cells = column.cells();
  if (std::any_of(cells.begin(), cells.end(), [](double x) { return std::isnan(x); })) {
    return DType::real;
  }
  return column.type == ColumnType::boolean ? DType::boolean : DType::integer;
}

}  // namespace

Table::Table(std::string source, std::vector<Column> columns, std::vector<std::pair<std::int64_t, std::int64_t>> lines)
    : source_(std::move(source)), columns_(std::move(columns)), lines_(std::move(lines)) {
  std::set<std::string> seen;
  if (!columns_.empty()) rows_ = columns_.front().values.size();
  for (const Column& column : columns_) {
    if (!seen.insert(column.name).second) {
      throw Error("E1002", "two columns are named \"" + column.name + "\"", "rename one", {source_, 0, 0, 0, 0});
    }
    if (column.values.size() != rows_) {
      throw Error("E1002",
                  "column \"" + column.name + "\" has " + std::to_string(column.values.size()) + " values, \"" +
                      columns_.front().name + "\" has " + std::to_string(rows_),
                  "columns must be equally long", {source_, 0, 0, 0, 0});
    }
  }
}

std::vector<std::string> Table::names() const {
  std::vector<std::string> names;
  for (const Column& column : columns_) names.push_back(column.name);
  return names;
}

const Column* Table::find(const std::string& name) const noexcept {
  for (const Column& column : columns_) {
    if (column.name == name) return &column;
  }
  return nullptr;
}

const Column& Table::column(const std::string& name) const {
  if (const Column* found = find(name)) return *found;
  throw Error("E1003", "there is no column \"" + name + "\" in " + source_, unknown_name_hint(name, names()),
              {source_, 0, 0, 0, 0});
}

SourceSpan Table::row_span(std::int64_t row) const {
  const auto after = std::upper_bound(lines_.begin(), lines_.end(), row,
                                      [](std::int64_t value, const auto& entry) { return value < entry.first; });
  if (after == lines_.begin()) return {source_, 0, 0, 0, 0};
  const auto line = static_cast<int>(std::prev(after)->second + row - std::prev(after)->first);
  return {source_, line, 1, line, 1};
}

std::string Table::row_text(std::int64_t row) const {
  const int line = row_span(row).line;
  const std::string text = "row " + std::to_string(row + 1);
  return line > 0 ? text + " (line " + std::to_string(line) + ")" : text;
}

const Column& Table::numeric(const std::string& name) const {
  const Column& found = column(name);
  if (found.type != ColumnType::string) return found;
  const Column::Intruder& intruder = found.intruder;
  if (intruder.row >= 0) {
    const bool comma = intruder.text.find(',') != std::string::npos;
    throw Error("E1004",
                "column \"" + name + "\" of " + source_ + ": \"" + intruder.text + "\" in " + row_text(intruder.row) +
                    " is not a number",
                comma ? "write a decimal point, no comma" : "correct the cell, or leave it empty if it is missing",
                intruder.span);
  }
  const auto cells = found.cells();
  const auto filled = std::find_if(cells.begin(), cells.end(), [](double x) { return !std::isnan(x); });
  const auto row = static_cast<std::int64_t>(filled - cells.begin());
  throw Error("E1004",
              "column \"" + name + "\" of " + source_ + " has text, not numbers (\"" +
                  found.categories[static_cast<std::size_t>(*filled)] + "\" in " + row_text(row) + ")",
              "code the categories as whole numbers from 0", row_span(row));
}

Array Table::vector(const std::string& name) const {
  const Column& found = numeric(name);
  return found.values.with_dtype(dtype_of(found));
}

Array Table::matrix(const std::vector<std::string>& names) const {
  std::vector<const Column*> chosen;
  DType dtype = DType::boolean;
  for (const std::string& name : names) {
    chosen.push_back(&numeric(name));
    dtype = std::max(dtype, dtype_of(*chosen.back()));
  }
  const auto width = static_cast<std::int64_t>(chosen.size());
  Array out(names.empty() ? DType::real : dtype, {rows_, width});
  double* target = out.mutable_data();
  constexpr std::int64_t kBlock = 512;  // rows; keeps the block's target lines in cache across columns
  for (std::int64_t begin = 0; begin < rows_; begin += kBlock) {
    const std::int64_t end = std::min(rows_, begin + kBlock);
    for (std::int64_t j = 0; j < width; ++j) {
      const double* values = chosen[static_cast<std::size_t>(j)]->values.data();
      for (std::int64_t i = begin; i < end; ++i) target[i * width + j] = values[i];
    }
  }
  return out;
}

Array Table::codes(const std::string& name) const {
  const Column& found = column(name);
  return found.values.with_dtype(dtype_of(found));
}

void Table::require_finite(const std::string& name) const {
  const Column& found = column(name);
  std::int64_t missing = 0, infinite = 0, first = -1;
  for (std::int64_t i = 0; i < rows_; ++i) {
    const double x = found.values[i];
    if (std::isfinite(x)) continue;
    (std::isnan(x) ? missing : infinite) += 1;
    if (first < 0) first = i;
  }
  if (first < 0) return;
  std::string count;
  if (missing > 0) count = std::to_string(missing) + " missing";
  if (infinite > 0) count += (count.empty() ? "" : " and ") + std::to_string(infinite) + " infinite";
  throw Error("E503",
              "column \"" + name + "\" of " + source_ + ": " + count + " of " + std::to_string(rows_) +
                  " values (first in " + row_text(first) + ")",
              "", row_span(first));
}

}  // namespace dolab::io
