// Columns of delimited text while they are read.
#pragma once

#include <deque>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "io/number_text.hpp"
#include "io/table.hpp"

namespace dolab::io {

/// Whether a cell counts as missing: empty, NA, and nan or null in any case.
bool is_missing_word(std::string_view text) noexcept;

/// A column while it is read. It starts as numeric and becomes text at the first cell that is neither a number
/// nor true/false; if numbers came before, their spelling is needed, so the file is read a second time.
class ColumnBuilder {
 public:
  explicit ColumnBuilder(std::string name) : name_(std::move(name)) {}

  bool wanted() const noexcept { return mode_ != Mode::done; }
  bool needs_second_pass() const noexcept { return mode_ == Mode::failed; }
  void reserve(std::size_t rows) { values_.reserve(rows); }

  void add_number(const ParsedNumber& number, std::string_view text) {
    saw_number_ = true;
    if (mode_ == Mode::numeric && !saw_boolean_) {
      saw_fraction_ |= !number.is_integer;
      values_.push_back(number.value);
    } else {
      add_other(text);
    }
  }
  void add_missing();
  /// A boolean or any other text. Returns true the first time the text stands in a numeric column's way.
  bool add_word(std::string_view text);
  void set_intruder_span(SourceSpan span) { intruder_.span = std::move(span); }

  /// Text columns are read again with every cell as text; the others are finished.
  void start_second_pass();
  Column finish();

 private:
  enum class Mode { numeric, text, failed, done };

  void add_other(std::string_view text);
  double code_of(std::string_view text);
  Array take_values();

  std::string name_;
  Mode mode_ = Mode::numeric;
  std::vector<double> values_;
  bool saw_number_ = false, saw_fraction_ = false, saw_boolean_ = false;
  Column::Intruder intruder_;
  std::deque<std::string> words_;  // stable, for the views in codes_
  std::unordered_map<std::string_view, double> codes_;
};

}  // namespace dolab::io
