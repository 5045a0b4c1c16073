#include "infer/svi.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "infer/diagnose.hpp"
#include "infer/pace.hpp"
#include "tensor/kernels/kernels.hpp"

namespace dolab::infer {
namespace {

using tensor::Tensor;

constexpr int kStartAttempts = 100;

/// Relative change between the last two windows of losses (engine page, 3.3): medians, by the range covered.
double relative_change(const std::vector<double>& losses) {
  constexpr std::size_t kWindow = 100;
  if (losses.size() < 2 * kWindow) return std::numeric_limits<double>::quiet_NaN();
  const auto median_from = [&](std::size_t begin) { return quantile(losses.data() + begin, kWindow, 0.5); };
  const double last = median_from(losses.size() - kWindow), before = median_from(losses.size() - 2 * kWindow);
  const double range = std::fabs(median_from(0) - last);
  return range > 0.0 ? std::fabs(before - last) / range : 0.0;
}

/// The optimiser of a run. Plain Adam takes the vector kernel, in shards when there are many parameters.
class Updater {
 public:
  Updater(const OptimizerOptions& options, tensor::Flavour flavour, const OptimizerState& state, ThreadPool& pool)
      : options_(options),
        kernels_(tensor::kernel_set<double>(flavour)),
        pool_(pool),
        optimizer_(options, static_cast<std::int64_t>(state.first.size())) {
    if (options_.kind == OptimizerKind::adam) {
      state_ = state;
    } else {
      optimizer_.restore(state);
    }
  }

  void update(std::vector<double>& x, const std::vector<double>& gradient) {
    if (options_.kind != OptimizerKind::adam) return optimizer_.update(x.data(), gradient.data());
    const double power = static_cast<double>(state_.step + 1);
    const tensor::AdamStep<double> step{options_.step_size.at(state_.step),
                                        options_.b1,
                                        options_.b2,
                                        options_.eps,
                                        1.0 / (1.0 - std::pow(options_.b1, power)),
                                        1.0 / (1.0 - std::pow(options_.b2, power))};
    const auto n = static_cast<std::int64_t>(x.size());
    const auto shard = [&](std::int64_t begin, std::int64_t end) {
      kernels_.adam(x.data() + begin, state_.first.data() + begin, state_.second.data() + begin,
                    gradient.data() + begin, step, end - begin);
    };
    constexpr std::int64_t kShard = 8192;
    if (n <= 2 * kShard) {
      shard(0, n);
    } else {
      const auto shards = static_cast<int>((n + kShard - 1) / kShard);
      pool_.run(shards, [&](int i) { shard(i * kShard, std::min<std::int64_t>(n, (i + 1) * kShard)); });
    }
    ++state_.step;
  }

  const OptimizerState& state() const { return options_.kind == OptimizerKind::adam ? state_ : optimizer_.state(); }

 private:
  OptimizerOptions options_;
  const tensor::KernelSet<double>& kernels_;
  ThreadPool& pool_;
  Optimizer optimizer_;
  OptimizerState state_;
};

}  // namespace

void SviState::pass(StateStream& stream) {
  const auto layout = [this] {
    return std::vector<std::size_t>{parameters.size(), optimizer.first.size(), optimizer.second.size()};
  };
  const auto expected = layout();
  for (auto* list : {&parameters, &optimizer.first, &optimizer.second, &losses}) stream.list(*list);
  stream.number(optimizer.step);
  StateStream::require(layout() == expected && optimizer.step >= 0);
}

/// Evaluates loss and gradient of single steps.
class Svi::Stepper {
 public:
  Stepper(const Svi& svi, ThreadPool* pool, const std::vector<Array>& data)
      : svi_(svi),
        data_(data.empty() ? svi.options_.streamed : data),
        executor_(svi.step_, pool),
        gradient_(static_cast<std::size_t>(svi.guide_->dimension())),
        key_(random_key(svi.options_.seed, RandomPurpose::guide)) {
    for (const Tensor& input : svi.density_->plate_inputs()) rows_.emplace_back(DType::integer, input.shape());
    for (std::size_t i = 0; i < rows_.size(); ++i) executor_.bind_input(i + 1, rows_[i].data());
    for (std::size_t i = 0; i < data_.size(); ++i) executor_.bind_input(1 + rows_.size() + i, data_[i].data());
    executor_.bind_output(1, gradient_.data());
  }

  /// True if loss and gradient are finite.
  bool run(const std::vector<double>& parameters, std::int64_t step) {
    std::size_t i = 0;
    const std::uint64_t base = random_key(svi_.options_.seed, RandomPurpose::minibatch);
    for (const model::Site* plate : plates_) {
      const std::uint64_t key = splitmix64(splitmix64(base + plate->hash) + static_cast<std::uint64_t>(step));
      Array& target = rows_[i++];
      model::random_rows(key, plate->plates.front().size, target.size(), target.mutable_data());
    }
    executor_.bind_input(0, parameters.data());
    executor_.run({key_, static_cast<std::uint32_t>(step * svi_.options_.particles), 0});
    loss_ = executor_.output(0)[0];
    return std::isfinite(loss_) && executor_.output(2)[0] == 0.0;
  }

