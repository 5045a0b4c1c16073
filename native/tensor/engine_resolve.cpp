// Executors: memory, addresses, the flat list of instructions.
#include <algorithm>
#include <utility>

#include "tensor/engine.hpp"

namespace dolab::tensor {

namespace {

/// Of one element; a column of a design matrix is half of one.
std::int64_t instructions(const Program& program, const LoopStep& loop) {
  auto count = static_cast<std::int64_t>(loop.ops.size() + loop.reductions.size() + 1);
  const auto add_panel = [&](std::int32_t panel) {
    count += program.panels[static_cast<std::size_t>(panel)].columns / 2;
  };
  for (const MicroOp& op : loop.ops) {
    if (op.form == MicroOp::Form::panel_dot) add_panel(op.aux);
  }
  for (const LoopReduction& reduction : loop.reductions) {
    if (reduction.form == LoopReduction::Form::panel) add_panel(reduction.panel);
  }
  return count;
}

}  // namespace

template <class T>
Engine<T>::Engine(std::shared_ptr<const Program> p, ThreadPool* workers)
    : program(std::move(p)), pool(workers), kernels(kernel_set<T>(program->flavour)) {
  const Program& prog = *program;
  memory.assign(static_cast<std::size_t>(prog.arena_size) + 16, T{0});
  arena = aligned(memory.data());
  for (const auto& storage : prog.storages) {
    switch (storage.kind) {
      case Storage::Kind::constant:
        base.push_back(const_cast<T*>(numbers<T>(storage.constant, storage.narrow)));
        break;
      case Storage::Kind::input:
        base.push_back(nullptr);
        break;
      default:
        base.push_back(storage.offset < 0 || storage.parent >= 0 ? nullptr : arena + storage.offset);
        break;
    }
  }
  partials.resize(prog.loops.size());
  orders.resize(prog.loops.size());
  std::int64_t single_need = 0;
  for (std::size_t i = 0; i < prog.loops.size(); ++i) {
    const LoopStep& loop = prog.loops[i];
    if (loop.single()) single_need = std::max<std::int64_t>(single_need, loop.registers * padded(loop.inner));
    work.push_back(loop.outer * loop.inner * instructions(prog, loop));
    register_need = std::max<std::int64_t>(register_need, loop.registers * kBlockSize);
    std::int64_t need = 0;
    for (const auto& r : loop.reductions) {
      need += r.form == LoopReduction::Form::panel
                  ? shards_of(loop) * prog.panels[static_cast<std::size_t>(r.panel)].columns
                  : loop.outer * blocks_per_row(loop);
    }
    partials[i].resize(static_cast<std::size_t>(need));
  }
  register_memory.assign(static_cast<std::size_t>(single_need) + 16, T{0});
  library_inputs.resize(prog.library.size());
  bodies.resize(prog.library.size());
  scans.resize(prog.library.size());
  for (std::size_t i = 0; i < prog.library.size(); ++i) {
    if (prog.library[i].op == Op::scan) prepare_scan(i);
  }
}

/// Resolves every address: parts of concatenations, then the flat list of instructions.
template <class T>
void Engine<T>::resolve() {
  for (std::size_t i = 0; i < base.size(); ++i) {
    std::int64_t offset = 0;
    auto at = static_cast<std::int32_t>(i);
    while (program->storages[static_cast<std::size_t>(at)].parent >= 0) {
      offset += program->storages[static_cast<std::size_t>(at)].offset;
      at = program->storages[static_cast<std::size_t>(at)].parent;
    }
    if (at != static_cast<std::int32_t>(i)) base[i] = base[static_cast<std::size_t>(at)] + offset;
  }
  flat.clear();
  for (const Step& step : program->steps) {
    const auto index = static_cast<std::size_t>(step.index);
    if (!step.is_loop) {
      flatten_library(index);
    } else if (program->loops[index].single()) {
      flatten_loop(index);
    } else {
      flat.emplace_back();
      flat.back().form = FlatOp<T>::Form::loop;
      flat.back().index = step.index;
      find_orders(index);
    }
  }
  stale = false;
}

template <class T>
void Engine<T>::flatten_library(std::size_t index) {
  const LibraryStep& step = program->library[index];
  auto& inputs_of = library_inputs[index];
  inputs_of.clear();
  for (std::size_t i = 0; i < step.inputs.size(); ++i) {
    inputs_of.push_back(base[static_cast<std::size_t>(step.inputs[i])] + step.input_offsets[i]);
  }
  FlatOp<T> op;
  op.form = FlatOp<T>::Form::library;
  op.index = static_cast<std::int32_t>(index);
  op.dst = step.op == Op::scan ? nullptr : base[static_cast<std::size_t>(step.outputs[0])];
  flat.push_back(op);
}

/// Which elements a loaded operand of a short loop reads, in order.
template <class T>
const std::int32_t* Engine<T>::load_order(const LoopOperand& operand, std::int64_t n) {
  auto& order = load_orders[&operand];
  if (order.empty()) {
    for (std::int64_t i = 0; i < n; ++i) {
      std::int64_t rest = i, at = 0;
      for (std::size_t d = operand.dims.size(); d-- > 0;) {
        at += rest % operand.dims[d] * operand.strides[d];
        rest /= operand.dims[d];
      }
      order.push_back(static_cast<std::int32_t>(at));
    }
  }
  return order.data();
}

/// Operands with short rows are read by a table of places while that stays small: the odometer turns too often.
template <class T>
void Engine<T>::find_orders(std::size_t index) {
  constexpr std::int64_t kShortRow = 32, kMostPlaces = std::int64_t{1} << 16;
  const LoopStep& loop = program->loops[index];
  const std::int64_t total = loop.outer * loop.inner;
  orders[index].assign(loop.operands.size(), nullptr);
  for (std::size_t i = 0; i < loop.operands.size(); ++i) {
    const LoopOperand& operand = loop.operands[i];
    if (!operand.loaded || total > kMostPlaces || operand.dims.back() > kShortRow) continue;
    orders[index][i] = load_order(operand, total);
  }
}

template <class T>
void Engine<T>::flatten_loop(std::size_t index) {
  const LoopStep& loop = program->loops[index];
  const std::int64_t n = loop.inner;
  std::vector<T*> slot;
  for (const auto& o : loop.operands) slot.push_back(base[static_cast<std::size_t>(o.storage)] + o.offset);
  for (const auto s : loop.stores) slot.push_back(base[static_cast<std::size_t>(s)]);
  T* registers = aligned(register_memory.data());
  for (std::int32_t r = 0; r < loop.registers; ++r) slot.push_back(registers + r * padded(n));
  const auto at = [&](std::int32_t i) { return i < 0 ? nullptr : slot[static_cast<std::size_t>(i)]; };
  for (const MicroOp& op : loop.ops) {
    FlatOp<T> out;
    out.index = static_cast<std::int32_t>(index);
    out.function = op.function;
    out.dst = at(op.dst);
    out.a = at(op.a);
    out.b = at(op.b);
    out.c = at(op.c);
    out.n = n;
    const auto aux = static_cast<std::size_t>(op.aux);
    switch (op.form) {
      case MicroOp::Form::unary:
        out.form = FlatOp<T>::Form::unary;
        break;
      case MicroOp::Form::binary:
        out.form = FlatOp<T>::Form::binary;
        break;
      case MicroOp::Form::ternary:
        out.form = FlatOp<T>::Form::ternary;
        break;
      case MicroOp::Form::load:
        out.form = loop.operands[aux].loaded ? FlatOp<T>::Form::gather : FlatOp<T>::Form::fill;
        if (out.form == FlatOp<T>::Form::gather) out.extra = load_order(loop.operands[aux], n);
        break;
      case MicroOp::Form::random:
        out.form = FlatOp<T>::Form::random;
        out.extra = &loop.randoms[aux];
        break;
      case MicroOp::Form::gather:
        out.form = FlatOp<T>::Form::gather;
        out.extra = loop.indices[aux]->data();
        break;
      case MicroOp::Form::panel_dot:
        out.form = FlatOp<T>::Form::panel_dot;
        out.extra = &program->panels[aux];
        break;
    }
    flat.push_back(out);
  }
  for (const auto& r : loop.reductions) {
    FlatOp<T> out;
    out.index = static_cast<std::int32_t>(index);
    out.dst = base[static_cast<std::size_t>(r.storage)];
    out.a = at(r.a);
    out.b = at(r.b);
    out.n = n;
    switch (r.form) {
      case LoopReduction::Form::reduce:
        out.form = FlatOp<T>::Form::reduce;
        out.function = reinterpret_cast<const void*>(kernels.reduce[static_cast<int>(r.kind)]);
        break;
      case LoopReduction::Form::dot:
        out.form = FlatOp<T>::Form::dot;
        out.function = reinterpret_cast<const void*>(kernels.dot);
        break;
      case LoopReduction::Form::panel:
        out.form = FlatOp<T>::Form::panel;
        out.extra = &program->panels[static_cast<std::size_t>(r.panel)];
        break;
    }
    flat.push_back(out);
  }
}

template <class T>
void Engine<T>::bind_input(std::size_t i, const T* data) noexcept {
  const std::int32_t storage = program->input_storages[i];
  if (storage < 0) return;
  T*& slot = base[static_cast<std::size_t>(storage)];
  if (slot == data) return;
  slot = const_cast<T*>(data);
  stale = true;
}

template <class T>
void Engine<T>::bind_output(std::size_t i, T* data) noexcept {
  T*& slot = base[static_cast<std::size_t>(program->output_storages[i])];
  if (slot == data) return;
  slot = data;
  stale = true;
}

template struct Engine<double>;
template struct Engine<float>;

}  // namespace dolab::tensor
