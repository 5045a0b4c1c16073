#include "causal/effect.hpp"

#include <algorithm>
#include <cmath>
#include <map>
#include <tuple>

#include "base/nearest_name.hpp"
#include "infer/diagnose.hpp"
#include "model/simulate.hpp"

namespace dolab::causal {
namespace {

using tensor::Tensor;

double compare(double baseline, double intervention, Contrast contrast) {
  switch (contrast) {
    case Contrast::difference: return intervention - baseline;
    case Contrast::ratio: return intervention / baseline;
    case Contrast::percent: return 100.0 * (intervention / baseline - 1.0);
  }
  return 0.0;
}

/// The outcome with the rows as its only axis: further axes are averaged.
Tensor by_row(const model::Site& site, const Tensor& value) {
  if (value.rank() == 0) return tensor::reshape(value, {1});
  const std::int64_t row = std::max<std::int64_t>(0, site.row_axis());
  std::vector<std::int64_t> others;
  for (std::int64_t axis = 0; axis < value.rank(); ++axis) {
    if (axis != row) others.push_back(axis);
  }
  return others.empty() ? value : tensor::mean(value, others);
}

/// A set of rows whose average is followed over the draws.
struct RowSet {
  std::vector<std::int32_t> rows;
  std::vector<double> effects;  // one per draw

  void add(const double* baseline, const double* intervention, const std::vector<double>& weights, Contrast contrast) {
    double total = 0.0, low = 0.0, high = 0.0;
    for (const std::int32_t row : rows) {
      const double w = weights.empty() ? 1.0 : weights[static_cast<std::size_t>(row)];
      total += w;
      low += w * baseline[row];
      high += w * intervention[row];
    }
    effects.push_back(compare(low / total, high / total, contrast));
  }
};

/// Running mean and spread of the difference of every row (Welford), and its signs.
struct RowMoments {
  std::vector<double> mean, squares, above, below;
  double count = 0.0;

