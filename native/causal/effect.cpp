#include "causal/effect.hpp"

#include <algorithm>
#include <cmath>
#include <tuple>

#include "causal/identify.hpp"
#include "causal/reach.hpp"
#include "infer/diagnose.hpp"
#include "infer/predict.hpp"

namespace dolab::causal {
namespace {

using tensor::Tensor;

constexpr const char* kMeanSuffix = "__mean";

/// Adds the mean of the outcome's distribution to a trace, as a deterministic site, and returns its name.
std::string add_mean(model::Trace& trace, const std::string& outcome) {
  const model::Site& site = trace.site(outcome);
  if (site.kind != model::SiteKind::sample) return outcome;
  model::Site mean;
  mean.name = outcome + kMeanSuffix;
  mean.kind = model::SiteKind::deterministic;
  mean.plates = site.plates;
  mean.span = site.span;
  try {
    mean.value = tensor::broadcast_to(site.distribution->mean(), site.value.shape());
  } catch (Error& error) {
    error.at(site.span);
    throw;
  }
  mean.downstream = mean.value;
  std::string name = mean.name;
  trace.sites.push_back(std::move(mean));
  return name;
}

/// Adds warnings that are not there yet.
void append_warnings(const std::vector<Warning>& found, std::vector<Warning>& all) {
  for (const Warning& warning : found) {
    const auto same = [&](const Warning& other) { return other.message == warning.message; };
    if (std::none_of(all.begin(), all.end(), same)) all.push_back(warning);
  }
}

std::set<std::string> united(std::set<std::string> a, const std::set<std::string>& b) {
  a.insert(b.begin(), b.end());
  return a;
}

/// The contrast as expressions of the posterior's inputs.
struct Contrast {
  Tensor difference;  // (rows, other elements of the outcome)
  std::vector<infer::DrawInput> inputs;
  std::vector<Warning> warnings;
};

/// Moves the row axis to the front and flattens the rest.
Tensor rows_first(const Tensor& value, std::int64_t row_axis) {
  if (value.rank() == 0) return tensor::reshape(value, {1, 1});
  const Tensor front = row_axis > 0 ? tensor::swap_axes(value, 0, row_axis) : value;
  return tensor::reshape(front, {front.extent(0), -1});
}

Contrast contrast(infer::PredictionPlan& baseline, infer::PredictionPlan& intervention, std::int64_t row_axis) {
  Contrast result;
  result.inputs = baseline.inputs;
  tensor::Replacement shared;
  for (const infer::DrawInput& input : intervention.inputs) {
    const auto same = std::find_if(baseline.inputs.begin(), baseline.inputs.end(),
                                   [&](const infer::DrawInput& other) { return other.values == input.values; });
    if (same == baseline.inputs.end()) {
      result.inputs.push_back(input);
    } else {
      shared.emplace(input.input.id(), same->input);
    }
  }
  const Tensor before = tensor::cast(baseline.outputs.front(), DType::real);
  const Tensor after = tensor::cast(tensor::substitute(intervention.outputs, shared).front(), DType::real);
  result.difference = rows_first(after - before, row_axis);
  append_warnings(baseline.warnings, result.warnings);
  append_warnings(intervention.warnings, result.warnings);
  return result;
}

/// Means per group: a column of `groups` numbers.
Tensor group_means(const Tensor& difference, const EffectOptions& options, std::vector<std::int64_t>& sizes) {
  const std::int64_t rows = difference.extent(0);
  sizes.assign(options.labels.size(), 0);
  std::vector<double> index(options.groups.begin(), options.groups.end());
  for (double& group : index) {
    if (group < 0) {
      group = static_cast<double>(options.labels.size());  // out of range: dropped
    } else {
      ++sizes[static_cast<std::size_t>(group)];
    }
  }
  const auto count = static_cast<std::int64_t>(options.labels.size());
  std::vector<double> weights;
  for (const std::int64_t size : sizes) weights.push_back(size > 0 ? 1.0 / static_cast<double>(size) : 0.0);
  tensor::Graph& graph = difference.graph();
  const Tensor by_row = tensor::mean(difference, {1});
  const Tensor sums = tensor::scatter_add(graph.constant(Array(DType::integer, {rows}, index)), by_row, count);
  return sums * graph.constant(Array::vector(weights));
}

/// Running moments of each element around the first draw, and the whole block where it fits.
class RowMoments {
 public:
  RowMoments(std::int64_t elements, std::int64_t draws, bool keep_block)
      : elements_(static_cast<std::size_t>(elements)), draws_(draws), sum_(elements_), squares_(elements_) {
    if (keep_block) block_.resize(elements_ * static_cast<std::size_t>(draws));
  }

