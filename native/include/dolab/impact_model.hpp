// Impact modelling: fit a kernel, predict under interventions, read the effect.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "dolab/draw_sink.hpp"
#include "dolab/draws.hpp"
#include "dolab/model.hpp"
#include "dolab/progress.hpp"

namespace dolab {

namespace impact {
struct ModelState;
}

/// Stochastic variational inference. Guides: AutoNormal, AutoDelta, AutoDiagonalNormal, AutoMultivariateNormal,
/// AutoLowRankMultivariateNormal. Optimisers by numpyro's names. `init`: "uniform", "feasible", "median", "sample",
/// "mean", "value"; empty means the guide's own.
struct SviSettings {
  std::string guide = "AutoNormal";
  std::string optimizer = "Adam";
  double step_size = 1e-3;
  std::int64_t particles = 1;
  std::string init;
  double init_radius = 2.0;
  std::map<std::string, Array> init_values;
  bool stable_update = false;  // skip steps whose loss or gradient is not finite
};

/// The No-U-Turn sampler. Metrics: "gradient", "diag", "dense".
struct NutsSettings {
  std::int64_t chains = 4, warmup = 1000, draws = 1000, thinning = 1;
  double target_accept = 0.8;
  int max_depth = 10;
  std::string metric = "gradient";
  std::string init = "uniform";
  double init_radius = 2.0;
  std::map<std::string, Array> init_values;
};

using Inference = std::variant<SviSettings, NutsSettings>;

struct ModelSettings {
  std::uint64_t seed = 0;
  std::string param_input = "X";
  std::string param_output = "y";
  int threads = 0;            // 0: one per core; results do not depend on it
  bool reproducible = false;  // strict arithmetic: the same bits on every platform
};

/// What is known of the kernel's sites. `traced` is false while they are only known from injected draws.
struct KernelSpec {
  bool traced = false;
  std::vector<std::string> sample_sites;  // stochastic sites, the output among them
  std::vector<std::string> return_sites;  // the output, then deterministic sites: what predictions return
  bool output_observed = false;
};

/// `do`: what a site's value is replaced by for everything downstream. One number, or one for each element of the site.
struct Intervention {
  enum class Kind : std::uint8_t { set, shift, scale };
  Kind kind = Kind::set;
  Array value;

  Intervention(double number) : value(Array::scalar(number)) {}
  Intervention(Array values) : value(std::move(values)) {}
  /// Natural value plus `delta`, or times `factor`.
  static Intervention shift(Array delta);
  static Intervention scale(Array factor);
};

struct TrainOptions {
  std::int64_t num_steps = 10000;   // SVI
  std::int64_t num_samples = 1000;  // SVI: draws of the guide
  std::optional<std::uint64_t> seed;
  bool check_guide = true;  // SVI: Pareto k, a warning W506 if the guide is poor
  Progress* progress = nullptr;
};

struct FitOptions {
  std::int64_t num_samples = 1000;
  std::optional<std::int64_t> batch_size;  // none: all rows
  std::int64_t epochs = 1;
  bool shuffle = true;
  std::optional<std::uint64_t> seed;
  bool check_guide = true;  // on all rows
  Progress* progress = nullptr;
};

struct SampleSettings {
  std::int64_t num_samples = 1000;  // NUTS: per chain
  std::optional<std::uint64_t> seed;
  std::optional<std::vector<std::string>> return_sites;  // none: every site of the guide or sampler
  Progress* progress = nullptr;
};

struct PredictSettings {
  std::map<std::string, Intervention> intervention;
  /// None: the model's own, the same for every call, so that scenarios share their random numbers.
  std::optional<std::uint64_t> seed;
  std::optional<std::vector<std::string>> return_sites;  // none: KernelSpec::return_sites
  bool in_sample = true;                                 // names the group: "posterior_predictive", else "predictions"
  std::int64_t chunk_bytes = std::int64_t{32} << 20;     // memory of one worker, roughly; draws do not depend on it
  std::string output_dir;  // of stored predictions; empty: a temporary directory that `cleanup` removes
  Progress* progress = nullptr;
};

struct PriorSettings {
  std::int64_t num_samples = 1000;
  std::optional<std::uint64_t> seed;
  std::optional<std::vector<std::string>> return_sites;
  std::int64_t chunk_bytes = std::int64_t{32} << 20;
  std::string output_dir;
  Progress* progress = nullptr;
};

/// What a training left behind.
struct ViResult {
  std::map<std::string, Array> params;  // of the guide (numpyro's names) and of the model, constrained
  std::vector<double> losses;           // -ELBO, one per step of the latest call
  std::int64_t steps = 0;               // since the start
  bool complete = true;                 // false: cancelled
  double pareto_k = 0.0;                // of the guide; NaN if it was not computed
};

/// A prediction on disk: a Zarr store. Opened by `read_draws`, by Xarray and by ArviZ.
struct StoredDraws {
  std::string path;
  bool complete = true;  // false: cancelled, the draws that were done are there
  std::vector<Warning> warnings;
};

/// Reads the groups of draws of a store. Throws E1001 (not there), E1007 (damaged).
DrawTree read_draws(const std::string& path);

/// The arguments of one prediction.
struct PredictCall {
  Array X;
  Arguments extra;
  PredictSettings settings;
};

/// One side of an effect: draws that exist already, or a prediction still to be made.
class EffectSide {
 public:
  EffectSide() = default;
  EffectSide(DrawTree draws) : side_(std::move(draws)) {}
  EffectSide(PredictCall call) : side_(std::move(call)) {}
  const DrawTree* draws() const noexcept { return std::get_if<DrawTree>(&side_); }
  const PredictCall* call() const noexcept { return std::get_if<PredictCall>(&side_); }

