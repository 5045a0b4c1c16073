// Predictions of a fitted model as plans: the scenario, its trace, and what is evaluated for each draw.
#pragma once

#include <memory>
#include <set>
#include <string>
#include <vector>

#include "causal/scenario.hpp"
#include "impact/state.hpp"
#include "infer/predict.hpp"

namespace dolab::impact {

/// Interventions as changes of sites. Throws E104 with a hint if a name is an argument, E1106 for a value that is not
/// a finite number.
std::map<std::string, causal::Change> changes_of(const std::map<std::string, Intervention>& interventions,
                                                 const Kernel& kernel, const model::Trace& probe);

/// The optional arguments other than the output.
std::vector<std::string> optional_arguments(const Kernel& kernel, const std::string& output);

/// A scenario with what it needs from the fit.
struct BoundScenario {
  BoundKernel bound;
  causal::Scenario scenario;
  causal::OutputMap outputs;  // optional arguments that give other sites their data
};

/// A plan with what it points at.
struct Prediction {
  model::Trace trace;
  infer::Posterior posterior;
  infer::PredictionPlan plan;  // no sites: nothing was asked for
  std::string group;
};

/// Names without repetition, in order.
std::vector<std::string> distinct(const std::vector<std::string>& names);
/// Evaluates into memory, or throws Cancelled.
DrawGroup evaluate(const Prediction& prediction, ThreadPool& pool);
/// Evaluates into a sink; false if cancelled.
bool evaluate(const Prediction& prediction, DrawSink& sink, ThreadPool& pool);
/// A posterior with sites that the model does not have says so.
std::vector<Warning> unknown_sites(const infer::Posterior& posterior, const model::Trace& trace);

/// Both sides of one call: binds, checks and finds what changed against the data of the fit.
BoundScenario bind_scenario(const ModelState& model, const Array& x, const Arguments& extra,
                            const std::map<std::string, Intervention>& interventions);

}  // namespace dolab::impact
