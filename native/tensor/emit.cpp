// From scheduled nodes to steps: loop bodies, reductions, library calls.
#include <algorithm>

#include "dolab/error.hpp"
#include "tensor/plan.hpp"

namespace dolab::tensor {

namespace {

constexpr std::int64_t kInnerTarget = 64;  // shorter inner extents are flattened into their outer ones

bool is_binary(const PlanNode& node, Binary kind) {
  return node.op == Op::binary && node.kind == static_cast<std::uint8_t>(kind);
}
bool is_unary(const PlanNode& node, Unary kind) {
  return node.op == Op::unary && node.kind == static_cast<std::uint8_t>(kind);
}

}  // namespace

/// Builds one LoopStep.
struct Planner::LoopEmitter {
  Planner& p;
  const Group& group;
  LoopStep loop;
  std::map<std::int32_t, std::int32_t> slot_of_node;  // elements computed here
  std::map<std::pair<std::int32_t, std::vector<std::int64_t>>, std::int32_t> operand_of_view;
  std::map<std::int32_t, std::int32_t> register_of_operand;  // loaded operands
  std::vector<std::int32_t> free_registers;
  std::map<std::int32_t, std::size_t> last_use;
  std::size_t inner_dims = 0;

  struct Value {
    std::int32_t slot;
    bool scalar;
  };

  PlanNode& node(std::int32_t id) { return p.nodes_[static_cast<std::size_t>(id)]; }
  /// The address of a kernel in the set that the program runs on; `choose` picks it.
  template <class Choose>
  const void* kernel(const Choose& choose) const {
    const Flavour flavour = p.program_->flavour;
    if (p.program_->precision == Precision::float32) {
      return reinterpret_cast<const void*>(choose(kernel_set<float>(flavour)));
    }
    return reinterpret_cast<const void*>(choose(kernel_set<double>(flavour)));
  }
  bool here(const PlanNode& consumer, std::int32_t input) {
    const std::int32_t root = node(input).root;
    return p.same_iteration(consumer, input) && node(root).stage == consumer.stage;
  }

  /// Strides of `input` over the loop's space, as `consumer` reads it.
  std::vector<std::int64_t> space_strides(const PlanNode& consumer, std::int32_t input) {
    const PlanNode& view = node(input);
    const Shape& shape = consumer.category == Category::reduction ? node(consumer.inputs[0]).shape : consumer.shape;
    std::vector<std::int64_t> strides;
    const std::size_t extra = shape.size() - std::min(shape.size(), view.shape.size());
    for (std::size_t i = 0; i < shape.size(); ++i) {
      if (shape[i] == 1) continue;
      const bool repeated = i < extra || view.shape[i - extra] == 1;
      strides.push_back(repeated ? 0 : view.strides[i - extra]);
    }
    return strides;
  }

  /// True if the last `count` dimensions act as one with a single stride.
  bool collapses(const std::vector<std::int64_t>& strides, std::size_t count, std::int64_t& stride) const {
    const auto& dims = group.space;
    stride = 0;
    std::int64_t expected = 0;
    bool first = true;
    for (std::size_t k = 0; k < count; ++k) {
      const std::size_t i = dims.size() - 1 - k;
      if (first) {
        stride = strides[i];
        expected = stride * dims[i];
        first = false;
      } else {
        if (strides[i] != expected) return false;
        expected *= dims[i];
      }
    }
    return true;
  }

  template <class Visit>
  void for_operands(const PlanNode& consumer, Visit visit) {
    for (const auto input : consumer.inputs) {
      if (here(consumer, input)) {
        const std::int32_t root = node(input).root;
        if (node(root).absorbed_by >= 0) for_operands(node(root), visit);
        continue;
      }
      visit(consumer, input);
    }
  }

  bool base_only(const PlanNode& consumer, std::int32_t input) {
    if (consumer.op == Op::matmul && consumer.category == Category::element) return true;
    return consumer.op == Op::gather && input == consumer.inputs[0];
  }