 private:
  std::variant<std::monostate, DrawTree, PredictCall> side_;
};

/// A quantity with one value per draw. sd has ddof 1; the interval is the narrowest one;
/// p_direction = max(P(> 0), P(< 0)).
struct DrawSummary {
  double mean = 0.0, sd = 0.0, hdi_low = 0.0, hdi_high = 0.0, p_direction = 0.0;
};

struct GroupEffect {
  std::string label;
  std::int64_t rows = 0;
  DrawSummary effect;
};

/// Intervention minus baseline for one site.
struct SiteEffect {
  std::string site;
  Shape shape;  // of one value
  std::int64_t rows = 1;
  DrawSummary average;                // of the mean over all elements
  std::vector<double> average_draws;  // chain-major
  std::vector<GroupEffect> groups;
  /// By element (row-major, rows first); intervals are empty where the draws would not fit `block_bytes`.
  std::vector<double> row_mean, row_sd, row_low, row_high, row_direction;
  /// Whether the sites observed while fitting identify it; nothing where that is not known.
  std::optional<bool> identified;
};

struct EffectSettings {
  std::vector<std::string> outcomes;  // empty: the output for calls, every common site for draws
  bool expected = false;              // contrast means of the outcome's distribution; both sides must be calls
  double hdi_prob = 0.94;
  std::vector<std::int64_t> groups;  // of each row, an index into `labels`; negative: in none
  std::vector<std::string> labels;
  bool by_row = true;
  std::int64_t block_bytes = std::int64_t{256} << 20;
  Progress* progress = nullptr;
};

struct ImpactEffect {
  double hdi_prob = 0.94;
  std::int64_t chains = 1, draws = 0;
  std::vector<SiteEffect> sites;
  /// Differences by draw (group of the baseline) where a side was given as draws, then the posterior.
  DrawTree differences;
  std::vector<Warning> warnings;

  /// Throws E104.
  const SiteEffect& at(const std::string& site) const&;
  SiteEffect at(const std::string& site) && { return std::as_const(*this).at(site); }
};

/// A kernel, its fit, and what follows from it. One object is used by one thread at a time; it uses several itself.
/// Every call either does all it says or throws `Error` (or `Cancelled`) and changes nothing. A cancelled fit keeps
/// what it has.
///
/// Random numbers belong to (seed, site, row, draw): results do not depend on threads or chunks, and two predictions
/// that differ in an intervention share the numbers of everything it does not touch.
class ImpactModel {
 public:
  /// Throws E802 (variable arguments; no input or output parameter; an input with a default), E803 (output without
  /// the default None), E204 or E1103 (unknown guide, optimiser, metric or strategy).
  ImpactModel(Kernel kernel, Inference inference = SviSettings{}, ModelSettings settings = {});
  ~ImpactModel();
  ImpactModel(ImpactModel&&) noexcept;
  ImpactModel& operator=(ImpactModel&&) noexcept;

  // Below, every call with data throws: E802 for an extra named like input or output, E205 for a missing or unknown
  // argument, E805 for input or output without rows, E806 for unequal lengths, and what the kernel itself raises. The
  // first one that traces the kernel throws E804 or E809 if its sites do not fit.