  double loss() const noexcept { return loss_; }
  const std::vector<double>& gradient() const noexcept { return gradient_; }

 private:
  const Svi& svi_;
  std::vector<Array> data_;
  tensor::Executor executor_;
  std::vector<double> gradient_;
  std::uint64_t key_;
  std::vector<const model::Site*> plates_ = svi_.density_->trace().subsampled_plates();
  std::vector<Array> rows_;
  double loss_ = 0.0;
};

Svi::Svi(const model::ModelFunction& model, const model::Arguments& arguments, const model::TraceOptions& trace,
         const SviOptions& options)
    : options_(options) {
  const auto traced = std::make_shared<model::Trace>(model::trace_model(model, arguments, trace));
  density_ = std::make_unique<model::Density>(traced, true);
  full_density_ = density_.get();
  if (!traced->subsampled_plates().empty()) {
    model::TraceOptions all_rows = trace;
    all_rows.subsampling = false;
    all_rows.graph = nullptr;
    const auto full = std::make_shared<model::Trace>(model::trace_model(model, arguments, all_rows));
    full_density_owner_ = std::make_unique<model::Density>(full, true);
    full_density_ = full_density_owner_.get();
  }
  guide_ = make_guide(options_.guide, *density_, options_.guide_options);

  tensor::Graph& graph = *traced->graph;
  const Tensor theta = graph.input({guide_->dimension()});
  const std::vector<Tensor> pieces = guide_->split(theta);
  const Tensor bound = elbo(*density_, pieces);
  const Tensor loss =
      options_.particles == 1 ? -bound : -tensor::mean(tensor::batch({bound}, {}, options_.particles).front());
  std::vector<Tensor> gradients = tensor::gradient(loss, pieces);
  // Zero if every entry of the gradient is finite, NaN otherwise: part of the loops that compute the gradient.
  Tensor blemish = graph.scalar(0.0);
  for (Tensor& gradient : gradients) {
    gradient = tensor::reshape(gradient, {gradient.size()});
    blemish = blemish + tensor::sum(gradient) * 0.0;
  }
  std::vector<Tensor> inputs = density_->plate_inputs();
  inputs.insert(inputs.begin(), theta);
  std::vector<Tensor> outputs = {loss, tensor::concat(gradients, 0), blemish};
  if (!options_.streamed.empty()) {
    tensor::Replacement data;
    for (const Array& array : options_.streamed) {
      inputs.push_back(graph.input(array.shape(), array.dtype()));
      data.emplace(graph.constant(array).id(), inputs.back());
    }
    outputs = tensor::substitute(outputs, data);
  }
  step_ = tensor::compile(graph, inputs, outputs, options_.compile);
}

Tensor Svi::elbo(const model::Density& density, const std::vector<Tensor>& parameters) const {
  const GuideDraw draw = guide_->draw(density, parameters);
  const model::UnconstrainedModel model = density.at(draw.blocks);
  const Tensor log_p = draw.jacobian ? model.log_density + model.plate_jacobian : model.log_density;
  return log_p - draw.log_density;
}

SviState Svi::initial_state() const {
  InitOptions init;
  if (options_.init) {
    init = *options_.init;
  } else {
    init.strategy = init_strategy(guide_->default_init());
  }
  init.seed = options_.seed;
  const Initializer initializer(*full_density_, init);
  SviState state;
  const auto dimension = static_cast<std::size_t>(guide_->dimension());
  state.optimizer.first.assign(dimension, 0.0);
  state.optimizer.second.assign(dimension, 0.0);
  // A start is good if the first step is: no second program over all rows is compiled for that.
  Stepper stepper(*this, nullptr, {});
  std::vector<double> u(static_cast<std::size_t>(full_density_->dimension()));
  for (int attempt = 0; attempt < kStartAttempts; ++attempt) {
    initializer.propose(0, attempt, u.data());
    state.parameters = guide_->initial(u);
    if (stepper.run(state.parameters, 0)) return state;
  }
  throw Error("E504", initializer.explain(u.data()));
}

namespace {

/// About a thousand points of a loss curve, each the mean of the losses since the one before.
class LossCurve {
 public:
  LossCurve(LiveInference* live, std::int64_t steps) : live_(live), stride_(std::max<std::int64_t>(1, steps / 1024)) {}

  void add(std::int64_t step, double loss) noexcept {
    if (live_ == nullptr) return;
    sum_ += loss;
    ++count_;
    if ((step + 1) % stride_ != 0) return;
    live_->tell(static_cast<double>(step + 1), sum_ / static_cast<double>(count_));
    sum_ = 0.0;
    count_ = 0;
  }