  /// How many trailing dimensions form the inner extent.
  void choose_inner() {
    const auto& dims = group.space;
    if (group.rows > 1) {
      std::int64_t outer = 1;
      std::size_t k = 0;
      while (k < dims.size() && outer < group.rows) outer *= dims[k++];
      inner_dims = dims.size() - k;
    } else {
      bool flat = true;
      for (const auto id : group.nodes) {
        for_operands(node(id), [&](const PlanNode& consumer, std::int32_t input) {
          if (base_only(consumer, input) || consumer.op == Op::gather) return;
          std::int64_t stride;
          flat = flat && collapses(space_strides(consumer, input), dims.size(), stride) && (stride == 0 || stride == 1);
        });
      }
      inner_dims = dims.size();
      if (!flat) {
        inner_dims = 1;
        std::int64_t inner = dims.empty() ? 1 : dims.back();
        while (inner_dims < dims.size() && inner < kInnerTarget) inner *= dims[dims.size() - 1 - inner_dims++];
        // A reduction of everything needs one outer index.
        for (const auto id : group.nodes) {
          if (node(id).category == Category::reduction) inner_dims = dims.size();
        }
      }
      for (const auto id : group.nodes) {
        if (node(id).panel >= 0 || node(id).op == Op::gather) inner_dims = dims.size();
      }
    }
    for (std::size_t i = 0; i < dims.size(); ++i) {
      if (i < dims.size() - inner_dims) {
        loop.outer_dims.push_back(dims[i]);
        loop.outer *= dims[i];
      } else {
        loop.inner *= dims[i];
      }
    }
  }

  std::int32_t add_operand(const PlanNode& consumer, std::int32_t input) {
    const PlanNode& view = node(input);
    const bool base = base_only(consumer, input);
    std::vector<std::int64_t> strides =
        base ? std::vector<std::int64_t>(group.space.size(), 0) : space_strides(consumer, input);
    auto key = std::make_pair(view.root, strides);
    key.second.push_back(view.offset);
    const auto found = operand_of_view.find(key);
    if (found != operand_of_view.end()) return found->second;
    LoopOperand operand;
    operand.storage = p.storage_of(view.root);
    operand.offset = view.offset;
    const std::size_t outer = group.space.size() - inner_dims;
    std::int64_t stride = 0;
    if (base || (collapses(strides, inner_dims, stride) && (stride == 0 || stride == 1))) {
      operand.inner_stride = loop.inner == 1 && !base ? 1 : stride;
      operand.outer_strides.assign(strides.begin(), strides.begin() + static_cast<std::ptrdiff_t>(outer));
    } else {
      operand.loaded = true;
      for (std::size_t i = 0; i < strides.size(); ++i) {
        const bool merges = !operand.dims.empty() && operand.strides.back() == strides[i] * group.space[i];
        if (merges) {
          operand.dims.back() *= group.space[i];
          operand.strides.back() = strides[i];
        } else {
          operand.dims.push_back(group.space[i]);
          operand.strides.push_back(strides[i]);
        }
      }
    }
    loop.operands.push_back(std::move(operand));
    const auto number = static_cast<std::int32_t>(loop.operands.size()) - 1;
    operand_of_view.emplace(std::move(key), number);
    return number;
  }

  // Slots are numbered operands, stores, registers; registers are shifted once the first two are known.
  static constexpr std::int32_t kStoreBase = 1 << 20;
  static constexpr std::int32_t kRegisterBase = 1 << 24;

  std::int32_t take_register() {
    if (!free_registers.empty()) {
      const auto r = free_registers.back();
      free_registers.pop_back();
      return r;
    }
    return kRegisterBase + loop.registers++;
  }

  MicroOp& push(MicroOp::Form form) {
    loop.ops.emplace_back();
    loop.ops.back().form = form;
    return loop.ops.back();
  }

  Value load(std::int32_t operand) {
    const auto found = register_of_operand.find(operand);
    if (found != register_of_operand.end()) return {found->second, false};
    const std::int32_t r = kRegisterBase + loop.registers++;  // lives to the end of the block
    MicroOp& op = push(MicroOp::Form::load);
    op.dst = r;
    op.a = operand;
    op.aux = operand;
    register_of_operand.emplace(operand, r);
    return {r, false};
  }

  Value value_of(const PlanNode& consumer, std::int32_t input) {
    if (here(consumer, input)) return {slot_of_node.at(node(input).root), false};
    const std::int32_t operand = add_operand(consumer, input);
    const LoopOperand& o = loop.operands[static_cast<std::size_t>(operand)];
    if (o.loaded) return load(operand);
    return {operand, o.inner_stride == 0};
  }

  /// A vector: scalars are spread into a register.
  std::int32_t vector_of(Value value) { return value.scalar ? load(value.slot).slot : value.slot; }

  std::int32_t destination(std::int32_t id) {
    if (node(id).stored) {
      loop.stores.push_back(node(id).storage);
      const auto slot = kStoreBase + static_cast<std::int32_t>(loop.stores.size()) - 1;
      slot_of_node[id] = slot;
      return slot;
    }
    const auto slot = take_register();
    slot_of_node[id] = slot;
    return slot;
  }

