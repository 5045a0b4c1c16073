// The block executor: loops over quanta of 256 elements, library steps, scans.
#include "tensor/execute.hpp"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <limits>

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
      case Reduction::sum: return 0.0;
      case Reduction::prod: return 1.0;
      case Reduction::max: return -std::numeric_limits<double>::infinity();
      default: return std::numeric_limits<double>::infinity();
    }
  }
  while (count > 1) {
    const std::int64_t half = count / 2;
    for (std::int64_t i = 0; i < half; ++i) {
      const double a = x[2 * i], b = x[2 * i + 1];
      switch (kind) {
        case Reduction::sum: x[i] = a + b; break;
        case Reduction::prod: x[i] = a * b; break;
        case Reduction::max: x[i] = a > b || a != a ? a : b; break;
        default: x[i] = a < b || a != a ? a : b; break;
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

struct Executor::State {
  std::shared_ptr<const Program> program;
  ThreadPool* pool = nullptr;
  std::vector<double> memory;
  double* arena = nullptr;
  std::vector<double*> base;                       // per storage
  std::vector<std::vector<double*>> pointers;      // per loop of one block: resolved slots
  std::vector<std::vector<double>> partials;       // per loop: block results, panel accumulators of shards
  std::vector<std::unique_ptr<Executor>> bodies;   // per library step, scans only
  std::vector<std::vector<double>> body_memory;    // scan inputs and outputs of one step
  std::vector<const double*> inputs;               // of the library step that runs
  std::vector<double*> body_in, body_out;          // of the scan that runs
  std::vector<std::int64_t> work;                  // per loop: elements times instructions
  std::int64_t register_need = 0;
  bool stale = true;

  explicit State(std::shared_ptr<const Program> p, ThreadPool* workers);
  void resolve();
  void run(const RunContext& context) noexcept;
  void run_single(std::size_t index, const RunContext& context) noexcept;
  void run_blocks(std::size_t index, const RunContext& context) noexcept;
  void run_shard(const LoopStep& loop, std::size_t index, std::int64_t shard, std::int64_t shards,
                 const RunContext& context) noexcept;
  void finish_reductions(const LoopStep& loop, std::size_t index, std::int64_t shards) noexcept;
  void body_of_block(const LoopStep& loop, double* const* slot, std::int64_t flat, std::int64_t n,
                     const RunContext& context) const noexcept;
  void run_scan(std::size_t index, const LibraryStep& step, const RunContext& context) noexcept;
  std::int64_t blocks_per_row(const LoopStep& loop) const noexcept { return (loop.inner + kBlockSize - 1) / kBlockSize; }
  std::int64_t shards_of(const LoopStep& loop) const noexcept { return loop.outer > 1 ? shard_count(loop.outer * loop.inner) : shard_count(loop.inner); }
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
  pointers.resize(prog.loops.size());
  partials.resize(prog.loops.size());
  for (std::size_t i = 0; i < prog.loops.size(); ++i) {
    const LoopStep& loop = prog.loops[i];
    pointers[i].resize(static_cast<std::size_t>(loop.slots()));
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
  std::size_t most = 1;
  for (const auto& step : prog.library) most = std::max({most, step.inputs.size(), step.outputs.size()});
  inputs.resize(most);
  body_in.resize(most);
  body_out.resize(most);
  bodies.resize(prog.library.size());
  body_memory.resize(prog.library.size());
  for (std::size_t i = 0; i < prog.library.size(); ++i) {
    const LibraryStep& step = prog.library[i];
    if (step.op != Op::scan) continue;
    bodies[i] = std::make_unique<Executor>(step.body, pool);
    std::int64_t total = 0;
    for (const auto length : step.lengths) total += (length + 7) / 8 * 8;
    body_memory[i].assign(static_cast<std::size_t>(total) + 8, 0.0);
  }
}

/// Pointer tables of the loops that fit one block; the rest is resolved block by block.
void Executor::State::resolve() {
  double* registers = thread_scratch().aligned(static_cast<std::size_t>(register_need));
  static_cast<void>(registers);
  for (std::size_t i = 0; i < base.size(); ++i) {
    std::int64_t offset = 0;
    auto at = static_cast<std::int32_t>(i);
    while (program->storages[static_cast<std::size_t>(at)].parent >= 0) {
      offset += program->storages[static_cast<std::size_t>(at)].offset;
      at = program->storages[static_cast<std::size_t>(at)].parent;
    }
    if (at != static_cast<std::int32_t>(i)) base[i] = base[static_cast<std::size_t>(at)] + offset;
  }
  for (std::size_t i = 0; i < program->loops.size(); ++i) {
    const LoopStep& loop = program->loops[i];
    if (!loop.single()) continue;
    std::size_t slot = 0;
    for (const auto& o : loop.operands) pointers[i][slot++] = base[static_cast<std::size_t>(o.storage)] + o.offset;
    for (const auto s : loop.stores) pointers[i][slot++] = base[static_cast<std::size_t>(s)];
  }
  stale = false;
}

void Executor::State::body_of_block(const LoopStep& loop, double* const* slot, std::int64_t flat, std::int64_t n,
                                    const RunContext& context) const noexcept {
  using Kernels = KernelSet<double>;
  for (const MicroOp& op : loop.ops) {
    switch (op.form) {
      case MicroOp::Form::unary:
        reinterpret_cast<Kernels::UnaryKernel>(const_cast<void*>(op.function))(slot[op.dst], slot[op.a], n);
        break;
      case MicroOp::Form::binary:
        reinterpret_cast<Kernels::BinaryKernel>(const_cast<void*>(op.function))(slot[op.dst], slot[op.a], slot[op.b], n);
        break;
      case MicroOp::Form::ternary:
        reinterpret_cast<Kernels::TernaryKernel>(const_cast<void*>(op.function))(slot[op.dst], slot[op.a], slot[op.b],
                                                                                 slot[op.c], n);
        break;
      case MicroOp::Form::load: {
        const LoopOperand& o = loop.operands[static_cast<std::size_t>(op.aux)];
        if (o.loaded) load_by_odometer(o, slot[op.a], flat, slot[op.dst], n);
        else program->kernels->fill(slot[op.dst], *slot[op.a], n);
        break;
      }
      case MicroOp::Form::random:
        fill_random(*program->kernels, loop.randoms[static_cast<std::size_t>(op.aux)], context, flat, slot[op.dst], n);
        break;
      case MicroOp::Form::gather:
        program->kernels->gather(slot[op.dst], slot[op.a], loop.indices[static_cast<std::size_t>(op.aux)]->data() + flat, n);
        break;
      case MicroOp::Form::panel_dot: {
        const PackedPanels& x = program->panels[static_cast<std::size_t>(op.aux)];
        program->kernels->panel_dot(slot[op.dst], x.data.data() + flat * x.columns, slot[op.a], x.columns, n);
        break;
      }
    }
  }
}

void Executor::State::run_single(std::size_t index, const RunContext& context) noexcept {
  const LoopStep& loop = program->loops[index];
  double** slot = pointers[index].data();
  double* registers = thread_scratch().aligned(static_cast<std::size_t>(register_need));
  const std::size_t fixed = loop.operands.size() + loop.stores.size();
  for (std::int32_t r = 0; r < loop.registers; ++r) slot[fixed + static_cast<std::size_t>(r)] = registers + r * kBlockSize;
  const std::int64_t n = loop.inner;
  body_of_block(loop, slot, 0, n, context);
  const KernelSet<double>& kernels = *program->kernels;
  for (const auto& r : loop.reductions) {
    double* out = base[static_cast<std::size_t>(r.storage)];
    switch (r.form) {
      case LoopReduction::Form::reduce: *out = kernels.reduce[static_cast<int>(r.kind)](slot[r.a], n); break;
      case LoopReduction::Form::dot: *out = kernels.dot(slot[r.a], slot[r.b], n); break;
      case LoopReduction::Form::panel: {
        const PackedPanels& x = program->panels[static_cast<std::size_t>(r.panel)];
        std::fill_n(out, x.columns, 0.0);
        kernels.panel_tdot(out, x.data.data(), slot[r.a], x.columns, n);
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
    body_of_block(loop, slot, flat, n, context);
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

void Executor::State::run_scan(std::size_t index, const LibraryStep& step, const RunContext& context) noexcept {
  const ScanBody& scan = *step.scan;
  Executor& body = *bodies[index];
  double* memory_at = body_memory[index].data();
  const auto carries = static_cast<std::size_t>(scan.carries), xs = static_cast<std::size_t>(scan.xs);
  const std::size_t arguments = carries + xs + static_cast<std::size_t>(scan.captures);
  const std::size_t outputs = scan.outputs.size();
  const auto place = [&](std::int64_t length) {
    double* p = memory_at;
    memory_at += (length + 7) / 8 * 8;
    return p;
  };
  double** in = body_in.data();
  double** out = body_out.data();
  const double** source = inputs.data();
  for (std::size_t i = 0; i < arguments; ++i) {
    source[i] = base[static_cast<std::size_t>(step.inputs[i])] + step.input_offsets[i];
    in[i] = place(step.lengths[i]);
    const bool whole = i < carries || i >= carries + xs;
    if (i < carries) std::memcpy(in[i], source[i], static_cast<std::size_t>(step.lengths[i]) * sizeof(double));
    body.bind_input(i, whole && i >= carries ? source[i] : in[i]);
  }
  for (std::size_t i = 0; i < outputs; ++i) {
    out[i] = place(step.lengths[arguments + i]);
    body.bind_output(i, out[i]);
  }
  const auto result = [&](std::size_t i) {
    return step.outputs[i] < 0 ? nullptr : base[static_cast<std::size_t>(step.outputs[i])];
  };
  for (std::int64_t step_number = 0; step_number < scan.length; ++step_number) {
    const std::int64_t t = scan.reverse ? scan.length - 1 - step_number : step_number;
    for (std::size_t i = carries; i < carries + xs; ++i) {
      std::memcpy(in[i], source[i] + t * step.lengths[i], static_cast<std::size_t>(step.lengths[i]) * sizeof(double));
    }
    for (std::size_t i = 0; i < carries; ++i) {
      if (double* saved = result(outputs + i)) {
        std::memcpy(saved + t * step.lengths[i], in[i], static_cast<std::size_t>(step.lengths[i]) * sizeof(double));
      }
    }
    body.run(context);
    for (std::size_t i = carries; i < outputs; ++i) {
      const std::int64_t length = step.lengths[arguments + i];
      if (double* y = result(i)) std::memcpy(y + t * length, out[i], static_cast<std::size_t>(length) * sizeof(double));
    }
    for (std::size_t i = 0; i < carries; ++i) {
      std::memcpy(in[i], out[i], static_cast<std::size_t>(step.lengths[i]) * sizeof(double));
    }
  }
  for (std::size_t i = 0; i < carries; ++i) {
    if (double* last = result(i)) std::memcpy(last, in[i], static_cast<std::size_t>(step.lengths[i]) * sizeof(double));
  }
}

void Executor::State::run(const RunContext& context) noexcept {
  if (stale) resolve();
  const Program& prog = *program;
  for (const Step& step : prog.steps) {
    const auto index = static_cast<std::size_t>(step.index);
    if (step.is_loop) {
      if (prog.loops[index].single()) run_single(index, context);
      else run_blocks(index, context);
      continue;
    }
    const LibraryStep& library = prog.library[index];
    if (library.op == Op::scan) {
      run_scan(index, library, context);
      continue;
    }
    double* out[1] = {base[static_cast<std::size_t>(library.outputs[0])]};
    for (std::size_t i = 0; i < library.inputs.size(); ++i) {
      inputs[i] = base[static_cast<std::size_t>(library.inputs[i])] + library.input_offsets[i];
    }
    run_library_step(library, inputs.data(), out, context);
  }
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
