#include "tensor/fission.hpp"

#include <algorithm>
#include <unordered_map>
#include <unordered_set>
#include <utility>

#include "tensor/rebuild.hpp"

namespace dolab::tensor {

namespace {

constexpr std::int64_t kMostElements = std::int64_t{1} << 22;  // of a stack that fission may add

bool is_view_of_smaller(const Graph& graph, const Node& node) {
  switch (node.op) {
    case Op::reshape:
    case Op::broadcast:
    case Op::transpose:
      return element_count(graph.node(node.inputs[0]).shape) <= element_count(node.shape);
    default:
      return false;
  }
}

class Fission {
 public:
  Fission(Graph& graph, OpenLoop loop) : graph_(graph), loop_(std::move(loop)) {}

  ScanStep run() {
    find_sums();
    classify();
    place_ys();
    hoist_before();
    close();
    hoist_after();
    ScanStep result;
    result.carry = std::move(carries_);
    result.y.assign(ys_.begin(), ys_.begin() + static_cast<std::ptrdiff_t>(asked_));
    finish_sums(result);
    return result;
  }

 private:
  struct Sum {
    std::size_t carry;  // as the caller counts
    std::size_t y;      // where the terms are
    Tensor init;
  };
  enum class Place : std::uint8_t { inside, saved, batch, fixed };

  // ---- carries that are only added to ----

  void find_sums() {
    asked_ = loop_.step.y.size();
    const auto uses = count_uses();
    OpenLoop rest = loop_;
    rest.carry.clear();
    rest.init.clear();
    rest.step.carry.clear();
    for (std::size_t i = 0; i < loop_.carry.size(); ++i) {
      const Tensor& carry = loop_.carry[i];
      std::vector<Tensor> terms;
      const bool small = carry.size() * loop_.length <= kMostElements;
      if (carry.dtype() == DType::real && small && terms_of(loop_.step.carry[i], carry, uses, terms)) {
        Tensor total = graph_.scalar(0.0);  // a carry that only passes through has no terms
        for (const Tensor& term : terms) total = total + term;
        sums_.push_back({i, rest.step.y.size(), loop_.init[i]});
        rest.step.y.push_back(broadcast_to(total, carry.shape()));
      } else {
        kept_.push_back(i);
        rest.carry.push_back(carry);
        rest.init.push_back(loop_.init[i]);
        rest.step.carry.push_back(loop_.step.carry[i]);
      }
    }
    loop_ = std::move(rest);
    ys_.resize(loop_.step.y.size());
  }

  std::unordered_map<NodeId, int> count_uses() const {
    std::unordered_map<NodeId, int> uses;
    std::vector<NodeId> outputs;
    for (const auto& t : loop_.step.carry) outputs.push_back(t.id());
    for (const auto& t : loop_.step.y) outputs.push_back(t.id());
    for (const auto id : outputs) ++uses[id];
    for (const auto id : reachable(graph_, outputs)) {
      for (const auto input : graph_.node(id).inputs) ++uses[input];
    }
    return uses;
  }

  /// True if `node` is `carry` plus or minus terms and nothing else reads the carry; adds the terms.
  bool terms_of(const Tensor& node, const Tensor& carry, const std::unordered_map<NodeId, int>& uses,
                std::vector<Tensor>& terms) const {
    if (uses.at(node.id()) != 1 || node.shape() != carry.shape()) return false;
    if (node.id() == carry.id()) return true;
    if (node.node().op != Op::binary) return false;
    const auto kind = static_cast<Binary>(node.node().kind);
    if (kind != Binary::add && kind != Binary::subtract) return false;
    const Tensor a(&graph_, node.node().inputs[0]), b(&graph_, node.node().inputs[1]);
    if (terms_of(a, carry, uses, terms)) {
      terms.push_back(kind == Binary::add ? b : -b);
      return true;
    }
    if (kind == Binary::subtract || !terms_of(b, carry, uses, terms)) return false;
    terms.push_back(a);
    return true;
  }

  void finish_sums(ScanStep& result) const {
    std::vector<Tensor> carries(kept_.size() + sums_.size());
    for (std::size_t k = 0; k < kept_.size(); ++k) carries[kept_[k]] = result.carry[k];
    for (const Sum& s : sums_) carries[s.carry] = s.init + sum(ys_[s.y], {0});
    result.carry = std::move(carries);
  }

  // ---- what must stay ----

  bool on_carry(NodeId id) const { return on_carry_.count(id) != 0; }
  bool on_x(NodeId id) const { return on_x_.count(id) != 0; }

