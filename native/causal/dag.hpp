// Directed acyclic graphs of named nodes: d-separation and adjustment sets.
// Sources: Pearl (2009), "Causality", chapters 1 and 3; Koller and Friedman (2009), algorithm 3.1;
// van der Zander, Liskiewicz and Textor (2019), "Separators and adjustment sets in causal graphs" (constructive set).
#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace dolab::causal {

/// Immutable. Functions throw E104 for a name that is no node.
class Dag {
 public:
  using Names = std::set<std::string>;
  using Edges = std::vector<std::pair<std::string, std::string>>;

  /// Nodes that only occur in edges are added. Throws E1999 if the edges form a cycle.
  Dag(const std::vector<std::string>& nodes, const Edges& edges);

  const std::vector<std::string>& nodes() const noexcept { return names_; }
  bool contains(const std::string& name) const noexcept { return index_.count(name) > 0; }
  Names parents(const std::string& node) const;

  /// Nodes that can be reached from `roots`, or reach them; the roots themselves included.
  Names descendants(const Names& roots) const;
  Names ancestors(const Names& roots) const;

  /// Whether every path between x and y is blocked by z. Nodes in `functional` are functions of their parents: once
  /// their parents are known they are known as well (Geiger, Verma and Pearl 1990).
  bool d_separated(const Names& x, const Names& y, const Names& z, const Names& functional = {}) const;

  /// A set of `observed` nodes that identifies the effect of `treatments` on `outcome` by adjustment, if one exists.
  /// Without a directed path there is no effect, and the set is empty.
  std::optional<Names> adjustment_set(const Names& treatments, const std::string& outcome, const Names& observed,
                                      const Names& functional = {}) const;

 private:
  using Flags = std::vector<bool>;
  int index(const std::string& name) const;
  Flags flags(const Names& names) const;
  Names names(const Flags& flags) const;
  Flags reach(const Flags& roots, const std::vector<std::vector<int>>& next) const;
  void check_acyclic() const;
  Dag without(const std::set<std::pair<int, int>>& removed) const;

  std::vector<std::string> names_;
  std::map<std::string, int> index_;
  std::vector<std::vector<int>> parents_, children_;
};

}  // namespace dolab::causal
