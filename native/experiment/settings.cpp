#include "experiment/settings.hpp"

#include <filesystem>

#include "base/nearest_name.hpp"
#include "experiment/schema.hpp"
#include "io/arguments.hpp"
#include "io/files.hpp"
#include "io/json.hpp"

namespace dolab::experiment {
namespace {

/// Reads `object[key]` into `target` if it is there.
template <class T>
void read(const Json& object, const char* key, T& target) {
  if (const auto found = object.find(key); found != object.end()) target = found->get<T>();
}

/// A section of the document; an empty one if it is absent.
const Json& section(const Json& object, const char* key) {
  static const Json none = Json::object();
  const auto found = object.find(key);
  return found == object.end() ? none : *found;
}

std::vector<std::string> names_of(const Json& value) {
  if (value.is_string()) return {value.get<std::string>()};
  return value.get<std::vector<std::string>>();
}

ChangeSpecs read_changes(const Json& object) {
  ChangeSpecs changes;
  for (const auto& [target, value] : object.items()) changes.emplace(target, read_change(value, target));
  return changes;
}

infer::Schedule read_schedule(const Json& value) {
  using Kind = infer::Schedule::Kind;
  static const std::map<std::string, Kind> kinds = {{"constant", Kind::constant},
                                                    {"exponential", Kind::exponential},
                                                    {"inverse_time", Kind::inverse_time},
                                                    {"cosine", Kind::cosine},
                                                    {"linear", Kind::linear}};
  infer::Schedule schedule;
  if (value.is_number()) {
    schedule.initial = value.get<double>();
    return schedule;
  }
  schedule.kind = kinds.at(value.at("schedule").get<std::string>());
  read(value, "initial", schedule.initial);
  read(value, "steps", schedule.steps);
  read(value, "rate", schedule.rate);
  read(value, "alpha", schedule.alpha);
  read(value, "last", schedule.last);
  read(value, "staircase", schedule.staircase);
  return schedule;
}

void read_optimizer(const Json& object, infer::OptimizerOptions& optimizer) {
  std::string name = "Adam";
  read(object, "name", name);
  optimizer.kind = infer::optimizer_kind(name);
  if (const auto found = object.find("step_size"); found != object.end()) optimizer.step_size = read_schedule(*found);
  read(object, "b1", optimizer.b1);
  read(object, "b2", optimizer.b2);
  read(object, "eps", optimizer.eps);
  read(object, "clip_norm", optimizer.clip_norm);
  read(object, "weight_decay", optimizer.weight_decay);
  read(object, "mass", optimizer.mass);
  read(object, "gamma", optimizer.gamma);
  read(object, "momentum", optimizer.momentum);
}

Inference read_inference(const Json& object) {
  static const std::map<std::string, Method> methods = {
      {"svi", Method::svi}, {"nuts", Method::nuts}, {"hmc", Method::hmc}};
  Inference inference;
  std::string method = "svi";
  read(object, "method", method);
  inference.method = methods.at(method);
  read(object, "draws", inference.draws);
  read(object, "init", inference.init);
  read(object, "init_radius", inference.init_radius);
  read(object, "init_values", inference.init_values);
  if (object.contains("keep")) inference.keep = names_of(object.at("keep"));
  read(object, "guide", inference.guide);
  read(object, "init_scale", inference.guide_options.init_scale);
  read(object, "rank", inference.guide_options.rank);
  read_optimizer(section(object, "optimizer"), inference.optimizer);
  read(object, "steps", inference.steps);
  read(object, "particles", inference.particles);
  read(object, "stable_update", inference.stable_update);
  infer::NutsOptions& nuts = inference.nuts;
  nuts.kind = inference.method == Method::hmc ? infer::SamplerKind::hmc : infer::SamplerKind::nuts;
  nuts.draws = inference.draws;
  nuts.init_radius = inference.init_radius;
  read(object, "chains", nuts.chains);
  read(object, "warmup", nuts.warmup);
  read(object, "thinning", nuts.thinning);
  read(object, "target_accept", nuts.target_accept);
  read(object, "max_depth", nuts.max_depth);
  read(object, "metric", nuts.metric);
  read(object, "trajectory_length", nuts.trajectory_length);
  return inference;
}

std::vector<EffectSettings> read_effects(const Json& document) {
  std::map<std::string, ChangeSpecs> scenarios = {{kObserved, {}}};
  std::vector<std::string> names = {kObserved};
  for (const auto& [name, changes] : section(document, "scenarios").items()) {
    scenarios[name] = read_changes(changes);
    names.push_back(name);
  }
  const auto scenario = [&](const std::string& name) {
    const auto found = scenarios.find(name);
    if (found == scenarios.end()) throw Error("E1103", "no scenario \"" + name + "\"", unknown_name_hint(name, names));
    return found->second;
  };
  std::vector<EffectSettings> effects;
  for (const Json& item : section(document, "effects")) {
    EffectSettings effect;
    read(item, "outcome", effect.outcome);
    effect.baseline = kObserved;
    read(item, "baseline", effect.baseline);
    read(item, "intervention", effect.intervention);
    read(item, "by", effect.by);
    read(item, "expected", effect.expected);
    effect.baseline_changes = scenario(effect.baseline);
    effect.intervention_changes = scenario(effect.intervention);
    effects.push_back(std::move(effect));
  }
  return effects;
}

}  // namespace

const char* method_name(Method method) noexcept {
  return method == Method::svi ? "svi" : method == Method::nuts ? "nuts" : "hmc";
}

tensor::CompileOptions Settings::compile() const {
  tensor::CompileOptions options;
  options.flavour = reproducible ? tensor::Flavour::strict : tensor::Flavour::fast;
  return options;
}

Settings read_settings(Json document, const std::string& source, const std::string& folder) {
  check_schema(document, source);
  Settings settings;
  settings.source = source;
  settings.folder = folder;
  read(document, "title", settings.title);
  read(document, "question", settings.question);
  const Json& model = section(document, "model");
  read(model, "file", settings.model_file);
  read(model, "source", settings.model_text);
  if (settings.model_file.empty() == settings.model_text.empty()) {
    throw Error("E1101", "\"model\" needs either the key \"file\" or the key \"source\"", "", {source, 0, 0, 0, 0});
  }
  read(model, "kernel", settings.kernel);
  if (model.contains("input")) settings.inputs = names_of(model.at("input"));
  if (model.contains("output")) settings.outputs = names_of(model.at("output"));
  settings.condition = read_changes(section(model, "condition"));
  settings.intervene = read_changes(section(model, "do"));
  const Json& data = section(document, "data");
  if (data.contains("train")) settings.train = data.at("train");
  for (const auto& [argument, columns] : section(data, "bind").items()) {
    settings.bindings.push_back({argument, names_of(columns), columns.is_array()});
  }
  settings.arguments = section(data, "arguments");
  settings.inference = read_inference(section(document, "inference"));
  settings.effects = read_effects(document);
  read(document, "hdi_prob", settings.hdi_prob);
  read(document, "reproducible", settings.reproducible);
  read(document, "seed", settings.seed);
  settings.document = std::move(document);
  return settings;
}

void apply_override(Json& document, const std::string& assignment) {
  const std::size_t equals = assignment.find('=');
  if (equals == std::string::npos || equals == 0) {
    throw Error("E1103", "\"" + assignment + "\" sets nothing", "write path=value, as inference.steps=100");
  }
  const std::string path = assignment.substr(0, equals), text = assignment.substr(equals + 1);
  Json value = Json::parse(text, nullptr, false);
  if (value.is_discarded()) value = text;
  Json* place = &document;
  for (std::size_t begin = 0;;) {
    const std::size_t dot = path.find('.', begin);
    if (!place->is_object()) throw Error("E1103", "\"" + path.substr(0, begin) + "\" has no keys to set");
    place = &(*place)[path.substr(begin, dot == std::string::npos ? dot : dot - begin)];
    if (dot == std::string::npos) break;
    if (place->is_null()) *place = Json::object();
    begin = dot + 1;
  }
  *place = std::move(value);
}

Settings read_experiment(const std::string& path, const std::vector<std::string>& overrides) {
  Json document = io::parse_json(io::read_file(path), path);
  for (const std::string& assignment : overrides) apply_override(document, assignment);
  return read_settings(std::move(document), path, std::filesystem::path(path).parent_path().string());
}

// ---- the short forms of the command line -----------------------------------------------------------

std::pair<std::string, Json> parse_binding(const std::string& text) {
  const std::size_t equals = text.find('=');
  if (equals == std::string::npos || equals == 0 || equals + 1 == text.size()) {
    throw Error("E1103", "\"" + text + "\" binds nothing", "write --bind y=column, or --bind X=a,b for a matrix");
  }
  std::string columns = text.substr(equals + 1);
  bool matrix = columns.find(',') != std::string::npos;
  if (columns.front() == '[' && columns.back() == ']') {
    matrix = true;
    columns = columns.substr(1, columns.size() - 2);
  }
  if (!matrix) return {text.substr(0, equals), columns};
  Json list = Json::array();
  for (std::size_t begin = 0; begin <= columns.size();) {
    const std::size_t comma = std::min(columns.find(',', begin), columns.size());
    std::string name = columns.substr(begin, comma - begin);
    const std::size_t first = name.find_first_not_of(' ');
    if (first == std::string::npos) throw Error("E1103", "\"" + text + "\" has an empty column name");
    list.push_back(name.substr(first, name.find_last_not_of(' ') - first + 1));
    begin = comma + 1;
  }
  return {text.substr(0, equals), list};
}

std::pair<std::string, Json> parse_change(const std::string& text) {
  const auto refuse = [&](const std::string& why) -> Error {
    return Error("E1106", "intervention \"" + text + "\" " + why);
  };
  const std::size_t equals = text.find('=');
  for (const char* planned : {"~", ":="}) {
    const std::size_t at = text.find(planned);
    if (at != std::string::npos && (equals == std::string::npos || at < equals)) {
      throw Error("E1102", "interventions of the form \"site" + std::string(planned) + "...\" are not available");
    }
  }
  if (equals == std::string::npos || equals == 0) throw refuse("has no =");
  const char sign = text[equals - 1];
  const bool relative = sign == '+' || sign == '*';
  std::string target = text.substr(0, equals - (relative ? 1 : 0));
  const std::size_t first = target.find_first_not_of(' ');
  if (first == std::string::npos) throw refuse("names no site");
  target = target.substr(first, target.find_last_not_of(' ') - first + 1);
  std::string right = text.substr(equals + 1);
  right.erase(0, std::min(right.find_first_not_of(' '), right.size()));
  if (right.empty()) throw refuse("has no value");
  if (right.front() == '@') {
    if (relative) throw refuse("shifts or scales by a column, which is not available");
    if (right.size() == 1) throw refuse("names no column");
    return {target, {{"column", right.substr(1)}}};
  }
  const Json value = Json::parse(right, nullptr, false);
  if (value.is_discarded() || !(value.is_number() || value.is_boolean() || (value.is_array() && !relative))) {
    throw refuse("has the value " + right + ", which is no number");
  }
  if (sign == '+') return {target, {{"shift", value}}};
  if (sign == '*') return {target, {{"scale", value}}};
  return {target, value};
}

ChangeSpec read_change(const Json& value, const std::string& target) {
  ChangeSpec change;
  const Json* number = &value;
  if (value.is_object()) {
    const std::string key = value.begin().key();
    number = &value.begin().value();
    if (key == "column") {
      change.column = number->get<std::string>();
      return change;
    }
    if (key == "shift") change.kind = ChangeSpec::Kind::shift;
    if (key == "scale") change.kind = ChangeSpec::Kind::scale;
  }
  const io::ArgumentValue parsed = io::parse_argument(json_text(*number), target);
  if (const auto* array = std::get_if<Array>(&parsed)) {
    change.value = *array;
  } else if (const auto* flag = std::get_if<bool>(&parsed)) {
    change.value = Array::scalar(*flag ? 1.0 : 0.0, DType::boolean);
  } else if (const auto* whole = std::get_if<std::int64_t>(&parsed)) {
    change.value = Array::scalar(static_cast<double>(*whole), DType::integer);
  } else if (const auto* real = std::get_if<double>(&parsed)) {
    change.value = Array::scalar(*real);
  } else {
    throw Error("E1106", "the value for \"" + target + "\" is no number: " + json_text(*number));
  }
  return change;
}

ChangeSpecs read_changes(const std::vector<std::pair<std::string, Json>>& changes) {
  ChangeSpecs specs;
  for (const auto& [target, value] : changes) {
    if (!specs.emplace(target, read_change(value, target)).second) {
      throw Error("E1106", "\"" + target + "\" is changed twice in one scenario");
    }
  }
  return specs;
}

ChangeSpecs parse_changes(const std::vector<std::string>& texts) {
  std::vector<std::pair<std::string, Json>> changes;
  for (const std::string& text : texts) changes.push_back(parse_change(text));
  return read_changes(changes);
}

std::string describe(const ChangeSpecs& changes) {
  if (changes.empty()) return kObserved;
  std::string text;
  for (const auto& [target, change] : changes) {
    if (!text.empty()) text += ", ";
    text += target;
    text += change.kind == ChangeSpec::Kind::shift ? "+=" : change.kind == ChangeSpec::Kind::scale ? "*=" : "=";
    if (!change.column.empty()) {
      text += "@" + change.column;
    } else if (change.value.size() > 8) {
      text += "[" + std::to_string(change.value.size()) + " values]";
    } else {
      text += json_text(nested(change.value));
    }
  }
  return text;
}

}  // namespace dolab::experiment