  void classify() {
    for (const auto& t : loop_.carry) on_carry_.insert(t.id());
    for (const auto& t : loop_.x) on_x_.insert(t.id());
    placeholders_ = on_carry_;
    placeholders_.insert(on_x_.begin(), on_x_.end());
    std::vector<NodeId> outputs;
    for (const auto& t : loop_.step.carry) outputs.push_back(t.id());
    for (const auto& t : loop_.step.y) outputs.push_back(t.id());
    for (const auto id : reachable(graph_, outputs)) {
      const Node& node = graph_.node(id);
      bool random = node.op == Op::random;
      for (const auto input : node.inputs) {
        if (on_carry(input)) on_carry_.insert(id);
        if (on_x(input)) on_x_.insert(id);
        random = random || random_.count(input) != 0;
      }
      if (random) random_.insert(id);
    }
    for (const auto& t : loop_.step.carry) keep_inside(t.id());
  }

  /// The recurrence: everything that depends on the carry and that `id` needs.
  void keep_inside(NodeId id) {
    std::vector<NodeId> stack{id};
    while (!stack.empty()) {
      const NodeId next = stack.back();
      stack.pop_back();
      if (!on_carry(next) || !inside_.insert(next).second) continue;
      for (const auto input : graph_.node(next).inputs) stack.push_back(input);
    }
  }

  // ---- ys ----

  /// Adds the nodes inside the loop that `id`, computed after it, reads.
  void border_of(NodeId id, std::unordered_set<NodeId>& seen, std::vector<NodeId>& border) const {
    std::vector<NodeId> stack{id};
    while (!stack.empty()) {
      const NodeId next = stack.back();
      stack.pop_back();
      if (!on_carry(next) || !seen.insert(next).second) continue;
      if (inside_.count(next) != 0) {
        border.push_back(next);
        continue;
      }
      for (const auto input : graph_.node(next).inputs) {
        if (placeholders_.count(input) != 0 && on_carry(input)) {
          if (seen.insert(input).second) border.push_back(input);
        } else {
          stack.push_back(input);
        }
      }
    }
  }

  void place_ys() {
    std::unordered_set<NodeId> seen;
    std::int64_t elements = 0;
    for (std::size_t j = 0; j < loop_.step.y.size(); ++j) {
      const Tensor& y = loop_.step.y[j];
      Place place = Place::fixed;
      const bool random = random_.count(y.id()) != 0;
      if (placeholders_.count(y.id()) != 0 && on_carry(y.id())) {
        place = Place::saved;
      } else if (on_carry(y.id())) {
        place = Place::inside;
        if (inside_.count(y.id()) == 0 && !random) {
          std::vector<NodeId> border;
          auto trial = seen;
          border_of(y.id(), trial, border);
          std::int64_t more = 0;
          for (const auto id : border) more += element_count(graph_.node(id).shape) * loop_.length;
          if (elements + more <= kMostElements) {
            place = Place::batch;
            elements += more;
            seen = std::move(trial);
            border_.insert(border_.end(), border.begin(), border.end());
          }
        }
        if (place == Place::inside) keep_inside(y.id());
      } else if (random) {
        place = Place::inside;
      } else if (on_x(y.id())) {
        place = Place::batch;
      }
      places_.push_back(place);
    }
  }

  // ---- before the loop ----

  Replacement rows_of_x() const {
    Replacement replacement;
    for (std::size_t i = 0; i < first_xs_; ++i) replacement.emplace(loop_.x[i].id(), loop_.xs[i]);
    return replacement;
  }

  void hoist_before() {
    first_xs_ = loop_.x.size();
    std::vector<NodeId> members(inside_.begin(), inside_.end());
    std::sort(members.begin(), members.end());  // the order must not depend on the hash table
    std::unordered_set<NodeId> seen;
    std::vector<Tensor> bases;
    std::int64_t elements = 0;
    for (const auto id : members) {
      if (placeholders_.count(id) != 0) continue;
      for (NodeId input : graph_.node(id).inputs) {
        if (on_carry(input) || !on_x(input) || random_.count(input) != 0) continue;
        while (is_view_of_smaller(graph_, graph_.node(input))) input = graph_.node(input).inputs[0];
        if (placeholders_.count(input) != 0 || !seen.insert(input).second) continue;
        const std::int64_t more = element_count(graph_.node(input).shape) * loop_.length;
        if (elements + more > kMostElements) continue;
        elements += more;
        bases.emplace_back(&graph_, input);
      }
    }
    const auto stacks = batch(bases, rows_of_x(), loop_.length);
    for (std::size_t i = 0; i < bases.size(); ++i) {
      loop_.x.push_back(bases[i]);
      loop_.xs.push_back(stacks[i]);
    }
  }

