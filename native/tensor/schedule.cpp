// Stages, stores and memory of a plan.
#include <algorithm>
#include <limits>

#include "tensor/plan.hpp"

namespace dolab::tensor {

Planner::Space Planner::space_of(const PlanNode& node) const {
  const Shape& shape =
      node.category == Category::reduction ? nodes_[static_cast<std::size_t>(node.inputs[0])].shape : node.shape;
  Space space;
  for (const auto d : shape) {
    if (d != 1) space.push_back(d);
  }
  return space;
}

/// True if `consumer`, running in a loop, reads exactly the element that its root would produce there.
bool Planner::same_iteration(const PlanNode& consumer, std::int32_t input) const {
  if (!options_.fuse) return false;
  const bool in_loop = consumer.category == Category::element || consumer.category == Category::reduction;
  if (!in_loop || consumer.op == Op::gather) return false;
  if (consumer.op == Op::matmul && consumer.category == Category::element) return false;
  const PlanNode& view = nodes_[static_cast<std::size_t>(input)];
  const PlanNode& root = nodes_[static_cast<std::size_t>(view.root)];
  return root.category == Category::element && view.is_dense() && space_of(root) == space_of(consumer) &&
         element_count(view.shape) == element_count(root.shape);
}

/// First stage in which `consumer` may run, as far as this input is concerned.
std::int32_t Planner::available_from(const PlanNode& consumer, std::int32_t input) const {
  const PlanNode& root = nodes_[static_cast<std::size_t>(nodes_[static_cast<std::size_t>(input)].root)];
  if (root.category == Category::leaf) return 0;
  if (consumer.op == Op::project) return root.stage;
  return same_iteration(consumer, input) ? root.stage : root.stage + 1;
}

void Planner::assign_stages() {
  users_.assign(nodes_.size(), {});
  // Row reductions of one loop must agree on the split of its space.
  std::map<std::pair<std::int32_t, Space>, std::int64_t> split;
  for (std::size_t i = 0; i < nodes_.size(); ++i) {
    PlanNode& node = nodes_[i];
    if (node.category == Category::view) continue;
    for (const auto input : node.inputs) {
      node.stage = std::max(node.stage, available_from(node, input));
      users_[static_cast<std::size_t>(nodes_[static_cast<std::size_t>(input)].root)].push_back(static_cast<std::int32_t>(i));
    }
    if (node.category == Category::reduction && node.panel < 0) {
      const Space space = space_of(node);
      while (true) {
        const auto [entry, added] = split.emplace(std::make_pair(node.stage, space), node.rows);
        if (added || entry->second == node.rows) break;
        ++node.stage;
      }
    }
  }
  delay_sources();
}

/// Moves elements whose users all run later to the first of them, so that they need not be stored.
void Planner::delay_sources() {
  for (std::size_t i = nodes_.size(); i-- > 0;) {
    PlanNode& node = nodes_[i];
    if (node.category != Category::element || node.output >= 0 || users_[i].empty()) continue;
    std::int32_t latest = std::numeric_limits<std::int32_t>::max();
    for (const auto user : users_[i]) {
      const PlanNode& consumer = nodes_[static_cast<std::size_t>(user)];
      for (const auto input : consumer.inputs) {
        if (nodes_[static_cast<std::size_t>(input)].root != static_cast<std::int32_t>(i)) continue;
        latest = std::min(latest, same_iteration(consumer, input) ? consumer.stage : consumer.stage - 1);
      }
    }
    node.stage = std::max(node.stage, latest);
  }
}

void Planner::mark_stores() {
  for (std::size_t i = 0; i < nodes_.size(); ++i) {
    PlanNode& node = nodes_[i];
    if (node.category == Category::view || node.category == Category::leaf || node.op == Op::scan) continue;
    node.stored = node.category != Category::element || node.output >= 0;
    for (const auto user : users_[i]) {
      const PlanNode& consumer = nodes_[static_cast<std::size_t>(user)];
      for (const auto input : consumer.inputs) {
        if (nodes_[static_cast<std::size_t>(input)].root != static_cast<std::int32_t>(i)) continue;
        if (!same_iteration(consumer, input) || consumer.stage != node.stage) node.stored = true;
      }
    }
    if (!node.stored || (node.op == Op::project && users_[i].empty() && node.output < 0)) continue;
    Storage storage;
    storage.kind = node.output >= 0 ? Storage::Kind::output : Storage::Kind::arena;
    storage.number = node.output;
    storage.size = element_count(node.shape);
    node.storage = add_storage(std::move(storage));
  }
  program_->output_storages.clear();
  for (const auto root : output_roots_) {
    program_->output_storages.push_back(nodes_[static_cast<std::size_t>(root)].storage);
  }
}

namespace {

/// Free pieces of the arena, best fit.
class Arena {
 public:
  std::int64_t take(std::int64_t size) {
    auto best = free_.end();
    for (auto it = free_.begin(); it != free_.end(); ++it) {
      if (it->second >= size && (best == free_.end() || it->second < best->second)) best = it;
    }
    if (best == free_.end()) {
      const std::int64_t offset = top_;
      top_ += size;
      return offset;
    }
    const std::int64_t offset = best->first, rest = best->second - size;
    free_.erase(best);
    if (rest > 0) free_.emplace(offset + size, rest);
    return offset;
  }

