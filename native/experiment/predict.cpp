#include "experiment/predict.hpp"

#include <algorithm>
#include <cmath>

#include "causal/reach.hpp"
#include "experiment/effect.hpp"
#include "experiment/store.hpp"
#include "infer/predict.hpp"
#include "io/store_draws.hpp"

namespace dolab::experiment {
namespace {

constexpr const char* kImposedSuffix = "__imposed";

/// Sites to report: simulated ones and deterministic ones, large ones left out.
std::vector<std::string> predicted_sites(const model::Trace& trace, const infer::Posterior& posterior, Report& report) {
  std::vector<std::string> names;
  for (const std::string& name : model::default_sites(trace, posterior.given())) {
    const model::Site& site = trace.site(name);
    if (site.observed || site.fixed) continue;
    const std::int64_t bytes = 8 * site.value.size() * posterior.total();
    if (site.kind == model::SiteKind::deterministic && bytes > kLargestSiteBytes) {
      report.warn({"W907",
                   "draws of \"" + name + "\" would take " + std::to_string(bytes >> 20) + " MiB and are left out",
                   "ask for it with --sites " + name, site.span});
      continue;
    }
    names.push_back(name);
  }
  return names;
}

/// What interventions put in place: fixed values by site; values that differ by draw become deterministic sites of the
/// trace. The site itself reports its natural value.
std::map<std::string, Array> imposed_values(model::Trace& trace) {
  std::map<std::string, Array> fixed;
  std::vector<model::Site> by_draw;
  for (const model::Site& site : trace.sites) {
    if (!site.imposed.defined()) continue;
    if (site.imposed.is_constant()) {
      fixed.emplace(site.name, site.imposed.value());
      continue;
    }
    model::Site imposed;
    imposed.name = site.name + kImposedSuffix;
    imposed.kind = model::SiteKind::deterministic;
    imposed.plates = site.plates;
    imposed.span = site.span;
    imposed.value = imposed.downstream = site.imposed;
    by_draw.push_back(std::move(imposed));
  }
  for (model::Site& site : by_draw) trace.sites.push_back(std::move(site));
  return fixed;
}

/// Missing cells that reach a prediction are an error; one draw tells.
void check_missing(infer::PredictionPlan plan, const BoundData& data, const ChangeSpecs& condition, ThreadPool& pool) {
  const bool missing = std::any_of(data.arguments.items().begin(), data.arguments.items().end(), [](const auto& item) {
    const Array* array = item.second.array();
    return array != nullptr &&
           !std::all_of(array->data(), array->data() + array->size(), [](double x) { return std::isfinite(x); });
  });
  if (!missing) return;
  plan.chains = plan.draws = 1;
  plan.batched.progress = nullptr;
  bool reached = false;
  infer::run_prediction(plan, pool, [&](std::int64_t, std::int64_t, const std::vector<const double*>& values) {
    for (std::size_t i = 0; i < values.size(); ++i) {
      for (std::int64_t j = 0; j < plan.outputs[i].size(); ++j) reached = reached || std::isnan(values[i][j]);
    }
  });
  if (reached) report_missing_cell(data, condition);
}

/// Knows how many draws of a cancelled prediction are kept.
class CountedDraws : public io::StoreDraws {
 public:
  using StoreDraws::StoreDraws;
  void close_group(const std::string& group, std::int64_t kept) override {
    kept_ = kept;
    StoreDraws::close_group(group, kept);
  }
  std::int64_t kept() const noexcept { return kept_; }

