#include "infer/predict.hpp"

#include <algorithm>

namespace dolab::infer {
namespace {

std::vector<DrawInput> draw_inputs(const std::vector<std::string>& names, const std::vector<tensor::Tensor>& inputs,
                                   const Posterior& posterior) {
  std::vector<DrawInput> bound;
  for (std::size_t i = 0; i < names.size(); ++i) {
    bound.push_back({inputs[i], posterior.find(names[i])->values.data()});
  }
  return bound;
}

}  // namespace

PredictionPlan plan_prediction(const model::Trace& trace, const Posterior& posterior, const PredictOptions& options) {
  model::SimulationOptions simulation;
  simulation.given = posterior.given();
  simulation.sites = options.sites.empty() ? model::default_sites(trace, simulation.given) : options.sites;
  simulation.resimulate_descendants = options.resimulate_descendants;
  model::Simulation world = model::simulate(trace, simulation);
  PredictionPlan plan;
  plan.sites = simulation.sites;
  plan.inputs = draw_inputs(world.given, world.inputs, posterior);
  plan.outputs = std::move(world.outputs);
  plan.chains = posterior.chains;
  plan.draws = posterior.draws;
  plan.batched = options.batched;
  plan.batched.key = random_key(options.seed, options.purpose);
  plan.warnings = std::move(world.warnings);
  plan.trace = &trace;
  return plan;
}

PredictionPlan plan_prior_prediction(const model::Trace& trace, std::int64_t draws, PredictOptions options) {
  Posterior none;
  none.draws = draws;
  options.purpose = RandomPurpose::prior;
  return plan_prediction(trace, none, options);
}

PredictionPlan plan_log_likelihood(const model::Trace& trace, const Posterior& posterior,
                                   const std::vector<std::string>& sites, const BatchedOptions& batched) {
  PredictionPlan plan;
  plan.chains = posterior.chains;
  plan.draws = posterior.draws;
  plan.batched = batched;
  plan.trace = &trace;
  for (const model::Site& site : trace.sites) {
    const bool scored = (site.kind == model::SiteKind::sample && site.observed) || site.kind == model::SiteKind::factor;
    const bool asked = sites.empty() ? scored && site.kind == model::SiteKind::sample
                                     : std::find(sites.begin(), sites.end(), site.name) != sites.end();
    if (!asked) continue;
    if (!scored) throw Error("E809", "\"" + site.name + "\" is not observed", "", site.span);
    plan.sites.push_back(site.name);
    plan.outputs.push_back(model::pointwise_log_density(site));
  }
  for (const std::string& name : sites) trace.site(name);
  if (plan.sites.empty()) throw Error("E809", "nothing in this model is observed");
  const auto given = posterior.given();
  model::Resolver resolver(trace);
  std::vector<std::string> names;
  std::vector<tensor::Tensor> inputs;
  resolver.run([&](const model::Site& site, model::Resolver&) -> tensor::Tensor {
    if (site.kind == model::SiteKind::plate) return tensor::arange(*trace.graph, site.plates.front().extent);
    const auto found = given.find(site.name);
    if (found == given.end()) {
      if (site.kind == model::SiteKind::param) return trace.graph->constant(site.initial);
      throw Error("E808", "the posterior has no values of \"" + site.name + "\"", "", site.span);
    }
    if (found->second != site.value.shape()) {
      throw Error("E808",
                  "posterior values of \"" + site.name + "\" have shape " + to_string(found->second) +
                      ", the model has " + to_string(site.value.shape()),
                  "", site.span);
    }
    names.push_back(site.name);
    inputs.push_back(site.value);
    return {};
  });
  plan.outputs = resolver(plan.outputs);
  plan.inputs = draw_inputs(names, inputs, posterior);
  return plan;
}

void run_prediction(const PredictionPlan& plan, ThreadPool& pool, const DrawConsumer& consume) {
  evaluate_draws(plan.outputs, plan.inputs, plan.chains * plan.draws, plan.batched, pool, consume);
}

bool run_prediction(const PredictionPlan& plan, DrawSink& sink, const std::string& group, ThreadPool& pool) {
  sink.open_group(group, plan.chains, plan.draws);
  std::vector<int> handles;
  for (std::size_t i = 0; i < plan.sites.size(); ++i) {
    const tensor::Tensor& output = plan.outputs[i];
    const model::Site& site = plan.trace->site(plan.sites[i]);
    std::vector<std::string> dims = axis_names(site);
    // A log likelihood has the batch axes alone.
    dims.resize(std::min(dims.size(), static_cast<std::size_t>(output.rank())));
    if (static_cast<std::int64_t>(dims.size()) < output.rank()) dims.clear();
    handles.push_back(sink.declare({group, plan.sites[i], output.dtype(), output.shape(), dims}));
  }
  std::int64_t done = 0;
  bool complete = true;
  try {
    run_prediction(plan, pool, [&](std::int64_t first, std::int64_t count, const std::vector<const double*>& values) {
      for (std::int64_t k = 0; k < count;) {
        const std::int64_t chain = (first + k) / plan.draws, draw = (first + k) % plan.draws;
        const std::int64_t length = std::min(count - k, plan.draws - draw);
        for (std::size_t i = 0; i < handles.size(); ++i) {
          sink.append(handles[i], {chain, draw, length}, values[i] + k * plan.outputs[i].size());
        }
        k += length;
      }
      done = first + count;
    });
  } catch (const Cancelled&) {
    complete = false;
  }
  // Draws come chain by chain: what is complete in every chain is what the last chain has.
  const std::int64_t kept = complete ? plan.draws : std::max<std::int64_t>(0, done - (plan.chains - 1) * plan.draws);
  sink.close_group(group, kept);
  return complete;
}

}  // namespace dolab::infer
