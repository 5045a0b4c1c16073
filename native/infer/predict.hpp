// Prediction: forward simulation of a trace for every posterior draw, and pointwise log likelihoods.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/draw_sink.hpp"
#include "infer/posterior.hpp"
#include "model/simulate.hpp"

namespace dolab::infer {

struct PredictOptions {
  std::vector<std::string> sites;  // empty: model::default_sites
  std::uint64_t seed = 0;
  RandomPurpose purpose = RandomPurpose::predictive;
  bool resimulate_descendants = true;
  BatchedOptions batched;  // key is set from seed and purpose
};

/// What a prediction computes, ready to be evaluated.
struct PredictionPlan {
  std::vector<std::string> sites;
  std::vector<tensor::Tensor> outputs;
  std::vector<DrawInput> inputs;
  std::int64_t chains = 1, draws = 0;
  BatchedOptions batched;
  std::vector<Warning> warnings;
  const model::Trace* trace = nullptr;
};

/// Plans the prediction of `trace` (traced with subsampling off and the outcome unobserved) for every draw of the
/// posterior. Throws E808 for shapes that do not fit, E104 for unknown sites. The posterior and the trace must outlive
/// the plan.
PredictionPlan plan_prediction(const model::Trace& trace, const Posterior& posterior, const PredictOptions& options);
/// The same without a posterior: `draws` draws of the prior. Throws E506 for improper priors.
PredictionPlan plan_prior_prediction(const model::Trace& trace, std::int64_t draws, PredictOptions options);
/// Log likelihood of each element of the observed sites (or of `sites`), unscaled, masked ones zero. The trace has its
/// data.
PredictionPlan plan_log_likelihood(const model::Trace& trace, const Posterior& posterior,
                                   const std::vector<std::string>& sites = {}, const BatchedOptions& batched = {});

/// Evaluates a plan into an open or new group of a sink: opens it, declares the sites, appends and closes. Memory is
/// bounded by batched.chunk_bytes per worker. A cancelled run keeps the draws that are complete in every chain and
/// returns false.
bool run_prediction(const PredictionPlan& plan, DrawSink& sink, const std::string& group, ThreadPool& pool);
/// Evaluates a plan and hands the draws (chain-major) to `consume` in order, storing nothing.
void run_prediction(const PredictionPlan& plan, ThreadPool& pool, const DrawConsumer& consume);

}  // namespace dolab::infer
