// Effects: the contrast of one outcome between two scenarios, summarised over draws while they stream by.
#pragma once

#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "base/progress.hpp"
#include "base/thread_pool.hpp"
#include "causal/scenario.hpp"

namespace dolab::causal {

/// A quantity that has one value per draw. sd has ddof 1; the interval is the narrowest one.
struct EffectSummary {
  double mean = 0.0, sd = 0.0, hdi_low = 0.0, hdi_high = 0.0;
  double p_direction = 0.0;  // max(P(> 0), P(< 0))
};
EffectSummary summarize_effect(const std::vector<double>& draws, double hdi_prob);

struct EffectGroup {
  std::string label;
  std::int64_t rows = 0;
  EffectSummary effect;
};

struct EffectOptions {
  std::string outcome;
  bool expected = false;  // contrast means of the outcome's distribution, not simulated outcomes
  double hdi_prob = 0.94;
  std::uint64_t seed = 0;
  /// Group of each row (first axis of the outcome's rows) as an index into `labels`; negative: in no group.
  std::vector<std::int64_t> groups;
  std::vector<std::string> labels;
  bool by_row = true;                                  // summarise each row as well
  std::int64_t block_bytes = std::int64_t{256} << 20;  // largest draw-by-row block kept for intervals by row
  std::set<std::string> observed;                      // sites observed while fitting, for the verdict
  tensor::CompileOptions compile;
  Progress* progress = nullptr;
};

struct Effect {
  std::int64_t chains = 1, draws = 0;  // draws per chain
  std::int64_t rows = 1;
  Shape shape;                  // of one outcome; elements are the rows of the vectors below
  std::vector<double> average;  // per draw (chain-major): mean over all elements
  EffectSummary ate;
  std::vector<EffectGroup> groups;
  std::vector<double> row_mean, row_sd, row_low, row_high, row_direction;  // empty where not computed
  std::optional<bool> identified;
  std::vector<Warning> warnings;
};

/// `intervention` minus `baseline`. Both use the same posterior draws and the same random numbers: a site that the
/// scenarios do not tell apart has the same value in both. Draws that do not fit a changed number of rows are drawn
/// anew in both (W801). Memory is bounded by the chunks of a prediction plus `block_bytes`; results do not depend on
/// chunks or threads. Throws E104 for an unknown outcome, E204 if `expected` meets a distribution without a mean,
/// E503 if the contrast is not a number, E808 for a posterior that does not fit, Cancelled.
Effect estimate_effect(const model::ModelFunction& model, const OutputMap& outputs,
                       const std::pair<Scenario, Scenario>& baseline_and_intervention,
                       const infer::Posterior& posterior, const EffectOptions& options, ThreadPool& pool);

}  // namespace dolab::causal
