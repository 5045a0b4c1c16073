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
  for (std::size_t i = 0; i < nodes_.size(); ++i) {
    PlanNode& node = nodes_[i];
    if (node.category == Category::view) continue;
    for (const auto input : node.inputs) {
      node.stage = std::max(node.stage, available_from(node, input));
      users_[static_cast<std::size_t>(nodes_[static_cast<std::size_t>(input)].root)].push_back(
          static_cast<std::int32_t>(i));
    }
  }
  delay_elements();
  separate_splits();
}

/// Row reductions of one loop must agree on the split of its space; a second split goes one stage on, and what
/// depends on it follows.
void Planner::separate_splits() {
  std::map<std::pair<std::int32_t, Space>, std::int64_t> split;
  for (auto& node : nodes_) {
    if (node.category == Category::view || node.category == Category::leaf) continue;
    for (const auto input : node.inputs) node.stage = std::max(node.stage, available_from(node, input));
    if (node.category != Category::reduction || node.panel >= 0) continue;
    const Space space = space_of(node);
    while (true) {
      const auto [entry, added] = split.emplace(std::make_pair(node.stage, space), node.rows);
      if (added || entry->second == node.rows) break;
      ++node.stage;
    }
  }
}

/// Elements that no loop of an earlier stage produces anything for wait until their first user runs, so that they
/// join its loop instead of being stored; what reads them in the same iteration goes along.
void Planner::delay_elements() {
  constexpr std::int32_t kNever = std::numeric_limits<std::int32_t>::max();
  std::vector<std::int32_t> latest(nodes_.size(), kNever), soonest;
  for (const auto& node : nodes_) soonest.push_back(node.stage);
  for (std::size_t i = nodes_.size(); i-- > 0;) {
    const PlanNode& node = nodes_[i];
    const bool in_loop = node.category == Category::element || node.category == Category::reduction;
    if (!in_loop || node.output >= 0 || users_[i].empty()) latest[i] = node.stage;
    if (!in_loop) continue;
    for (const auto user : users_[i]) {
      const PlanNode& consumer = nodes_[static_cast<std::size_t>(user)];
      for (const auto input : consumer.inputs) {
        if (nodes_[static_cast<std::size_t>(input)].root != static_cast<std::int32_t>(i)) continue;
        const std::int32_t limit = latest[static_cast<std::size_t>(user)] - (same_iteration(consumer, input) ? 0 : 1);
        latest[i] = std::min(latest[i], limit);
      }
    }
  }
  for (std::size_t i = 0; i < nodes_.size(); ++i) {
    PlanNode& node = nodes_[i];
    if (node.category != Category::element && node.category != Category::reduction) continue;
    std::int32_t first_loop = kNever;
    for (const auto input : node.inputs) {
      if (same_iteration(node, input))
        first_loop =
            std::min(first_loop, nodes_[static_cast<std::size_t>(nodes_[static_cast<std::size_t>(input)].root)].stage);
    }
    const bool joined = first_loop != kNever;
    if (joined) {
      for (const auto input : node.inputs) {
        if (same_iteration(node, input))
          bring_forward(nodes_[static_cast<std::size_t>(input)].root, std::max(first_loop, soonest[i]), soonest);
      }
    }
    std::int32_t earliest = 0;
    for (const auto input : node.inputs) earliest = std::max(earliest, available_from(node, input));
    node.stage = joined ? earliest : std::max(earliest, latest[i]);
  }
}

/// Lets element `id` run in `stage` already, with all that it needs, unless a reduction or a library step would have
/// to move with it.
void Planner::bring_forward(std::int32_t id, std::int32_t stage, const std::vector<std::int32_t>& soonest) {
  std::map<std::int32_t, std::int32_t> moved;
  std::vector<std::pair<std::int32_t, std::int32_t>> open{{id, stage}};
  while (!open.empty()) {
    const auto [at, limit] = open.back();
    open.pop_back();
    const PlanNode& node = nodes_[static_cast<std::size_t>(at)];
    const auto known = moved.find(at);
    if (node.category == Category::leaf || node.stage <= limit || (known != moved.end() && known->second <= limit))
      continue;
    if (node.category != Category::element || soonest[static_cast<std::size_t>(at)] > limit) return;
    moved[at] = limit;
    for (const auto input : node.inputs) {
      open.emplace_back(nodes_[static_cast<std::size_t>(input)].root, limit - (same_iteration(node, input) ? 0 : 1));
    }
  }
  for (const auto& [at, limit] : moved) nodes_[static_cast<std::size_t>(at)].stage = limit;
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
    if (node.storage >= 0) continue;  // a part of a concatenation that was placed already
    node.storage = add_storage(storage_for(node));
  }
  join_parts();
  program_->output_storages.clear();
  for (const auto root : output_roots_) {
    program_->output_storages.push_back(nodes_[static_cast<std::size_t>(root)].storage);
  }
}

Storage Planner::storage_for(const PlanNode& node) const {
  Storage storage;
  storage.kind = node.output >= 0 ? Storage::Kind::output : Storage::Kind::arena;
  storage.number = node.output;
  storage.size = element_count(node.shape);
  return storage;
}

/// Parts of a concatenation along its first axis that are computed for it alone are written in place.
void Planner::join_parts() {
  for (std::size_t i = 0; i < nodes_.size(); ++i) {
    const PlanNode& node = nodes_[i];
    if (node.op != Op::concat || node.category != Category::library) continue;
    const auto axis = static_cast<std::size_t>(node.ints[0]);
    const Shape lead(node.shape.begin(), node.shape.begin() + static_cast<std::ptrdiff_t>(axis));
    if (element_count(lead) != 1) continue;
    std::int64_t offset = 0;
    for (const auto input : node.inputs) {
      const std::int64_t size = element_count(nodes_[static_cast<std::size_t>(input)].shape);
      const PlanNode& root = nodes_[static_cast<std::size_t>(nodes_[static_cast<std::size_t>(input)].root)];
      const bool own = root.category == Category::element || root.category == Category::reduction;
      if (own && root.output < 0 && element_count(root.shape) == size && size > 0) {
        Storage& storage = program_->storages[static_cast<std::size_t>(root.storage)];
        if (storage.parent < 0) {
          storage.parent = node.storage;
          storage.offset = offset;
        }
      }
      offset += size;
    }
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
    while (program.storages[static_cast<std::size_t>(storage)].parent >= 0) {
      storage = program.storages[static_cast<std::size_t>(storage)].parent;
    }
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
  std::vector<std::vector<std::size_t>> starting(static_cast<std::size_t>(steps)),
      ending(static_cast<std::size_t>(steps));
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