  /// One step of SVI; returns the loss. Leaves fit and vi_result alone. Throws E813 with NUTS, E812 if the guide's
  /// parameters changed, E810 if the loss is not finite.
  double train_on_batch(const Array& X, const Array& y, const Arguments& extra = {},
                        std::optional<std::uint64_t> seed = std::nullopt);
  /// SVI: steps over all rows, continuing earlier training, then draws of the guide. NUTS: runs the sampler.
  ImpactModel& fit_on_batch(const Array& X, const Array& y, const Arguments& extra = {},
                            const TrainOptions& options = {});
  /// SVI on minibatches of rows; array extras are cut along (E805, E806). The likelihood of a batch is scaled by rows
  /// / batch, unless a subsampling plate does so. Throws E813 with NUTS, E704 for latent values of single rows.
  ImpactModel& fit(const Array& X, const Array& y, const Arguments& extra = {}, const FitOptions& options = {});

  /// Fresh draws in a group "posterior": of the guide, or of a new run of the sampler on the same data. Calls without a
  /// seed differ. The stored posterior stays. Throws E807 if nothing was trained.
  DrawTree sample(const SampleSettings& settings = {});
  /// Replaces the posterior by given draws: `draws` leading entries per site and chain, chain-major. A value of the
  /// output is dropped with a warning. Throws E808 (none; a number), E806 (unequal counts).
  ImpactModel& set_posterior_sample(const std::map<std::string, Array>& values, std::int64_t chains = 1);

  bool is_fitted() const noexcept;
  /// The posterior as a group, or nothing.
  const std::optional<DrawGroup>& posterior() const noexcept;
  const std::optional<ViResult>& vi_result() const noexcept;
  const std::optional<KernelSpec>& kernel_spec() const noexcept;
  /// Of the latest training or set_posterior_sample.
  const std::vector<Warning>& warnings() const noexcept;

  /// Posterior predictive draws: groups "posterior" and the predictive one. A posterior value stands for its site,
  /// unless the site descends from an intervened one, or has a value per row that belongs to other data: then it is
  /// drawn again. Extras that sites observe are data, of new rows too, and stay unless they descend from an
  /// intervention. A site that is intervened on reports its natural value. Throws E807 (not fitted), E104 (unknown site
  /// in return_sites or intervention), E1106 (shape of an intervention, a site that cannot be set), E808.
  DrawTree predict_on_batch(const Array& X, const Arguments& extra = {}, const PredictSettings& settings = {});
  DrawTree sample_posterior_predictive_on_batch(const Array& X, const Arguments& extra = {},
                                                const PredictSettings& settings = {});
  /// The same numbers, streamed: into a sink, which gets both groups; false if cancelled.
  bool predict(const Array& X, const Arguments& extra, const PredictSettings& settings, DrawSink& sink);
  /// Into a new store UTCTIME_predict.zarr; it appears when it is complete.
  StoredDraws predict(const Array& X, const Arguments& extra = {}, const PredictSettings& settings = {});
  StoredDraws sample_posterior_predictive(const Array& X, const Arguments& extra = {},
                                          const PredictSettings& settings = {});

  /// Prior predictive draws; needs no fit. Throws E506 for improper priors.
  DrawTree sample_prior_predictive_on_batch(const Array& X, const Arguments& extra = {},
                                            const PriorSettings& settings = {});
  StoredDraws sample_prior_predictive(const Array& X, const Arguments& extra = {}, const PriorSettings& settings = {});

  /// Log density of each element of the output, group "log_likelihood". Uses no random numbers. Throws E807, E808.
  DrawTree log_likelihood(const Array& X, const Array& y, const Arguments& extra = {});
  bool log_likelihood(const Array& X, const Array& y, const Arguments& extra, DrawSink& sink);

  /// Intervention minus baseline, with the same posterior draws and random numbers. Two calls are contrasted while they
  /// stream: an argument in which they differ is changed by the intervention, and what descends from it or from an
  /// intervened site is simulated again in both, data of a mediator included (total effect). To hold a mediator, set it
  /// on both sides; a site that is observed at a changed argument is set by it. Throws E807, E814 (a side is missing),
  /// E811 (the sides have no common group), E808 (their draws or shapes differ), E1103 (bad option).
  ImpactEffect estimate_effect(const EffectSide& baseline, const EffectSide& intervention,
                               const EffectSettings& settings = {});

  const Kernel& kernel() const noexcept;
  const Inference& inference() const noexcept;
  const ModelSettings& settings() const noexcept;
  /// "ImpactModel(kernel=..., inference=..., input=..., output=..., fitted=...)".
  std::string to_string() const;

  /// The directory of stored predictions, once there is one.
  std::optional<std::string> temp_dir() const;
  /// Removes that directory; reading a store from it is an error afterwards.
  void cleanup();
  /// `cleanup` of every model of the process.
  static void cleanup_models();

 private:
  std::unique_ptr<impact::ModelState> state_;
};

}  // namespace dolab
