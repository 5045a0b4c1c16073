// Executors: blocks of 256 elements, shards, reductions.
#include <algorithm>

#include "tensor/engine.hpp"

namespace dolab::tensor {

namespace {

constexpr std::int64_t kParallelWork = 200'000;  // element operations below which a loop is not worth sharing

/// Registers and pointers of the calling thread, grown on first use.
template <class T>
struct Scratch {
  std::vector<T> registers;
  std::vector<T*> pointers;
  T* reserve(std::size_t size) {
    if (registers.size() < size + 16) registers.resize(size + 16);
    return aligned(registers.data());
  }
};

/// Nested executors (scan bodies) must not share the buffers of the loop that runs them: loops never nest, only
/// whole executors do, and those run between loops. One scratch per thread is enough.
template <class T>
Scratch<T>& thread_scratch() {
  thread_local Scratch<T> scratch;
  return scratch;
}

/// `count` block results in one, by a binary tree over neighbours (in place).
double tree(double* x, std::int64_t count, Reduction kind) noexcept {
  if (count == 0) return identity(kind);
  while (count > 1) {
    const std::int64_t half = count / 2;
    for (std::int64_t i = 0; i < half; ++i) x[i] = combine(kind, x[2 * i], x[2 * i + 1]);
    if (count % 2 != 0) x[half] = x[count - 1];
    count = half + count % 2;
  }
  return x[0];
}

template <class T>
void load_by_odometer(const LoopOperand& operand, const T* base, std::int64_t first, T* out, std::int64_t n) noexcept {
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
    const T* x = base + at;
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

template <class T>
void Engine<T>::run_flat(const FlatOp<T>& op, const RunContext& context) noexcept {
  using Kernels = KernelSet<T>;
  void* function = const_cast<void*>(op.function);
  switch (op.form) {
    case FlatOp<T>::Form::unary:
      reinterpret_cast<typename Kernels::UnaryKernel>(function)(op.dst, op.a, op.n);
      break;
    case FlatOp<T>::Form::binary:
      reinterpret_cast<typename Kernels::BinaryKernel>(function)(op.dst, op.a, op.b, op.n);
      break;
    case FlatOp<T>::Form::ternary:
      reinterpret_cast<typename Kernels::TernaryKernel>(function)(op.dst, op.a, op.b, op.c, op.n);
      break;
    case FlatOp<T>::Form::fill:
      kernels.fill(op.dst, *op.a, op.n);
      break;
    case FlatOp<T>::Form::random:
      fill_random(kernels, *static_cast<const RandomGeometry*>(op.extra), context, 0, op.dst, op.n);
      break;
    case FlatOp<T>::Form::gather:
      kernels.gather(op.dst, op.a, static_cast<const std::int32_t*>(op.extra), op.n);
      break;
    case FlatOp<T>::Form::panel_dot: {
      const auto& x = *static_cast<const PackedPanels*>(op.extra);
      kernels.panel_dot(op.dst, numbers<T>(x.data, x.narrow), op.a, x.columns, op.n);
      break;
    }
    case FlatOp<T>::Form::reduce:
      *op.dst = static_cast<T>(reinterpret_cast<typename Kernels::ReduceKernel>(function)(op.a, op.n));
      break;
    case FlatOp<T>::Form::dot:
      *op.dst = static_cast<T>(kernels.dot(op.a, op.b, op.n));
      break;
    case FlatOp<T>::Form::panel: {
      const auto& x = *static_cast<const PackedPanels*>(op.extra);
      double* sums = partials[static_cast<std::size_t>(op.index)].data();
      std::fill_n(sums, x.columns, 0.0);
      kernels.panel_tdot(sums, numbers<T>(x.data, x.narrow), op.a, x.columns, op.n);
      std::transform(sums, sums + x.columns, op.dst, [](double sum) { return static_cast<T>(sum); });
      break;
    }
    case FlatOp<T>::Form::library: {
      const auto index = static_cast<std::size_t>(op.index);
      const LibraryStep& step = program->library[index];
      if (step.op == Op::scan) {
        run_scan(index, step, context);
      } else {
        T* out = op.dst;
        run_library_step(step, kernels, library_inputs[index].data(), &out, context);
      }
      break;
    }
    case FlatOp<T>::Form::loop:
      run_blocks(static_cast<std::size_t>(op.index), context);
      break;
  }
}

template <class T>
void Engine<T>::body_of_block(std::size_t index, T* const* slot, std::int64_t element, std::int64_t n,
                              const RunContext& context) const noexcept {
  using Kernels = KernelSet<T>;
  const LoopStep& loop = program->loops[index];
  for (const MicroOp& op : loop.ops) {
    switch (op.form) {
      case MicroOp::Form::unary:
        reinterpret_cast<typename Kernels::UnaryKernel>(const_cast<void*>(op.function))(slot[op.dst], slot[op.a], n);
        break;
      case MicroOp::Form::binary:
        reinterpret_cast<typename Kernels::BinaryKernel>(const_cast<void*>(op.function))(slot[op.dst], slot[op.a],
                                                                                         slot[op.b], n);
        break;
      case MicroOp::Form::ternary:
        reinterpret_cast<typename Kernels::TernaryKernel>(const_cast<void*>(op.function))(slot[op.dst], slot[op.a],
                                                                                          slot[op.b], slot[op.c], n);
        break;
      case MicroOp::Form::load: {
        const LoopOperand& o = loop.operands[static_cast<std::size_t>(op.aux)];
        const std::int32_t* order = orders[index][static_cast<std::size_t>(op.aux)];
        if (order != nullptr)
          kernels.gather(slot[op.dst], slot[op.a], order + element, n);
        else if (o.loaded)
          load_by_odometer(o, slot[op.a], element, slot[op.dst], n);
        else
          kernels.fill(slot[op.dst], *slot[op.a], n);
        break;
      }
      case MicroOp::Form::random:
        fill_random(kernels, loop.randoms[static_cast<std::size_t>(op.aux)], context, element, slot[op.dst], n);
        break;
      case MicroOp::Form::gather:
        kernels.gather(slot[op.dst], slot[op.a], loop.indices[static_cast<std::size_t>(op.aux)]->data() + element, n);
        break;
      case MicroOp::Form::panel_dot: {
        const PackedPanels& x = program->panels[static_cast<std::size_t>(op.aux)];
        kernels.panel_dot(slot[op.dst], numbers<T>(x.data, x.narrow) + element * x.columns, slot[op.a], x.columns, n);
        break;
      }
    }
  }
}

template <class T>
void Engine<T>::run_shard(const LoopStep& loop, std::size_t index, std::int64_t shard, std::int64_t shards,
                          const RunContext& context) noexcept {
  const std::int64_t per_row = blocks_per_row(loop), blocks = loop.outer * per_row;
  const std::int64_t from = blocks * shard / shards, to = blocks * (shard + 1) / shards;
  Scratch<T>& scratch = thread_scratch<T>();
  T* registers = scratch.reserve(static_cast<std::size_t>(register_need));
  scratch.pointers.resize(std::max(scratch.pointers.size(), static_cast<std::size_t>(loop.slots())));
  T** slot = scratch.pointers.data();
  const std::size_t operands = loop.operands.size();
  for (std::int32_t r = 0; r < loop.registers; ++r) {
    slot[operands + loop.stores.size() + static_cast<std::size_t>(r)] = registers + r * kBlockSize;
  }
  double* partial = partials[index].data();
  for (std::int64_t block = from; block < to; ++block) {
    const std::int64_t o = block / per_row, start = (block % per_row) * kBlockSize;
    const std::int64_t n = std::min(kBlockSize, loop.inner - start), element = o * loop.inner + start;
    for (std::size_t k = 0; k < operands; ++k) {
      const LoopOperand& operand = loop.operands[k];
      T* p = base[static_cast<std::size_t>(operand.storage)] + operand.offset;
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
      slot[operands + k] = base[static_cast<std::size_t>(loop.stores[k])] + element;
    }
    body_of_block(index, slot, element, n, context);
    std::int64_t at = 0;
    for (const auto& r : loop.reductions) {
      if (r.form == LoopReduction::Form::panel) {
        const PackedPanels& x = program->panels[static_cast<std::size_t>(r.panel)];
        double* sums = partial + at + shard * x.columns;
        if (block == from) std::fill_n(sums, x.columns, 0.0);
        kernels.panel_tdot(sums, numbers<T>(x.data, x.narrow) + element * x.columns, slot[r.a], x.columns, n);
        at += shards * x.columns;
        continue;
      }
      partial[at + block] = r.form == LoopReduction::Form::dot ? kernels.dot(slot[r.a], slot[r.b], n)
                                                               : kernels.reduce[static_cast<int>(r.kind)](slot[r.a], n);
      at += blocks;
    }
  }
}

template <class T>
void Engine<T>::finish_reductions(const LoopStep& loop, std::size_t index, std::int64_t shards) noexcept {
  const std::int64_t per_row = blocks_per_row(loop);
  double* partial = partials[index].data();
  for (const auto& r : loop.reductions) {
    T* out = base[static_cast<std::size_t>(r.storage)];
    if (r.form == LoopReduction::Form::panel) {
      const std::int64_t columns = program->panels[static_cast<std::size_t>(r.panel)].columns;
      for (std::int64_t width = 1; width < shards; width *= 2) {  // binary tree over shards
        for (std::int64_t s = 0; s + width < shards; s += 2 * width) {
          for (std::int64_t j = 0; j < columns; ++j) partial[s * columns + j] += partial[(s + width) * columns + j];
        }
      }
      std::transform(partial, partial + columns, out, [](double sum) { return static_cast<T>(sum); });
      partial += shards * columns;
      continue;
    }
    for (std::int64_t o = 0; o < loop.outer; ++o) out[o] = static_cast<T>(tree(partial + o * per_row, per_row, r.kind));
    partial += loop.outer * per_row;
  }
}

template <class T>
void Engine<T>::run_blocks(std::size_t index, const RunContext& context) noexcept {
  const LoopStep& loop = program->loops[index];
  const std::int64_t shards = shards_of(loop);
  if (pool != nullptr && shards > 1 && work[index] >= kParallelWork) {
    pool->run(static_cast<int>(shards), [&](int s) { run_shard(loop, index, s, shards, context); });
  } else {
    for (std::int64_t s = 0; s < shards; ++s) run_shard(loop, index, s, shards, context);
  }
  finish_reductions(loop, index, shards);
}

template <class T>
void Engine<T>::run(const RunContext& context) noexcept {
  if (stale) resolve();
  for (const FlatOp<T>& op : flat) run_flat(op, context);
}

template void Engine<double>::run(const RunContext& context) noexcept;
template void Engine<float>::run(const RunContext& context) noexcept;

}  // namespace dolab::tensor
