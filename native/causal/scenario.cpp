#include "causal/scenario.hpp"

#include <algorithm>

#include "model/reach.hpp"

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

/// Whether an expression reads one of the arrays without passing through a site.
bool reads(const model::Trace& trace, const Tensor& root, const std::vector<Array>& arrays) {
  if (!root.defined()) return false;
  // Small constants with equal contents are one node of the graph, whichever array came first.
  const auto is_one = [&](const Array& value) {
    return std::any_of(arrays.begin(), arrays.end(), [&](const Array& array) {
      return value.data() == array.data() || (value.size() <= 64 && value.identical(array));
    });
  };
  bool found = false;
  model::visit_ancestors({root}, [&](tensor::NodeId id) {
    const tensor::Node& node = trace.graph->node(id);
    found = found || (node.op == tensor::Op::constant && is_one(node.value));
    return !found;
  });
  return found;
}

/// Whether a latent site has a value for each row of the data.
bool has_rows(const Site& site, std::int64_t rows) {
  for (const model::PlateFrame& frame : site.plates) {
    if (frame.size == rows) return true;
  }
  return site.plates.empty() && site.value.rank() > 0 && site.value.extent(0) == rows && rows > 1;
}

/// What changed arguments reach.
struct Reach {
  std::set<std::string> below;    // sites that have other distributions or values than with the data
  std::set<std::string> treated;  // sites whose observation the change replaces
};

Reach reach_of_arguments(const model::Trace& trace, const Scenario& scenario) {
  std::vector<Array> arrays;
  std::set<std::int64_t> lengths;
  for (const std::string& name : scenario.changed_arguments) {
    const model::Argument* argument = scenario.arguments.find(name);
    if (argument == nullptr || argument->array() == nullptr || argument->array()->rank() == 0) continue;
    arrays.push_back(*argument->array());
    lengths.insert(argument->array()->shape().front());
  }
  Reach reach;
  if (arrays.empty()) return reach;
  std::vector<std::string> roots;
  for (const Site& site : trace.sites) {
    if (site.kind == SiteKind::sample && site.observed && reads(trace, site.value, arrays)) {
      reach.treated.insert(site.name);
    }
    // The density at the downstream value: the observation itself is no input of the distribution.
    const Tensor root = site.kind == SiteKind::sample          ? site.distribution->log_prob(site.downstream, false)
                        : site.kind == SiteKind::deterministic ? site.value
                                                               : Tensor();
    if (!reads(trace, root, arrays)) continue;
    // A coefficient whose prior is scaled by the data is no consequence of them.
    const bool rows = std::any_of(lengths.begin(), lengths.end(), [&](std::int64_t n) { return has_rows(site, n); });
    if (rows || !site.latent()) roots.push_back(site.name);
  }
  reach.below.insert(roots.begin(), roots.end());
  roots.insert(roots.end(), reach.treated.begin(), reach.treated.end());
  for (std::string& name : model::descendants(trace, roots)) reach.below.insert(std::move(name));
  return reach;
}

std::map<std::string, model::Intervention> interventions(const Scenario& scenario) {
  std::map<std::string, model::Intervention> result;
  for (const auto& [name, change] : scenario.changes) result.emplace(name, change.intervention());
  return result;
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

SimulatedTrace trace_scenario(const model::ModelFunction& model, const Scenario& scenario, const OutputMap& outputs,
                              const std::set<std::string>& outcomes, const std::shared_ptr<tensor::Graph>& graph) {
  model::TraceOptions options;
  options.condition = scenario.condition;
  options.intervene = interventions(scenario);
  options.subsampling = false;
  std::set<std::string> wanted = outcomes, redrawn, below, treated;
  if (outcomes.empty()) {
    for (const auto& [argument, sites] : outputs) wanted.insert(sites.begin(), sites.end());
  }
  if (!scenario.changes.empty() || !scenario.changed_arguments.empty()) {
    const model::Trace reference = trace_model(model, scenario.arguments, options);
    std::vector<std::string> roots;
    for (const auto& [name, change] : scenario.changes) roots.push_back(name);
    for (std::string& name : model::descendants(reference, roots)) below.insert(std::move(name));
    Reach reach = reach_of_arguments(reference, scenario);
    below.insert(reach.below.begin(), reach.below.end());
    treated = std::move(reach.treated);
    for (const std::string& name : below) {
      if (reference.site(name).latent()) redrawn.insert(name);
    }
  }
  std::set<std::string> simulated = wanted;
  simulated.insert(below.begin(), below.end());

  model::Arguments arguments = scenario.arguments;
  const auto meets = [&](const std::set<std::string>& sites) {
    return std::any_of(sites.begin(), sites.end(), [&](const std::string& site) { return simulated.count(site) > 0; });
  };
  for (const auto& [argument, sites] : outputs) {
    if (meets(sites) && arguments.find(argument) != nullptr) arguments.set(argument, {});
  }
  for (const std::string& name : simulated) options.condition.erase(name);
  options.graph = graph;
  SimulatedTrace result;
  result.trace = trace_model(unobserved(model, simulated), arguments, options);
  result.redrawn = std::move(redrawn);
  result.treated = std::move(treated);
  return result;
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
