// Loops with a carry: the body is traced once in the enclosing graph, then cut out of it.
#include <algorithm>

#include "dolab/error.hpp"
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
    const auto order = reachable(outer_, ids);
    for (const auto id : order) {
      bool inside = loop_.count(id) != 0;
      for (const auto input : outer_.node(id).inputs) inside = inside || loop_[input];
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

}  // namespace

ScanStep scan(Graph& graph, const ScanFunction& f, const std::vector<Tensor>& init, const std::vector<Tensor>& xs,
              std::int64_t length, bool reverse) {
  if (length < 0) throw Error("E606", "scan needs a length >= 0");
  std::vector<Tensor> start = init;
  std::vector<Tensor> carry, x, placeholders;
  ScanStep step;
  for (int attempt = 0;; ++attempt) {
    carry.clear();
    x.clear();
    for (const auto& c : start) carry.push_back(graph.input(c.shape(), c.dtype()));
    for (const auto& t : xs) x.push_back(graph.input(step_shape(t, length), t.dtype()));
    step = f(carry, x);
    if (step.carry.size() != start.size()) {
      throw Error("E606", "the carry has " + std::to_string(start.size()) + " parts before a step and " +
                              std::to_string(step.carry.size()) + " after it");
    }
    bool promoted = false;
    for (std::size_t i = 0; i < start.size(); ++i) {
      if (step.carry[i].shape() != start[i].shape()) {
        throw Error("E606", "the carry changes shape in one step: " + to_string(start[i].shape()) + " to " +
                                to_string(step.carry[i].shape()));
      }
      if (step.carry[i].dtype() > start[i].dtype()) {
        start[i] = cast(start[i], step.carry[i].dtype());
        promoted = true;
      }
      step.carry[i] = cast(step.carry[i], start[i].dtype());
    }
    if (!promoted || attempt == 2) break;
  }
  placeholders = carry;
  placeholders.insert(placeholders.end(), x.begin(), x.end());
  BodyCutter cutter(graph, placeholders);
  std::vector<Tensor> outputs = step.carry;
  outputs.insert(outputs.end(), step.y.begin(), step.y.end());
  const auto body = cutter.cut(outputs);
  body->carries = static_cast<std::int64_t>(start.size());
  body->xs = static_cast<std::int64_t>(xs.size());
  body->length = length;
  body->reverse = reverse;

  Node node;
  node.op = Op::scan;
  node.body = body;
  for (const auto& t : start) node.inputs.push_back(t.id());
  for (const auto& t : xs) node.inputs.push_back(t.id());
  for (const auto& t : cutter.captures) node.inputs.push_back(t.id());
  const Tensor loop(&graph, graph.add(std::move(node)));
  ScanStep result;
  for (std::int64_t i = 0; i < static_cast<std::int64_t>(outputs.size()); ++i) {
    (i < body->carries ? result.carry : result.y).push_back(project(loop, i));
  }
  return result;
}

}  // namespace dolab::tensor
