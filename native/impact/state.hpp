// What an ImpactModel keeps between calls.
#pragma once

#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "base/thread_pool.hpp"
#include "dolab/impact_model.hpp"
#include "impact/batches.hpp"
#include "impact/rows.hpp"
#include "infer/svi.hpp"

namespace dolab::impact {

/// A kernel as one call sees it: its function with the plates held that follow the data.
struct BoundKernel {
  Arguments arguments;
  model::ModelFunction function;
  std::shared_ptr<model::Trace> probe;  // one trace, plates subsampled
  PinnedPlates pinned;
  std::int64_t rows = 0;
};

/// Where a training stands.
struct SviProgress {
  std::shared_ptr<const infer::Svi> svi;  // on `arguments`, or on others of their shapes
  std::vector<Array> data;                // what its steps read instead of its own arrays; empty: those
  Arguments arguments;
  infer::SviState state;
  std::uint64_t seed = 0;
};

struct GuideDraws {
  std::int64_t draws = 1000;
  bool check = true;  // the guide's quality as well
};

/// The stored posterior and where it came from.
struct Fitted {
  infer::Posterior posterior;
  Arguments arguments;             // that it was fitted to; empty for injected draws
  std::set<std::string> observed;  // sites observed while fitting
};

struct ModelState {
  ModelState(Kernel kernel_of, Inference inference_of, ModelSettings settings_of);
  ~ModelState();
  ModelState(const ModelState&) = delete;
  ModelState& operator=(const ModelState&) = delete;

  // ---- binding ----
  BoundKernel bind(const Array& x, const Array* y, const Arguments& extra) const;
  std::uint64_t seed_or_own(const std::optional<std::uint64_t>& seed) const { return seed.value_or(settings.seed); }
  /// Throws E807.
  const Fitted& require_fit() const;
  /// Throws E813 naming what to use instead.
  const SviSettings& require_svi(const char* method, const char* instead) const;

  // ---- training ----
  double train_on_batch(const Array& x, const Array& y, const Arguments& extra, std::optional<std::uint64_t> seed);
  void fit_on_batch(const Array& x, const Array& y, const Arguments& extra, const TrainOptions& options);
  void fit(const Array& x, const Array& y, const Arguments& extra, const FitOptions& options);
  /// Ends a training by SVI: draws, warnings, and everything stored at once.
  void keep(const BoundKernel& bound, SviProgress next, std::size_t first_step, bool complete,
            const GuideDraws& wanted);
  DrawTree sample(const SampleSettings& settings);
  void set_posterior_sample(const std::map<std::string, Array>& values, std::int64_t chains);

  // ---- prediction ----
  DrawTree predict_on_batch(const Array& x, const Arguments& extra, const PredictSettings& predict);
  bool predict(const Array& x, const Arguments& extra, const PredictSettings& predict, DrawSink& sink);
  StoredDraws predict_stored(const Array& x, const Arguments& extra, const PredictSettings& predict,
                             const char* method);
  DrawTree prior_on_batch(const Array& x, const Arguments& extra, const PriorSettings& prior);
  StoredDraws prior_stored(const Array& x, const Arguments& extra, const PriorSettings& prior);
  DrawTree log_likelihood(const Array& x, const Array& y, const Arguments& extra);
  bool log_likelihood(const Array& x, const Array& y, const Arguments& extra, DrawSink& sink);

  // ---- effects ----
  ImpactEffect estimate_effect(const EffectSide& baseline, const EffectSide& intervention,
                               const EffectSettings& effect);

  std::string directory_for(const std::string& output_dir);
  void cleanup() noexcept;

  Kernel kernel;
  Inference inference;
  ModelSettings settings;
  ThreadPool pool;
  std::optional<KernelSpec> spec;
  std::optional<SviProgress> training;  // what train_on_batch and the next fit go on from
  std::optional<SviProgress> trained;   // what the latest fit left: `sample` draws from it
  BatchPrograms batches;
  std::optional<BoundKernel> sampled;  // NUTS: what the latest fit ran on
  std::optional<ViResult> vi_result;
  std::optional<Fitted> fitted;
  std::optional<DrawGroup> posterior;  // of `fitted`, as users see it
  std::vector<Warning> warnings;
  std::uint64_t samples_taken = 0;  // calls of `sample` without a seed
  std::string temporary;            // directory of stored predictions; empty: none yet
};

}  // namespace dolab::impact