 private:
  LiveInference* live_;
  std::int64_t stride_, count_ = 0;
  double sum_ = 0.0;
};

}  // namespace

SviReport Svi::run(SviState& state, std::int64_t steps, ThreadPool& pool, Progress& progress,
                   const std::vector<Array>& data) const {
  const double start = now_seconds();
  SviReport report;
  Updater optimizer(options_.optimizer, options_.compile.flavour, state.optimizer, pool);
  Stepper stepper(*this, &pool, data);
  const auto before = static_cast<std::int64_t>(state.losses.size());
  progress.begin("optimize", before + steps, before);
  Pace pace;
  LossCurve curve(progress.live(), before + steps);
  std::int64_t done = 0;
  bool pausing = false;
  for (; done < steps && !pausing && !progress.cancelled(); ++done) {
    const auto step = static_cast<std::int64_t>(state.losses.size());
    const bool usable = stepper.run(state.parameters, step);
    const double loss = stepper.loss();
    if (!usable && !options_.stable_update) {
      report.warnings.push_back({"W505",
                                 "the loss became " + std::to_string(loss) + " at step " + std::to_string(step),
                                 "use a smaller step size, or stable_update",
                                 {}});
      break;
    }
    state.losses.push_back(loss);
    curve.add(step, loss);
    if (usable) optimizer.update(state.parameters, stepper.gradient());
    if (!pace.round()) continue;
    const std::string note = "loss " + std::to_string(loss);
    progress.advance(pace.take(), note.c_str());
    pausing = progress.pausing();
  }
  progress.advance(pace.take());
  if (!pausing) progress.finish();
  state.optimizer = optimizer.state();
  report.complete = done == steps;
  report.seconds = now_seconds() - start;
  report.relative_change = relative_change(state.losses);
  const std::size_t tail = std::max<std::size_t>(1, state.losses.size() / 10);
  for (std::size_t i = state.losses.size() - std::min(tail, state.losses.size()); i < state.losses.size(); ++i) {
    report.final_loss += state.losses[i] / static_cast<double>(tail);
  }
  return report;
}

std::vector<Tensor> Svi::constant_parameters(const SviState& state) const {
  tensor::Graph& graph = *full_density_->trace().graph;
  return guide_->split(graph.constant(Array(DType::real, {guide_->dimension()}, state.parameters)));
}

Posterior Svi::sample(const SviState& state, std::int64_t draws, const PosteriorOptions& options,
                      ThreadPool& pool) const {
  const GuideDraw draw = guide_->draw(*full_density_, constant_parameters(state));
  PosteriorOptions adjusted = options;
  adjusted.batched.key = random_key(options_.seed, RandomPurpose::posterior);
  adjusted.batched.compile = options_.compile;
  return collect_draws(full_density_->trace(), full_density_->at(draw.blocks).sites, {}, draws, adjusted, pool);
}

Posterior Svi::quantile(const SviState& state, double probability, ThreadPool& pool) const {
  const GuideDraw draw = guide_->quantile(*full_density_, constant_parameters(state), probability);
  PosteriorOptions options;
  options.batched.compile = options_.compile;
  return collect_draws(full_density_->trace(), full_density_->at(draw.blocks).sites, {}, 1, options, pool);
}

SviQuality Svi::quality(const SviState& state, std::int64_t draws, ThreadPool& pool) const {
  const Tensor weight = elbo(*full_density_, constant_parameters(state));
  std::vector<double> weights;
  weights.reserve(static_cast<std::size_t>(draws));
  BatchedOptions options;
  // Other numbers than those that the guide was fitted with, and than the posterior draws.
  options.key = splitmix64(random_key(options_.seed, RandomPurpose::posterior));
  options.compile = options_.compile;
  evaluate_draws({weight}, {}, draws, options, pool,
                 [&](std::int64_t, std::int64_t count, const std::vector<const double*>& values) {
                   weights.insert(weights.end(), values[0], values[0] + count);
                 });
  SviQuality quality;
  const auto n = static_cast<double>(draws);
  for (const double w : weights) quality.elbo += w / n;
  double squares = 0.0;
  for (const double w : weights) squares += (w - quality.elbo) * (w - quality.elbo);
  quality.elbo_se = std::sqrt(squares / std::max(1.0, n - 1.0) / n);
  const bool point = guide_->name() == "AutoDelta";
  quality.pareto_k = point ? std::numeric_limits<double>::quiet_NaN() : pareto_k(weights.data(), draws);
  if (quality.pareto_k > 0.7) {
    quality.warnings.push_back({"W506",
                                "Pareto k of the guide is " + std::to_string(quality.pareto_k) +
                                    ": its spread, and perhaps its means, are unreliable",
                                "use NUTS or a richer guide",
                                {}});
  }
  return quality;
}

}  // namespace dolab::infer