  void give(std::int64_t offset, std::int64_t size) {
    auto [it, added] = free_.emplace(offset, size);
    const auto next = std::next(it);
    if (next != free_.end() && it->first + it->second == next->first) {
      it->second += next->second;
      free_.erase(next);
    }
    if (it != free_.begin()) {
      const auto previous = std::prev(it);
      if (previous->first + previous->second == it->first) {
        previous->second += it->second;
        free_.erase(it);
      }
    }
  }

  std::int64_t top() const { return top_; }

 private:
  std::map<std::int64_t, std::int64_t> free_;
  std::int64_t top_ = 0;
};

}  // namespace

void Planner::place_memory() {
  Program& program = *program_;
  const auto steps = static_cast<std::int32_t>(program.steps.size());
  std::vector<std::int32_t> first(program.storages.size(), -1), last(program.storages.size(), -1);
  const auto touch = [&](std::int32_t storage, std::int32_t step) {
    if (storage < 0) return;
    const auto s = static_cast<std::size_t>(storage);
    if (first[s] < 0) first[s] = step;
    last[s] = step;
  };
  for (std::int32_t i = 0; i < steps; ++i) {
    const Step& step = program.steps[static_cast<std::size_t>(i)];
    if (step.is_loop) {
      const LoopStep& loop = program.loops[static_cast<std::size_t>(step.index)];
      for (const auto& operand : loop.operands) touch(operand.storage, i);
      for (const auto storage : loop.stores) touch(storage, i);
      for (const auto& reduction : loop.reductions) touch(reduction.storage, i);
    } else {
      const LibraryStep& library = program.library[static_cast<std::size_t>(step.index)];
      for (const auto storage : library.inputs) touch(storage, i);
      for (const auto storage : library.outputs) touch(storage, i);
    }
  }
  Arena arena;
  std::vector<std::vector<std::size_t>> starting(static_cast<std::size_t>(steps)), ending(static_cast<std::size_t>(steps));
  for (std::size_t s = 0; s < program.storages.size(); ++s) {
    Storage& storage = program.storages[s];
    if (storage.kind != Storage::Kind::arena && storage.kind != Storage::Kind::output) continue;
    if (first[s] < 0) continue;
    starting[static_cast<std::size_t>(first[s])].push_back(s);
    if (storage.kind == Storage::Kind::arena) ending[static_cast<std::size_t>(last[s])].push_back(s);
  }
  const auto padded = [](std::int64_t size) { return (std::max<std::int64_t>(size, 1) + 7) / 8 * 8; };
  for (std::int32_t i = 0; i < steps; ++i) {
    for (const auto s : starting[static_cast<std::size_t>(i)]) {
      program.storages[s].offset = arena.take(padded(program.storages[s].size));
    }
    for (const auto s : ending[static_cast<std::size_t>(i)]) {
      arena.give(program.storages[s].offset, padded(program.storages[s].size));
    }
  }
  program.arena_size = arena.top();
}

}  // namespace dolab::tensor
