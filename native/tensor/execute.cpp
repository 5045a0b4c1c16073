// The block executor: loops over quanta of 256 elements, library steps, scans.
#include "tensor/execute.hpp"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <limits>
#include <map>

#include "tensor/program.hpp"

namespace dolab::tensor {

namespace {

constexpr std::int64_t kParallelWork = 200'000;  // element operations below which a loop is not worth sharing

/// Rows fix the shards: the largest power of two <= min(64, max(1, rows / 4096)).
std::int64_t shard_count(std::int64_t rows) noexcept {
  std::int64_t shards = 1;
  while (shards * 2 <= 64 && shards * 2 * 4096 <= rows) shards *= 2;
  return shards;
}

std::int64_t padded(std::int64_t n) noexcept { return (n + 7) / 8 * 8; }

/// Registers and pointers of the calling thread, grown on first use.
struct Scratch {
  std::vector<double> registers;
  std::vector<double*> pointers;
  double* aligned(std::size_t size) {
    if (registers.size() < size + 8) registers.resize(size + 8);
    auto address = reinterpret_cast<std::uintptr_t>(registers.data());
    return reinterpret_cast<double*>((address + 63) / 64 * 64);
  }
};

/// Nested executors (scan bodies) must not share the buffers of the loop that runs them: loops never nest, only
/// whole executors do, and those run between loops. One scratch per thread is enough.
Scratch& thread_scratch() {
  thread_local Scratch scratch;
  return scratch;
}

/// Sum of `count` block results by a binary tree over neighbours (in place).
double tree(double* x, std::int64_t count, Reduction kind) noexcept {
  if (count == 0) {
    switch (kind) {
      case Reduction::sum:
        return 0.0;
      case Reduction::prod:
        return 1.0;
      case Reduction::max:
        return -std::numeric_limits<double>::infinity();
      default:
        return std::numeric_limits<double>::infinity();
    }
  }
  while (count > 1) {
    const std::int64_t half = count / 2;
    for (std::int64_t i = 0; i < half; ++i) {
      const double a = x[2 * i], b = x[2 * i + 1];
      switch (kind) {
        case Reduction::sum:
          x[i] = a + b;
          break;
        case Reduction::prod:
          x[i] = a * b;
          break;
        case Reduction::max:
          x[i] = a > b || a != a ? a : b;
          break;
        default:
          x[i] = a < b || a != a ? a : b;
          break;
      }
    }
    if (count % 2 != 0) x[half] = x[count - 1];
    count = half + count % 2;
  }
  return x[0];
}

void load_by_odometer(const LoopOperand& operand, const double* base, std::int64_t first, double* out,
                      std::int64_t n) noexcept {
  if (n == 0) return;  // an axis may be empty
  const std::size_t rank = operand.dims.size();
  std::int64_t index[32];
  std::int64_t rest = first, at = 0;
  for (std::size_t i = rank; i-- > 0;) {
    index[i] = rest % operand.dims[i];
    rest /= operand.dims[i];
    at += index[i] * operand.strides[i];
  }
  const std::int64_t inner = operand.dims[rank - 1], stride = operand.strides[rank - 1];
  while (n > 0) {
    const std::int64_t run = std::min(n, inner - index[rank - 1]);
    const double* x = base + at;
    if (stride == 0) {
      for (std::int64_t i = 0; i < run; ++i) out[i] = *x;
    } else if (stride == 1) {
      for (std::int64_t i = 0; i < run; ++i) out[i] = x[i];
    } else {
      for (std::int64_t i = 0; i < run; ++i) out[i] = x[i * stride];
    }
    out += run;
    n -= run;
    index[rank - 1] += run;
    at += run * stride;
    for (std::size_t i = rank - 1; i > 0 && index[i] == operand.dims[i]; --i) {
      at += operand.strides[i - 1] - index[i] * operand.strides[i];
      index[i] = 0;
      ++index[i - 1];
    }
  }
}

}  // namespace

/// An instruction with its operands resolved: programs of small arrays are a flat list of these.
struct FlatOp {
  enum class Form : std::uint8_t {
    unary,
    binary,
    ternary,
    fill,
    random,
    gather,
    panel_dot,
    reduce,
    dot,
    panel,
    library,
    loop
  };
  Form form = Form::unary;
  std::int32_t index = 0;  // of the loop or library step it comes from
  const void* function = nullptr;
  double* dst = nullptr;
  const double* a = nullptr;
  const double* b = nullptr;
  const double* c = nullptr;
  std::int64_t n = 0;
  const void* extra = nullptr;  // operand, geometry, index or panels
};

/// A pointer of a scan's body that moves with the steps: its operand is one step of a stack.
struct Moving {
  double** slot = nullptr;
  std::size_t stack = 0;    // as the stacks of the scan are counted: xs, then ys
  std::int64_t offset = 0;  // inside one step
  std::int64_t stride = 0;  // to the next step
};

/// What a scan needs besides its body's executor.
struct ScanState {
  std::vector<double> memory;    // carries before and after a step, one step of every stack
  std::vector<double*> in, out;  // per argument and output of the body, inside `memory`
  std::vector<Moving> moving;    // empty: every step of a stack is copied
  std::vector<double*> stacks;   // per stack of the current run, at its first step; nullptr: nobody reads it
  /// Where one step of a stack is copied.
  double* home(std::size_t stack, std::size_t carries, std::size_t xs) const noexcept {
    return stack < xs ? in[carries + stack] : out[carries + stack - xs];
  }
};

struct Executor::State {
  std::shared_ptr<const Program> program;
  ThreadPool* pool = nullptr;
  std::vector<double> memory;
  double* arena = nullptr;
  std::vector<double*> base;            // per storage
  std::vector<double> register_memory;  // registers of the loops of one block
  std::vector<FlatOp> flat;             // the whole program; large loops and scans are one entry each
  std::map<const LoopOperand*, std::vector<std::int32_t>> load_orders;
  std::vector<std::vector<const std::int32_t*>> orders;  // per loop of many blocks and operand; nullptr: odometer
  std::vector<std::vector<const double*>> library_inputs;
  std::vector<std::vector<double>> partials;      // per loop: block results, panel accumulators of shards
  std::vector<std::unique_ptr<Executor>> bodies;  // per library step, scans only
  std::vector<ScanState> scans;                   // likewise
  std::vector<std::int64_t> work;                 // per loop: elements times instructions
  std::int64_t register_need = 0;
  bool stale = true;

