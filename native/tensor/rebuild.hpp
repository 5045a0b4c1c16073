// Shared by the graph transformations: reachability and re-emission of nodes.
#pragma once

#include <vector>

#include "tensor/build.hpp"

namespace dolab::tensor {

/// Ids of all nodes that `outputs` need, ascending (which is a topological order).
std::vector<NodeId> reachable(const Graph& graph, const std::vector<NodeId>& outputs);

/// The node's operation applied to other inputs of the same shapes, in the graph of `target`.
Tensor rebuild(Graph& target, const Node& node, const std::vector<Tensor>& inputs);

/// Runs a scan's body once inside `target`: returns next carries, then ys.
std::vector<Tensor> instantiate(Graph& target, const ScanBody& body, const std::vector<Tensor>& arguments);

/// Sums a broadcast result back to the shape of its operand (the adjoint of broadcasting).
Tensor sum_to_shape(const Tensor& a, const Shape& shape);

/// Number of result `project` nodes can name: finals, ys, and the stacks of carries before each step.
inline std::int64_t saved_carry_result(const ScanBody& body, std::int64_t carry) {
  return static_cast<std::int64_t>(body.outputs.size()) + carry;
}
/// Result `number` of a scan node.
Tensor project(const Tensor& scan_node, std::int64_t number);

}  // namespace dolab::tensor
