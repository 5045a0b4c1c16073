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

/// The optional arguments other than the output.
std::vector<std::string> optional_arguments(const Kernel& kernel, const std::string& output);

/// A scenario with what it needs from the fit.
struct BoundScenario {
  BoundKernel bound;
  causal::Scenario scenario;
  std::set<std::string> outdated;  // latent sites whose draws belong to other data
  causal::OutputMap outputs;       // optional arguments that give other sites their data
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

/// Binds and checks one call.
BoundScenario bind_scenario(const ModelState& model, const PredictCall& call);

}  // namespace dolab::impact
