#include "tensor/rebuild.hpp"

#include <algorithm>

#include "dolab/error.hpp"

namespace dolab::tensor {

std::vector<NodeId> reachable(const Graph& graph, const std::vector<NodeId>& outputs) {
  if (outputs.empty()) return {};
  const NodeId top = *std::max_element(outputs.begin(), outputs.end());
  std::vector<char> needed(static_cast<std::size_t>(top) + 1, 0);
  for (const auto id : outputs) needed[static_cast<std::size_t>(id)] = 1;
  std::vector<NodeId> order;
  for (NodeId id = top; id >= 0; --id) {
    if (!needed[static_cast<std::size_t>(id)]) continue;
    order.push_back(id);
    for (const auto input : graph.node(id).inputs) needed[static_cast<std::size_t>(input)] = 1;
  }
  std::reverse(order.begin(), order.end());
  return order;
}

Tensor rebuild(Graph& target, const Node& node, const std::vector<Tensor>& inputs) {
  switch (node.op) {
    case Op::unary:
      if (static_cast<Unary>(node.kind) == Unary::copy) break;  // a cast
      return unary(static_cast<Unary>(node.kind), inputs[0]);
    case Op::binary:
      return binary(static_cast<Binary>(node.kind), inputs[0], inputs[1]);
    case Op::select:
      return select(inputs[0], inputs[1], inputs[2]);
    case Op::reshape:
      return reshape(inputs[0], node.shape);
    case Op::broadcast:
      return broadcast_to(inputs[0], node.shape);
    case Op::transpose:
      return transpose(inputs[0], node.ints);
    default:
      break;
  }
  Node copy;
  copy.op = node.op;
  copy.kind = node.kind;
  copy.dtype = node.dtype;
  copy.shape = node.shape;
  copy.ints = node.ints;
  copy.body = node.body;
  copy.value = node.value;
  for (const auto& input : inputs) copy.inputs.push_back(input.id());
  return {&target, target.add(std::move(copy))};
}

std::vector<Tensor> instantiate(Graph& target, const ScanBody& body, const std::vector<Tensor>& arguments) {
  std::unordered_map<NodeId, Tensor> map;
  for (std::size_t i = 0; i < arguments.size(); ++i) {
    map.emplace(body.graph->input_node(static_cast<std::int64_t>(i)), arguments[i]);
  }
  for (const auto id : reachable(*body.graph, body.outputs)) {
    if (map.count(id) != 0) continue;
    const Node& node = body.graph->node(id);
    std::vector<Tensor> inputs;
    for (const auto input : node.inputs) inputs.push_back(map.at(input));
    map.emplace(id, rebuild(target, node, inputs));
  }
  std::vector<Tensor> results;
  for (const auto id : body.outputs) results.push_back(map.at(id));
  return results;
}

Tensor sum_to_shape(const Tensor& a, const Shape& shape) {
  if (a.shape() == shape) return a;
  const std::size_t extra = a.shape().size() - shape.size();
  std::vector<std::int64_t> axes;
  for (std::size_t i = 0; i < a.shape().size(); ++i) {
    if (i < extra || (shape[i - extra] == 1 && a.shape()[i] != 1)) axes.push_back(static_cast<std::int64_t>(i));
  }
  return reshape(axes.empty() ? a : sum(a, axes), shape);
}

Tensor project(const Tensor& scan_node, std::int64_t number) {
  const Node& scan = scan_node.node();
  const ScanBody& body = *scan.body;
  const auto outputs = static_cast<std::int64_t>(body.outputs.size());
  const std::int64_t source = number < outputs ? number : number - outputs;
  const Node& result = number < outputs ? body.graph->node(body.outputs[static_cast<std::size_t>(source)])
                                        : body.graph->node(body.graph->input_node(source));
  Node node;
  node.op = Op::project;
  node.dtype = result.dtype;
  node.shape = result.shape;
  if (number >= body.carries) node.shape.insert(node.shape.begin(), body.length);
  node.inputs = {scan_node.id()};
  node.ints = {number};
  return {&scan_node.graph(), scan_node.graph().add(std::move(node))};
}

}  // namespace dolab::tensor
