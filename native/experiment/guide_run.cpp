// Inference by a guide (SVI).
#include <algorithm>
#include <cmath>

#include "experiment/fit_checks.hpp"
#include "experiment/inference.hpp"

namespace dolab::experiment {
namespace {

constexpr std::int64_t kParetoDraws = 500;

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

infer::SviOptions svi_options(const Settings& settings) {
  const Inference& inference = settings.inference;
  infer::SviOptions options;
  options.guide = inference.guide;
  options.guide_options = inference.guide_options;
  options.particles = inference.particles;
  options.optimizer = inference.optimizer;
  options.stable_update = inference.stable_update;
  options.seed = settings.seed;
  options.compile = settings.compile();
  const bool own_start = inference.init.empty() && inference.init_values.empty();
  if (!own_start) options.init = init_options(settings);
  return options;
}

class GuideRun final : public InferenceRun {
 public:
  explicit GuideRun(FitRun& run) : run_(run) {}

  bool go_on(const Workers& workers) override {
    const double start = now_seconds();
    infer::SviState& state = run_.state;
    const std::int64_t rest = run_.settings.inference.steps - static_cast<std::int64_t>(state.losses.size());
    report_ = run_.svi->run(state, rest, workers.pool, workers.progress);
    seconds_ += now_seconds() - start;
    return over();
  }

  void finish(const Workers& workers) override {
    if (run_.state.losses.empty()) throw Cancelled();
    double start = now_seconds();
    run_.fitted.complete = over();
    run_.healthy = report_.warnings.empty();
    run_.report.warn(report_.warnings);
    sample_guide(run_, workers);
    run_.seconds["optimize"] = seconds_ + now_seconds() - start;
    start = now_seconds();
    diagnose(workers);
    run_.seconds["diagnose"] = now_seconds() - start;
  }

  std::int64_t done() const override { return static_cast<std::int64_t>(run_.state.losses.size()); }
  std::int64_t parts() const override { return 1; }
  std::vector<double> save(std::int64_t) override {
    infer::StateStream stream;
    run_.state.pass(stream);
    return stream.take();
  }
  void load(std::int64_t, std::vector<double> numbers) override {
    infer::StateStream stream(std::move(numbers));
    run_.state.pass(stream);
    stream.take();
    infer::StateStream::require(static_cast<std::int64_t>(run_.state.losses.size()) <= run_.settings.inference.steps);
  }

 private:
  /// A loss that is not finite ends the optimisation as well.
  bool over() const { return report_.complete || !report_.warnings.empty(); }

  void diagnose(const Workers& workers) {
    const std::int64_t draws = std::min(kParetoDraws, run_.settings.inference.draws);
    const infer::SviQuality quality = run_.svi->quality(run_.state, draws, workers.pool);
    run_.healthy = run_.healthy && quality.warnings.empty();
    run_.report.warn(quality.warnings);
    Json& out = run_.diagnostics;
    out["steps"] = static_cast<std::int64_t>(run_.state.losses.size());
    out["draws"] = run_.fitted.posterior.draws;
    out["final_loss"] = run_.report.number(report_.final_loss, "final_loss");
    out["relative_change"] = run_.report.number(report_.relative_change, "relative_change");
    out["elbo"] = run_.report.number(quality.elbo, "elbo");
    out["elbo_se"] = run_.report.number(quality.elbo_se, "elbo_se");
    out["pareto_k"] = run_.report.number(quality.pareto_k, "pareto_k");
  }

  FitRun& run_;
  infer::SviReport report_;
  double seconds_ = 0.0;
};

}  // namespace

std::unique_ptr<InferenceRun> prepare_guide(FitRun& run, const Workers&) {
  const double start = now_seconds();
  const Settings& settings = run.settings;
  const Inference& inference = settings.inference;
  run.svi = naming_missing_cells(run.data, settings.condition, [&] {
    return std::make_unique<infer::Svi>(run.fitted.kernel.function, run.data.arguments,
                                        trace_options(settings, run.data), svi_options(settings));
  });
  run.trace = run.svi->full_density().shared_trace();
  require_observations(*run.trace, run.fitted.kernel);
  check_condition(*run.trace, settings.condition);
  check_init_values(*run.trace, inference);
  check_missing(run, run.svi->full_density());
  check_memory(1.0, static_cast<double>(inference.draws), kept_per_draw(*run.trace, inference));
  run.state = run.svi->initial_state();
  run.seconds["compile"] = now_seconds() - start;
  return std::make_unique<GuideRun>(run);
}

}  // namespace dolab::experiment
