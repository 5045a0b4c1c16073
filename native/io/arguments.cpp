#include "io/arguments.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <nlohmann/json.hpp>
#include <set>
#include <unordered_map>

#include "io/json.hpp"

namespace dolab::io {

namespace {

using Json = nlohmann::ordered_json;

/// Collects a nested list into one row-major array.
class ListReader {
 public:
  explicit ListReader(const std::string& name) : name_(name) {}

  ArgumentValue read(const Json& list) {
    for (const Json* level = &list; level->is_array(); level = &level->front()) {
      shape_.push_back(static_cast<std::int64_t>(level->size()));
      if (level->empty()) break;
    }
    visit(list, 0);
    if (!texts_.empty()) {
      if (!values_.empty()) refuse("mixes text with numbers");
      if (shape_.size() > 1) refuse("is a nested list of texts");
      return std::move(texts_);
    }
    const DType dtype = values_.empty() || saw_real_ || saw_null_ ? DType::real
                        : saw_integer_                            ? DType::integer
                                                                  : DType::boolean;
    return Array(dtype, shape_, values_);
  }

 private:
  void visit(const Json& value, std::size_t axis) {
    if (value.is_array()) {
      if (axis >= shape_.size() || shape_[axis] != static_cast<std::int64_t>(value.size())) {
        refuse("has " + std::to_string(value.size()) + " entries where " +
               (axis >= shape_.size() ? std::string("a number") : std::to_string(shape_[axis])) +
               (axis >= shape_.size() ? " is expected" : " are expected"));
      }
      path_.push_back(0);
      for (const Json& entry : value) {
        visit(entry, axis + 1);
        ++path_.back();
      }
      path_.pop_back();
      return;
    }
    if (axis != shape_.size()) refuse("is a single value where a list is expected");
    add_entry(value);
  }

  void add_entry(const Json& value) {
    if (value.is_null()) {
      saw_null_ = true;
      values_.push_back(std::numeric_limits<double>::quiet_NaN());
    } else if (value.is_boolean()) {
      values_.push_back(value.get<bool>() ? 1.0 : 0.0);
    } else if (value.is_number()) {
      (value.is_number_float() ? saw_real_ : saw_integer_) = true;
      values_.push_back(value.get<double>());
    } else if (value.is_string()) {
      texts_.push_back(value.get<std::string>());
    } else {
      refuse("is an object");
    }
  }

  [[noreturn]] void refuse(const std::string& what) const {
    std::string path = name_;
    for (const std::size_t index : path_) path += "[" + std::to_string(index) + "]";
    throw Error("E1005", path + " " + what, "lists must be rectangular and of one kind");
  }