  /// `count` draws from number `first` on, one after another. Elements go in pieces whose sums stay in the cache.
  void add(std::int64_t first, std::int64_t count, const double* values) {
    if (pivot_.empty()) pivot_.assign(values, values + elements_);
    double *sum = sum_.data(), *squares = squares_.data();
    const double* pivot = pivot_.data();
    constexpr std::size_t kPiece = 1024;
    for (std::size_t begin = 0; begin < elements_; begin += kPiece) {
      const std::size_t end = std::min(begin + kPiece, elements_);
      for (std::int64_t k = 0; k < count; ++k) {
        const double* draw = values + static_cast<std::size_t>(k) * elements_;
        for (std::size_t i = begin; i < end; ++i) {
          const double d = draw[i] - pivot[i];
          sum[i] += d;
          squares[i] += d * d;
        }
        if (block_.empty()) continue;
        // By element, so that each one's draws lie together.
        const auto at = static_cast<std::size_t>(first + k);
        for (std::size_t i = begin; i < end; ++i) block_[i * static_cast<std::size_t>(draws_) + at] = draw[i];
      }
    }
  }

  void finish(Effect& effect, double hdi_prob, ThreadPool& pool) const {
    const auto n = static_cast<double>(draws_);
    for (std::size_t i = 0; i < elements_; ++i) {
      const double mean = sum_[i] / n;
      effect.row_mean.push_back(pivot_[i] + mean);
      const double spread = std::max(0.0, squares_[i] - n * mean * mean);
      effect.row_sd.push_back(draws_ > 1 ? std::sqrt(spread / (n - 1.0)) : std::nan(""));
    }
    if (block_.empty()) return;
    effect.row_low.resize(elements_);
    effect.row_high.resize(elements_);
    effect.row_direction.resize(elements_);
    constexpr std::size_t kPiece = 64;
    pool.run(static_cast<int>((elements_ + kPiece - 1) / kPiece), [&](int piece) {
      const std::size_t first = static_cast<std::size_t>(piece) * kPiece;
      for (std::size_t i = first; i < std::min(first + kPiece, elements_); ++i) {
        const double* draws = block_.data() + i * static_cast<std::size_t>(draws_);
        std::tie(effect.row_low[i], effect.row_high[i]) = infer::hdi(draws, draws_, hdi_prob);
        const auto above = std::count_if(draws, draws + draws_, [](double x) { return x > 0.0; });
        const auto below = std::count_if(draws, draws + draws_, [](double x) { return x < 0.0; });
        effect.row_direction[i] = static_cast<double>(std::max(above, below)) / n;
      }
    });
  }