  void release(std::int32_t id, std::size_t position) {
    for (const auto input : node(id).inputs) {
      if (!here(node(id), input)) continue;
      const std::int32_t root = node(input).root;
      if (node(root).absorbed_by == id) {
        release(root, position);
        continue;
      }
      const auto use = last_use.find(root);
      if (use == last_use.end() || use->second != position || node(root).stored) continue;
      free_registers.push_back(slot_of_node.at(root));
      last_use.erase(use);
    }
  }

  void find_last_uses() {
    for (std::size_t position = 0; position < group.nodes.size(); ++position) {
      mark_uses(group.nodes[position],
                node(group.nodes[position]).category == Category::reduction ? group.nodes.size() : position);
    }
  }
  void mark_uses(std::int32_t id, std::size_t position) {
    for (const auto input : node(id).inputs) {
      if (!here(node(id), input)) continue;
      const std::int32_t root = node(input).root;
      if (node(root).absorbed_by >= 0) {
        mark_uses(root, position);
      } else {
        last_use[root] = std::max(last_use[root], position);
      }
    }
  }

  void emit_element(std::int32_t id) {
    const PlanNode n = node(id);
    switch (n.op) {
      case Op::unary: {
        const Value a = value_of(n, n.inputs[0]);
        if (is_unary(n, Unary::copy) && a.scalar) {
          const std::int32_t operand = a.slot;
          MicroOp& op = push(MicroOp::Form::load);
          op.a = operand;
          op.aux = operand;
          op.dst = destination(id);
          return;
        }
        const std::int32_t va = vector_of(a);
        MicroOp& op = push(MicroOp::Form::unary);
        op.a = va;
        op.kind = n.kind;
        op.function = kernel([&](const auto& set) { return set.unary[n.kind]; });
        loop.ops.back().dst = destination(id);
        return;
      }
      case Op::binary:
        return emit_binary(id, n);
      case Op::select: {
        const std::int32_t c = vector_of(value_of(n, n.inputs[0]));
        const Value a = value_of(n, n.inputs[1]), b = value_of(n, n.inputs[2]);
        ternary(id, kernel([&](const auto& set) { return set.select[(a.scalar ? 1 : 0) + (b.scalar ? 2 : 0)]; }), c,
                a.slot, b.slot);
        return;
      }
      case Op::random: {
        loop.randoms.push_back(random_geometry(p.graph_.node(n.source)));
        MicroOp& op = push(MicroOp::Form::random);
        op.aux = static_cast<std::int32_t>(loop.randoms.size()) - 1;
        op.dst = destination(id);
        return;
      }
      case Op::gather: {
        const std::int32_t table = add_operand(n, n.inputs[0]);
        MicroOp& op = push(MicroOp::Form::gather);
        op.a = table;
        op.aux = add_index(n);
        op.dst = destination(id);
        return;
      }
      default: {  // X w
        const std::int32_t w = add_operand(n, n.inputs[0]);
        MicroOp& op = push(MicroOp::Form::panel_dot);
        op.a = w;
        op.aux = n.panel;
        op.dst = destination(id);
        return;
      }
    }
  }

  void emit_binary(std::int32_t id, const PlanNode& n) {
    if (n.kind == static_cast<std::uint8_t>(Binary::add)) {
      for (std::size_t i = 0; i < 2; ++i) {
        const std::int32_t product = node(n.inputs[i]).root;
        if (!here(n, n.inputs[i]) || node(product).absorbed_by != id) continue;
        const PlanNode m = node(product);
        const Value a = value_of(m, m.inputs[0]), b = value_of(m, m.inputs[1]), c = value_of(n, n.inputs[1 - i]);
        std::int32_t sa = a.slot;
        bool scalar_a = a.scalar;
        if (a.scalar && b.scalar && c.scalar) {
          sa = vector_of(a);
          scalar_a = false;
        }
        const int flags = (scalar_a ? 1 : 0) + (b.scalar ? 2 : 0) + (c.scalar ? 4 : 0);
        ternary(id, kernel([&](const auto& set) { return set.multiply_add[flags]; }), sa, b.slot, c.slot);
        return;
      }
    }
    const Value a = value_of(n, n.inputs[0]), b = value_of(n, n.inputs[1]);
    std::int32_t sa = a.slot;
    bool scalar_a = a.scalar;
    if (a.scalar && b.scalar) {
      sa = vector_of(a);
      scalar_a = false;
    }
    MicroOp& op = push(MicroOp::Form::binary);
    op.a = sa;
    op.b = b.slot;
    op.kind = n.kind;
    op.function = kernel([&](const auto& set) {
      return (scalar_a ? set.binary_sv : b.scalar ? set.binary_vs : set.binary_vv)[n.kind];
    });
    loop.ops.back().dst = destination(id);
  }