  const std::string& name_;
  Shape shape_;
  std::vector<double> values_;
  std::vector<std::string> texts_;
  std::vector<std::size_t> path_;
  bool saw_real_ = false, saw_integer_ = false, saw_null_ = false;
};

ArgumentValue argument_of(const Json& value, const std::string& name) {
  if (value.is_null()) return std::monostate();
  if (value.is_boolean()) return value.get<bool>();
  if (value.is_number_unsigned() && value.get<std::uint64_t>() > std::uint64_t{1} << 62) return value.get<double>();
  if (value.is_number_integer()) return value.get<std::int64_t>();
  if (value.is_number()) return value.get<double>();
  if (value.is_string()) return value.get<std::string>();
  if (value.is_array()) return ListReader(name).read(value);
  throw Error("E1005", name + " is an object", "give a number, list, text, true, false or null");
}

/// A column of JSON cells, typed like a CSV column.
Column column_of(const std::string& name, const std::vector<const Json*>& cells, const std::string& source) {
  Column column;
  column.name = name;
  std::set<std::string> words;
  bool number = false, fraction = false, boolean = false;
  for (std::size_t i = 0; i < cells.size(); ++i) {
    if (cells[i] == nullptr || cells[i]->is_null()) continue;
    const Json& cell = *cells[i];
    if (cell.is_structured()) {
      throw Error("E1002", source + ": column \"" + name + "\", row " + std::to_string(i + 1) + " is a list or object",
                  "cells are numbers, texts, true, false or null", {source, 0, 0, 0, 0});
    }
    if (cell.is_string()) {
      words.insert(cell.get<std::string>());
      if (column.intruder.row < 0) {
        column.intruder = {static_cast<std::int64_t>(i), cell.get<std::string>(), {source, 0, 0, 0, 0}};
      }
    } else {
      boolean = boolean || cell.is_boolean();
      number = number || cell.is_number();
      fraction = fraction || cell.is_number_float();
    }
  }
  const bool text = !words.empty() || (number && boolean);
  const auto spelling = [](const Json& cell) { return cell.is_string() ? cell.get<std::string>() : cell.dump(); };
  if (text) {
    for (const Json* cell : cells) {
      if (cell != nullptr && !cell->is_null()) words.insert(spelling(*cell));
    }
    column.categories.assign(words.begin(), words.end());
  }
  std::unordered_map<std::string, double> codes;
  for (std::size_t i = 0; i < column.categories.size(); ++i) codes[column.categories[i]] = static_cast<double>(i);
  std::vector<double> values;
  values.reserve(cells.size());
  for (const Json* cell : cells) {
    double value = std::numeric_limits<double>::quiet_NaN();
    if (cell != nullptr && !cell->is_null()) {
      value = text                 ? codes[spelling(*cell)]
              : cell->is_boolean() ? (cell->get<bool>() ? 1.0 : 0.0)
                                   : cell->get<double>();
    }
    values.push_back(value);
  }
  column.values = Array::vector(values);
  if (!number && !boolean) column.intruder = {};
  column.type = text       ? ColumnType::string
                : boolean  ? ColumnType::boolean
                : fraction ? ColumnType::number
                : number   ? ColumnType::integer
                           : ColumnType::number;
  return column;
}

}  // namespace

ArgumentValue parse_argument(std::string_view json, const std::string& name) {
  return argument_of(parse_json(json, name), name);
}

ArgumentMap parse_arguments(std::string_view json, const std::string& source) {
  const Json object = parse_json(json, source);
  if (!object.is_object()) {
    throw Error("E1005", source + " holds no JSON object", "give an object of argument name to value",
                {source, 0, 0, 0, 0});
  }
  ArgumentMap arguments;
  for (const auto& [name, value] : object.items()) {
    try {
      arguments[name] = argument_of(value, name);
    } catch (Error& error) {
      throw Error(error.code(), source + ": " + error.message(), error.hint(), {source, 0, 0, 0, 0});
    }
  }
  return arguments;
}

Table parse_json_rows(std::string_view json, const std::string& source) {
  const Json rows = parse_json(json, source);
  if (!rows.is_array() || rows.empty()) {
    throw Error("E1002", source + " holds no list of rows", "give a list of objects, one a row", {source, 0, 0, 0, 0});
  }
  std::vector<std::string> names;
  std::unordered_map<std::string, std::size_t> index;
  std::vector<std::vector<const Json*>> cells;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    if (!rows[i].is_object()) {
      throw Error("E1002", source + ": row " + std::to_string(i + 1) + " is not an object", "", {source, 0, 0, 0, 0});
    }
    for (const auto& [name, value] : rows[i].items()) {
      const auto [found, is_new] = index.emplace(name, names.size());
      if (is_new) {
        names.push_back(name);
        cells.emplace_back(rows.size(), nullptr);
      }
      cells[found->second][i] = &value;
    }
  }
  std::vector<Column> columns;
  for (std::size_t j = 0; j < names.size(); ++j) columns.push_back(column_of(names[j], cells[j], source));
  return Table(source, std::move(columns));
}

ArgumentValue scalar_or_array(const Array& array) {
  if (array.rank() > 0) return array;
  if (array.dtype() == DType::boolean) return array.item() != 0.0;
  if (array.dtype() == DType::integer) return static_cast<std::int64_t>(array.item());
  return array.item();
}

namespace {

Column text_column(const std::string& name, const std::vector<std::string>& texts) {
  Column column;
  column.name = name;
  column.type = ColumnType::string;
  column.categories = texts;
  std::sort(column.categories.begin(), column.categories.end());
  column.categories.erase(std::unique(column.categories.begin(), column.categories.end()), column.categories.end());
  std::vector<double> codes;
  codes.reserve(texts.size());
  for (const std::string& text : texts) {
    const auto found = std::lower_bound(column.categories.begin(), column.categories.end(), text);
    codes.push_back(static_cast<double>(found - column.categories.begin()));
  }
  column.values = Array::vector(codes);
  return column;
}

}  // namespace

Table columns_of(const ArgumentMap& arguments, const std::string& source) {
  const auto length = [](const ArgumentValue& value) -> std::int64_t {
    const Array* array = std::get_if<Array>(&value);
    return array != nullptr && array->rank() == 1 ? array->size() : -1;
  };
  std::map<std::int64_t, int> votes;
  for (const auto& [name, value] : arguments) {
    if (length(value) >= 0) ++votes[length(value)];
  }
  std::int64_t rows = -1;
  for (const auto& [candidate, count] : votes) {
    if (rows < 0 || count >= votes[rows]) rows = candidate;  // a tie goes to the longer ones
  }
  std::vector<Column> columns;
  for (const auto& [name, value] : arguments) {
    const auto* texts = std::get_if<std::vector<std::string>>(&value);
    if (texts != nullptr && static_cast<std::int64_t>(texts->size()) == rows) {
      columns.push_back(text_column(name, *texts));
      continue;
    }
    if (rows < 0 || length(value) != rows) continue;
    const Array& array = std::get<Array>(value);
    Column column;
    column.name = name;
    column.values = array;
    column.type = array.dtype() == DType::real      ? ColumnType::number
                  : array.dtype() == DType::integer ? ColumnType::integer
                                                    : ColumnType::boolean;
    columns.push_back(std::move(column));
  }
  return Table(source, std::move(columns));
}

}  // namespace dolab::io