  explicit State(std::shared_ptr<const Program> p, ThreadPool* workers);
  void resolve();
  void run(const RunContext& context) noexcept;
  const std::int32_t* load_order(const LoopOperand& operand, std::int64_t n);
  void flatten_loop(std::size_t index);
  void flatten_library(std::size_t index);
  void run_flat(const FlatOp& op, const RunContext& context) noexcept;
  void run_blocks(std::size_t index, const RunContext& context) noexcept;
  void run_shard(const LoopStep& loop, std::size_t index, std::int64_t shard, std::int64_t shards,
                 const RunContext& context) noexcept;
  void finish_reductions(const LoopStep& loop, std::size_t index, std::int64_t shards) noexcept;
  void find_orders(std::size_t index);
  void body_of_block(std::size_t index, double* const* slot, std::int64_t flat, std::int64_t n,
                     const RunContext& context) const noexcept;
  void prepare_scan(std::size_t index);
  void find_moving(std::size_t index);
  void run_scan(std::size_t index, const LibraryStep& step, const RunContext& context) noexcept;
  std::int64_t blocks_per_row(const LoopStep& loop) const noexcept {
    return (loop.inner + kBlockSize - 1) / kBlockSize;
  }
  std::int64_t shards_of(const LoopStep& loop) const noexcept {
    return loop.outer > 1 ? shard_count(loop.outer * loop.inner) : shard_count(loop.inner);
  }
};

Executor::State::State(std::shared_ptr<const Program> p, ThreadPool* workers) : program(std::move(p)), pool(workers) {
  const Program& prog = *program;
  memory.assign(static_cast<std::size_t>(prog.arena_size) + 8, 0.0);
  arena = reinterpret_cast<double*>((reinterpret_cast<std::uintptr_t>(memory.data()) + 63) / 64 * 64);
  for (const auto& storage : prog.storages) {
    switch (storage.kind) {
      case Storage::Kind::constant:
        base.push_back(const_cast<double*>(storage.constant.data()));
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
    work.push_back(loop.outer * loop.inner * static_cast<std::int64_t>(loop.ops.size() + loop.reductions.size() + 1));
    register_need = std::max<std::int64_t>(register_need, loop.registers * kBlockSize);
    std::int64_t need = 0;
    for (const auto& r : loop.reductions) {
      need += r.form == LoopReduction::Form::panel
                  ? shards_of(loop) * prog.panels[static_cast<std::size_t>(r.panel)].columns
                  : loop.outer * blocks_per_row(loop);
    }
    if (!loop.single()) partials[i].resize(static_cast<std::size_t>(need));
  }
  register_memory.assign(static_cast<std::size_t>(single_need) + 8, 0.0);
  library_inputs.resize(prog.library.size());
  bodies.resize(prog.library.size());
  scans.resize(prog.library.size());
  for (std::size_t i = 0; i < prog.library.size(); ++i) {
    if (prog.library[i].op == Op::scan) prepare_scan(i);
  }
}

/// Resolves every address: parts of concatenations, then the flat list of instructions.
void Executor::State::resolve() {
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
      flat.back().form = FlatOp::Form::loop;
      flat.back().index = step.index;
      find_orders(index);
    }
  }
  stale = false;
}

