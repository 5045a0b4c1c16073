#include "causal/dag.hpp"

#include <algorithm>

#include "base/nearest_name.hpp"
#include "dolab/error.hpp"

namespace dolab::causal {
namespace {

std::size_t at(int i) { return static_cast<std::size_t>(i); }

}  // namespace

Dag::Dag(const std::vector<std::string>& nodes, const Edges& edges) {
  const auto add = [this](const std::string& name) {
    const auto [found, is_new] = index_.emplace(name, static_cast<int>(names_.size()));
    if (is_new) {
      names_.push_back(name);
      parents_.emplace_back();
      children_.emplace_back();
    }
    return found->second;
  };
  for (const std::string& node : nodes) add(node);
  for (const auto& [from, to] : edges) {
    const int a = add(from), b = add(to);
    auto& children = children_[at(a)];
    if (std::find(children.begin(), children.end(), b) != children.end()) continue;
    children.push_back(b);
    parents_[at(b)].push_back(a);
  }
  check_acyclic();
}

void Dag::check_acyclic() const {
  std::vector<std::size_t> waiting;
  std::vector<int> ready;
  for (std::size_t i = 0; i < names_.size(); ++i) {
    waiting.push_back(parents_[i].size());
    if (waiting.back() == 0) ready.push_back(static_cast<int>(i));
  }
  std::size_t done = 0;
  while (!ready.empty()) {
    const int node = ready.back();
    ready.pop_back();
    ++done;
    for (const int child : children_[at(node)]) {
      if (--waiting[at(child)] == 0) ready.push_back(child);
    }
  }
  if (done != names_.size()) throw Error("E1999", "the graph has a cycle");
}

int Dag::index(const std::string& name) const {
  const auto found = index_.find(name);
  if (found == index_.end()) throw Error("E104", "no node \"" + name + "\"", unknown_name_hint(name, names_));
  return found->second;
}

Dag::Flags Dag::flags(const Names& names) const {
  Flags out(names_.size(), false);
  for (const std::string& name : names) out[at(index(name))] = true;
  return out;
}

Dag::Names Dag::names(const Flags& flags) const {
  Names out;
  for (std::size_t i = 0; i < flags.size(); ++i) {
    if (flags[i]) out.insert(names_[i]);
  }
  return out;
}

Dag::Names Dag::parents(const std::string& node) const {
  Names out;
  for (const int parent : parents_[at(index(node))]) out.insert(names_[at(parent)]);
  return out;
}

Dag::Flags Dag::reach(const Flags& roots, const std::vector<std::vector<int>>& next) const {
  Flags reached = roots;
  std::vector<int> frontier;
  for (std::size_t i = 0; i < roots.size(); ++i) {
    if (roots[i]) frontier.push_back(static_cast<int>(i));
  }
  while (!frontier.empty()) {
    const int node = frontier.back();
    frontier.pop_back();
    for (const int neighbour : next[at(node)]) {
      if (reached[at(neighbour)]) continue;
      reached[at(neighbour)] = true;
      frontier.push_back(neighbour);
    }
  }
  return reached;
}

Dag::Names Dag::descendants(const Names& roots) const { return names(reach(flags(roots), children_)); }
Dag::Names Dag::ancestors(const Names& roots) const { return names(reach(flags(roots), parents_)); }

bool Dag::d_separated(const Names& x, const Names& y, const Names& z, const Names& functional) const {
  const Flags given = flags(z), target = flags(y), determined_kind = flags(functional);
  // What the given nodes determine is known too: it blocks, but it opens no collider that they leave closed.
  Flags known = given;
  for (bool grown = true; grown;) {
    grown = false;
    for (std::size_t i = 0; i < names_.size(); ++i) {
      if (known[i] || !determined_kind[i] || parents_[i].empty()) continue;
      const bool all = std::all_of(parents_[i].begin(), parents_[i].end(), [&](int p) { return known[at(p)]; });
      if (all) known[i] = grown = true;
    }
  }
  const Flags opens = reach(given, parents_);  // given, or with a given descendant
  // States: arrived from a child (up) or from a parent (down).
  std::vector<Flags> seen(2, Flags(names_.size(), false));
  std::vector<std::pair<int, bool>> frontier;
  for (const std::string& name : x) frontier.emplace_back(index(name), true);
  while (!frontier.empty()) {
    const auto [node, up] = frontier.back();
    frontier.pop_back();
    if (seen[up ? 1 : 0][at(node)]) continue;
    seen[up ? 1 : 0][at(node)] = true;
    if (target[at(node)] && !known[at(node)]) return false;
    if (!known[at(node)]) {
      for (const int child : children_[at(node)]) frontier.emplace_back(child, false);
    }
    if (up ? !known[at(node)] : opens[at(node)]) {
      for (const int parent : parents_[at(node)]) frontier.emplace_back(parent, true);
    }
  }
  return true;
}

Dag Dag::without(const std::set<std::pair<int, int>>& removed) const {
  Edges edges;
  for (std::size_t i = 0; i < names_.size(); ++i) {
    for (const int child : children_[i]) {
      if (removed.count({static_cast<int>(i), child}) == 0) edges.emplace_back(names_[i], names_[at(child)]);
    }
  }
  return Dag(names_, edges);
}

std::optional<Dag::Names> Dag::adjustment_set(const Names& treatments, const std::string& outcome,
                                              const Names& observed, const Names& functional) const {
  const Flags treated = flags(treatments);
  const int target = index(outcome);
  if (reach(treated, children_)[at(target)] == false) return Names();
  std::set<std::pair<int, int>> into, out_of;
  for (std::size_t i = 0; i < names_.size(); ++i) {
    for (const int child : children_[i]) {
      if (treated[at(child)]) into.emplace(static_cast<int>(i), child);
      if (treated[i]) out_of.emplace(static_cast<int>(i), child);
    }
  }
  // Nodes on proper causal paths: below the treatments and above the outcome, without passing a treatment again.
  Names causal;
  const Names below = without(into).descendants(treatments), above = without(out_of).ancestors({outcome});
  for (const std::string& node : below) {
    if (above.count(node) > 0 && treatments.count(node) == 0) causal.insert(node);
  }
  if (causal.empty()) return Names();
  const Names forbidden = descendants(causal);
  Names relevant = treatments;
  relevant.insert(outcome);
  Names adjustment;
  for (const std::string& node : ancestors(relevant)) {
    if (observed.count(node) > 0 && forbidden.count(node) == 0 && relevant.count(node) == 0) adjustment.insert(node);
  }
  std::set<std::pair<int, int>> first_edges;
  for (const auto& edge : out_of) {
    if (causal.count(names_[at(edge.second)]) > 0) first_edges.insert(edge);
  }
  if (!without(first_edges).d_separated(treatments, {outcome}, adjustment, functional)) return std::nullopt;
  return adjustment;
}

}  // namespace dolab::causal
