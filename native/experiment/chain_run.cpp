// Inference by chains of NUTS or HMC.
#include <algorithm>
#include <cmath>

#include "experiment/fit_checks.hpp"
#include "experiment/inference.hpp"
#include "infer/model_target.hpp"
#include "infer/sampler_health.hpp"

namespace dolab::experiment {
namespace {

/// Elements of one site that the diagnostics of a fit look at.
constexpr std::int64_t kDiagnosedElements = 1000;

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

std::shared_ptr<const model::Trace> trace_chains(FitRun& run) {
  const Settings& settings = run.settings;
  model::TraceOptions options = trace_options(settings, run.data);
  options.subsampling = false;
  auto trace = naming_missing_cells(run.data, settings.condition, [&] {
    return std::make_shared<const model::Trace>(
        model::trace_model(run.fitted.kernel.function, run.data.arguments, options));
  });
  require_observations(*trace, run.fitted.kernel);
  check_condition(*trace, settings.condition);
  check_init_values(*trace, settings.inference);
  return trace;
}

infer::NutsOptions nuts_options(const Settings& settings) {
  infer::NutsOptions options = settings.inference.nuts;
  options.seed = settings.seed;
  return options;
}

class ChainRun final : public InferenceRun {
 public:
  ChainRun(FitRun& run, std::shared_ptr<const model::Trace> trace, const Workers& workers)
      : run_(run),
        density_(checked(run, trace)),
        initializer_(density_, init_options(run.settings)),
        // One chain alone shares its sums with the other workers; several chains share the workers.
        targets_(infer::make_targets(density_, chains(), run.settings.seed, run.settings.compile(),
                                     chains() == 1 ? &workers.pool : nullptr)),
        nuts_(nuts_options(run.settings), targets_, initializer_.starting_points()) {}

  bool go_on(const Workers& workers) override {
    const double start = now_seconds();
    nuts_.run(workers.pool, workers.progress);
    seconds_ += now_seconds() - start;
    return nuts_.complete();
  }

  void finish(const Workers& workers) override {
    double start = now_seconds();
    run_.report.warn(initializer_.warnings());
    run_.fitted.complete = nuts_.complete();
    run_.chains = nuts_.take_results();
    if (!run_.fitted.complete) drop_short_chains(run_.chains);
    if (run_.chains.empty()) throw Cancelled();
    infer::PosteriorOptions posterior;
    posterior.keep = run_.settings.inference.keep;
    posterior.batched.compile = run_.settings.compile();
    run_.fitted.posterior = infer::constrain_draws(density_, run_.chains, posterior, workers.pool);
    run_.seconds["sample"] = seconds_ + now_seconds() - start;
    start = now_seconds();
    diagnose_chains(run_, workers.pool);
    run_.seconds["diagnose"] = now_seconds() - start;
  }

  std::int64_t done() const override { return nuts_.done(); }
  std::int64_t parts() const override { return chains(); }
  std::vector<double> save(std::int64_t part) override { return nuts_.save(part); }
  void load(std::int64_t part, std::vector<double> numbers) override { nuts_.load(part, std::move(numbers)); }

 private:
  std::int64_t chains() const { return run_.settings.inference.nuts.chains; }

  static model::Density checked(FitRun& run, const std::shared_ptr<const model::Trace>& trace) {
    model::Density density(trace);
    constexpr double kStatistics = 8.0;  // of the sampler, per draw
    const Inference& inference = run.settings.inference;
    check_memory(static_cast<double>(inference.nuts.chains), static_cast<double>(inference.draws),
                 2.0 * static_cast<double>(density.dimension()) + kStatistics);
    check_missing(run, density);
    return density;
  }

  FitRun& run_;
  model::Density density_;
  infer::Initializer initializer_;
  std::vector<std::unique_ptr<infer::Target>> targets_;
  infer::Nuts nuts_;
  double seconds_ = 0.0;
};

}  // namespace

std::unique_ptr<InferenceRun> prepare_chains(FitRun& run, const Workers& workers) {
  double start = now_seconds();
  run.trace = trace_chains(run);
  run.seconds["trace"] = run.seconds["trace"].get<double>() + now_seconds() - start;
  start = now_seconds();
  auto chains = std::make_unique<ChainRun>(run, run.trace, workers);
  run.seconds["compile"] = now_seconds() - start;
  return chains;
}

}  // namespace dolab::experiment
