#include "impact/changes.hpp"

#include <algorithm>
#include <cmath>

#include "model/reach.hpp"

namespace dolab::impact {
namespace {

using model::Site;
using model::SiteKind;

/// Whether a constant of the graph holds one of the arrays. Small constants with equal contents are one node, whichever
/// array came first.
bool holds(const Array& value, const std::vector<Array>& arrays) {
  return std::any_of(arrays.begin(), arrays.end(), [&](const Array& array) {
    return value.data() == array.data() || (value.size() <= 64 && value.identical(array));
  });
}

bool reads(const tensor::Tensor& root, const std::vector<Array>& arrays) {
  if (!root.defined()) return false;
  bool found = false;
  model::visit_ancestors({root}, [&](tensor::NodeId id) {
    const tensor::Node& node = root.graph().node(id);
    found = found || (node.op == tensor::Op::constant && holds(node.value, arrays));
    return !found;
  });
  return found;
}

std::vector<Array> arrays_of(const Arguments& arguments, const std::set<std::string>& names) {
  std::vector<Array> arrays;
  for (const std::string& name : names) {
    const Argument* argument = arguments.find(name);
    const bool text = std::holds_alternative<std::string>(argument->value);
    const bool list = std::holds_alternative<Argument::List>(argument->value);
    if (!argument->is_none() && !text && !list) arrays.push_back(arguments.array(name));
  }
  return arrays;
}

bool has_rows(const Site& site, std::int64_t rows) {
  const bool plate = std::any_of(site.plates.begin(), site.plates.end(),
                                 [rows](const model::PlateFrame& frame) { return frame.extent == rows; });
  return plate || (site.plates.empty() && site.value.rank() > 0 && site.value.extent(0) == rows && rows > 1);
}

}  // namespace

std::map<std::string, causal::Change> changes_of(const std::map<std::string, Intervention>& interventions,
                                                 const Kernel& kernel, const model::Trace& probe) {
  std::map<std::string, causal::Change> changes;
  for (const auto& [name, intervention] : interventions) {
    if (probe.find(name) == nullptr && kernel.signature.find(name) != nullptr) {
      throw Error("E104", "\"" + name + "\" is an argument of the kernel and no site",
                  "pass other values for it instead of an intervention");
    }
    probe.site(name);
    const Array& value = intervention.value;
    for (std::int64_t i = 0; i < value.size(); ++i) {
      if (std::isfinite(value[i])) continue;
      throw Error("E1106",
                  "the value imposed on \"" + name + "\" is missing or infinite (element " + std::to_string(i) + ")",
                  "impose finite numbers");
    }
    causal::Change change;
    change.kind = intervention.kind == Intervention::Kind::set     ? causal::Change::Kind::set
                  : intervention.kind == Intervention::Kind::shift ? causal::Change::Kind::shift
                                                                   : causal::Change::Kind::scale;
    change.value = value;
    changes.emplace(name, std::move(change));
  }
  return changes;
}

std::set<std::string> outdated_latents(const model::Trace& trace, const Arguments& arguments,
                                       const std::set<std::string>& changed, std::int64_t rows) {
  const std::vector<Array> arrays = arrays_of(arguments, changed);
  std::set<std::string> outdated, moved;  // moved: sites that have other values than in the fit
  if (arrays.empty()) return outdated;
  const auto edges = model::dag_edges(trace);
  for (const Site& site : trace.sites) {  // in order of execution: parents first
    if (site.kind == SiteKind::plate || site.kind == SiteKind::param) continue;
    if (site.kind == SiteKind::sample && site.observed) {
      if (reads(site.value, arrays)) moved.insert(site.name);
      continue;
    }
    const bool below = std::any_of(edges.begin(), edges.end(), [&](const auto& edge) {
      return edge.second == site.name && moved.count(edge.first) > 0;
    });
    const tensor::Tensor expression =
        site.kind == SiteKind::sample ? site.distribution->log_prob(site.downstream, false) : site.value;
    if (!below && !reads(expression, arrays)) continue;
    if (!site.latent()) {
      moved.insert(site.name);
    } else if (has_rows(site, rows)) {
      moved.insert(site.name);
      outdated.insert(site.name);
    }
  }
  return outdated;
}

std::set<std::string> sites_observed_at(const model::Trace& trace, const Arguments& arguments,
                                        const std::set<std::string>& changed) {
  const std::vector<Array> arrays = arrays_of(arguments, changed);
  std::set<std::string> names;
  for (const Site* site : trace.observed()) {
    if (!arrays.empty() && reads(site->value, arrays)) names.insert(site->name);
  }
  return names;
}

}  // namespace dolab::impact
