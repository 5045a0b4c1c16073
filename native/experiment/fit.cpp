#include "experiment/fit.hpp"

#include <filesystem>

#include "base/nearest_name.hpp"
#include "experiment/fit_checks.hpp"
#include "experiment/inference.hpp"
#include "io/files.hpp"

namespace dolab::experiment {
namespace {

void describe_sites(FitRun& run) {
  for (const model::Site& site : run.trace->sites) {
    if (site.kind == model::SiteKind::sample || site.kind == model::SiteKind::deterministic) {
      run.fitted.sites.insert(site.name);
    }
    if (site.kind == model::SiteKind::sample && site.observed) run.fitted.observed.insert(site.name);
  }
}

}  // namespace

model::Trace trace_all_rows(const Kernel& kernel, const model::Arguments& arguments,
                            std::map<std::string, Array> condition) {
  model::TraceOptions options;
  options.condition = std::move(condition);
  options.subsampling = false;
  return model::trace_model(kernel.function, arguments, options);
}

void require_site(const std::string& name, const std::set<std::string>& sites) {
  if (sites.count(name) > 0) return;
  throw Error("E104", "no site \"" + name + "\"", unknown_name_hint(name, {sites.begin(), sites.end()}));
}

std::pair<std::string, std::string> model_source(const Settings& settings) {
  if (!settings.model_text.empty()) {
    return {settings.model_text, settings.model_file.empty() ? "model.source" : settings.model_file};
  }
  const std::filesystem::path path(settings.model_file);
  const bool given = path.is_absolute() || settings.folder.empty();
  const std::string file = given ? path.string() : (std::filesystem::path(settings.folder) / path).string();
  return {io::read_file(file), file};
}

Prepared prepare(const Settings& settings) {
  const auto [text, file] = model_source(settings);
  io::DataFile data =
      settings.given != nullptr ? std::move(*settings.given) : load_data(settings.train, settings.folder);
  KernelChoice choice;
  choice.name = settings.kernel;
  choice.available = available_names(data);
  for (const Binding& binding : settings.bindings) choice.bound.insert(binding.argument);
  for (const auto& [name, value] : settings.arguments.items()) choice.bound.insert(name);
  Prepared prepared;
  prepared.kernel = load_kernel(text, file, choice);
  const Kernel& kernel = prepared.kernel;
  for (const auto& [names, key] : {std::pair{&settings.inputs, "input"}, std::pair{&settings.outputs, "output"}}) {
    for (const std::string& name : *names) {
      if (kernel.open || kernel.find(name) != nullptr) continue;
      throw Error("E204", std::string("model.") + key + ": `" + kernel.name + "` has no parameter `" + name + "`",
                  unknown_name_hint(name, kernel.parameter_names()), {kernel.file, 0, 0, 0, 0});
    }
  }
  prepared.data = bind_data(std::move(data), prepared.kernel, {settings.bindings, settings.arguments, false});
  return prepared;
}

model::Trace trace_prepared(const Prepared& prepared, const Settings& settings) {
  model::TraceOptions options = trace_options(settings, prepared.data);
  options.subsampling = false;
  model::Trace trace = naming_missing_cells(prepared.data, settings.condition, [&] {
    return model::trace_model(prepared.kernel.function, prepared.data.arguments, options);
  });
  check_condition(trace, settings.condition);
  return trace;
}

Fitting::Fitting(Settings settings, const Workers& workers) : run_(std::make_unique<FitRun>()) {
  start_ = now_seconds();
  FitRun& run = *run_;
  run.settings = std::move(settings);
  Prepared prepared = prepare(run.settings);
  run.data = std::move(prepared.data);
  Fitted& fitted = run.fitted;
  fitted.kernel = std::move(prepared.kernel);
  fitted.bindings = run.settings.bindings;
  fitted.arguments = run.settings.arguments;
  fitted.condition = run.settings.condition;
  fitted.outputs = run.settings.outputs;
  fitted.method = run.settings.inference.method;
  fitted.seed = run.settings.seed;
  fitted.hdi_prob = run.settings.hdi_prob;
  fitted.reproducible = run.settings.reproducible;
  run.seconds["trace"] = now_seconds() - start_;
  inference_ = fitted.method == Method::svi ? prepare_guide(run, workers) : prepare_chains(run, workers);
}

Fitting::~Fitting() = default;

bool Fitting::go_on(const Workers& workers) { return inference_->go_on(workers); }

void Fitting::warn(Warning warning) { run_->report.warn(std::move(warning)); }

FitRun Fitting::finish(const Workers& workers, const std::string& to_go_on) {
  inference_->finish(workers);
  inference_.reset();
  FitRun& run = *run_;
  describe_sites(run);
  run.report.warn(run.trace->warnings);
  run.report.warn(model::structure_warnings(*run.trace));
  run.report.warn(run.fitted.posterior.warnings);
  if (!run.fitted.complete)
    run.report.warn({"W504", "cancelled: the fit holds what was done until then", to_go_on, {}});
  run.seconds["total"] = now_seconds() - start_;
  return std::move(run);
}

}  // namespace dolab::experiment
