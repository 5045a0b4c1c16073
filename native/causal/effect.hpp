// Effects: the contrast of two simulated worlds, draw by draw and row by row, then summarised.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "base/draw_sink.hpp"
#include "infer/posterior.hpp"
#include "model/trace.hpp"

namespace dolab::causal {

/// On which scale two averages are compared; ratio and percent compare the averages of a draw, not single rows.
enum class Contrast { difference, ratio, percent };
/// "difference", "ratio", "percent"; throws E1103.
Contrast contrast_kind(const std::string& name);

/// A partition of the rows: `code` gives each row's group, -1 leaves it out.
struct Grouping {
  std::string name;
  std::vector<std::string> labels;
  std::vector<std::int32_t> code;
};

struct EffectOptions {
  std::string outcome;
  Contrast contrast = Contrast::difference;
  bool expected = false;      // contrast conditional means instead of draws of the outcome
  double hdi_probability = 0.94;
  std::vector<Grouping> by;
  std::vector<double> weights;  // of the rows in averages; empty: equal
  bool per_row = false;
  std::uint64_t seed = 0;
  bool resimulate_descendants = true;
  infer::BatchedOptions batched;
  DrawSink* sink = nullptr;     // receives the difference of every draw and row as variable NAME of an open group
  std::string sink_group = "effects";
  std::string sink_name;        // default: the outcome
};

/// Over draws. p_direction = max(P(> null), P(< null)) with null 0, for ratios 1.
struct EffectSummary {
  double mean = 0.0, sd = 0.0, hdi_low = 0.0, hdi_high = 0.0, p_direction = 0.0;
};

struct GroupEffect {
  std::string grouping, label;
  std::int64_t rows = 0;
  EffectSummary summary;
};

/// Of each row (differences), over draws.
struct RowEffects {
  std::vector<double> mean, sd, p_direction;
};

struct EffectResult {
  EffectSummary average;
  std::vector<double> draws;  // the average of every draw, chain-major
  std::int64_t chains = 1;
  std::int64_t rows = 0;
  std::vector<GroupEffect> by;
  RowEffects per_row;         // if asked for
  std::vector<Warning> warnings;
};

/// Effect of `intervention` against `baseline` on the outcome: intervention minus baseline under the same random numbers
/// and the same posterior draws. Both traces live in one graph (TraceOptions::graph) so that what they share is computed
/// once, both have their plates over all rows. Rows are the axis of the outcome's innermost plate, else its first axis; further
/// axes are averaged. Throws E407 when the two outcomes differ in shape.
EffectResult estimate_effect(const model::Trace& baseline, const model::Trace& intervention,
                             const infer::Posterior& posterior, const EffectOptions& options, ThreadPool& pool);

/// Summary of one number per draw.
EffectSummary summarize_effect(const std::vector<double>& draws, double hdi_probability, double null_value = 0.0);

}  // namespace dolab::causal