  void ternary(std::int32_t id, const void* function, std::int32_t a, std::int32_t b, std::int32_t c) {
    MicroOp& op = push(MicroOp::Form::ternary);
    op.a = a;
    op.b = b;
    op.c = c;
    op.function = function;
    loop.ops.back().dst = destination(id);
  }

  std::int32_t add_index(const PlanNode& n) {
    const PlanNode& index = node(n.inputs[1]);
    const Array& values = p.program_->storages[static_cast<std::size_t>(node(index.root).storage)].constant;
    auto out = std::make_shared<std::vector<std::int32_t>>();
    out->reserve(static_cast<std::size_t>(values.size()));
    for (std::int64_t i = 0; i < values.size(); ++i) out->push_back(static_cast<std::int32_t>(values[i]));
    loop.indices.push_back(std::move(out));
    return static_cast<std::int32_t>(loop.indices.size()) - 1;
  }

  void emit_reduction(std::int32_t id) {
    const PlanNode n = node(id);
    LoopReduction r;
    r.kind = static_cast<Reduction>(n.kind);
    r.storage = n.storage;
    const std::int32_t root = node(n.inputs[0]).root;
    if (n.panel >= 0) {
      r.form = LoopReduction::Form::panel;
      r.panel = n.panel;
      r.a = vector_of(value_of(n, n.inputs[0]));
    } else if (here(n, n.inputs[0]) && node(root).absorbed_by == id) {
      const PlanNode m = node(root);
      r.form = LoopReduction::Form::dot;
      r.a = vector_of(value_of(m, m.inputs[0]));
      r.b = m.op == Op::unary ? r.a : vector_of(value_of(m, m.inputs[1]));
    } else {
      r.a = vector_of(value_of(n, n.inputs[0]));
    }
    loop.reductions.push_back(r);
  }

  LoopStep build() {
    choose_inner();
    find_last_uses();
    for (std::size_t position = 0; position < group.nodes.size(); ++position) {
      const std::int32_t id = group.nodes[position];
      if (node(id).absorbed_by >= 0) continue;
      if (node(id).category == Category::reduction) {
        emit_reduction(id);
      } else {
        emit_element(id);
        release(id, position);
      }
    }
    number_slots();
    return std::move(loop);
  }

