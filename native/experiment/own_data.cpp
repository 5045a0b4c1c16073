#include "experiment/own_data.hpp"

#include <algorithm>
#include <optional>

#include "experiment/json.hpp"
#include "io/csv.hpp"
#include "io/data_file.hpp"
#include "io/file_store.hpp"

namespace dolab::experiment {
namespace {

using io::ArgumentMap;
using io::ArgumentValue;

Array column_of(const Array& matrix, std::int64_t column) {
  const std::int64_t rows = matrix.shape().front(), width = matrix.shape().back();
  Array values(matrix.dtype(), {rows});
  double* out = values.mutable_data();
  for (std::int64_t row = 0; row < rows; ++row) out[row] = matrix[row * width + column];
  return values;
}

/// By the names that the data had: columns of bindings and conditions, and arguments that bound by their own name.
/// `stored` has the names of arguments and sites.
ArgumentMap by_given_names(const Fitted& fitted, const ArgumentMap& stored) {
  ArgumentMap given;
  std::set<std::string> bound;
  for (const Binding& binding : fitted.bindings) {
    bound.insert(binding.argument);
    const auto found = stored.find(binding.argument);
    if (found == stored.end()) continue;
    if (!binding.matrix) {
      given[binding.columns.front()] = found->second;
      continue;
    }
    const auto* matrix = std::get_if<Array>(&found->second);
    const auto width = static_cast<std::int64_t>(binding.columns.size());
    if (matrix == nullptr || matrix->rank() != 2 || matrix->shape().back() != width) continue;
    for (std::int64_t i = 0; i < width; ++i) given[binding.columns[i]] = column_of(*matrix, i);
  }
  for (const KernelParameter& parameter : fitted.kernel.parameters) {
    const auto found = stored.find(parameter.name);
    const bool own = bound.count(parameter.name) == 0 && !fitted.arguments.contains(parameter.name);
    if (own && found != stored.end()) given.emplace(*found);
  }
  for (const auto& [site, change] : fitted.condition) {
    const auto found = stored.find(site);
    if (!change.column.empty() && found != stored.end()) given.emplace(change.column, found->second);
  }
  return given;
}

// ---- as a file -----------------------------------------------------------------------------------------

io::ColumnType type_of(DType type) {
  if (type == DType::boolean) return io::ColumnType::boolean;
  return type == DType::integer ? io::ColumnType::integer : io::ColumnType::number;
}

/// The columns of a table, if the data are one.
std::optional<std::vector<io::Column>> as_columns(const ArgumentMap& given) {
  std::vector<io::Column> columns;
  for (const auto& [name, value] : given) {
    const auto* array = std::get_if<Array>(&value);
    if (array == nullptr || array->rank() != 1 || array->size() == 0) return std::nullopt;
    if (!columns.empty() && array->size() != columns.front().values.size()) return std::nullopt;
    io::Column& column = columns.emplace_back();
    column.name = name;
    column.type = type_of(array->dtype());
    column.values = *array;
  }
  return columns;
}

Json argument_json(const ArgumentValue& value) {
  if (const auto* array = std::get_if<Array>(&value)) return nested(*array);
  if (const auto* flag = std::get_if<bool>(&value)) return *flag;
  if (const auto* whole = std::get_if<std::int64_t>(&value)) return *whole;
  if (const auto* number = std::get_if<double>(&value)) return *number;
  if (const auto* text = std::get_if<std::string>(&value)) return *text;
  if (const auto* texts = std::get_if<std::vector<std::string>>(&value)) return *texts;
  return nullptr;
}

/// Of the file that the experiment names, without folders and endings.
std::string given_stem(const Json& experiment) {
  const auto data = experiment.find("data");
  const Json train = data == experiment.end() ? Json() : data->value("train", Json());
  if (!train.is_string()) return "data";
  const std::string path = train;
  const std::size_t slash = path.find_last_of("/\\");
  const std::string file = slash == std::string::npos ? path : path.substr(slash + 1);
  const std::string stem = file.substr(0, file.find('.'));
  return stem.empty() ? "data" : stem;
}

}  // namespace

BoundData bind_own_data(const Fitted& fitted, const std::string& store) {
  io::DataFile file = io::read_data(store);
  ArgumentMap names = by_given_names(fitted, file.arguments);
  names.insert(file.arguments.begin(), file.arguments.end());
  BoundData data = bind_data(std::move(file), fitted.kernel, {fitted.bindings, fitted.arguments, true, true});
  data.file = io::from_arguments(std::move(names), store);
  return data;
}

Json own_data_file(const StoredFit& stored, const std::string& store) {
  const std::unique_ptr<ByteStore> bytes = io::open_store(store);
  const io::StoreReader reader(*bytes);
  if (!reader.contains("constant_data") && !reader.contains("observed_data")) return nullptr;
  const ArgumentMap given = by_given_names(stored.fitted, io::read_data(store).arguments);
  if (given.empty()) return nullptr;
  const std::string stem = given_stem(own_experiment(stored));
  if (auto columns = as_columns(given)) {
    return {{"file", stem + ".csv"}, {"text", io::csv_text(io::Table(store, std::move(*columns)))}};
  }
  Json arguments = Json::object();
  for (const auto& [name, value] : given) arguments[name] = argument_json(value);
  return {{"file", stem + ".json"}, {"text", json_text(arguments)}};
}

Json own_experiment(const StoredFit& stored) {
  Json experiment = stored.attributes.value("experiment", Json::object());
  Json& model = experiment["model"];
  model.erase("file");
  model["source"] = stored.fitted.kernel.source;
  return experiment;
}

}  // namespace dolab::experiment
