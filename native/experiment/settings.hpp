// Everything that an experiment file says, as typed values with defaults.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "causal/scenario.hpp"
#include "experiment/json.hpp"
#include "infer/initialize.hpp"
#include "infer/nuts.hpp"
#include "infer/svi.hpp"
#include "io/data_file.hpp"

namespace dolab::experiment {

enum class Method : std::uint8_t { svi, nuts, hmc };
const char* method_name(Method method) noexcept;

/// Argument <- column (a vector), or columns (a matrix).
struct Binding {
  std::string argument;
  std::vector<std::string> columns;
  bool matrix = false;
};

/// A value that is put on a site or argument: a number, a list, or a column of the data.
struct ChangeSpec {
  using Kind = causal::Change::Kind;
  Kind kind = Kind::set;
  std::string column;  // empty: `value`
  Array value;
};
/// Target (a site, an argument, or ARGUMENT.column) -> change.
using ChangeSpecs = std::map<std::string, ChangeSpec>;

struct EffectSettings {
  std::string outcome;                 // empty: the only one
  std::string baseline, intervention;  // scenario names or descriptions, for reports
  ChangeSpecs baseline_changes, intervention_changes;
  std::string by;
  bool expected = false;
};

struct Inference {
  Method method = Method::svi;
  std::int64_t draws = 1000;
  std::string init;  // empty: the method's own
  double init_radius = 2.0;
  Json init_values = Json::object();
  std::vector<std::string> keep;
  std::string guide = "AutoNormal";
  infer::GuideOptions guide_options;
  infer::OptimizerOptions optimizer;
  std::int64_t steps = 10000;
  std::int64_t particles = 1;
  bool stable_update = false;
  infer::NutsOptions nuts;  // chains, warmup, thinning, target_accept, max_depth, metric, trajectory_length
};

struct Settings {
  Json document;       // as given, checked against the schema
  std::string source;  // name of the file, for messages; empty: the command line
  std::string folder;  // relative paths are relative to it
  std::string title, question;
  std::string model_file, model_text;  // text is empty: read the file; both: the text has that name
  std::string kernel;
  std::vector<std::string> inputs, outputs;  // arguments
  ChangeSpecs condition, intervene;
  Json train;           // null, a path, or inline columns
  io::GivenData given;  // data that are in memory, instead of `train`
  std::vector<Binding> bindings;
  Json arguments = Json::object();
  Inference inference;
  std::vector<EffectSettings> effects;
  double hdi_prob = 0.94;
  bool reproducible = false;
  std::uint64_t seed = 0;

  tensor::CompileOptions compile() const;
};

/// Checks the document against the schema and reads it. Throws E1101 and E1102 (see check_schema), and E1103 for values
/// that fit the schema but not one another (no model, an unknown scenario, optimizer or strategy).
Settings read_settings(Json document, const std::string& source, const std::string& folder);
/// Reads an experiment file. `overrides`: path=JSON value, applied before the check ("inference.steps=100"; a value
/// that is no JSON is a text). Throws E1001, E1005 as well.
Settings read_experiment(const std::string& path, const std::vector<std::string>& overrides = {});
/// Applies one override to a document. Throws E1103 without "=".
void apply_override(Json& document, const std::string& assignment);

/// Name of the scenario without interventions.
inline constexpr const char* kObserved = "observed";

/// "X=a,b" -> matrix, "C=c" -> vector, "X=[a]" -> matrix of one column; several separated by blanks are several
/// options. Returns the JSON form of one binding. Throws E1103.
std::pair<std::string, Json> parse_binding(const std::string& text);
/// "z=0", "z=@z", "x+=1", "x*=2" -> target and the JSON form of the change. Throws E1106; forms that are planned but
/// not available are E1102.
std::pair<std::string, Json> parse_change(const std::string& text);
ChangeSpec read_change(const Json& value, const std::string& target);
/// Changes of one scenario. Throws as above, and E1106 for a target that is changed twice.
ChangeSpecs read_changes(const std::vector<std::pair<std::string, Json>>& changes);
/// The same for texts such as "z=0".
ChangeSpecs parse_changes(const std::vector<std::string>& texts);
/// The reverse, for reports: "z=0", "X.MedInc+=1"; several joined by ", "; none: "observed".
std::string describe(const ChangeSpecs& changes);

}  // namespace dolab::experiment