  // ---- the loop itself, and after it ----

  void close() {
    OpenLoop core = loop_;
    core.step.y.clear();
    std::vector<std::pair<std::size_t, std::size_t>> asked;  // y of the caller, y of the loop
    for (std::size_t j = 0; j < places_.size(); ++j) {
      if (places_[j] != Place::inside) continue;
      asked.emplace_back(j, core.step.y.size());
      core.step.y.push_back(loop_.step.y[j]);
    }
    const std::size_t first_border = core.step.y.size();
    std::vector<NodeId> computed;
    for (const auto id : border_) {
      if (placeholders_.count(id) != 0) continue;
      computed.push_back(id);
      core.step.y.emplace_back(&graph_, id);
    }
    drop_unused_xs(core);
    std::vector<Tensor> saved;
    if (!core.carry.empty() || !core.step.y.empty()) {
      ScanStep out = close_loop(graph_, core, saved);
      carries_ = std::move(out.carry);
      for (const auto& [j, at] : asked) ys_[j] = out.y[at];
      for (std::size_t k = 0; k < computed.size(); ++k) stacks_.emplace(computed[k], out.y[first_border + k]);
    }
    for (std::size_t i = 0; i < saved.size(); ++i) stacks_.emplace(core.carry[i].id(), saved[i]);
  }

  void drop_unused_xs(OpenLoop& core) const {
    std::unordered_set<NodeId> leaves, seen;
    for (const auto& t : core.x) leaves.insert(t.id());
    std::vector<NodeId> stack;
    for (const auto& t : core.step.carry) stack.push_back(t.id());
    for (const auto& t : core.step.y) stack.push_back(t.id());
    while (!stack.empty()) {
      const NodeId id = stack.back();
      stack.pop_back();
      if (!seen.insert(id).second || leaves.count(id) != 0) continue;
      for (const auto input : graph_.node(id).inputs) stack.push_back(input);
    }
    std::vector<Tensor> x, xs;
    for (std::size_t i = 0; i < core.x.size(); ++i) {
      if (seen.count(core.x[i].id()) == 0) continue;
      x.push_back(core.x[i]);
      xs.push_back(core.xs[i]);
    }
    core.x = std::move(x);
    core.xs = std::move(xs);
  }

  void hoist_after() {
    std::vector<Tensor> wanted;
    std::vector<std::size_t> numbers;
    for (std::size_t j = 0; j < places_.size(); ++j) {
      const Tensor& y = loop_.step.y[j];
      if (places_[j] == Place::saved) ys_[j] = stacks_.at(y.id());
      if (places_[j] == Place::fixed) {
        Shape shape = y.shape();
        shape.insert(shape.begin(), loop_.length);
        ys_[j] = broadcast_to(y, shape);
      }
      if (places_[j] != Place::batch) continue;
      wanted.push_back(y);
      numbers.push_back(j);
    }
    Replacement replacement = rows_of_x();
    replacement.insert(stacks_.begin(), stacks_.end());
    for (std::size_t i = first_xs_; i < loop_.x.size(); ++i) replacement.emplace(loop_.x[i].id(), loop_.xs[i]);
    const auto results = batch(wanted, replacement, loop_.length);
    for (std::size_t k = 0; k < numbers.size(); ++k) ys_[numbers[k]] = results[k];
  }

  Graph& graph_;
  OpenLoop loop_;
  std::size_t asked_ = 0;     // ys of the caller; the terms of sums follow
  std::size_t first_xs_ = 0;  // xs of the caller; hoisted ones follow
  std::vector<Sum> sums_;
  std::vector<std::size_t> kept_;  // carries that stay, as the caller counts
  std::unordered_set<NodeId> on_carry_, on_x_, placeholders_, random_, inside_;
  std::vector<Place> places_;
  std::vector<NodeId> border_;
  Replacement stacks_;  // per node of the step: its values in all steps
  std::vector<Tensor> carries_, ys_;
};

}  // namespace

ScanStep split_loop(Graph& graph, OpenLoop loop) {
  std::vector<Tensor> saved;
  if (loop.length < 2) return close_loop(graph, loop, saved);
  return Fission(graph, std::move(loop)).run();
}

}  // namespace dolab::tensor
