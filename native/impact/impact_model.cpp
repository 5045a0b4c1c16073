// The public class: every call goes to the state.
#include "dolab/impact_model.hpp"

#include <mutex>
#include <set>

#include "impact/contract.hpp"
#include "impact/draws.hpp"
#include "impact/settings.hpp"
#include "impact/state.hpp"
#include "impact/stored.hpp"

namespace dolab {
namespace impact {
namespace {

/// Every model of the process, for cleanup_models.
struct Registry {
  std::mutex mutex;
  std::set<ModelState*> models;
};

Registry& registry() {
  static Registry instance;
  return instance;
}

}  // namespace

ModelState::ModelState(Kernel kernel_of, Inference inference_of, ModelSettings settings_of)
    : kernel(std::move(kernel_of)),
      inference(std::move(inference_of)),
      settings(std::move(settings_of)),
      pool(settings.threads > 0 ? settings.threads : hardware_threads()) {
  check_kernel(kernel, settings);
  if (settings.threads < 0) throw Error("E1103", "threads is negative");
  check_inference(inference);
  const std::lock_guard<std::mutex> lock(registry().mutex);
  registry().models.insert(this);
}

ModelState::~ModelState() {
  {
    const std::lock_guard<std::mutex> lock(registry().mutex);
    registry().models.erase(this);
  }
  cleanup();
}

std::string ModelState::directory_for(const std::string& output_dir) {
  if (!output_dir.empty()) return output_dir;
  if (temporary.empty()) temporary = make_temporary_directory();
  return temporary;
}

void ModelState::cleanup() noexcept {
  if (temporary.empty()) return;
  remove_directory(temporary);
  temporary.clear();
}

}  // namespace impact

Intervention Intervention::shift(Array delta) {
  Intervention intervention(std::move(delta));
  intervention.kind = Kind::shift;
  return intervention;
}

Intervention Intervention::scale(Array factor) {
  Intervention intervention(std::move(factor));
  intervention.kind = Kind::scale;
  return intervention;
}

ImpactModel::ImpactModel(Kernel kernel, Inference inference, ModelSettings settings)
    : state_(std::make_unique<impact::ModelState>(std::move(kernel), std::move(inference), std::move(settings))) {}
ImpactModel::~ImpactModel() = default;
ImpactModel::ImpactModel(ImpactModel&&) noexcept = default;
ImpactModel& ImpactModel::operator=(ImpactModel&&) noexcept = default;

double ImpactModel::train_on_batch(const Array& X, const Array& y, const Arguments& extra,
                                   std::optional<std::uint64_t> seed) {
  return state_->train_on_batch(X, y, extra, seed);
}

ImpactModel& ImpactModel::fit_on_batch(const Array& X, const Array& y, const Arguments& extra,
                                       const TrainOptions& options) {
  state_->fit_on_batch(X, y, extra, options);
  return *this;
}

ImpactModel& ImpactModel::fit(const Array& X, const Array& y, const Arguments& extra, const FitOptions& options) {
  state_->fit(X, y, extra, options);
  return *this;
}

DrawTree ImpactModel::sample(const SampleSettings& settings) { return state_->sample(settings); }

ImpactModel& ImpactModel::set_posterior_sample(const std::map<std::string, Array>& values, std::int64_t chains) {
  state_->set_posterior_sample(values, chains);
  return *this;
}

bool ImpactModel::is_fitted() const noexcept { return state_->fitted.has_value(); }

const std::optional<DrawGroup>& ImpactModel::posterior() const noexcept { return state_->posterior; }

const std::optional<ViResult>& ImpactModel::vi_result() const noexcept { return state_->vi_result; }
const std::optional<KernelSpec>& ImpactModel::kernel_spec() const noexcept { return state_->spec; }
const std::vector<Warning>& ImpactModel::warnings() const noexcept { return state_->warnings; }

DrawTree ImpactModel::predict_on_batch(const Array& X, const Arguments& extra, const PredictSettings& settings) {
  return state_->predict_on_batch(X, extra, settings);
}

DrawTree ImpactModel::sample_posterior_predictive_on_batch(const Array& X, const Arguments& extra,
                                                           const PredictSettings& settings) {
  PredictSettings in_sample = settings;
  in_sample.in_sample = true;
  return state_->predict_on_batch(X, extra, in_sample);
}

bool ImpactModel::predict(const Array& X, const Arguments& extra, const PredictSettings& settings, DrawSink& sink) {
  return state_->predict(X, extra, settings, sink);
}

StoredDraws ImpactModel::predict(const Array& X, const Arguments& extra, const PredictSettings& settings) {
  return state_->predict_stored(X, extra, settings, "predict");
}

StoredDraws ImpactModel::sample_posterior_predictive(const Array& X, const Arguments& extra,
                                                     const PredictSettings& settings) {
  PredictSettings in_sample = settings;
  in_sample.in_sample = true;
  return state_->predict_stored(X, extra, in_sample, "sample_posterior_predictive");
}

DrawTree ImpactModel::sample_prior_predictive_on_batch(const Array& X, const Arguments& extra,
                                                       const PriorSettings& settings) {
  return state_->prior_on_batch(X, extra, settings);
}

StoredDraws ImpactModel::sample_prior_predictive(const Array& X, const Arguments& extra,
                                                 const PriorSettings& settings) {
  return state_->prior_stored(X, extra, settings);
}

DrawTree ImpactModel::log_likelihood(const Array& X, const Array& y, const Arguments& extra) {
  return state_->log_likelihood(X, y, extra);
}

bool ImpactModel::log_likelihood(const Array& X, const Array& y, const Arguments& extra, DrawSink& sink) {
  return state_->log_likelihood(X, y, extra, sink);
}

ImpactEffect ImpactModel::estimate_effect(const EffectSide& baseline, const EffectSide& intervention,
                                          const EffectSettings& settings) {
  return state_->estimate_effect(baseline, intervention, settings);
}

const Kernel& ImpactModel::kernel() const noexcept { return state_->kernel; }
const Inference& ImpactModel::inference() const noexcept { return state_->inference; }
const ModelSettings& ImpactModel::settings() const noexcept { return state_->settings; }

std::string ImpactModel::to_string() const {
  const bool svi = std::holds_alternative<SviSettings>(state_->inference);
  return "ImpactModel(kernel=" + state_->kernel.name + ", inference=" + (svi ? "SVI" : "NUTS") +
         ", input=" + state_->settings.param_input + ", output=" + state_->settings.param_output +
         ", fitted=" + (is_fitted() ? "true" : "false") + ")";
}

std::optional<std::string> ImpactModel::temp_dir() const {
  if (state_->temporary.empty()) return std::nullopt;
  return state_->temporary;
}

void ImpactModel::cleanup() { state_->cleanup(); }

void ImpactModel::cleanup_models() {
  const std::lock_guard<std::mutex> lock(impact::registry().mutex);
  for (impact::ModelState* model : impact::registry().models) model->cleanup();
}

}  // namespace dolab
