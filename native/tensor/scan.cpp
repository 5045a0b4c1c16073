// Loops with a carry: the body is traced once in the enclosing graph, then cut out of it.
#include <algorithm>
#include <unordered_set>

#include "dolab/error.hpp"
#include "tensor/fission.hpp"
#include "tensor/rebuild.hpp"

namespace dolab::tensor {

namespace {

constexpr std::int64_t kCopiedConstant = 64;  // larger loop-invariant constants are captured, not copied

/// Cuts the part of the graph that depends on `placeholders` into a body; everything else is captured.
class BodyCutter {
 public:
  BodyCutter(Graph& outer, const std::vector<Tensor>& placeholders) : outer_(outer) {
    body_->graph = std::make_unique<Graph>();
    for (const auto& p : placeholders) {
      map_.emplace(p.id(), body_->graph->input(p.shape(), p.dtype()));
      loop_.insert_or_assign(p.id(), true);
    }
  }

  std::shared_ptr<ScanBody> cut(const std::vector<Tensor>& outputs) {
    std::vector<NodeId> ids;
    for (const auto& t : outputs) ids.push_back(t.id());
    const auto order = needed(ids);
    for (const auto id : order) {
      bool inside = loop_.count(id) != 0;
      for (const auto input : outer_.node(id).inputs) inside = inside || depends(input);
      loop_[id] = inside;
    }
    for (const auto id : order) {
      if (map_.count(id) != 0 || !loop_[id]) continue;
      std::vector<Tensor> inputs;
      for (const auto input : outer_.node(id).inputs) inputs.push_back(inside(input));
      map_.emplace(id, rebuild(*body_->graph, outer_.node(id), inputs));
    }
    for (const auto id : ids) body_->outputs.push_back(inside(id).id());
    body_->captures = static_cast<std::int64_t>(captures.size());
    return body_;
  }

  std::vector<Tensor> captures;

 private:
  bool depends(NodeId id) const {
    const auto found = loop_.find(id);
    return found != loop_.end() && found->second;
  }

  /// What the outputs need, ascending, without going beneath placeholders.
  std::vector<NodeId> needed(std::vector<NodeId> stack) const {
    std::vector<NodeId> order;
    std::unordered_set<NodeId> seen;
    while (!stack.empty()) {
      const NodeId id = stack.back();
      stack.pop_back();
      if (map_.count(id) != 0 || !seen.insert(id).second) continue;
      order.push_back(id);
      for (const auto input : outer_.node(id).inputs) stack.push_back(input);
    }
    std::sort(order.begin(), order.end());
    return order;
  }

  Tensor inside(NodeId id) {
    const auto found = map_.find(id);
    if (found != map_.end()) return found->second;
    const Tensor outside(&outer_, id);
    Tensor in;
    if (outside.is_constant() && outside.size() <= kCopiedConstant) {
      in = body_->graph->constant(outside.value());
    } else {
      in = body_->graph->input(outside.shape(), outside.dtype());
      captures.push_back(outside);
    }
    map_.emplace(id, in);
    return in;
  }

  Graph& outer_;
  std::shared_ptr<ScanBody> body_ = std::make_shared<ScanBody>();
  std::unordered_map<NodeId, Tensor> map_;
  std::unordered_map<NodeId, bool> loop_;
};

Shape step_shape(const Tensor& x, std::int64_t length) {
  if (x.rank() == 0 || x.extent(0) != length) {
    throw Error("E606", "scan over " + std::to_string(length) + " steps got an input of shape " + to_string(x.shape()));
  }
  return {x.shape().begin() + 1, x.shape().end()};
}

/// Checks the carry against its start; where a step promotes a kind, the start is promoted: true if any was.
bool fit_carry(OpenLoop& loop) {
  std::vector<Tensor>& after = loop.step.carry;
  if (after.size() != loop.init.size()) {
    throw Error("E606", "the carry has " + std::to_string(loop.init.size()) + " parts before a step and " +
                            std::to_string(after.size()) + " after it");
  }
  bool promoted = false;
  for (std::size_t i = 0; i < after.size(); ++i) {
    if (after[i].shape() != loop.init[i].shape()) {
      throw Error("E606", "the carry changes shape in one step: " + to_string(loop.init[i].shape()) + " to " +
                              to_string(after[i].shape()));
    }
    if (after[i].dtype() > loop.init[i].dtype()) {
      loop.init[i] = cast(loop.init[i], after[i].dtype());
      promoted = true;
    }
    after[i] = cast(after[i], loop.init[i].dtype());
  }
  return promoted;
}

}  // namespace

ScanStep close_loop(Graph& graph, const OpenLoop& loop, std::vector<Tensor>& saved) {
  std::vector<Tensor> placeholders = loop.carry;
  placeholders.insert(placeholders.end(), loop.x.begin(), loop.x.end());
  BodyCutter cutter(graph, placeholders);
  std::vector<Tensor> outputs = loop.step.carry;
  outputs.insert(outputs.end(), loop.step.y.begin(), loop.step.y.end());
  const auto body = cutter.cut(outputs);
  body->carries = static_cast<std::int64_t>(loop.init.size());
  body->xs = static_cast<std::int64_t>(loop.xs.size());
  body->length = loop.length;
  body->reverse = loop.reverse;

  Node node;
  node.op = Op::scan;
  node.body = body;
  for (const auto& t : loop.init) node.inputs.push_back(t.id());
  for (const auto& t : loop.xs) node.inputs.push_back(t.id());
  for (const auto& t : cutter.captures) node.inputs.push_back(t.id());
  const Tensor scan_node(&graph, graph.add(std::move(node)));
  ScanStep result;
  for (std::int64_t i = 0; i < static_cast<std::int64_t>(outputs.size()); ++i) {
    (i < body->carries ? result.carry : result.y).push_back(project(scan_node, i));
  }
  for (std::int64_t i = 0; i < body->carries; ++i) {
    saved.push_back(project(scan_node, saved_carry_result(*body, i)));
  }
  return result;
}

ScanStep scan(Graph& graph, const ScanFunction& f, const std::vector<Tensor>& init, const std::vector<Tensor>& xs,
              std::int64_t length, bool reverse) {
  if (length < 0) throw Error("E606", "scan needs a length >= 0");
  OpenLoop loop;
  loop.init = init;
  loop.xs = xs;
  loop.length = length;
  loop.reverse = reverse;
  for (int attempt = 0;; ++attempt) {
    loop.carry.clear();
    loop.x.clear();
    for (const auto& c : loop.init) loop.carry.push_back(graph.input(c.shape(), c.dtype()));
    for (const auto& t : xs) loop.x.push_back(graph.input(step_shape(t, length), t.dtype()));
    loop.step = f(loop.carry, loop.x);
    if (!fit_carry(loop) || attempt == 2) break;
  }
  return split_loop(graph, std::move(loop));
}

}  // namespace dolab::tensor
