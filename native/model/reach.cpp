#include "model/reach.hpp"

#include <algorithm>
#include <unordered_set>

namespace dolab::model {

void visit_ancestors(const std::vector<tensor::Tensor>& roots, const std::function<bool(tensor::NodeId)>& descend) {
  if (roots.empty()) return;
  const tensor::Graph& graph = roots.front().graph();
  std::unordered_set<tensor::NodeId> seen;
  std::vector<tensor::NodeId> open;
  for (const tensor::Tensor& root : roots) {
    if (seen.insert(root.id()).second) open.push_back(root.id());
  }
  while (!open.empty()) {
    const tensor::NodeId id = open.back();
    open.pop_back();
    if (!descend(id)) continue;
    for (const tensor::NodeId input : graph.node(id).inputs) {
      if (seen.insert(input).second) open.push_back(input);
    }
  }
}

std::vector<tensor::Tensor> inputs_of(const std::vector<tensor::Tensor>& expressions) {
  std::vector<tensor::Tensor> inputs;
  if (expressions.empty()) return inputs;
  tensor::Graph& graph = expressions.front().graph();
  visit_ancestors(expressions, [&](tensor::NodeId id) {
    if (graph.node(id).op == tensor::Op::input) inputs.emplace_back(&graph, id);
    return true;
  });
  std::sort(inputs.begin(), inputs.end(),
            [](const tensor::Tensor& a, const tensor::Tensor& b) { return a.node().ints[0] < b.node().ints[0]; });
  return inputs;
}

}  // namespace dolab::model
