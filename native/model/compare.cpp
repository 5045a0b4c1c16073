#include "model/compare.hpp"

#include <algorithm>
#include <cstddef>
#include <unordered_map>
#include <unordered_set>

namespace dolab::model {
namespace {

using tensor::Graph;
using tensor::Node;
using tensor::NodeId;
using tensor::ScanBody;

/// Constants up to this size are shared by contents (tensor::Graph).
constexpr std::int64_t kSharedConstant = 64;

bool same_constant(const Array& a, const Array& b) {
  const bool one = a.data() == b.data() && a.shape() == b.shape() && a.dtype() == b.dtype();
  return one || a.identical(b);
}

/// Everything but inputs and values.
bool same_operation(const Node& a, const Node& b) {
  return a.op == b.op && a.kind == b.kind && a.dtype == b.dtype && a.shape == b.shape && a.ints == b.ints &&
         a.inputs.size() == b.inputs.size();
}

bool same_body(const ScanBody* a, const ScanBody* b) {
  if (a == b) return true;
  if (a == nullptr || b == nullptr || a->outputs != b->outputs || a->graph->size() != b->graph->size()) return false;
  for (NodeId id = 0; id < static_cast<NodeId>(a->graph->size()); ++id) {
    const Node &x = a->graph->node(id), &y = b->graph->node(id);
    if (!same_operation(x, y) || x.inputs != y.inputs || !same_body(x.body.get(), y.body.get())) return false;
    if (x.op == tensor::Op::constant && !same_constant(x.value, y.value)) return false;
  }
  return true;
}

/// The site that each input of a trace's graph belongs to.
std::unordered_map<NodeId, std::string> owners(const Trace& trace) {
  std::unordered_map<NodeId, std::string> names;
  for (const Site& site : trace.sites) {
    for (const Tensor& node : {site.value, site.downstream}) {
      if (node.defined() && node.node().op == tensor::Op::input) names.emplace(node.id(), site.name);
    }
  }
  return names;
}

/// Number of the first array that a constant holds, or -1. Small constants with equal contents are one node of a graph,
/// whichever came first.
std::ptrdiff_t held(const Array& constant, const std::vector<Array>& arrays) {
  const auto found = std::find_if(arrays.begin(), arrays.end(), [&](const Array& array) {
    const bool one = constant.data() == array.data() && constant.shape() == array.shape();
    return one || (constant.size() <= kSharedConstant && constant.identical(array));
  });
  return found == arrays.end() ? -1 : found - arrays.begin();
}

/// Pairs of expressions of two traces. `data_before[i]` and `data_after[i]` count as equal.
class Comparison {
 public:
  Comparison(const Trace& before, const Trace& after, std::vector<Array> data_before = {},
             std::vector<Array> data_after = {})
      : before_(*before.graph),
        after_(*after.graph),
        owner_before_(owners(before)),
        owner_after_(owners(after)),
        data_before_(std::move(data_before)),
        data_after_(std::move(data_after)) {}

  bool same(const Tensor& before, const Tensor& after) {
    if (!before.defined() || !after.defined()) return before.defined() == after.defined();
    std::vector<std::pair<NodeId, NodeId>> open = {{before.id(), after.id()}};
    std::unordered_set<std::uint64_t> seen = {key(open.front())};
    while (!open.empty()) {
      const auto [first, second] = open.back();
      open.pop_back();
      const Node &a = before_.node(first), &b = after_.node(second);
      if (a.op == tensor::Op::input && b.op == tensor::Op::input) {
        const auto x = owner_before_.find(first), y = owner_after_.find(second);
        const bool owned = x != owner_before_.end() && y != owner_after_.end();
        if (!owned || x->second != y->second || a.shape != b.shape) return false;
        continue;
      }
      if (!same_operation(a, b) || !same_body(a.body.get(), b.body.get())) return false;
      if (a.op == tensor::Op::constant && !same_data(first, a.value, second, b.value)) return false;
      for (std::size_t i = 0; i < a.inputs.size(); ++i) {
        const std::pair<NodeId, NodeId> next{a.inputs[i], b.inputs[i]};
        if (known_.count(key(next)) == 0 && seen.insert(key(next)).second) open.push_back(next);
      }
    }
    known_.insert(seen.begin(), seen.end());
    return true;
  }

 private:
  static std::uint64_t key(const std::pair<NodeId, NodeId>& pair) {
    return (static_cast<std::uint64_t>(pair.first) << 32U) | static_cast<std::uint32_t>(pair.second);
  }

  /// One constant for another; with data arrays, always the same one.
  bool same_data(NodeId first, const Array& a, NodeId second, const Array& b) {
    if (data_before_.empty()) return same_constant(a, b);
    if (!partner_.emplace(first, second).second && partner_.at(first) != second) return false;
    const std::ptrdiff_t i = held(a, data_before_);
    return (i >= 0 && i == held(b, data_after_)) || same_constant(a, b);
  }

  const Graph &before_, &after_;
  std::unordered_map<NodeId, std::string> owner_before_, owner_after_;
  std::vector<Array> data_before_, data_after_;
  std::unordered_set<std::uint64_t> known_;     // pairs that are equal
  std::unordered_map<NodeId, NodeId> partner_;  // of constants
};

/// What a site's distribution or expression reads. The density is the one at the downstream value: an observation is no
/// input of its own distribution.
Tensor expression_of(const Site& site) {
  if (site.kind == SiteKind::sample) return site.distribution->log_prob(site.downstream, false);
  return site.kind == SiteKind::deterministic ? site.value : Tensor();
}

}  // namespace

Difference compare_traces(const Trace& before, const Trace& after) {
  Comparison comparison(before, after);
  Difference difference;
  for (const Site& site : after.sites) {
    const Site* old = before.find(site.name);
    if (site.kind != SiteKind::sample && site.kind != SiteKind::deterministic) continue;
    const bool known = old != nullptr && old->kind == site.kind;
    if (site.kind == SiteKind::sample && site.observed) {
      if (!known || !old->observed || !comparison.same(old->value, site.value)) difference.treated.insert(site.name);
    }
    if (!known || !comparison.same(expression_of(*old), expression_of(site))) difference.direct.insert(site.name);
  }
  return difference;
}

bool same_but_for(const Trace& first, const std::vector<Array>& before, const Trace& second,
                  const std::vector<Array>& after) {
  for (std::size_t i = 0; i < before.size(); ++i) {
    // Two arrays that share a node cannot be replaced one by one, and a small one that stays the same could be a
    // constant of the model.
    if (held(before[i], before) != static_cast<std::ptrdiff_t>(i)) return false;
    if (before[i].size() <= kSharedConstant && before[i].identical(after[i])) return false;
  }
  const auto density = [](const Site& site) {
    return site.kind == SiteKind::sample && site.observed ? site.distribution->log_prob(site.value, false) : Tensor();
  };
  Comparison comparison(first, second, before, after);
  return std::equal(first.sites.begin(), first.sites.end(), second.sites.begin(), second.sites.end(),
                    [&](const Site& a, const Site& b) {
                      return a.name == b.name && a.kind == b.kind && a.observed == b.observed &&
                             comparison.same(a.value, b.value) && comparison.same(a.scale, b.scale) &&
                             comparison.same(a.mask, b.mask) && comparison.same(density(a), density(b)) &&
                             comparison.same(expression_of(a), expression_of(b));
                    });
}

}  // namespace dolab::model