  explicit RowMoments(std::size_t rows) : mean(rows), squares(rows), above(rows), below(rows) {}
  void add(const double* baseline, const double* intervention) {
    count += 1.0;
    for (std::size_t i = 0; i < mean.size(); ++i) {
      const double difference = intervention[i] - baseline[i];
      const double shift = difference - mean[i];
      mean[i] += shift / count;
      squares[i] += shift * (difference - mean[i]);
      above[i] += difference > 0.0 ? 1.0 : 0.0;
      below[i] += difference < 0.0 ? 1.0 : 0.0;
    }
  }
  RowEffects result() const {
    RowEffects rows;
    rows.mean = mean;
    for (std::size_t i = 0; i < mean.size(); ++i) {
      rows.sd.push_back(count > 1.0 ? std::sqrt(squares[i] / (count - 1.0)) : 0.0);
      rows.p_direction.push_back(std::max(above[i], below[i]) / count);
    }
    return rows;
  }
};

std::vector<RowSet> row_sets(const EffectOptions& options, std::int64_t rows) {
  std::vector<RowSet> sets(1);
  for (std::int64_t i = 0; i < rows; ++i) sets[0].rows.push_back(static_cast<std::int32_t>(i));
  for (const Grouping& grouping : options.by) {
    if (static_cast<std::int64_t>(grouping.code.size()) != rows) {
      throw Error("E806", "\"" + grouping.name + "\" has " + std::to_string(grouping.code.size()) + " rows, \"" +
                              options.outcome + "\" has " + std::to_string(rows));
    }
    std::vector<RowSet> groups(grouping.labels.size());
    for (std::size_t i = 0; i < grouping.code.size(); ++i) {
      if (grouping.code[i] < 0) continue;
      groups.at(static_cast<std::size_t>(grouping.code[i])).rows.push_back(static_cast<std::int32_t>(i));
    }
    for (RowSet& group : groups) sets.push_back(std::move(group));
  }
  if (!options.weights.empty() && static_cast<std::int64_t>(options.weights.size()) != rows) {
    throw Error("E806", "there are " + std::to_string(options.weights.size()) + " weights for " +
                            std::to_string(rows) + " rows");
  }
  return sets;
}

/// Both worlds as functions of the same posterior inputs.
struct Pair {
  std::vector<Tensor> outcomes;  // baseline, intervention; (rows)
  std::vector<infer::DrawInput> inputs;
  std::vector<Warning> warnings;
};

Pair simulate_pair(const model::Trace& baseline, const model::Trace& intervention, const infer::Posterior& posterior,
                   const EffectOptions& options) {
  model::SimulationOptions simulation;
  simulation.sites = {options.outcome};
  simulation.given = posterior.given();
  simulation.resimulate_descendants = options.resimulate_descendants;
  if (options.expected) simulation.expected = {options.outcome};
  const model::Simulation low = model::simulate(baseline, simulation), high = model::simulate(intervention, simulation);
  Pair pair;
  std::map<std::string, Tensor> shared;
  for (std::size_t i = 0; i < low.given.size(); ++i) shared.emplace(low.given[i], low.inputs[i]);
  tensor::Replacement same;
  for (std::size_t i = 0; i < high.given.size(); ++i) {
    const auto [place, fresh] = shared.emplace(high.given[i], high.inputs[i]);
    if (!fresh) same[high.inputs[i].id()] = place->second;
  }
  const Tensor other = same.empty() ? high.outputs[0] : tensor::substitute(high.outputs, same)[0];
  if (low.outputs[0].shape() != other.shape()) {
    throw Error("E407", "\"" + options.outcome + "\" has shape " + to_string(low.outputs[0].shape()) +
                            " in the baseline and " + to_string(other.shape()) + " under the intervention");
  }
  const model::Site& site = baseline.site(options.outcome);
  pair.outcomes = {by_row(site, low.outputs[0]), by_row(site, other)};
  for (const auto& [name, input] : shared) pair.inputs.push_back({input, posterior.find(name)->values.data()});
  pair.warnings = low.warnings;
  return pair;
}

}  // namespace

Contrast contrast_kind(const std::string& name) {
  static const std::vector<std::string> names = {"difference", "ratio", "percent"};
  const auto found = std::find(names.begin(), names.end(), name);
  if (found == names.end()) throw Error("E1103", "unknown contrast \"" + name + "\"", unknown_name_hint(name, names));
  return static_cast<Contrast>(found - names.begin());
}

EffectSummary summarize_effect(const std::vector<double>& draws, double hdi_probability, double null_value) {
  EffectSummary summary;
  const auto n = static_cast<double>(draws.size());
  double above = 0.0, below = 0.0, squares = 0.0;
  for (const double x : draws) {
    summary.mean += x / n;
    above += x > null_value ? 1.0 : 0.0;
    below += x < null_value ? 1.0 : 0.0;
  }
  for (const double x : draws) squares += (x - summary.mean) * (x - summary.mean);
  summary.sd = n > 1.0 ? std::sqrt(squares / (n - 1.0)) : 0.0;
  std::tie(summary.hdi_low, summary.hdi_high) =
      infer::hdi(draws.data(), static_cast<std::int64_t>(draws.size()), hdi_probability);
  summary.p_direction = std::max(above, below) / n;
  return summary;
}

EffectResult estimate_effect(const model::Trace& baseline, const model::Trace& intervention,
                             const infer::Posterior& posterior, const EffectOptions& options, ThreadPool& pool) {
  if (baseline.graph != intervention.graph) throw Error("E1999", "the two scenarios do not share a graph");
  Pair pair = simulate_pair(baseline, intervention, posterior, options);
  EffectResult result;
  result.warnings = std::move(pair.warnings);
  result.chains = posterior.chains;
  result.rows = pair.outcomes[0].size();
  std::vector<RowSet> sets = row_sets(options, result.rows);
  RowMoments moments(options.per_row ? static_cast<std::size_t>(result.rows) : 0);
  int handle = -1;
  if (options.sink != nullptr) {
    const std::string name = options.sink_name.empty() ? options.outcome : options.sink_name;
    handle = options.sink->declare({options.sink_group, name, DType::real, {result.rows}, {"obs"}});
  }
  infer::BatchedOptions batched = options.batched;
  batched.key = random_key(options.seed, RandomPurpose::predictive);
  std::vector<double> difference(static_cast<std::size_t>(result.rows));
  infer::evaluate_draws(
      pair.outcomes, pair.inputs, posterior.total(), batched, pool,
      [&](std::int64_t first, std::int64_t count, const std::vector<const double*>& values) {
        for (std::int64_t k = 0; k < count; ++k) {
          const double* low = values[0] + k * result.rows;
          const double* high = values[1] + k * result.rows;
          for (RowSet& set : sets) set.add(low, high, options.weights, options.contrast);
          if (options.per_row) moments.add(low, high);
          if (handle < 0) continue;
          for (std::size_t i = 0; i < difference.size(); ++i) difference[i] = high[i] - low[i];
          const std::int64_t draw = first + k;
          options.sink->append(handle, {draw / posterior.draws, draw % posterior.draws, 1}, difference.data());
        }
      });
  const double null_value = options.contrast == Contrast::ratio ? 1.0 : 0.0;
  const auto summary = [&](const RowSet& set) {
    return summarize_effect(set.effects, options.hdi_probability, null_value);
  };
  result.average = summary(sets[0]);
  result.draws = std::move(sets[0].effects);
  std::size_t next = 1;
  for (const Grouping& grouping : options.by) {
    for (const std::string& label : grouping.labels) {
      const RowSet& set = sets[next++];
      if (set.rows.empty()) continue;
      result.by.push_back({grouping.name, label, static_cast<std::int64_t>(set.rows.size()), summary(set)});
    }
  }
  if (options.per_row) result.per_row = moments.result();
  return result;
}

}  // namespace dolab::causal
