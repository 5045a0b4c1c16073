#include "experiment/fit.hpp"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <filesystem>

#include "base/nearest_name.hpp"
#include "infer/model_target.hpp"
#include "infer/sampler_health.hpp"
#include "io/files.hpp"

namespace dolab::experiment {
namespace {

/// Draws of a latent site within a plate that take more than this are only kept on request.
constexpr std::int64_t kLargestSiteBytes = std::int64_t{256} << 20;
constexpr std::int64_t kParetoDraws = 500;
/// Draws are held in memory until they are written.
constexpr double kLargestFitBytes = 8.0 * (1 << 30);
/// Elements of one site that the diagnostics of a fit look at.
constexpr std::int64_t kDiagnosedElements = 1000;

infer::InitOptions init_options(const Settings& settings, const std::string& fallback) {
  const Inference& inference = settings.inference;
  infer::InitOptions init;
  init.strategy = infer::init_strategy(inference.init.empty() ? fallback : inference.init);
  init.radius = inference.init_radius;
  init.seed = settings.seed;
  for (const auto& [site, value] : inference.init_values.items()) {
    init.values.emplace(site, read_change(value, site).value);
  }
  return init;
}

bool holds_missing(const BoundData& data) {
  return std::any_of(data.arguments.items().begin(), data.arguments.items().end(), [](const auto& item) {
    const Array* array = item.second.array();
    return array != nullptr &&
           std::any_of(array->data(), array->data() + array->size(), [](double x) { return !std::isfinite(x); });
  });
}

/// Missing values are fine where the model masks them; elsewhere a density is not a number, whatever the parameters.
void check_missing(const FitRun& run, const model::Density& density) {
  if (!holds_missing(run.data)) return;
  tensor::Graph& graph = *density.trace().graph;
  model::UnconstrainedModel model = density.at(density.split(tensor::full(graph, {density.dimension()}, 0.0)));
  density.fix_rows(model, 0);
  if (!std::isnan(tensor::evaluate({model.log_density}).front().item())) return;
  report_missing_cell(run.data, run.settings.condition);
}

/// A fit without observations would return the prior: nearly always a forgotten outcome.
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

/// Refuses a fit whose draws cannot be held, before the work and not after it.
void check_memory(double chains, double draws, double numbers_per_draw) {
  const double bytes = 8.0 * chains * draws * numbers_per_draw;
  if (bytes <= kLargestFitBytes) return;
  char text[128];
  std::snprintf(text, sizeof text, "the draws of this fit would take %.3g GiB (limit 8)", bytes / (1 << 30));
  throw Error("E907", text, "use fewer draws or chains");
}

/// Starting values belong to latent sites.
void check_init_values(const model::Trace& trace, const Inference& inference) {
  std::set<std::string> latent;
  for (const model::Site& site : trace.sites) {
    if (site.latent() || site.kind == model::SiteKind::param) latent.insert(site.name);
  }
  for (const auto& [name, value] : inference.init_values.items()) require_site(name, latent);
}

/// Sites that the settings observe are sample sites.
void check_condition(const model::Trace& trace, const ChangeSpecs& condition) {
  std::set<std::string> samples;
  for (const model::Site& site : trace.sites) {
    if (site.kind == model::SiteKind::sample) samples.insert(site.name);
  }
  for (const auto& [name, value] : condition) require_site(name, samples);
}

template <class Function>
auto naming_missing_cells(const BoundData& data, const ChangeSpecs& condition, const Function& function) {
  try {
    return function();
  } catch (const Error& error) {
    if (error.code() == "E503") report_missing_cell(data, condition);
    throw;
  }
}

Json list_json(const std::vector<double>& values, const std::string& quantity, Report& report) {
  Json list = Json::array();
  for (std::size_t i = 0; i < values.size(); ++i) {
    list.push_back(report.number(values[i], quantity, "chain " + std::to_string(i)));
  }
  return list;
}

/// Convergence of the chains, and the sentences about it.
void diagnose_chains(FitRun& run, ThreadPool& pool) {
  const infer::SamplerHealth health = infer::sampler_health(run.chains);
  const auto summaries =
      summarize_sites(run.fitted.posterior, {run.settings.hdi_prob, false, kDiagnosedElements}, pool);
  const auto named = named_summaries(summaries);
  double r_hat = std::nan(""), bulk = std::nan(""), tail = std::nan("");
  for (const infer::NamedSummary& row : named) {
    if (!std::isnan(row.summary.r_hat)) r_hat = std::fmax(r_hat, row.summary.r_hat);
    bulk = std::fmin(bulk, row.summary.ess_bulk);
    tail = std::fmin(tail, row.summary.ess_tail);
  }
  std::int64_t leapfrogs = 0;
  for (const infer::ChainResult& chain : run.chains) leapfrogs += chain.sampling_steps;
  Json& out = run.diagnostics;
  out["chains"] = health.chains;
  out["draws"] = health.draws;
  out["divergences"] = health.divergences;
  out["saturated"] = health.saturated;
  out["leapfrogs"] = leapfrogs;
  out["r_hat_max"] = run.report.number(r_hat, "r_hat_max");
  out["ess_bulk_min"] = run.report.number(bulk, "ess_bulk_min");
  out["ess_tail_min"] = run.report.number(tail, "ess_tail_min");
  out["e_bfmi"] = list_json(health.e_bfmi, "e_bfmi", run.report);
  out["step_size"] = list_json(health.step_sizes, "step_size", run.report);
  const std::vector<Warning> warnings = infer::sampler_warnings(health, named);
  run.healthy = run.healthy && warnings.empty();
  run.report.warn(warnings);
}

/// A cancelled run is cut to its shortest chain. Chains that had hardly begun would take all draws of the others with
/// them: those chains are kept, in order, that leave most draws in all.
void drop_short_chains(std::vector<infer::ChainResult>& chains) {
  std::int64_t most = 0, threshold = 0;
  for (const infer::ChainResult& candidate : chains) {
    const std::int64_t kept = candidate.kept();
    const auto longer = std::count_if(chains.begin(), chains.end(),
                                      [kept](const infer::ChainResult& chain) { return chain.kept() >= kept; });
    if (kept * longer > most) {
      most = kept * longer;
      threshold = kept;
    }
  }
  chains.erase(std::remove_if(chains.begin(), chains.end(),
                              [&](const infer::ChainResult& chain) { return most == 0 || chain.kept() < threshold; }),
               chains.end());
}

void run_chains(FitRun& run, const Workers& workers) {
  const Settings& settings = run.settings;
  double start = now_seconds();
  model::TraceOptions options = trace_options(settings, run.data);
  options.subsampling = false;
  const auto trace = naming_missing_cells(run.data, settings.condition, [&] {
    return std::make_shared<const model::Trace>(
        model::trace_model(run.fitted.kernel.function, run.data.arguments, options));
  });
  run.trace = trace;
  require_observations(*trace, run.fitted.kernel);
  check_condition(*trace, settings.condition);
  check_init_values(*trace, settings.inference);
  const model::Density density(trace);
  constexpr double kStatistics = 8.0;  // of the sampler, per draw
  check_memory(static_cast<double>(settings.inference.nuts.chains), static_cast<double>(settings.inference.draws),
               2.0 * static_cast<double>(density.dimension()) + kStatistics);
  check_missing(run, density);
  run.seconds["trace"] = run.seconds["trace"].get<double>() + now_seconds() - start;

  start = now_seconds();
  const infer::Initializer initializer(density, init_options(settings, "uniform"));
  infer::NutsOptions nuts = settings.inference.nuts;
  nuts.seed = settings.seed;
  // One chain alone shares its sums with the other workers; several chains share the workers.
  const auto targets = infer::make_targets(density, nuts.chains, settings.seed, settings.compile(),
                                           nuts.chains == 1 ? &workers.pool : nullptr);
  run.seconds["compile"] = now_seconds() - start;

  start = now_seconds();
  run.chains = infer::run_nuts(nuts, targets, workers.pool, workers.progress, initializer.starting_points());
  run.report.warn(initializer.warnings());
  for (const infer::ChainResult& chain : run.chains) run.fitted.complete = run.fitted.complete && chain.complete;
  if (!run.fitted.complete) drop_short_chains(run.chains);
  if (run.chains.empty()) throw Cancelled();
  infer::PosteriorOptions posterior;
  posterior.keep = settings.inference.keep;
  posterior.batched.compile = settings.compile();
  run.fitted.posterior = infer::constrain_draws(density, run.chains, posterior, workers.pool);
  run.seconds["sample"] = now_seconds() - start;
  start = now_seconds();
  diagnose_chains(run, workers.pool);
  run.seconds["diagnose"] = now_seconds() - start;
}

/// Sites outside plates are always kept: rows that are predicted depend on them.
bool too_large_to_keep(const model::Site& site, const Inference& inference) {
  const auto& keep = inference.keep;
  return site.latent() && !site.plates.empty() && 8 * site.value.size() * inference.draws > kLargestSiteBytes &&
         std::find(keep.begin(), keep.end(), site.name) == keep.end();
}

double kept_per_draw(const model::Trace& trace, const Inference& inference) {
  double numbers = 0.0;
  for (const model::Site& site : trace.sites) {
    if (site.latent() && !too_large_to_keep(site, inference)) numbers += static_cast<double>(site.value.size());
  }
  return numbers;
}

/// Draws of the guide. Latent sites with more draws than are reasonable to keep are left out: the guide has them.
void sample_guide(FitRun& run, const Workers& workers) {
  const Settings& settings = run.settings;
  const infer::Svi& svi = *run.svi;
  const model::Density& density = svi.full_density();
  model::Trace kept = density.trace();
  const auto too_large = [&](const model::Site& site) { return too_large_to_keep(site, settings.inference); };
  for (const model::Site& site : kept.sites) {
    if (!too_large(site)) continue;
    run.fitted.left_out.insert(site.name);
    run.report.warn({"W907",
                     "draws of \"" + site.name + "\" would take " +
                         std::to_string(8 * site.value.size() * settings.inference.draws >> 20) +
                         " MiB and are left out; predictions draw it from its conditional prior",
                     "name it in inference.keep to keep them", site.span});
  }
  kept.sites.erase(std::remove_if(kept.sites.begin(), kept.sites.end(), too_large), kept.sites.end());
  const tensor::Tensor parameters = density.trace().graph->constant(Array::vector(run.state.parameters));
  const infer::GuideDraw draw = svi.guide().draw(density, svi.guide().split(parameters));
  infer::PosteriorOptions options;
  options.keep = settings.inference.keep;
  options.batched.key = random_key(settings.seed, RandomPurpose::posterior);
  options.batched.compile = settings.compile();
  run.fitted.posterior =
      infer::collect_draws(kept, density.at(draw.blocks).sites, {}, settings.inference.draws, options, workers.pool);
}

void run_guide(FitRun& run, const Workers& workers) {
  const Settings& settings = run.settings;
  const Inference& inference = settings.inference;
  double start = now_seconds();
  infer::SviOptions options;
  options.guide = inference.guide;
  options.guide_options = inference.guide_options;
  options.particles = inference.particles;
  options.optimizer = inference.optimizer;
  options.stable_update = inference.stable_update;
  options.seed = settings.seed;
  options.compile = settings.compile();
  const bool own_start = inference.init.empty() && inference.init_values.empty();
  if (!own_start) options.init = init_options(settings, "uniform");
  run.svi = naming_missing_cells(run.data, settings.condition, [&] {
    return std::make_unique<infer::Svi>(run.fitted.kernel.function, run.data.arguments,
                                        trace_options(settings, run.data), options);
  });
  run.trace = run.svi->full_density().shared_trace();
  require_observations(*run.trace, run.fitted.kernel);
  check_condition(*run.trace, settings.condition);
  check_init_values(*run.trace, inference);
  check_missing(run, run.svi->full_density());
  check_memory(1.0, static_cast<double>(inference.draws), kept_per_draw(*run.trace, inference));
  run.state = run.svi->initial_state();
  run.seconds["compile"] = now_seconds() - start;

  start = now_seconds();
  const infer::SviReport report = run.svi->run(run.state, inference.steps, workers.pool, workers.progress);
  if (run.state.losses.empty()) throw Cancelled();
  run.fitted.complete = report.complete || !report.warnings.empty();
  run.healthy = report.warnings.empty();
  run.report.warn(report.warnings);
  sample_guide(run, workers);
  run.seconds["optimize"] = now_seconds() - start;

  start = now_seconds();
  const infer::SviQuality quality = run.svi->quality(run.state, std::min(kParetoDraws, inference.draws), workers.pool);
  run.healthy = run.healthy && quality.warnings.empty();
  run.report.warn(quality.warnings);
  run.seconds["diagnose"] = now_seconds() - start;
  Json& out = run.diagnostics;
  out["steps"] = static_cast<std::int64_t>(run.state.losses.size());
  out["draws"] = run.fitted.posterior.draws;
  out["final_loss"] = run.report.number(report.final_loss, "final_loss");
  out["relative_change"] = run.report.number(report.relative_change, "relative_change");
  out["elbo"] = run.report.number(quality.elbo, "elbo");
  out["elbo_se"] = run.report.number(quality.elbo_se, "elbo_se");
  out["pareto_k"] = run.report.number(quality.pareto_k, "pareto_k");
}

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

FitRun run_fit(Settings settings, const Workers& workers) {
  const double start = now_seconds();
  FitRun run;
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
  run.seconds["trace"] = now_seconds() - start;
  if (fitted.method == Method::svi) {
    run_guide(run, workers);
  } else {
    run_chains(run, workers);
  }
  describe_sites(run);
  run.report.warn(run.trace->warnings);
  run.report.warn(model::structure_warnings(*run.trace));
  run.report.warn(fitted.posterior.warnings);
  if (!fitted.complete) run.report.warn({"W504", "cancelled: the fit holds what was done until then", "", {}});
  run.seconds["total"] = now_seconds() - start;
  return run;
}

Json fit_report(const FitRun& run) {
  Json json = {{"store", nullptr}, {"method", method_name(run.fitted.method)}};
  json["complete"] = run.fitted.complete;
  json["seconds"] = run.seconds;
  json["diagnostics"] = run.diagnostics;
  json["warnings"] = run.report.warnings_json();
  return json;
}

}  // namespace dolab::experiment
