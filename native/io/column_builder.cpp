#include "io/column_builder.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

#include "io/utf8.hpp"

namespace dolab::io {

namespace {

constexpr double kMissing = std::numeric_limits<double>::quiet_NaN();

bool equals_ignoring_case(std::string_view text, std::string_view lower_word) noexcept {
  return text.size() == lower_word.size() &&
         std::equal(text.begin(), text.end(), lower_word.begin(), [](char a, char b) { return (a | 0x20) == b; });
}

}  // namespace

bool is_missing_word(std::string_view text) noexcept {
  return text.empty() || text == "NA" || equals_ignoring_case(text, "nan") || equals_ignoring_case(text, "null");
}

void ColumnBuilder::add_missing() { values_.push_back(kMissing); }

bool ColumnBuilder::add_word(std::string_view text) {
  const bool truth = equals_ignoring_case(text, "true");
  if (mode_ == Mode::numeric && !saw_number_ && (truth || equals_ignoring_case(text, "false"))) {
    saw_boolean_ = true;
    values_.push_back(truth ? 1.0 : 0.0);
    return false;
  }
  add_other(text);
  const bool first = intruder_.row < 0;
  if (first) {
    intruder_.row = static_cast<std::int64_t>(values_.size()) - 1;
    intruder_.text = std::string(utf8_prefix(text, 60));
  }
  return first;
}

void ColumnBuilder::start_second_pass() {
  if (mode_ != Mode::failed) {
    mode_ = Mode::done;
    return;
  }
  mode_ = Mode::text;
  values_.clear();
}

void ColumnBuilder::add_other(std::string_view text) {
  if (mode_ == Mode::numeric) mode_ = saw_number_ || saw_boolean_ ? Mode::failed : Mode::text;
  values_.push_back(mode_ == Mode::text ? code_of(text) : kMissing);
}

double ColumnBuilder::code_of(std::string_view text) {
  const auto found = codes_.find(text);
  if (found != codes_.end()) return found->second;
  words_.emplace_back(text);
  const auto code = static_cast<double>(words_.size() - 1);
  codes_.emplace(words_.back(), code);
  return code;
}

Array ColumnBuilder::take_values() {
  const std::vector<double> values = std::move(values_);  // gone at the end: one column is held twice at a time
  return Array::vector(values);
}

Column ColumnBuilder::finish() {
  Column column;
  column.name = std::move(name_);
  if (words_.empty()) {
    const bool whole = saw_number_ && !saw_fraction_;
    column.type = saw_boolean_ ? ColumnType::boolean : (whole ? ColumnType::integer : ColumnType::number);
    column.values = take_values();
    return column;
  }
  std::vector<std::size_t> order(words_.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::sort(order.begin(), order.end(), [this](std::size_t a, std::size_t b) { return words_[a] < words_[b]; });
  std::vector<double> rank(order.size());
  for (std::size_t i = 0; i < order.size(); ++i) {
    rank[order[i]] = static_cast<double>(i);
    column.categories.push_back(words_[order[i]]);
  }
  for (double& value : values_) {
    if (!std::isnan(value)) value = rank[static_cast<std::size_t>(value)];
  }
  column.type = ColumnType::string;
  column.values = take_values();
  if (saw_number_) column.intruder = std::move(intruder_);
  return column;
}

}  // namespace dolab::io
