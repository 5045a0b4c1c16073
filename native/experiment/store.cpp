#include "experiment/store.hpp"

#include <algorithm>
#include <ctime>

#include "io/file_store.hpp"
#include "io/json.hpp"
#include "io/store_draws.hpp"

namespace dolab::experiment {
namespace {

std::string utc_now() {
  const std::time_t now = std::time(nullptr);
  char text[32];
  std::tm parts{};
#if defined(_WIN32)
  gmtime_s(&parts, &now);
#else
  gmtime_r(&now, &parts);
#endif
  std::strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%SZ", &parts);
  return text;
}

// ---- writing -----------------------------------------------------------------------------------------

template <class T>
void write_statistic(const std::vector<infer::ChainResult>& chains, std::int64_t kept, const char* name, DType dtype,
                     std::vector<T> infer::SampleStats::*member, io::StoreDraws& sink) {
  const int handle = sink.declare({"sample_stats", name, dtype, {}, {}});
  std::vector<double> values(static_cast<std::size_t>(kept));
  for (std::size_t c = 0; c < chains.size(); ++c) {
    const std::vector<T>& source = chains[c].stats.*member;
    std::copy_n(source.begin(), values.size(), values.begin());
    sink.append(handle, {static_cast<std::int64_t>(c), 0, kept}, values.data());
  }
}

void write_sample_stats(const FitRun& run, io::StoreWriter& writer) {
  using Stats = infer::SampleStats;
  io::StoreDraws sink(writer);
  const std::int64_t kept = run.fitted.posterior.draws;
  sink.open_group("sample_stats", static_cast<std::int64_t>(run.chains.size()), kept);
  const auto real = [&](const char* name, auto member) {
    write_statistic(run.chains, kept, name, DType::real, member, sink);
  };
  const auto whole = [&](const char* name, auto member) {
    write_statistic(run.chains, kept, name, DType::integer, member, sink);
  };
  const auto flag = [&](const char* name, auto member) {
    write_statistic(run.chains, kept, name, DType::boolean, member, sink);
  };
  real("lp", &Stats::lp);
  real("acceptance_rate", &Stats::acceptance_rate);
  real("step_size", &Stats::step_size);
  whole("tree_depth", &Stats::tree_depth);
  whole("n_steps", &Stats::n_steps);
  flag("diverging", &Stats::diverging);
  real("energy", &Stats::energy);
  real("energy_error", &Stats::energy_error);
  real("max_energy_error", &Stats::max_energy_error);
  flag("reached_max_treedepth", &Stats::reached_max_treedepth);
  whole("index_in_trajectory", &Stats::index_in_trajectory);
  sink.close_group("sample_stats", kept);
}

void write_guide(const FitRun& run, io::StoreWriter& writer) {
  const Json attributes = {{"guide", run.svi->guide().name()}, {"steps", run.state.optimizer.step}};
  writer.group("variational", json_text(attributes));
  for (const auto& [name, value] : run.svi->guide().constrained(run.state.parameters)) {
    writer.array("variational", name, value, {});
  }
  writer.array("variational", "losses", Array::vector(run.state.losses), {"step"});
  const auto vector = [&](const char* name, const std::vector<double>& values) {
    if (!values.empty()) writer.array("variational", name, Array::vector(values), {"coordinate"});
  };
  vector("unconstrained", run.state.parameters);
  vector("optimizer_first", run.state.optimizer.first);
  vector("optimizer_second", run.state.optimizer.second);
}

/// Name of the plate with so many rows, or "".
std::string row_dimension(const model::Trace& trace, std::int64_t rows) {
  for (const model::Site& site : trace.sites) {
    if (site.kind == model::SiteKind::plate && site.plates.front().size == rows) return site.plates.front().name;
  }
  return {};
}

/// Whether a site of that name observes the array.
bool is_observation(const model::Trace& trace, const std::string& name, const Array& array) {
  const model::Site* site = trace.find(name);
  if (site == nullptr || !site->observed || !site->value.defined() || !site->value.is_constant()) return false;
  const Array& value = site->value.value();
  return value.data() == array.data() || value.identical(array);
}

void write_argument(const std::string& name, const model::Argument& argument, const model::Trace& trace,
                    const BoundData& data, io::StoreWriter& writer) {
  const std::string group = "constant_data";
  if (const auto* texts = std::get_if<model::Argument::List>(&argument.value)) {
    std::vector<std::string> values;
    for (const model::Argument& text : *texts) {
      if (const auto* value = std::get_if<std::string>(&text.value)) values.push_back(*value);
    }
    if (!values.empty()) writer.texts(group, name, values, name + "_dim_0");
    return;
  }
  if (std::holds_alternative<std::string>(argument.value)) return;  // in the experiment's own text
  const Array value = model::Arguments{{name, argument}}.array(name);
  std::vector<std::string> dims;
  for (std::int64_t axis = 0; axis < value.rank(); ++axis) dims.push_back(name + "_dim_" + std::to_string(axis));
  if (value.rank() > 0) {
    const std::string rows = row_dimension(trace, value.shape().front());
    if (!rows.empty()) dims.front() = rows;
  }
  writer.array(group, name, value, dims);
  const auto columns = data.columns.find(name);
  if (columns != data.columns.end() && data.matrices.count(name) > 0 &&
      static_cast<std::int64_t>(columns->second.size()) == value.shape().back()) {
    writer.coordinate(group, dims.back(), columns->second);
  }
}

Json bindings_json(const std::vector<Binding>& bindings) {
  Json object = Json::object();
  for (const Binding& binding : bindings) {
    object[binding.argument] = binding.matrix ? Json(binding.columns) : Json(binding.columns.front());
  }
  return object;
}

// ---- reading -----------------------------------------------------------------------------------------

[[noreturn]] void refuse(const std::string& path, const std::string& why) {
  throw Error("E1007", "\"" + path + "\" " + why, "give a store that `dolab fit` or `dolab run` wrote");
}

}  // namespace

ResultStore::ResultStore(const std::string& path, bool overwrite, ByteStore* bytes)
    : path_(path),
      file_(bytes == nullptr ? io::create_store(path, overwrite) : nullptr),
      store_(bytes == nullptr ? file_.get() : bytes),
      writer_(std::make_unique<io::StoreWriter>(*store_)) {}

void ResultStore::commit(const Json& attributes) {
  Json root = {{"dolab", DOLAB_VERSION}, {"created", utc_now()}};
  root.update(attributes);
  writer_->group("", json_text(root));
  writer_->close();
  store_->commit();
}

void write_data(const model::Trace& trace, const model::Arguments& arguments, const BoundData& data,
                const Kernel& kernel, io::StoreWriter& writer) {
  bool constants = false;
  for (const auto& [name, argument] : arguments.items()) {
    const KernelParameter* parameter = kernel.find(name);
    const Array* array = argument.array();
    const bool optional = parameter != nullptr && parameter->optional_data;
    // An observation is found again under its site's name: there is no need for it twice if the argument has that name.
    if (argument.is_none() || (optional && array != nullptr && is_observation(trace, name, *array))) continue;
    if (!constants) writer.group("constant_data");
    constants = true;
    write_argument(name, argument, trace, data, writer);
  }
  bool observations = false;
  for (const model::Site& site : trace.sites) {
    if (site.kind != model::SiteKind::sample || !site.observed || !site.value.is_constant()) continue;
    if (!observations) writer.group("observed_data");
    observations = true;
    writer.array("observed_data", site.name, site.value.value(), infer::axis_names(site));
  }
}

void write_fit(const FitRun& run, io::StoreWriter& writer) {
  io::StoreDraws sink(writer);
  run.fitted.posterior.write(sink, "posterior");
  if (!run.fitted.complete) writer.group("posterior", "{\"complete\": false}");
  if (run.svi != nullptr) {
    write_guide(run, writer);
  } else {
    write_sample_stats(run, writer);
  }
  write_data(*run.trace, run.data.arguments, run.data, run.fitted.kernel, writer);
}

Json fit_attributes(const FitRun& run) {
  const Fitted& fitted = run.fitted;
  Json deterministic = Json::array();
  for (const infer::SiteDraws& site : fitted.posterior.sites) {
    if (site.deterministic) deterministic.push_back(site.name);
  }
  Json json = {{"kind", "fit"}, {"seed", fitted.seed}, {"method", method_name(fitted.method)}};
  json["complete"] = fitted.complete;
  json["kernel"] = {{"name", fitted.kernel.name},
                    {"file", fitted.kernel.file},
                    {"hash", fitted.kernel.hash()},
                    {"source", fitted.kernel.source}};
  json["bindings"] = bindings_json(fitted.bindings);
  json["arguments"] = fitted.arguments;
  const auto model = run.settings.document.find("model");
  json["condition"] = model->value("condition", Json::object());
  json["outputs"] = fitted.outputs;
  json["observed"] = fitted.observed;
  json["sites"] = fitted.sites;
  json["deterministic"] = std::move(deterministic);
  json["left_out"] = fitted.left_out;
  json["hdi_prob"] = fitted.hdi_prob;
  json["reproducible"] = fitted.reproducible;
  json["experiment"] = run.settings.document;
  json["diagnostics"] = run.diagnostics;
  json["healthy"] = run.healthy;
  json["warnings"] = run.report.warnings_json();
  json["seconds"] = run.seconds;
  return json;
}

infer::Posterior read_draws(const io::StoreReader& reader, const std::string& group) {
  infer::Posterior posterior;
  bool first = true;
  for (const std::string& name : reader.arrays(group)) {
    const Shape& shape = reader.shape(group, name);
    if (shape.size() < 2) continue;
    if (first) {
      posterior.chains = shape[0];
      posterior.draws = shape[1];
      first = false;
    }
    if (shape[0] != posterior.chains || shape[1] != posterior.draws) {
      throw Error("E1007", "\"" + name + "\" has other chains or draws than the rest of group \"" + group + "\"");
    }
    infer::SiteDraws site;
    site.name = name;
    site.shape.assign(shape.begin() + 2, shape.end());
    const auto& dims = reader.dims(group, name);
    site.dims.assign(dims.begin() + 2, dims.end());
    site.values = reader.read(group, name);
    posterior.sites.push_back(std::move(site));
  }
  return posterior;
}

StoredFit read_fit(const std::string& path) {
  const std::unique_ptr<ByteStore> store = io::open_store(path);
  const io::StoreReader reader(*store);
  StoredFit stored;
  stored.attributes = io::parse_json(reader.attributes(), path);
  if (!reader.is_own() || !reader.contains("posterior") || !stored.attributes.contains("kernel")) {
    refuse(path, "holds no fit");
  }
  const Json& json = stored.attributes;
  Fitted& fitted = stored.fitted;
  try {
    const Json& kernel = json.at("kernel");
    fitted.kernel = load_kernel(kernel.at("source"), kernel.at("file"), {kernel.at("name"), {}, {}});
    for (const auto& [argument, columns] : json.at("bindings").items()) {
      Binding binding{argument, {}, columns.is_array()};
      binding.columns = columns.is_array() ? columns.get<std::vector<std::string>>()
                                           : std::vector<std::string>{columns.get<std::string>()};
      fitted.bindings.push_back(std::move(binding));
    }
    fitted.arguments = json.at("arguments");
    for (const auto& [site, change] : json.at("condition").items()) {
      fitted.condition.emplace(site, read_change(change, site));
    }
    fitted.outputs = json.value("outputs", fitted.outputs);
    fitted.observed = json.at("observed").get<std::set<std::string>>();
    fitted.sites = json.at("sites").get<std::set<std::string>>();
    fitted.left_out = json.at("left_out").get<std::set<std::string>>();
    const std::string method = json.at("method");
    fitted.method = method == "svi" ? Method::svi : method == "hmc" ? Method::hmc : Method::nuts;
    fitted.seed = json.at("seed");
    fitted.hdi_prob = json.at("hdi_prob");
    fitted.reproducible = json.at("reproducible");
    fitted.complete = json.at("complete");
    const auto deterministic = json.at("deterministic").get<std::set<std::string>>();
    fitted.posterior = read_draws(reader, "posterior");
    for (infer::SiteDraws& site : fitted.posterior.sites) site.deterministic = deterministic.count(site.name) > 0;
  } catch (const Json::exception&) {
    refuse(path, "has damaged attributes");
  }
  return stored;
}

}  // namespace dolab::experiment
