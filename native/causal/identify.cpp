#include "causal/identify.hpp"

#include <algorithm>

namespace dolab::causal {
namespace {

using model::Site;
using model::SiteKind;

bool shares_rows(const Site& site, const Site& outcome) {
  for (const model::PlateFrame& frame : site.plates) {
    for (const model::PlateFrame& other : outcome.plates) {
      if (frame.name == other.name) return true;
    }
  }
  if (!site.plates.empty() && !outcome.plates.empty()) return false;
  return site.value.rank() > 0 && outcome.value.rank() > 0 && outcome.value.extent(0) > 1 &&
         site.value.extent(0) == outcome.value.extent(0);
}

}  // namespace

RowGraph row_graph(const model::Trace& trace, const std::string& outcome, const std::set<std::string>& observed) {
  const Site& target = trace.site(outcome);
  std::vector<std::string> nodes;
  Dag::Names known, functional;
  for (const Site& site : trace.sites) {
    if (site.kind == SiteKind::plate || site.kind == SiteKind::factor) continue;
    nodes.push_back(site.name);
    if (site.kind == SiteKind::deterministic) {
      functional.insert(site.name);
    } else if (observed.count(site.name) > 0 || site.kind == SiteKind::param || !shares_rows(site, target)) {
      known.insert(site.name);
    }
  }
  Dag::Edges edges;
  for (auto& edge : model::dag_edges(trace)) {
    const SiteKind kind = trace.site(edge.second).kind;
    if (kind != SiteKind::factor && kind != SiteKind::plate) edges.push_back(std::move(edge));
  }
  return {Dag(nodes, edges), std::move(known), std::move(functional)};
}

Identification identify(const model::Trace& trace, const std::set<std::string>& treatments, const std::string& outcome,
                        const std::set<std::string>& observed) {
  if (treatments.empty()) return {};
  const RowGraph rows = row_graph(trace, outcome, observed);
  for (const std::string& treatment : treatments) {
    const bool latent = rows.known.count(treatment) == 0 && rows.functional.count(treatment) == 0;
    if (latent) return {false, "\"" + treatment + "\" was not observed while fitting"};
  }
  if (observed.count(outcome) == 0 && rows.functional.count(outcome) == 0) {
    return {false, "\"" + outcome + "\" was not observed while fitting"};
  }
  if (rows.dag.adjustment_set(treatments, outcome, rows.known, rows.functional)) return {true, {}};
  std::string names;
  for (const std::string& treatment : treatments) names += (names.empty() ? "\"" : "\", \"") + treatment;
  return {false, "a latent common cause of " + names + "\" and \"" + outcome + "\" stays open"};
}

}  // namespace dolab::causal
