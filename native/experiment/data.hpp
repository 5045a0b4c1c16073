// Data on its way to a kernel: tables and arguments bound to parameters, values for sites, scenarios.
#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

#include "causal/scenario.hpp"
#include "experiment/kernel.hpp"
#include "experiment/settings.hpp"
#include "io/data_file.hpp"

namespace dolab::experiment {

/// Reads what `train` of an experiment names: a path (relative to `folder`) or inline columns; null gives no data.
io::DataFile load_data(const Json& source, const std::string& folder);

/// Data bound to a kernel.
struct BoundData {
  io::DataFile file;
  model::Arguments arguments;                               // in the order of the signature
  std::map<std::string, std::vector<std::string>> columns;  // argument -> its columns, where it was bound to some
  std::set<std::string> matrices;                           // arguments that were bound to a list
};

struct BindOptions {
  std::vector<Binding> bindings;
  Json arguments = Json::object();  // argument -> JSON value (--arg)
  /// New data for a fitted model: optional arguments whose columns are absent stay None.
  bool lenient = false;
  /// They come from a store, which has them under the names of the arguments.
  bool stored = false;
};

/// Explicit bindings first, then arguments of a JSON file and columns of a table by the parameter's name. A string
/// binds a vector (rows), a list a matrix (rows, columns). Throws E1003 (unknown column), E1004 (text column), E1105
/// (a required parameter is not bound), E204 (no such parameter).
BoundData bind_data(io::DataFile file, const Kernel& kernel, const BindOptions& options);

/// Names that a kernel could find in the data.
std::set<std::string> available_names(const io::DataFile& file);

/// The value that a change puts in place: its own, or its column. Throws E1003, E1004.
Array change_value(const ChangeSpec& change, const BoundData& data);

/// Values of conditioned sites. `lenient`: columns that the data lack are left out.
std::map<std::string, Array> condition_values(const ChangeSpecs& specs, const BoundData& data, bool lenient = false);
/// Interventions of a fit (model.do), on sites.
std::map<std::string, model::Intervention> fit_interventions(const ChangeSpecs& specs, const BoundData& data);

/// One scenario: changes of sites, and of arguments or their columns ("X.MedInc"). `sites` are those that can be
/// intervened on. Throws E104 for a target that is neither, E1106 for a value that does not fit.
causal::Scenario make_scenario(const ChangeSpecs& specs, const BoundData& data,
                               const std::map<std::string, Array>& condition, const std::set<std::string>& sites);

/// Groups of rows by the values of a column. Throws E1003, and E1103 for more than 1000 groups.
struct RowGroups {
  std::vector<std::int64_t> group;  // per row; -1 where the cell is missing
  std::vector<std::string> labels;
};
RowGroups group_rows(const std::string& column, const BoundData& data);

/// Makes a fault of the model on data with missing cells name the row and column: throws E503 for the first missing
/// cell of a bound argument or condition, or returns if there is none.
void report_missing_cell(const BoundData& data, const ChangeSpecs& condition);

}  // namespace dolab::experiment
