#include "model/trace.hpp"

#include <algorithm>
#include <set>
#include <unordered_map>

#include "base/nearest_name.hpp"
#include "model/reach.hpp"

namespace dolab::model {
namespace {

std::string nearest_site(const Trace& trace, const std::string& name) {
  std::vector<std::string> names;
  for (const Site& site : trace.sites) names.push_back(site.name);
  return unknown_name_hint(name, names);
}

template <class Predicate>
std::vector<const Site*> select_sites(const Trace& trace, Predicate keep) {
  std::vector<const Site*> result;
  for (const Site& site : trace.sites) {
    if (keep(site)) result.push_back(&site);
  }
  return result;
}

bool is_input(const Tensor& tensor) { return tensor.defined() && tensor.node().op == tensor::Op::input; }

/// What the statement reads: its density, or its expression.
Tensor reads(const Site& site) {
  if (site.kind == SiteKind::sample) return site.distribution->log_prob(site.value, false);
  if (site.kind == SiteKind::deterministic || site.kind == SiteKind::factor) return site.value;
  return {};
}

}  // namespace

const Site* Trace::find(const std::string& name) const noexcept {
  for (const Site& site : sites) {
    if (site.name == name) return &site;
  }
  return nullptr;
}

const Site& Trace::site(const std::string& name) const {
  const Site* found = find(name);
  if (found == nullptr) throw Error("E104", "no site \"" + name + "\"", nearest_site(*this, name));
  return *found;
}

std::vector<const Site*> Trace::latents() const {
  return select_sites(*this, [](const Site& site) { return site.latent(); });
}
std::vector<const Site*> Trace::params() const {
  return select_sites(*this, [](const Site& site) { return site.kind == SiteKind::param && is_input(site.value); });
}
std::vector<const Site*> Trace::subsampled_plates() const {
  return select_sites(*this, [](const Site& site) { return site.kind == SiteKind::plate && is_input(site.value); });
}
std::vector<const Site*> Trace::observed() const {
  return select_sites(*this, [](const Site& site) { return site.kind == SiteKind::sample && site.observed; });
}

Trace trace_model(const ModelFunction& model, const Arguments& arguments, const TraceOptions& options) {
  Builder builder(options.graph, {options.subsampling});
  ValueMap conditioned;
  for (const auto& [name, value] : options.condition) conditioned.emplace(name, builder.graph().constant(value));
  const HandlerPtr condition_handler = condition(std::move(conditioned));
  const HandlerPtr intervene_handler = intervene(options.intervene);
  if (!options.intervene.empty()) builder.push(intervene_handler);
  if (!options.condition.empty()) builder.push(condition_handler);
  model(builder, arguments);
  builder.finish();

  Trace trace;
  trace.graph = builder.shared_graph();
  trace.sites = builder.take_sites();
  trace.warnings = builder.take_warnings();
  for (const auto& [name, value] : options.condition) {
    const Site* site = trace.find(name);
    if (site == nullptr || site->kind != SiteKind::sample) {
      trace.warnings.push_back({"W104", "no site \"" + name + "\" to condition", nearest_site(trace, name), {}});
    }
  }
  for (const auto& [name, value] : options.intervene) {
    const Site& site = trace.site(name);
    if (!site.imposed.defined()) {
      throw Error("E1106", "\"" + name + "\" is a " + to_string(site.kind) + " and cannot be intervened on",
                  "intervene on a sample or deterministic site", site.span);
    }
  }
  return trace;
}

std::vector<std::pair<std::string, std::string>> dag_edges(const Trace& trace) {
  std::unordered_map<tensor::NodeId, std::size_t> owner;
  for (std::size_t i = 0; i < trace.sites.size(); ++i) {
    const Site& site = trace.sites[i];
    if (site.kind == SiteKind::plate || site.kind == SiteKind::factor) continue;
    if (!site.downstream.is_constant()) owner.emplace(site.downstream.id(), i);
    const bool own_node = site.latent() || (site.kind == SiteKind::deterministic && !site.value.is_constant());
    if (own_node) owner.emplace(site.value.id(), i);
  }
  std::vector<std::pair<std::string, std::string>> edges;
  for (std::size_t i = 0; i < trace.sites.size(); ++i) {
    const Site& site = trace.sites[i];
    const Tensor root = reads(site);
    if (!root.defined()) continue;
    std::set<std::size_t> parents;
    visit_ancestors({root}, [&](tensor::NodeId id) {
      const auto found = owner.find(id);
      if (found == owner.end() || found->second == i) return true;
      // A deterministic site that only repeats a later-defined expression is no parent.
      if (found->second < i) parents.insert(found->second);
      return found->second > i;
    });
    for (const std::size_t parent : parents) edges.emplace_back(trace.sites[parent].name, site.name);
  }
  return edges;
}

std::vector<std::string> descendants(const Trace& trace, const std::vector<std::string>& roots) {
  const auto edges = dag_edges(trace);
  std::set<std::string> reached, frontier(roots.begin(), roots.end());
  while (!frontier.empty()) {
    std::set<std::string> next;
    for (const auto& [from, to] : edges) {
      if (frontier.count(from) > 0 && reached.insert(to).second) next.insert(to);
    }
    frontier = std::move(next);
  }
  std::vector<std::string> names;
  for (const Site& site : trace.sites) {
    if (reached.count(site.name) > 0) names.push_back(site.name);
  }
  return names;
}

std::vector<Warning> structure_warnings(const Trace& trace) {
  std::vector<Warning> warnings;
  std::set<std::string> useful;
  for (const Site& site : trace.sites) {
    if ((site.kind == SiteKind::sample && site.observed) || site.kind == SiteKind::factor) useful.insert(site.name);
  }
  if (useful.empty()) {
    warnings.push_back({"E809",
                        "nothing in this model is observed, so inference would return the prior",
                        "give the outcome obs=y",
                        {}});
    return warnings;
  }
  const auto edges = dag_edges(trace);
  for (bool grown = true; grown;) {
    grown = false;
    for (const auto& [from, to] : edges) {
      if (useful.count(to) > 0 && useful.insert(from).second) grown = true;
    }
  }
  for (const Site& site : trace.sites) {
    if (!site.latent() || useful.count(site.name) > 0) continue;
    warnings.push_back(
        {"W502", "\"" + site.name + "\" does not affect any observed site", "forgotten use?", site.span});
  }
  return warnings;
}

Tensor Resolver::operator()(const Tensor& expression) const { return (*this)(std::vector<Tensor>{expression}).front(); }

std::vector<Tensor> Resolver::operator()(const std::vector<Tensor>& expressions) const {
  if (replacement_.empty()) return expressions;
  return tensor::substitute(expressions, replacement_);
}

void Resolver::put(const Tensor& node, const Tensor& expression) {
  if (node.id() == expression.id()) return;
  replacement_[node.id()] = expression.dtype() == node.dtype() ? expression : tensor::cast(expression, node.dtype());
}

void Resolver::run(const ValueOf& value_of) {
  for (const Site& site : trace_->sites) {
    if (!site.value.defined()) continue;
    const bool own_input =
        is_input(site.value) && (site.latent() || site.kind == SiteKind::param || site.kind == SiteKind::plate);
    if (own_input) {
      const Tensor given = value_of(site, *this);
      if (given.defined()) put(site.value, (*this)(given));
    }
    const Tensor value = (*this)(site.value);
    values_.emplace(site.name, value);
    if (site.imposed.defined()) {
      put(site.downstream, (*this)(site.imposed));
      // The model may go on with the expression itself and not with what `deterministic` returned.
      const bool expression =
          site.kind == SiteKind::deterministic && !site.value.is_constant() && !is_input(site.value);
      if (expression) put(site.value, (*this)(site.downstream));
    } else if (site.downstream.id() != site.value.id() && (site.observed || site.fixed)) {
      put(site.downstream, value);
    }
  }
}

Tensor Resolver::value(const std::string& site) const {
  const auto found = values_.find(site);
  return found == values_.end() ? Tensor() : found->second;
}

}  // namespace dolab::model