  void number_slots() {
    const auto operands = static_cast<std::int32_t>(loop.operands.size());
    const auto stores = static_cast<std::int32_t>(loop.stores.size());
    const auto renumber = [&](std::int32_t& slot) {
      if (slot >= kRegisterBase)
        slot = operands + stores + (slot - kRegisterBase);
      else if (slot >= kStoreBase)
        slot = operands + (slot - kStoreBase);
    };
    for (auto& op : loop.ops) {
      renumber(op.dst);
      renumber(op.a);
      renumber(op.b);
      renumber(op.c);
    }
    for (auto& r : loop.reductions) {
      renumber(r.a);
      renumber(r.b);
    }
  }
};

std::int32_t Planner::storage_of(std::int32_t id) {
  const PlanNode& root = nodes_[static_cast<std::size_t>(nodes_[static_cast<std::size_t>(id)].root)];
  if (root.storage < 0) throw Error("E1999", "a value of the plan was not stored");
  return root.storage;
}

/// Products that only feed one sum or one addition are computed by that instruction.
void Planner::absorb(const std::vector<std::int32_t>& group) {
  for (const auto id : group) {
    PlanNode& consumer = nodes_[static_cast<std::size_t>(id)];
    const bool total = consumer.category == Category::reduction && consumer.panel < 0 &&
                       consumer.kind == static_cast<std::uint8_t>(Reduction::sum);
    const bool addition = consumer.category == Category::element && is_binary(consumer, Binary::add);
    if ((!total && !addition) || consumer.absorbed_by >= 0) continue;
    for (const auto input : consumer.inputs) {
      const std::int32_t root = nodes_[static_cast<std::size_t>(input)].root;
      PlanNode& product = nodes_[static_cast<std::size_t>(root)];
      if (!same_iteration(consumer, input) || product.stage != consumer.stage || product.stored ||
          product.absorbed_by >= 0 || users_[static_cast<std::size_t>(root)].size() != 1) {
        continue;
      }
      const bool fits = is_binary(product, Binary::multiply) || (total && is_unary(product, Unary::square));
      if (!fits || product.shape != nodes_[static_cast<std::size_t>(input)].shape) continue;
      product.absorbed_by = id;
      break;
    }
  }
}

void Planner::emit() {
  // Units of one stage do not depend on each other.
  std::map<std::pair<std::int32_t, Space>, Group> loops;
  std::map<std::int32_t, std::vector<std::int32_t>> library;
  std::int32_t stages = 0;
  std::int32_t lonely = 0;
  for (std::size_t i = 0; i < nodes_.size(); ++i) {
    const PlanNode& node = nodes_[i];
    const auto id = static_cast<std::int32_t>(i);
    stages = std::max(stages, node.stage + 1);
    if (node.category == Category::library && node.op != Op::project) library[node.stage].push_back(id);
    if (node.category != Category::element && node.category != Category::reduction) continue;
    Space space = space_of(node);
    if (!options_.fuse) space.push_back(-(++lonely));  // every node its own loop
    Group& group = loops[{node.stage, space}];
    group.space = space_of(node);
    if (node.category == Category::reduction && node.panel < 0) group.rows = node.rows;
    group.nodes.push_back(id);
  }
  for (std::int32_t stage = 0; stage < stages; ++stage) {
    for (const auto& [key, group] : loops) {
      if (key.first == stage) emit_loop(group);
    }
    const auto found = library.find(stage);
    if (found == library.end()) continue;
    for (const auto id : found->second) emit_library(id);
  }
}

void Planner::emit_loop(const Group& group) {
  if (options_.fuse) absorb(group.nodes);
  LoopEmitter emitter{*this, group, {}, {}, {}, {}, {}, {}, 0};
  program_->loops.push_back(emitter.build());
  program_->steps.push_back({true, static_cast<std::int32_t>(program_->loops.size()) - 1});
}

/// True if storage `part` is the piece of `whole` at `target`.
bool Planner::written_in_place(std::int32_t part, std::int32_t whole, std::int64_t target) const {
  const Storage& storage = program_->storages[static_cast<std::size_t>(part)];
  return storage.parent == whole && storage.offset == target;
}

void Planner::emit_library(std::int32_t id) {
  const PlanNode& node = nodes_[static_cast<std::size_t>(id)];
  LibraryStep step;
  step.op = node.op;
  step.kind = node.kind;
  for (const auto input : node.inputs) {
    const PlanNode& view = nodes_[static_cast<std::size_t>(input)];
    step.inputs.push_back(storage_of(input));
    step.input_offsets.push_back(view.offset);
  }
  if (node.op == Op::scan) return emit_scan(id, std::move(step));
  step.outputs = {node.storage};
  const auto input_shape = [&](std::size_t i) -> const Shape& {
    return nodes_[static_cast<std::size_t>(node.inputs[i])].shape;
  };
  const auto product = [](const Shape& shape, std::size_t from, std::size_t to) {
    return element_count(
        {shape.begin() + static_cast<std::ptrdiff_t>(from), shape.begin() + static_cast<std::ptrdiff_t>(to)});
  };
  const std::size_t rank = node.shape.size();
  switch (node.op) {
    case Op::reduce:
    case Op::logsumexp:
      step.dims = node.ints;
      break;
    case Op::matmul: {
      const Shape &a = input_shape(0), &b = input_shape(1);
      step.dims = {product(node.shape, 0, rank - 2),
                   a[a.size() - 2],
                   a[a.size() - 1],
                   b[b.size() - 1],
                   node.transposed[0],
                   node.transposed[1]};
      // Batch offsets of both operands, so that broadcast batches need no copies.
      for (const Shape* s : {&a, &b}) {
        const std::int64_t matrix = (*s)[s->size() - 1] * (*s)[s->size() - 2];
        for (std::int64_t t = 0; t < step.dims[0]; ++t) {
          std::int64_t rest = t, offset = 0, stride = matrix;
          for (std::size_t i = rank - 2; i-- > 0;) {
            const std::int64_t index = rest % node.shape[i];
            rest /= node.shape[i];
            const std::int64_t own = static_cast<std::int64_t>(i) - static_cast<std::int64_t>(rank - s->size());
            if (own < 0) continue;
            const std::int64_t extent = (*s)[static_cast<std::size_t>(own)];
            if (extent != 1) offset += index * stride;
            stride *= extent;
          }
          step.lengths.push_back(offset);
        }
      }
      break;
    }
    case Op::cholesky:
      step.dims = {product(node.shape, 0, rank - 2), node.shape[rank - 1]};
      break;
    case Op::tri_solve:
      step.dims = {product(node.shape, 0, rank - 2), node.shape[rank - 2], node.shape[rank - 1], node.ints[0]};
      break;
    case Op::gather: {
      const Shape& table = input_shape(0);
      step.dims = {table[0], product(table, 1, table.size()), element_count(input_shape(1))};
      break;
    }
    case Op::scatter_add:
      step.dims = {node.shape[0], product(node.shape, 1, rank), element_count(input_shape(0))};
      break;
    case Op::cumsum:
    case Op::argreduce: {
      const Shape& in = input_shape(0);
      const auto axis = static_cast<std::size_t>(node.ints[0]);
      step.dims = {product(in, 0, axis), in[axis], product(in, axis + 1, in.size())};
      if (node.op == Op::cumsum) step.dims.push_back(node.ints[1]);
      break;
    }
    case Op::sort_order:
      step.dims = {product(node.shape, 0, rank - 1), node.shape[rank - 1]};
      break;
    case Op::concat: {
      const auto axis = static_cast<std::size_t>(node.ints[0]);
      step.dims = {product(node.shape, 0, axis)};
      std::int64_t target = 0;
      std::vector<std::int32_t> inputs;
      std::vector<std::int64_t> offsets;
      for (std::size_t i = 0; i < node.inputs.size(); ++i) {
        const std::int64_t width = product(input_shape(i), axis, rank);
        if (!written_in_place(step.inputs[i], node.storage, target)) {
          inputs.push_back(step.inputs[i]);
          offsets.push_back(step.input_offsets[i]);
          step.dims.push_back(width);
          step.targets.push_back(target);
        }
        target += width;
      }
      step.dims.push_back(target);
      if (inputs.empty()) return;
      step.inputs = std::move(inputs);
      step.input_offsets = std::move(offsets);
      break;
    }
    case Op::pad: {
      step.dims = {static_cast<std::int64_t>(rank)};
      for (std::size_t i = 0; i < rank; ++i) {
        step.dims.insert(step.dims.end(),
                         {input_shape(0)[i], node.shape[i], node.ints[3 * i], node.ints[3 * i + 1] + 1});
      }
      break;
    }
    case Op::random:
      step.random = random_geometry(graph_.node(node.source));
      step.dims = {element_count(node.shape)};
      break;
    default:
      throw Error("E1999", "operation " + std::to_string(static_cast<int>(node.op)) + " has no step");
  }
  constexpr std::int64_t kMostRows = std::int64_t{1} << 24;
  const bool by_number = node.op == Op::gather || node.op == Op::scatter_add;
  if (by_number && options_.precision == Precision::float32 && step.dims[0] > kMostRows) {
    throw Error("E407", "float32 cannot number the " + std::to_string(step.dims[0]) + " rows of a table exactly",
                "compute in float64");
  }
  program_->library.push_back(std::move(step));
  program_->steps.push_back({false, static_cast<std::int32_t>(program_->library.size()) - 1});
}

void Planner::emit_scan(std::int32_t id, LibraryStep step) {
  const Node& scan = graph_.node(nodes_[static_cast<std::size_t>(id)].source);
  const ScanBody& body = *scan.body;
  step.scan = scan.body;
  std::vector<Tensor> inputs, outputs;
  for (std::int64_t i = 0; i < body.graph->input_count(); ++i)
    inputs.emplace_back(body.graph.get(), body.graph->input_node(i));
  for (const auto output : body.outputs) outputs.emplace_back(body.graph.get(), output);
  step.body = compile(*body.graph, inputs, outputs, options_);
  for (const auto& t : inputs) step.lengths.push_back(t.size());
  for (const auto& t : outputs) step.lengths.push_back(t.size());
  step.outputs.assign(body.outputs.size() + static_cast<std::size_t>(body.carries), -1);
  for (const auto user : users_[static_cast<std::size_t>(id)]) {
    const PlanNode& result = nodes_[static_cast<std::size_t>(user)];
    step.outputs[static_cast<std::size_t>(result.ints[0])] = result.storage;
  }
  program_->library.push_back(std::move(step));
  program_->steps.push_back({false, static_cast<std::int32_t>(program_->library.size()) - 1});
}

}  // namespace dolab::tensor
