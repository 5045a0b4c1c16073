#include "experiment/fit_checks.hpp"

#include <algorithm>
#include <cmath>
#include <cstdio>

namespace dolab::experiment {
namespace {

/// Draws are held in memory until they are written.
constexpr double kLargestFitBytes = 8.0 * (1 << 30);

bool holds_missing(const BoundData& data) {
  return std::any_of(data.arguments.items().begin(), data.arguments.items().end(), [](const auto& item) {
    const Array* array = item.second.array();
    return array != nullptr &&
           std::any_of(array->data(), array->data() + array->size(), [](double x) { return !std::isfinite(x); });
  });
}

}  // namespace

infer::InitOptions init_options(const Settings& settings) {
  const Inference& inference = settings.inference;
  infer::InitOptions init;
  init.strategy = infer::init_strategy(inference.init.empty() ? "uniform" : inference.init);
  init.radius = inference.init_radius;
  init.seed = settings.seed;
  for (const auto& [site, value] : inference.init_values.items()) {
    init.values.emplace(site, read_change(value, site).value);
  }
  return init;
}

void check_missing(const FitRun& run, const model::Density& density) {
  if (!holds_missing(run.data)) return;
  tensor::Graph& graph = *density.trace().graph;
  model::UnconstrainedModel model = density.at(density.split(tensor::full(graph, {density.dimension()}, 0.0)));
  density.fix_rows(model, 0);
  if (!std::isnan(tensor::evaluate({model.log_density}).front().item())) return;
  report_missing_cell(run.data, run.settings.condition);
}

void require_observations(const model::Trace& trace, const Kernel& kernel) {
  for (const Warning& warning : model::structure_warnings(trace)) {
    if (warning.code != "E809") continue;
    throw Error("E809", warning.message, "bind the outcome, as in --bind y=y; for the prior: dolab predict --prior",
                {kernel.file, 0, 0, 0, 0});
  }
}

model::TraceOptions trace_options(const Settings& settings, const BoundData& data) {
  model::TraceOptions options;
  options.condition = condition_values(settings.condition, data);
  options.intervene = fit_interventions(settings.intervene, data);
  return options;
}

void check_memory(double chains, double draws, double numbers_per_draw) {
  const double bytes = 8.0 * chains * draws * numbers_per_draw;
  if (bytes <= kLargestFitBytes) return;
  char text[128];
  std::snprintf(text, sizeof text, "the draws of this fit would take %.3g GiB (limit 8)", bytes / (1 << 30));
  throw Error("E907", text, "use fewer draws or chains");
}

void check_init_values(const model::Trace& trace, const Inference& inference) {
  std::set<std::string> latent;
  for (const model::Site& site : trace.sites) {
    if (site.latent() || site.kind == model::SiteKind::param) latent.insert(site.name);
  }
  for (const auto& [name, value] : inference.init_values.items()) require_site(name, latent);
}

void check_condition(const model::Trace& trace, const ChangeSpecs& condition) {
  std::set<std::string> samples;
  for (const model::Site& site : trace.sites) {
    if (site.kind == model::SiteKind::sample) samples.insert(site.name);
  }
  for (const auto& [name, value] : condition) require_site(name, samples);
}

}  // namespace dolab::experiment
