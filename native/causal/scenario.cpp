#include "causal/scenario.hpp"

#include <algorithm>

namespace dolab::causal {
namespace {

using model::Message;
using model::Site;
using model::SiteKind;
using tensor::Tensor;

/// Takes observations away. Inside the condition handler, so that it only meets what the model itself gives.
class Unobserve : public model::Handler {
 public:
  explicit Unobserve(std::set<std::string> names) : names_(std::move(names)) {}
  void process(model::Builder&, Message& message) override {
    if (message.site.kind != SiteKind::sample || names_.count(message.site.name) == 0) return;
    message.value = {};
    message.site.observed = false;
  }

 private:
  std::set<std::string> names_;
};

model::ModelFunction unobserved(const model::ModelFunction& model, std::set<std::string> names) {
  if (names.empty()) return model;
  return [model, names = std::move(names)](model::Builder& builder, const model::Arguments& arguments) {
    const model::Scoped scope(builder, std::make_shared<Unobserve>(names));
    model(builder, arguments);
  };
}

template <class Predicate>
std::set<std::string> names_where(const model::Trace& trace, Predicate keep) {
  std::set<std::string> names;
  for (const Site& site : trace.sites) {
    if (keep(site)) names.insert(site.name);
  }
  return names;
}

}  // namespace

model::Intervention Change::intervention() const {
  return [kind = kind, value = value](const Tensor& natural) {
    const Tensor given = natural.graph().constant(value);
    if (kind == Kind::shift) return natural + given;
    if (kind == Kind::scale) return natural * given;
    return given;
  };
}

std::map<std::string, model::Intervention> interventions_of(const Scenario& scenario) {
  std::map<std::string, model::Intervention> result;
  for (const auto& [name, change] : scenario.changes) result.emplace(name, change.intervention());
  return result;
}

OutputMap find_outputs(const model::ModelFunction& model, const model::Arguments& arguments,
                       const std::vector<std::string>& optional) {
  OutputMap outputs;
  std::vector<std::string> given;
  for (const std::string& name : optional) {
    if (arguments.has(name)) given.push_back(name);
  }
  if (given.empty()) return outputs;
  const model::Trace full = trace_model(model, arguments, {{}, {}, false, nullptr});
  const std::set<std::string> observed =
      names_where(full, [](const Site& site) { return site.kind == SiteKind::sample && site.observed; });
  const auto is_factor = [](const Site& site) { return site.kind == SiteKind::factor; };
  const std::set<std::string> factors = names_where(full, is_factor);
  for (const std::string& name : given) {
    model::Arguments without = arguments;
    without.set(name, {});
    model::Trace trace;
    try {
      trace = trace_model(model, without, {{}, {}, false, nullptr});
    } catch (const Error&) {
      continue;  // the model cannot run without it
    }
    // A likelihood written as a factor makes way for a branch that simulates.
    const bool other_branch = factors != names_where(trace, is_factor);
    std::set<std::string> simulated;
    for (const Site& site : trace.sites) {
      const bool value = site.kind == SiteKind::sample || site.kind == SiteKind::deterministic;
      const bool freed = observed.count(site.name) > 0 && !site.observed;
      if (value && (freed || (other_branch && full.find(site.name) == nullptr))) simulated.insert(site.name);
    }
    if (!simulated.empty()) outputs.emplace(name, std::move(simulated));
  }
  return outputs;
}

model::Trace trace_scenario(const model::ModelFunction& model, const Scenario& scenario, const OutputMap& outputs,
                            const Wanted& wanted, const std::shared_ptr<tensor::Graph>& graph) {
  std::set<std::string> simulated = wanted.outcomes;
  if (wanted.outcomes.empty()) {
    for (const auto& [argument, sites] : outputs) simulated.insert(sites.begin(), sites.end());
  }
  simulated.insert(wanted.moved.begin(), wanted.moved.end());
  for (const std::string& name : wanted.treated) {
    if (wanted.outcomes.count(name) == 0) simulated.erase(name);
  }
  model::Arguments arguments = scenario.arguments;
  for (const auto& [argument, sites] : outputs) {
    const bool needed =
        std::any_of(sites.begin(), sites.end(), [&](const std::string& site) { return simulated.count(site) > 0; });
    if (needed && arguments.find(argument) != nullptr) arguments.set(argument, {});
  }
  model::TraceOptions options;
  options.condition = scenario.condition;
  for (const std::string& name : simulated) options.condition.erase(name);
  options.intervene = interventions_of(scenario);
  options.subsampling = false;
  options.graph = graph;
  return trace_model(unobserved(model, std::move(simulated)), arguments, options);
}

infer::Posterior without_sites(const infer::Posterior& posterior, const std::set<std::string>& names) {
  infer::Posterior kept;
  kept.chains = posterior.chains;
  kept.draws = posterior.draws;
  for (const infer::SiteDraws& site : posterior.sites) {
    if (names.count(site.name) == 0) kept.sites.push_back(site);
  }
  return kept;
}

}  // namespace dolab::causal