 private:
  std::int64_t kept_ = 0;
};

/// Throws Cancelled if no draw was done.
PredictRun stream(infer::PredictionPlan& plan, const std::string& group, io::StoreWriter& writer,
                  const Workers& workers, Report& report) {
  report.warn(plan.warnings);
  plan.batched.progress = &workers.progress;
  workers.progress.begin("predict", plan.chains * plan.draws);
  CountedDraws sink(writer);
  PredictRun run;
  run.groups = {group};
  run.sites = plan.sites;
  run.chains = plan.chains;
  run.complete = infer::run_prediction(plan, sink, group, workers.pool);
  run.draws = sink.kept();
  workers.progress.finish();
  if (run.draws == 0) throw Cancelled();
  return run;
}

}  // namespace

PredictRun run_predict(const Fitted& fitted, const BoundData& data, const PredictSettings& settings,
                       io::StoreWriter& writer, const Workers& workers, Report& report) {
  const auto condition = condition_values(fitted.condition, data, true);
  const causal::OutputMap outputs =
      causal::find_outputs(fitted.kernel.function, data.arguments, fitted.kernel.optional_data());
  const causal::Scenario scenario = make_scenario(settings.changes, data, condition, fitted.sites);
  for (const std::string& site : settings.sites) require_site(site, fitted.sites);
  std::set<std::string> outcomes = output_sites(fitted, outputs);
  const std::set<std::string> asked(settings.sites.begin(), settings.sites.end());
  const causal::Moved moved = causal::moved_by(fitted.kernel.function, scenario, asked.empty() ? outcomes : asked);
  for (const auto& [argument, sites] : outputs) {
    for (const std::string& site : sites) {
      if (asked.count(site) > 0) outcomes.insert(site);
    }
  }
  for (const std::string& site : moved.treated) outcomes.erase(site);
  report.warn(moved.warnings);
  model::Trace trace =
      causal::trace_scenario(fitted.kernel.function, scenario, outputs, {outcomes, moved.below, moved.treated});
  const std::map<std::string, Array> imposed = imposed_values(trace);
  const infer::Posterior posterior = causal::without_sites(fitted.posterior, moved.redrawn);
  infer::PredictOptions options;
  options.seed = fitted.seed;
  options.sites = settings.sites.empty() ? predicted_sites(trace, posterior, report) : settings.sites;
  options.batched.compile.flavour = fitted.reproducible ? tensor::Flavour::strict : tensor::Flavour::fast;
  if (options.sites.empty()) {
    throw Error("E1103", "nothing is left to predict: every site is observed or given",
                "leave the outcome out of the data");
  }
  infer::PredictionPlan plan = infer::plan_prediction(trace, posterior, options);
  check_missing(plan, data, fitted.condition, workers.pool);
  PredictRun run = stream(plan, settings.new_data ? "predictions" : "posterior_predictive", writer, workers, report);
  // With the outcomes that the data have, so that predictions can be held against them.
  write_data(trace_all_rows(fitted.kernel, scenario.arguments, condition), scenario.arguments, data, fitted.kernel,
             writer);
  for (const auto& [name, value] : imposed) {
    writer.array("constant_data", name + kImposedSuffix, value, infer::axis_names(trace.site(name)));
  }
  return run;
}

PredictRun run_prior(const Settings& settings, const Prepared& prepared, std::int64_t draws, io::StoreWriter& writer,
                     const Workers& workers, Report& report) {
  const model::ModelFunction& function = prepared.kernel.function;
  const auto condition = condition_values(settings.condition, prepared.data);
  const causal::OutputMap outputs =
      causal::find_outputs(function, prepared.data.arguments, prepared.kernel.optional_data());
  std::set<std::string> sites;
  const causal::Scenario scenario = make_scenario({}, prepared.data, condition, sites);
  const model::Trace trace = causal::trace_scenario(function, scenario, outputs, {});
  std::set<std::string> outcomes;
  for (const auto& [argument, names] : outputs) outcomes.insert(names.begin(), names.end());
  infer::Posterior none;
  none.draws = draws;
  infer::PredictOptions latent, predictive;
  for (const std::string& name : predicted_sites(trace, none, report)) {
    (outcomes.count(name) > 0 ? predictive : latent).sites.push_back(name);
  }
  PredictRun run;
  for (auto& [options, group] : {std::pair{&latent, "prior"}, std::pair{&predictive, "prior_predictive"}}) {
    if (options->sites.empty() || !run.complete) continue;
    options->seed = settings.seed;
    options->batched.compile = settings.compile();
    infer::PredictionPlan plan = infer::plan_prior_prediction(trace, draws, *options);
    PredictRun part = stream(plan, group, writer, workers, report);
    run.groups.push_back(group);
    run.sites.insert(run.sites.end(), part.sites.begin(), part.sites.end());
    run.complete = part.complete;
    run.draws = part.draws;
  }
  write_data(trace_all_rows(prepared.kernel, prepared.data.arguments, condition), prepared.data.arguments,
             prepared.data, prepared.kernel, writer);
  return run;
}

}  // namespace dolab::experiment
