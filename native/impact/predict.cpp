#include "impact/predict.hpp"

#include <algorithm>

#include "causal/reach.hpp"
#include "impact/changes.hpp"
#include "impact/contract.hpp"
#include "impact/draws.hpp"
#include "impact/settings.hpp"
#include "impact/stored.hpp"

namespace dolab::impact {

std::vector<std::string> optional_arguments(const Kernel& kernel, const std::string& output) {
  std::vector<std::string> names;
  for (const KernelParameter& parameter : kernel.signature.parameters) {
    if (parameter.fallback == Fallback::none && parameter.name != output) names.push_back(parameter.name);
  }
  return names;
}

std::vector<std::string> distinct(const std::vector<std::string>& names) {
  std::vector<std::string> result;
  for (const std::string& name : names) {
    if (std::find(result.begin(), result.end(), name) == result.end()) result.push_back(name);
  }
  return result;
}

bool evaluate(const Prediction& prediction, DrawSink& sink, ThreadPool& pool) {
  if (!prediction.plan.sites.empty()) return infer::run_prediction(prediction.plan, sink, prediction.group, pool);
  sink.open_group(prediction.group, prediction.posterior.chains, prediction.posterior.draws);
  sink.close_group(prediction.group, prediction.posterior.draws);
  return true;
}

DrawGroup evaluate(const Prediction& prediction, ThreadPool& pool) {
  MemoryDraws memory;
  if (!evaluate(prediction, memory, pool)) throw Cancelled();
  DrawGroup group = group_of(memory, prediction.group, prediction.trace);
  group.chains = prediction.posterior.chains;
  group.draws = prediction.posterior.draws;
  return group;
}

std::vector<Warning> unknown_sites(const infer::Posterior& posterior, const model::Trace& trace) {
  std::vector<Warning> warnings;
  for (const infer::SiteDraws& site : posterior.sites) {
    if (trace.find(site.name) != nullptr) continue;
    warnings.push_back(
        {"W104", "the posterior has draws of \"" + site.name + "\", the model has no such site", "", {}});
  }
  return warnings;
}

namespace {

/// Latent sites whose draws belong to the data of the fit and not to these.
std::set<std::string> outdated_by(const ModelState& model, const BoundKernel& bound) {
  Arguments before;
  for (const auto& [name, value] : model.fitted->arguments.items()) {
    if (bound.arguments.find(name) != nullptr) before.set(name, value);
  }
  if (before.items().empty()) return {};  // injected draws
  const auto changed = causal::changed_arguments(before, bound.arguments);
  if (changed.empty()) return {};
  const model::Trace fitted = model::trace_model(model.kernel.function, before);
  return causal::outdated_latents(fitted, *bound.probe, bound.arguments, changed);
}

}  // namespace

BoundScenario bind_scenario(const ModelState& model, const PredictCall& call) {
  BoundScenario result;
  result.bound = model.bind(call.X, nullptr, call.extra);
  const Arguments& now = result.bound.arguments;
  result.scenario.arguments = now;
  result.scenario.changes = changes_of(call.settings.intervention, model.kernel, *result.bound.probe);
  result.outdated = outdated_by(model, result.bound);
  result.outputs =
      causal::find_outputs(result.bound.function, now, optional_arguments(model.kernel, model.settings.param_output));
  return result;
}

namespace {

const char* group_name(const PredictSettings& settings) {
  return settings.in_sample ? "posterior_predictive" : "predictions";
}

void require_chunk(std::int64_t bytes) {
  if (bytes < 1) throw Error("E1103", "chunk_bytes is " + std::to_string(bytes) + ", it must be at least 1");
}

std::unique_ptr<Prediction> plan(const ModelState& model, const Array& x, const Arguments& extra,
                                 const PredictSettings& settings) {
  const Fitted& fitted = model.require_fit();
  require_chunk(settings.chunk_bytes);
  const std::string& output = model.settings.param_output;
  const BoundScenario bound = bind_scenario(model, {x, extra, settings});
  auto prediction = std::make_unique<Prediction>();
  const causal::Moved moved = causal::moved_by(bound.bound.function, bound.scenario, {});
  prediction->trace = causal::trace_scenario(bound.bound.function, bound.scenario, bound.outputs,
                                             {{output}, moved.below, moved.treated});
  std::set<std::string> redrawn = bound.outdated;
  redrawn.insert(moved.redrawn.begin(), moved.redrawn.end());
  prediction->posterior = causal::without_sites(fitted.posterior, redrawn);
  prediction->group = group_name(settings);
  infer::PredictOptions options;
  options.sites = distinct(settings.return_sites.value_or(default_return_sites(prediction->trace, output)));
  if (options.sites.empty()) return prediction;
  options.seed = model.seed_or_own(settings.seed);
  options.batched.chunk_bytes = settings.chunk_bytes;
  options.batched.compile = compile_options(model.settings);
  options.batched.progress = settings.progress;
  prediction->plan = infer::plan_prediction(prediction->trace, prediction->posterior, options);
  for (Warning& warning : unknown_sites(fitted.posterior, prediction->trace)) {
    prediction->plan.warnings.push_back(std::move(warning));
  }
  return prediction;
}

/// Also gives the spec after the call.
std::unique_ptr<Prediction> plan_prior(const ModelState& model, const Array& x, const Arguments& extra,
                                       const PriorSettings& settings, KernelSpec& spec) {
  require_positive("num_samples", settings.num_samples);
  require_chunk(settings.chunk_bytes);
  const std::string& output = model.settings.param_output;
  const BoundKernel bound = model.bind(x, nullptr, extra);
  const bool known = model.spec && model.spec->traced;
  spec = known ? *model.spec : extended(model.spec, *bound.probe, output, false);
  model::TraceOptions all_rows;
  all_rows.subsampling = false;
  auto prediction = std::make_unique<Prediction>();
  prediction->trace = model::trace_model(bound.function, bound.arguments, all_rows);
  prediction->posterior.draws = settings.num_samples;
  prediction->group = "prior_predictive";
  infer::PredictOptions options;
  options.sites = distinct(settings.return_sites.value_or(default_return_sites(prediction->trace, output)));
  if (options.sites.empty()) return prediction;
  options.seed = model.seed_or_own(settings.seed);
  options.batched.chunk_bytes = settings.chunk_bytes;
  options.batched.compile = compile_options(model.settings);
  options.batched.progress = settings.progress;
  prediction->plan = infer::plan_prior_prediction(prediction->trace, settings.num_samples, options);
  return prediction;
}

std::unique_ptr<Prediction> plan_likelihood(const ModelState& model, const Array& x, const Array& y,
                                            const Arguments& extra) {
  const Fitted& fitted = model.require_fit();
  const BoundKernel bound = model.bind(x, &y, extra);
  model::TraceOptions all_rows;
  all_rows.subsampling = false;
  auto prediction = std::make_unique<Prediction>();
  prediction->trace = model::trace_model(bound.function, bound.arguments, all_rows);
  prediction->posterior = fitted.posterior;
  prediction->group = "log_likelihood";
  infer::BatchedOptions batched;
  batched.compile = compile_options(model.settings);
  prediction->plan =
      infer::plan_log_likelihood(prediction->trace, prediction->posterior, {model.settings.param_output}, batched);
  return prediction;
}

/// The posterior, then what was computed.
DrawTree tree_of(const Prediction& prediction, const std::optional<Fitted>& fitted, ThreadPool& pool) {
  DrawTree tree;
  DrawGroup computed = evaluate(prediction, pool);
  if (fitted) tree.groups.push_back(posterior_group(fitted->posterior));
  tree.groups.push_back(std::move(computed));
  tree.warnings = prediction.plan.warnings;
  return tree;
}

bool stream(const Prediction& prediction, const std::optional<Fitted>& fitted, DrawSink& sink, ThreadPool& pool) {
  if (fitted) fitted->posterior.write(sink, "posterior");
  return evaluate(prediction, sink, pool);
}

}  // namespace

DrawTree ModelState::predict_on_batch(const Array& x, const Arguments& extra, const PredictSettings& predict) {
  return tree_of(*plan(*this, x, extra, predict), fitted, pool);
}

bool ModelState::predict(const Array& x, const Arguments& extra, const PredictSettings& predict, DrawSink& sink) {
  return stream(*plan(*this, x, extra, predict), fitted, sink, pool);
}

StoredDraws ModelState::predict_stored(const Array& x, const Arguments& extra, const PredictSettings& predict,
                                       const char* method) {
  const auto prediction = plan(*this, x, extra, predict);
  const StoreRequest request{directory_for(predict.output_dir), method, seed_or_own(predict.seed)};
  StoredDraws stored = write_store(request, [&](DrawSink& sink) { return stream(*prediction, fitted, sink, pool); });
  stored.warnings = prediction->plan.warnings;
  return stored;
}

DrawTree ModelState::prior_on_batch(const Array& x, const Arguments& extra, const PriorSettings& prior) {
  KernelSpec known;
  DrawTree tree = tree_of(*plan_prior(*this, x, extra, prior, known), fitted, pool);
  spec = std::move(known);
  return tree;
}

StoredDraws ModelState::prior_stored(const Array& x, const Arguments& extra, const PriorSettings& prior) {
  KernelSpec known;
  const auto prediction = plan_prior(*this, x, extra, prior, known);
  const StoreRequest request{directory_for(prior.output_dir), "sample_prior_predictive", seed_or_own(prior.seed)};
  StoredDraws stored = write_store(request, [&](DrawSink& sink) { return stream(*prediction, fitted, sink, pool); });
  stored.warnings = prediction->plan.warnings;
  spec = std::move(known);
  return stored;
}

DrawTree ModelState::log_likelihood(const Array& x, const Array& y, const Arguments& extra) {
  return tree_of(*plan_likelihood(*this, x, y, extra), fitted, pool);
}

bool ModelState::log_likelihood(const Array& x, const Array& y, const Arguments& extra, DrawSink& sink) {
  return stream(*plan_likelihood(*this, x, y, extra), fitted, sink, pool);
}

}  // namespace dolab::impact
