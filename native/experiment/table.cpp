#include "experiment/table.hpp"

#include <algorithm>
#include <cmath>

#include "io/data_file.hpp"

namespace dolab::experiment {
namespace {

const char* type_of(const io::Column& column) {
  switch (column.type) {
    case io::ColumnType::number:
      return "real";
    case io::ColumnType::integer:
      return "integer";
    case io::ColumnType::boolean:
      return "boolean";
    case io::ColumnType::string:
      break;
  }
  return "category";
}

Json column_report(const io::Column& column) {
  const auto cells = column.cells();
  const auto missing = std::count_if(cells.begin(), cells.end(), [](double value) { return std::isnan(value); });
  return {{"name", column.name}, {"type", type_of(column)}, {"missing", missing}, {"levels", column.categories}};
}

Json argument_report(const std::string& name, const io::ArgumentValue& value) {
  Json report = {{"name", name}, {"shape", Json::array()}, {"value", nullptr}};
  if (const auto* array = std::get_if<Array>(&value)) {
    report["shape"] = array->shape();
  } else if (const auto* texts = std::get_if<std::vector<std::string>>(&value)) {
    report["shape"] = {texts->size()};
  } else if (const auto* text = std::get_if<std::string>(&value)) {
    report["value"] = *text;
  } else if (const auto* truth = std::get_if<bool>(&value)) {
    report["value"] = *truth;
  } else if (const auto* whole = std::get_if<std::int64_t>(&value)) {
    report["value"] = *whole;
  } else if (const auto* number = std::get_if<double>(&value)) {
    report["value"] = *number;
  }
  return report;
}

}  // namespace

TableView view_table(const std::string& path) {
  const io::DataFile data = io::read_data(path);
  Json report = {{"rows", 0}, {"columns", Json::array()}, {"arguments", Json::array()}};
  if (!data.is_table) {
    for (const auto& [name, value] : data.arguments) report["arguments"].push_back(argument_report(name, value));
    return {std::move(report), Array(DType::real, {0, 0})};
  }
  const std::vector<io::Column>& columns = data.table.columns();
  report["rows"] = data.table.rows();
  Array values(DType::real, {static_cast<std::int64_t>(columns.size()), data.table.rows()});
  double* next = values.mutable_data();
  for (const io::Column& column : columns) {
    report["columns"].push_back(column_report(column));
    next = std::copy_n(column.values.data(), column.values.size(), next);
  }
  return {std::move(report), std::move(values)};
}

}  // namespace dolab::experiment
