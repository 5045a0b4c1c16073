#include "experiment/data.hpp"

#include <algorithm>
#include <cmath>
#include <filesystem>

#include "base/nearest_name.hpp"
#include "io/number_text.hpp"

namespace dolab::experiment {
namespace {

model::Argument to_argument(const io::ArgumentValue& value) {
  if (const auto* flag = std::get_if<bool>(&value)) return *flag;
  if (const auto* whole = std::get_if<std::int64_t>(&value)) return *whole;
  if (const auto* number = std::get_if<double>(&value)) return *number;
  if (const auto* text = std::get_if<std::string>(&value)) return *text;
  if (const auto* array = std::get_if<Array>(&value)) return *array;
  model::Argument::List list;
  if (const auto* texts = std::get_if<std::vector<std::string>>(&value)) {
    for (const std::string& text : *texts) list.emplace_back(text);
    return list;
  }
  return {};
}

bool has_columns(const io::DataFile& file, const std::vector<std::string>& columns) {
  return std::all_of(columns.begin(), columns.end(), [&](const std::string& column) {
    return file.table.contains(column) || (!file.is_table && file.arguments.count(column) > 0);
  });
}

model::Argument bind_columns(const io::DataFile& file, const Binding& binding) {
  if (binding.matrix) return file.table.matrix(binding.columns);
  const std::string& column = binding.columns.front();
  const auto argument = file.arguments.find(column);
  if (argument != file.arguments.end()) return to_argument(argument->second);
  return file.table.vector(column);
}

/// What a parameter is bound to, or None; fills in the columns.
model::Argument bind_parameter(const KernelParameter& parameter, const BindOptions& options, BoundData& data) {
  const std::string& name = parameter.name;
  const io::DataFile& file = data.file;
  if (options.arguments.contains(name))
    return to_argument(io::parse_argument(json_text(options.arguments[name]), name));
  const auto binding = std::find_if(options.bindings.begin(), options.bindings.end(),
                                    [&](const Binding& candidate) { return candidate.argument == name; });
  if (binding != options.bindings.end()) {
    data.columns[name] = binding->columns;
    if (binding->matrix) data.matrices.insert(name);
    if (options.stored && file.arguments.count(name) > 0) return to_argument(file.arguments.at(name));
    const bool present = has_columns(file, binding->columns);
    // New data for a fit may hold the matrix under the argument's own name.
    if (!present && options.lenient && file.arguments.count(name) > 0) return to_argument(file.arguments.at(name));
    if (!present && options.lenient && !parameter.required) return {};
    return bind_columns(file, *binding);
  }
  if (const auto argument = file.arguments.find(name); argument != file.arguments.end()) {
    return to_argument(argument->second);
  }
  if (file.is_table && file.table.contains(name)) {
    data.columns[name] = {name};
    return file.table.vector(name);
  }
  return {};
}

void check_names(const Kernel& kernel, const BindOptions& options) {
  if (kernel.open) return;
  std::vector<std::string> given;
  for (const Binding& binding : options.bindings) given.push_back(binding.argument);
  for (const auto& [name, value] : options.arguments.items()) given.push_back(name);
  for (const std::string& name : given) {
    if (kernel.find(name) != nullptr) continue;
    throw Error("E204", "`" + kernel.name + "` has no parameter `" + name + "`",
                unknown_name_hint(name, kernel.parameter_names()), {kernel.file, 0, 0, 0, 0});
  }
}

[[noreturn]] void refuse_unbound(const Kernel& kernel, const std::string& name, const io::DataFile& file) {
  std::string columns;
  for (const std::string& column : file.table.names()) columns += (columns.empty() ? "" : ", ") + column;
  std::string hint = "bind it with --bind " + name + "=column or --arg " + name + "=value";
  if (!columns.empty()) hint += "; columns: " + columns;
  throw Error("E1105", "parameter `" + name + "` of `" + kernel.name + "` is not bound", hint,
              {kernel.file, 0, 0, 0, 0});
}

std::vector<std::string> bound_names(const BoundData& data) {
  std::vector<std::string> names;
  for (const auto& [name, value] : data.arguments.items()) names.push_back(name);
  return names;
}

/// Column number of "X.MedInc" or "X.3".
std::int64_t column_index(const BoundData& data, const std::string& argument, const std::string& column) {
  const Array& matrix = *data.arguments.find(argument)->array();
  const auto names = data.columns.find(argument);
  if (names != data.columns.end()) {
    const auto found = std::find(names->second.begin(), names->second.end(), column);
    if (found != names->second.end()) return found - names->second.begin();
  }
  const bool digits =
      !column.empty() && column.size() < 10 && column.find_first_not_of("0123456789") == std::string::npos;
  if (digits && std::stol(column) < matrix.shape().back()) return std::stol(column);
  throw Error("E1003", "argument `" + argument + "` has no column \"" + column + "\"",
              names == data.columns.end() ? "" : unknown_name_hint(column, names->second));
}

double changed(double natural, ChangeSpec::Kind kind, double value) {
  if (kind == ChangeSpec::Kind::shift) return natural + value;
  return kind == ChangeSpec::Kind::scale ? natural * value : value;
}

/// Whole numbers stay whole, and flags flags, as far as the new values allow.
DType changed_dtype(DType natural, const ChangeSpec& change, const Array& value) {
  if (natural == DType::real || value.dtype() == DType::real) return DType::real;
  return change.kind == ChangeSpec::Kind::set && value.dtype() == natural ? natural : DType::integer;
}

Array change_array(const Array& natural, const ChangeSpec& change, const Array& value, std::int64_t column,
                   const std::string& target) {
  const std::int64_t width = column >= 0 ? natural.shape().back() : 1;
  const std::int64_t count = natural.size() / width;
  if (value.size() != 1 && value.size() != count) {
    throw Error("E1106", "the value for \"" + target + "\" has " + std::to_string(value.size()) + " entries, \"" +
                             target + "\" has " + std::to_string(count));
  }
  Array result(
      column >= 0 && natural.dtype() != DType::real ? DType::real : changed_dtype(natural.dtype(), change, value),
      natural.shape());
  double* out = result.mutable_data();
  std::copy_n(natural.data(), natural.size(), out);
  for (std::int64_t i = 0; i < count; ++i) {
    double& cell = out[i * width + std::max<std::int64_t>(column, 0)];
    cell = changed(cell, change.kind, value[value.size() == 1 ? 0 : i]);
  }
  return result;
}

/// Changes an argument in place. Throws E104 if the target names none.
void change_argument(const std::string& target, const ChangeSpec& change, const BoundData& data,
                     const std::set<std::string>& sites, causal::Scenario& scenario) {
  std::string name = target, column;
  if (!data.arguments.has(name)) {
    const std::size_t dot = target.find('.');
    name = target.substr(0, dot);
    if (dot != std::string::npos) column = target.substr(dot + 1);
  }
  const model::Argument* argument = scenario.arguments.find(name);
  if (argument == nullptr || argument->is_none()) {
    std::vector<std::string> known(sites.begin(), sites.end());
    for (std::string& bound : bound_names(data)) known.push_back(std::move(bound));
    throw Error("E104", "\"" + target + "\" is neither a site nor a bound argument", unknown_name_hint(name, known));
  }
  const Array value = change_value(change, data);
  const Array* natural = argument->array();
  if (natural == nullptr) {
    const Array before = scenario.arguments.array(name);
    const double after = changed(before.item(), change.kind, value.item());
    const bool whole = before.dtype() != DType::real && value.dtype() != DType::real;
    scenario.arguments.set(name, whole ? model::Argument(static_cast<std::int64_t>(after)) : model::Argument(after));
  } else {
    if (name != target && natural->rank() < 2) {
      throw Error("E1106", "argument `" + name + "` has no columns", "write " + name + " alone");
    }
    if (column.empty() && name != target) throw Error("E1106", "\"" + target + "\" names no column");
    const std::int64_t index = column.empty() ? -1 : column_index(data, name, column);
    scenario.arguments.set(name, change_array(*natural, change, value, index, target));
  }
  scenario.natural = data.arguments;
}

}  // namespace

io::DataFile load_data(const Json& source, const std::string& folder) {
  if (source.is_null()) return {};
  if (source.is_string()) {
    const std::filesystem::path path(source.get<std::string>());
    return io::read_data(path.is_absolute() || folder.empty() ? path.string() : (folder / path).string());
  }
  return io::parse_data(json_text(source), "data.train");
}

std::set<std::string> available_names(const io::DataFile& file) {
  std::set<std::string> names;
  for (const std::string& column : file.table.names()) names.insert(column);
  for (const auto& [name, value] : file.arguments) names.insert(name);
  return names;
}

BoundData bind_data(io::DataFile file, const Kernel& kernel, const BindOptions& options) {
  check_names(kernel, options);
  BoundData data;
  data.file = std::move(file);
  for (const KernelParameter& parameter : kernel.parameters) {
    model::Argument argument = bind_parameter(parameter, options, data);
    if (argument.is_none() && parameter.required && !options.arguments.contains(parameter.name)) {
      refuse_unbound(kernel, parameter.name, data.file);
    }
    // An absent optional argument keeps the default of the signature.
    if (!argument.is_none()) data.arguments.set(parameter.name, std::move(argument));
  }
  if (kernel.open) {
    for (const auto& [name, value] : options.arguments.items()) {
      if (kernel.find(name) == nullptr)
        data.arguments.set(name, to_argument(io::parse_argument(json_text(value), name)));
    }
  }
  return data;
}

Array change_value(const ChangeSpec& change, const BoundData& data) {
  if (change.column.empty()) return change.value;
  const auto argument = data.file.arguments.find(change.column);
  if (argument != data.file.arguments.end()) {
    if (const auto* array = std::get_if<Array>(&argument->second)) return *array;
    const model::Argument number = to_argument(argument->second);
    return model::Arguments{{change.column, number}}.array(change.column);
  }
  return data.file.table.vector(change.column);
}

std::map<std::string, Array> condition_values(const ChangeSpecs& specs, const BoundData& data, bool lenient) {
  std::map<std::string, Array> values;
  for (const auto& [site, change] : specs) {
    if (change.kind != ChangeSpec::Kind::set) {
      throw Error("E1106", "site \"" + site + "\" is conditioned on a shift or scale",
                  "condition on numbers or a column");
    }
    if (lenient && !change.column.empty() && !has_columns(data.file, {change.column})) {
      // A store keeps the column under the site's name.
      const auto stored = data.file.arguments.find(site);
      if (stored != data.file.arguments.end()) {
        if (const auto* array = std::get_if<Array>(&stored->second)) values.emplace(site, *array);
      }
      continue;
    }
    values.emplace(site, change_value(change, data));
  }
  return values;
}

std::map<std::string, model::Intervention> fit_interventions(const ChangeSpecs& specs, const BoundData& data) {
  std::map<std::string, model::Intervention> result;
  for (const auto& [site, change] : specs) {
    const causal::Change value{change.kind, change_value(change, data)};
    result.emplace(site, value.intervention());
  }
  return result;
}

causal::Scenario make_scenario(const ChangeSpecs& specs, const BoundData& data,
                               const std::map<std::string, Array>& condition, const std::set<std::string>& sites) {
  causal::Scenario scenario;
  scenario.arguments = data.arguments;
  scenario.condition = condition;
  for (const auto& [target, change] : specs) {
    if (sites.count(target) > 0) {
      scenario.changes[target] = {change.kind, change_value(change, data)};
    } else {
      change_argument(target, change, data, sites, scenario);
    }
  }
  return scenario;
}

RowGroups group_rows(const std::string& column, const BoundData& data) {
  const io::Column& values = data.file.table.column(column);
  RowGroups groups;
  if (values.type == io::ColumnType::string) {
    groups.labels = values.categories;
    for (const double code : values.cells())
      groups.group.push_back(std::isnan(code) ? -1 : static_cast<std::int64_t>(code));
    return groups;
  }
  std::set<double> distinct;
  for (const double value : values.cells()) {
    if (!std::isnan(value)) distinct.insert(value);
    if (distinct.size() > 1000) {
      throw Error("E1103", "column \"" + column + "\" has more than 1000 different values", "group by a category");
    }
  }
  const std::vector<double> sorted(distinct.begin(), distinct.end());
  for (const double value : sorted) {
    const bool flag = values.type == io::ColumnType::boolean;
    groups.labels.push_back(flag ? (value != 0.0 ? "true" : "false") : io::number_text(value));
  }
  for (const double value : values.cells()) {
    groups.group.push_back(std::isnan(value) ? -1
                                             : std::lower_bound(sorted.begin(), sorted.end(), value) - sorted.begin());
  }
  return groups;
}

void report_missing_cell(const BoundData& data, const ChangeSpecs& condition) {
  std::vector<std::string> columns;
  for (const auto& [argument, names] : data.columns) columns.insert(columns.end(), names.begin(), names.end());
  for (const auto& [site, change] : condition) {
    if (!change.column.empty()) columns.push_back(change.column);
  }
  for (const std::string& column : columns) {
    if (data.file.table.contains(column)) data.file.table.require_finite(column);
  }
  for (const auto& [name, argument] : data.arguments.items()) {
    const Array* array = argument.array();
    if (array == nullptr) continue;
    for (std::int64_t i = 0; i < array->size(); ++i) {
      if (std::isfinite((*array)[i])) continue;
      throw Error("E503", "argument `" + name + "` has a missing or infinite value at " +
                              element_name(name, array->shape(), i) + " (counted from 0)");
    }
  }
}

}  // namespace dolab::experiment