 private:
  std::size_t elements_;
  std::int64_t draws_;
  std::vector<double> sum_, squares_, pivot_, block_;
};

/// Evaluates the contrast and fills in averages, groups and rows.
void evaluate(const Contrast& contrast, const infer::BatchedOptions& batched, const EffectOptions& options,
              ThreadPool& pool, Effect& effect) {
  std::vector<Tensor> outputs = {tensor::mean(contrast.difference)};
  std::vector<std::int64_t> sizes;
  const std::size_t groups = options.labels.size();
  if (groups > 0) outputs.push_back(group_means(contrast.difference, options, sizes));
  const std::int64_t elements = contrast.difference.size(), draws = effect.chains * effect.draws;
  const bool block = options.by_row && elements * draws <= options.block_bytes / 8;
  RowMoments moments(options.by_row ? elements : 0, draws, block);
  if (options.by_row) outputs.push_back(contrast.difference);

  std::vector<std::vector<double>> by_group(groups);
  infer::evaluate_draws(
      outputs, contrast.inputs, draws, batched, pool,
      [&](std::int64_t first, std::int64_t count, const std::vector<const double*>& values) {
        effect.average.insert(effect.average.end(), values[0], values[0] + count);
        for (std::int64_t k = 0; k < count; ++k) {
          for (std::size_t g = 0; g < groups; ++g) {
            by_group[g].push_back(values[1][k * static_cast<std::int64_t>(groups) + static_cast<std::int64_t>(g)]);
          }
        }
        if (options.by_row) moments.add(first, count, values.back());
      });
  effect.ate = summarize_effect(effect.average, options.hdi_prob);
  for (std::size_t g = 0; g < groups; ++g) {
    if (sizes[g] == 0) continue;
    effect.groups.push_back({options.labels[g], sizes[g], summarize_effect(by_group[g], options.hdi_prob)});
  }
  if (!options.by_row) return;
  moments.finish(effect, options.hdi_prob, pool);
  if (!block) {
    effect.warnings.push_back({"W907",
                               "intervals by row are left out: " + std::to_string(elements * draws >> 17) +
                                   " MiB of draws would have to be kept",
                               "use fewer draws or rows",
                               {}});
  }
}

void judge(const model::Trace& trace, const std::pair<Scenario, Scenario>& scenarios,
           const std::pair<Moved, Moved>& moved, const EffectOptions& options, Effect& effect) {
  std::set<std::string> treatments = united(moved.first.treated, moved.second.treated);
  for (const Scenario* scenario : {&scenarios.first, &scenarios.second}) {
    for (const auto& [name, change] : scenario->changes) treatments.insert(name);
  }
  const bool inputs = !moved.first.arguments.empty() || !moved.second.arguments.empty();
  if (options.observed.empty()) return;
  if (treatments.empty()) {
    if (inputs) effect.identified = true;
    return;
  }
  const Identification verdict = identify(trace, treatments, options.outcome, options.observed);
  effect.identified = verdict.identified;
  if (effect.identified == false) {
    effect.warnings.push_back({"W1107",
                               "the effect on \"" + options.outcome + "\" may not be identified: " + verdict.reason,
                               "observe it (condition), or read the effect as what the "
                               "model assumes",
                               {}});
  }
}

}  // namespace

EffectSummary summarize_effect(const std::vector<double>& draws, double hdi_prob) {
  EffectSummary summary;
  const auto n = static_cast<double>(draws.size());
  for (const double x : draws) summary.mean += x / n;
  double squares = 0.0;
  std::int64_t above = 0, below = 0;
  for (const double x : draws) {
    squares += (x - summary.mean) * (x - summary.mean);
    above += x > 0.0 ? 1 : 0;
    below += x < 0.0 ? 1 : 0;
  }
  summary.sd = draws.size() > 1 ? std::sqrt(squares / (n - 1.0)) : std::nan("");
  std::tie(summary.hdi_low, summary.hdi_high) =
      infer::hdi(draws.data(), static_cast<std::int64_t>(draws.size()), hdi_prob);
  summary.p_direction = static_cast<double>(std::max(above, below)) / n;
  return summary;
}

Effect estimate_effect(const model::ModelFunction& model, const OutputMap& outputs,
                       const std::pair<Scenario, Scenario>& baseline_and_intervention,
                       const infer::Posterior& posterior, const EffectOptions& options, ThreadPool& pool) {
  const auto& [before, after] = baseline_and_intervention;
  const std::pair<Moved, Moved> moved{moved_by(model, before, {options.outcome}),
                                      moved_by(model, after, {options.outcome})};
  // What one scenario has to simulate anew, the other does too: the same numbers stand for the same thing.
  Wanted wanted;
  wanted.outcomes = {options.outcome};
  wanted.moved = united(moved.first.below, moved.second.below);
  wanted.treated = moved.first.treated;
  model::Trace first = trace_scenario(model, before, outputs, wanted);
  wanted.treated = moved.second.treated;
  model::Trace second = trace_scenario(model, after, outputs, wanted, first.graph);
  const model::Site& site = first.site(options.outcome);
  Effect effect;
  effect.chains = posterior.chains;
  effect.draws = posterior.draws;
  effect.shape = site.value.shape();
  const std::int64_t row_axis = site.row_axis();
  if (second.site(options.outcome).value.shape() != effect.shape) {
    throw Error("E808", "the outcome \"" + options.outcome + "\" has shape " + to_string(effect.shape) +
                            " in one scenario and " + to_string(second.site(options.outcome).value.shape()) +
                            " in the other");
  }
  judge(first, baseline_and_intervention, moved, options, effect);
  append_warnings(moved.first.warnings, effect.warnings);
  append_warnings(moved.second.warnings, effect.warnings);

  infer::PredictOptions predict;
  predict.seed = options.seed;
  predict.batched.compile = options.compile;
  predict.batched.progress = options.progress;
  predict.sites = {options.expected ? add_mean(first, options.outcome) : options.outcome};
  if (options.expected) add_mean(second, options.outcome);
  const infer::Posterior used = without_sites(posterior, united(moved.first.redrawn, moved.second.redrawn));
  infer::PredictionPlan baseline = infer::plan_prediction(first, used, predict);
  infer::PredictionPlan intervention = infer::plan_prediction(second, used, predict);
  const Contrast difference = contrast(baseline, intervention, row_axis);
  effect.rows = difference.difference.extent(0);
  append_warnings(difference.warnings, effect.warnings);
  if (!options.labels.empty() && static_cast<std::int64_t>(options.groups.size()) != effect.rows) {
    throw Error("E806", "the groups have " + std::to_string(options.groups.size()) + " rows, the outcome has " +
                            std::to_string(effect.rows));
  }
  if (options.progress != nullptr) options.progress->begin("effect", effect.chains * effect.draws);
  evaluate(difference, baseline.batched, options, pool, effect);
  if (options.progress != nullptr) options.progress->finish();
  if (!std::isfinite(effect.ate.mean)) {
    throw Error("E503",
                "the effect on \"" + options.outcome + "\" is not a number: missing or infinite values in the data",
                "mask, drop or impute those rows");
  }
  return effect;
}

}  // namespace dolab::causal