void Executor::State::flatten_library(std::size_t index) {
  const LibraryStep& step = program->library[index];
  auto& inputs_of = library_inputs[index];
  inputs_of.clear();
  for (std::size_t i = 0; i < step.inputs.size(); ++i) {
    inputs_of.push_back(base[static_cast<std::size_t>(step.inputs[i])] + step.input_offsets[i]);
  }
  FlatOp op;
  op.form = FlatOp::Form::library;
  op.index = static_cast<std::int32_t>(index);
  op.dst = step.op == Op::scan ? nullptr : base[static_cast<std::size_t>(step.outputs[0])];
  flat.push_back(op);
}

/// Which elements a loaded operand of a short loop reads, in order.
const std::int32_t* Executor::State::load_order(const LoopOperand& operand, std::int64_t n) {
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
void Executor::State::find_orders(std::size_t index) {
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

void Executor::State::flatten_loop(std::size_t index) {
  const LoopStep& loop = program->loops[index];
  const std::int64_t n = loop.inner;
  std::vector<double*> slot;
  for (const auto& o : loop.operands) slot.push_back(base[static_cast<std::size_t>(o.storage)] + o.offset);
  for (const auto s : loop.stores) slot.push_back(base[static_cast<std::size_t>(s)]);
  auto* registers =
      reinterpret_cast<double*>((reinterpret_cast<std::uintptr_t>(register_memory.data()) + 63) / 64 * 64);
  for (std::int32_t r = 0; r < loop.registers; ++r) slot.push_back(registers + r * padded(n));
  const auto at = [&](std::int32_t i) { return i < 0 ? nullptr : slot[static_cast<std::size_t>(i)]; };
  for (const MicroOp& op : loop.ops) {
    FlatOp out;
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
        out.form = FlatOp::Form::unary;
        break;
      case MicroOp::Form::binary:
        out.form = FlatOp::Form::binary;
        break;
      case MicroOp::Form::ternary:
        out.form = FlatOp::Form::ternary;
        break;
      case MicroOp::Form::load:
        out.form = loop.operands[aux].loaded ? FlatOp::Form::gather : FlatOp::Form::fill;
        if (out.form == FlatOp::Form::gather) out.extra = load_order(loop.operands[aux], n);
        break;
      case MicroOp::Form::random:
        out.form = FlatOp::Form::random;
        out.extra = &loop.randoms[aux];
        break;
      case MicroOp::Form::gather:
        out.form = FlatOp::Form::gather;
        out.extra = loop.indices[aux]->data();
        break;
      case MicroOp::Form::panel_dot:
        out.form = FlatOp::Form::panel_dot;
        out.extra = &program->panels[aux];
        break;
    }
    flat.push_back(out);
  }
  for (const auto& r : loop.reductions) {
    FlatOp out;
    out.index = static_cast<std::int32_t>(index);
    out.dst = base[static_cast<std::size_t>(r.storage)];
    out.a = at(r.a);
    out.b = at(r.b);
    out.n = n;
    switch (r.form) {
      case LoopReduction::Form::reduce:
        out.form = FlatOp::Form::reduce;
        out.function = reinterpret_cast<const void*>(program->kernels->reduce[static_cast<int>(r.kind)]);
        break;
      case LoopReduction::Form::dot:
        out.form = FlatOp::Form::dot;
        out.function = reinterpret_cast<const void*>(program->kernels->dot);
        break;
      case LoopReduction::Form::panel:
        out.form = FlatOp::Form::panel;
        out.extra = &program->panels[static_cast<std::size_t>(r.panel)];
        break;
    }
    flat.push_back(out);
  }
}

void Executor::State::run_flat(const FlatOp& op, const RunContext& context) noexcept {
  using Kernels = KernelSet<double>;
  const Kernels& kernels = *program->kernels;
  void* function = const_cast<void*>(op.function);
  switch (op.form) {
    case FlatOp::Form::unary:
      reinterpret_cast<Kernels::UnaryKernel>(function)(op.dst, op.a, op.n);
      break;
    case FlatOp::Form::binary:
      reinterpret_cast<Kernels::BinaryKernel>(function)(op.dst, op.a, op.b, op.n);
      break;
    case FlatOp::Form::ternary:
      reinterpret_cast<Kernels::TernaryKernel>(function)(op.dst, op.a, op.b, op.c, op.n);
      break;
    case FlatOp::Form::fill:
      kernels.fill(op.dst, *op.a, op.n);
      break;
    case FlatOp::Form::random:
      fill_random(kernels, *static_cast<const RandomGeometry*>(op.extra), context, 0, op.dst, op.n);
      break;
    case FlatOp::Form::gather:
      kernels.gather(op.dst, op.a, static_cast<const std::int32_t*>(op.extra), op.n);
      break;
    case FlatOp::Form::panel_dot: {
      const auto& x = *static_cast<const PackedPanels*>(op.extra);
      kernels.panel_dot(op.dst, x.data.data(), op.a, x.columns, op.n);
      break;
    }
    case FlatOp::Form::reduce:
      *op.dst = reinterpret_cast<Kernels::ReduceKernel>(function)(op.a, op.n);
      break;
    case FlatOp::Form::dot:
      *op.dst =
          reinterpret_cast<double (*)(const double*, const double*, std::int64_t) noexcept>(function)(op.a, op.b, op.n);
      break;
    case FlatOp::Form::panel: {
      const auto& x = *static_cast<const PackedPanels*>(op.extra);
      std::fill_n(op.dst, x.columns, 0.0);
      kernels.panel_tdot(op.dst, x.data.data(), op.a, x.columns, op.n);
      break;
    }
    case FlatOp::Form::library: {
      const auto index = static_cast<std::size_t>(op.index);
      const LibraryStep& step = program->library[index];
      if (step.op == Op::scan) {
        run_scan(index, step, context);
      } else {
        double* out = op.dst;
        run_library_step(step, kernels, library_inputs[index].data(), &out, context);
      }
      break;
    }
    case FlatOp::Form::loop:
      run_blocks(static_cast<std::size_t>(op.index), context);
      break;
  }
}

void Executor::State::body_of_block(std::size_t index, double* const* slot, std::int64_t flat, std::int64_t n,
                                    const RunContext& context) const noexcept {
  using Kernels = KernelSet<double>;
  const LoopStep& loop = program->loops[index];
  for (const MicroOp& op : loop.ops) {
    switch (op.form) {
      case MicroOp::Form::unary:
        reinterpret_cast<Kernels::UnaryKernel>(const_cast<void*>(op.function))(slot[op.dst], slot[op.a], n);
        break;
      case MicroOp::Form::binary:
        reinterpret_cast<Kernels::BinaryKernel>(const_cast<void*>(op.function))(slot[op.dst], slot[op.a], slot[op.b],
                                                                                n);
        break;
      case MicroOp::Form::ternary:
        reinterpret_cast<Kernels::TernaryKernel>(const_cast<void*>(op.function))(slot[op.dst], slot[op.a], slot[op.b],
                                                                                 slot[op.c], n);
        break;
      case MicroOp::Form::load: {
        const LoopOperand& o = loop.operands[static_cast<std::size_t>(op.aux)];
        const std::int32_t* order = orders[index][static_cast<std::size_t>(op.aux)];
        if (order != nullptr)
          program->kernels->gather(slot[op.dst], slot[op.a], order + flat, n);
        else if (o.loaded)
          load_by_odometer(o, slot[op.a], flat, slot[op.dst], n);
        else
          program->kernels->fill(slot[op.dst], *slot[op.a], n);
        break;
      }
      case MicroOp::Form::random:
        fill_random(*program->kernels, loop.randoms[static_cast<std::size_t>(op.aux)], context, flat, slot[op.dst], n);
        break;
      case MicroOp::Form::gather:
        program->kernels->gather(slot[op.dst], slot[op.a],
                                 loop.indices[static_cast<std::size_t>(op.aux)]->data() + flat, n);
        break;
      case MicroOp::Form::panel_dot: {
        const PackedPanels& x = program->panels[static_cast<std::size_t>(op.aux)];
        program->kernels->panel_dot(slot[op.dst], x.data.data() + flat * x.columns, slot[op.a], x.columns, n);
        break;
      }
    }
  }
}

void Executor::State::run_shard(const LoopStep& loop, std::size_t index, std::int64_t shard, std::int64_t shards,
                                const RunContext& context) noexcept {
  const KernelSet<double>& kernels = *program->kernels;
  const std::int64_t per_row = blocks_per_row(loop), blocks = loop.outer * per_row;
  const std::int64_t from = blocks * shard / shards, to = blocks * (shard + 1) / shards;
  Scratch& scratch = thread_scratch();
  double* registers = scratch.aligned(static_cast<std::size_t>(register_need));
  scratch.pointers.resize(std::max(scratch.pointers.size(), static_cast<std::size_t>(loop.slots())));
  double** slot = scratch.pointers.data();
  const std::size_t operands = loop.operands.size();
  for (std::int32_t r = 0; r < loop.registers; ++r) {
    slot[operands + loop.stores.size() + static_cast<std::size_t>(r)] = registers + r * kBlockSize;
  }
  double* partial = partials[index].data();
  for (std::int64_t block = from; block < to; ++block) {
    const std::int64_t o = block / per_row, start = (block % per_row) * kBlockSize;
    const std::int64_t n = std::min(kBlockSize, loop.inner - start), flat = o * loop.inner + start;
    for (std::size_t k = 0; k < operands; ++k) {
      const LoopOperand& operand = loop.operands[k];
      double* p = base[static_cast<std::size_t>(operand.storage)] + operand.offset;
      if (!operand.loaded) {
        p += operand.inner_stride * start;
        std::int64_t rest = o;
        for (std::size_t d = loop.outer_dims.size(); d-- > 0 && rest > 0;) {
          p += rest % loop.outer_dims[d] * operand.outer_strides[d];
          rest /= loop.outer_dims[d];
        }
      }
      slot[k] = p;
    }
    for (std::size_t k = 0; k < loop.stores.size(); ++k) {
      slot[operands + k] = base[static_cast<std::size_t>(loop.stores[k])] + flat;
    }
    body_of_block(index, slot, flat, n, context);
    std::int64_t at = 0;
    for (const auto& r : loop.reductions) {
      if (r.form == LoopReduction::Form::panel) {
        const PackedPanels& x = program->panels[static_cast<std::size_t>(r.panel)];
        double* sums = partial + at + shard * x.columns;
        if (block == from) std::fill_n(sums, x.columns, 0.0);
        kernels.panel_tdot(sums, x.data.data() + flat * x.columns, slot[r.a], x.columns, n);
        at += shards * x.columns;
        continue;
      }
      partial[at + block] = r.form == LoopReduction::Form::dot ? kernels.dot(slot[r.a], slot[r.b], n)
                                                               : kernels.reduce[static_cast<int>(r.kind)](slot[r.a], n);
      at += blocks;
    }
  }
}

void Executor::State::finish_reductions(const LoopStep& loop, std::size_t index, std::int64_t shards) noexcept {
  const std::int64_t per_row = blocks_per_row(loop);
  double* partial = partials[index].data();
  for (const auto& r : loop.reductions) {
    double* out = base[static_cast<std::size_t>(r.storage)];
    if (r.form == LoopReduction::Form::panel) {
      const std::int64_t columns = program->panels[static_cast<std::size_t>(r.panel)].columns;
      for (std::int64_t width = 1; width < shards; width *= 2) {  // binary tree over shards
        for (std::int64_t s = 0; s + width < shards; s += 2 * width) {
          for (std::int64_t j = 0; j < columns; ++j) partial[s * columns + j] += partial[(s + width) * columns + j];
        }
      }
      std::copy_n(partial, columns, out);
      partial += shards * columns;
      continue;
    }
    for (std::int64_t o = 0; o < loop.outer; ++o) out[o] = tree(partial + o * per_row, per_row, r.kind);
    partial += loop.outer * per_row;
  }
}

void Executor::State::run_blocks(std::size_t index, const RunContext& context) noexcept {
  const LoopStep& loop = program->loops[index];
  const std::int64_t shards = shards_of(loop);
  if (pool != nullptr && shards > 1 && work[index] >= kParallelWork) {
    pool->run(static_cast<int>(shards), [&](int s) { run_shard(loop, index, s, shards, context); });
  } else {
    for (std::int64_t s = 0; s < shards; ++s) run_shard(loop, index, s, shards, context);
  }
  finish_reductions(loop, index, shards);
}

/// Gives the body's arguments and outputs their own memory.
void Executor::State::prepare_scan(std::size_t index) {
  const LibraryStep& step = program->library[index];
  ScanState& scan = scans[index];
  bodies[index] = std::make_unique<Executor>(step.body, pool);
  const std::size_t outputs = step.scan->outputs.size(), arguments = step.lengths.size() - outputs;
  std::int64_t total = 8;
  for (const auto length : step.lengths) total += padded(length);
  scan.memory.assign(static_cast<std::size_t>(total), 0.0);
  double* at = scan.memory.data();
  for (std::size_t i = 0; i < step.lengths.size(); ++i) {
    (i < arguments ? scan.in : scan.out).push_back(at);
    at += padded(step.lengths[i]);
  }
  const auto first_capture = static_cast<std::size_t>(step.scan->carries + step.scan->xs);
  for (std::size_t i = 0; i < std::min(first_capture, arguments); ++i) bodies[index]->bind_input(i, scan.in[i]);
  for (std::size_t i = 0; i < outputs; ++i) bodies[index]->bind_output(i, scan.out[i]);
  scan.stacks.resize(static_cast<std::size_t>(step.scan->xs) + outputs - static_cast<std::size_t>(step.scan->carries));
}

/// Finds every pointer of the resolved body into the one-step copies of stacks, so that steps read and write the
/// stacks themselves. A scan inside the body would have to be resolved again at each step: then steps are copied.
void Executor::State::find_moving(std::size_t index) {
  const LibraryStep& step = program->library[index];
  ScanState& scan = scans[index];
  State& body = *bodies[index]->state_;
  scan.moving.clear();
  for (const LibraryStep& inner : body.program->library) {
    if (inner.op == Op::scan) return;
  }
  const auto carries = static_cast<std::size_t>(step.scan->carries), xs = static_cast<std::size_t>(step.scan->xs);
  const std::int64_t direction = step.scan->reverse ? -1 : 1;
  const auto consider = [&](double** slot) {
    for (std::size_t i = 0; i < scan.stacks.size(); ++i) {
      const double* begin = scan.home(i, carries, xs);
      const std::int64_t length = step.lengths[i < xs ? carries + i : scan.in.size() + carries + i - xs];
      if (*slot >= begin && *slot < begin + length) scan.moving.push_back({slot, i, *slot - begin, direction * length});
    }
  };
  for (FlatOp& op : body.flat) {
    consider(&op.dst);
    for (const double** operand : {&op.a, &op.b, &op.c}) consider(const_cast<double**>(operand));
  }
  for (auto& inputs : body.library_inputs) {
    for (const double*& input : inputs) consider(const_cast<double**>(&input));
  }
  for (double*& storage : body.base) consider(&storage);
}

namespace {
void copy_values(const double* from, std::int64_t n, double* to) noexcept {
  if (n > 8) {
    std::memcpy(to, from, static_cast<std::size_t>(n) * sizeof(double));
  } else {
    for (std::int64_t i = 0; i < n; ++i) to[i] = from[i];
  }
}
}  // namespace

void Executor::State::run_scan(std::size_t index, const LibraryStep& step, const RunContext& context) noexcept {
  const ScanBody& loop = *step.scan;
  ScanState& scan = scans[index];
  Executor& body = *bodies[index];
  const auto carries = static_cast<std::size_t>(loop.carries), xs = static_cast<std::size_t>(loop.xs);
  const std::size_t arguments = scan.in.size(), outputs = scan.out.size();
  const auto source = [&](std::size_t i) {
    return base[static_cast<std::size_t>(step.inputs[i])] + step.input_offsets[i];
  };
  const auto result = [&](std::size_t i) {
    return step.outputs[i] < 0 ? nullptr : base[static_cast<std::size_t>(step.outputs[i])];
  };
  const auto stack_length = [&](std::size_t k) {
    return step.lengths[k < xs ? carries + k : arguments + carries + k - xs];
  };
  for (std::size_t i = 0; i < carries; ++i) copy_values(source(i), step.lengths[i], scan.in[i]);
  for (std::size_t i = carries + xs; i < arguments; ++i) body.bind_input(i, source(i));
  if (body.state_->stale) {
    for (const Moving& m : scan.moving) *m.slot = scan.home(m.stack, carries, xs) + m.offset;
    body.state_->resolve();
    find_moving(index);
  }
  const std::int64_t first = loop.reverse ? loop.length - 1 : 0, direction = loop.reverse ? -1 : 1;
  for (std::size_t k = 0; k < scan.stacks.size(); ++k) {
    double* whole = k < xs ? source(carries + k) : result(carries + k - xs);
    scan.stacks[k] = whole == nullptr ? nullptr : whole + first * stack_length(k);
  }
  const bool copying = scan.moving.empty();
  for (Moving& m : scan.moving) {
    if (scan.stacks[m.stack] != nullptr) *m.slot = scan.stacks[m.stack] + m.offset;
  }
  for (std::int64_t step_number = 0; step_number < loop.length; ++step_number) {
    const std::int64_t t = first + direction * step_number;
    for (std::size_t k = 0; copying && k < xs; ++k) {
      copy_values(source(carries + k) + t * stack_length(k), stack_length(k), scan.in[carries + k]);
    }
    for (std::size_t i = 0; i < carries; ++i) {
      if (double* saved = result(outputs + i)) copy_values(scan.in[i], step.lengths[i], saved + t * step.lengths[i]);
    }
    body.state_->run(context);
    for (std::size_t k = xs; copying && k < scan.stacks.size(); ++k) {
      const std::size_t i = carries + k - xs;
      if (double* y = result(i)) copy_values(scan.out[i], stack_length(k), y + t * stack_length(k));
    }
    for (std::size_t i = 0; i < carries; ++i) copy_values(scan.out[i], step.lengths[i], scan.in[i]);
    for (const Moving& m : scan.moving) *m.slot += scan.stacks[m.stack] != nullptr ? m.stride : 0;
  }
  for (std::size_t i = 0; i < carries; ++i) {
    if (double* last = result(i)) copy_values(scan.in[i], step.lengths[i], last);
  }
}

void Executor::State::run(const RunContext& context) noexcept {
  if (stale) resolve();
  for (const FlatOp& op : flat) run_flat(op, context);
}

Executor::Executor(std::shared_ptr<const Program> program, ThreadPool* pool)
    : state_(std::make_unique<State>(std::move(program), pool)) {}

Executor::~Executor() = default;

void Executor::bind_input(std::size_t i, const double* data) noexcept {
  const std::int32_t storage = state_->program->input_storages[i];
  if (storage < 0) return;
  auto& slot = state_->base[static_cast<std::size_t>(storage)];
  if (slot == data) return;
  slot = const_cast<double*>(data);
  state_->stale = true;
}

void Executor::bind_output(std::size_t i, double* data) noexcept {
  auto& slot = state_->base[static_cast<std::size_t>(state_->program->output_storages[i])];
  if (slot == data) return;
  slot = data;
  state_->stale = true;
}

void Executor::run(const RunContext& context) noexcept { state_->run(context); }

const double* Executor::output(std::size_t i) const noexcept {
  return state_->base[static_cast<std::size_t>(state_->program->output_storages[i])];
}

}  // namespace dolab::tensor
