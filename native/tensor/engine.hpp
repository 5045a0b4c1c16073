// The executor's inside, for one type of number.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <vector>

#include "tensor/program.hpp"

namespace dolab::tensor {

/// Rows fix the shards: the largest power of two <= min(64, max(1, rows / 4096)).
inline std::int64_t shard_count(std::int64_t rows) noexcept {
  std::int64_t shards = 1;
  while (shards * 2 <= 64 && shards * 2 * 4096 <= rows) shards *= 2;
  return shards;
}

/// Whole cache lines of numbers.
inline std::int64_t padded(std::int64_t n) noexcept { return (n + 15) / 16 * 16; }
template <class T>
T* aligned(T* memory) noexcept {
  return reinterpret_cast<T*>((reinterpret_cast<std::uintptr_t>(memory) + 63) / 64 * 64);
}

/// An instruction with its operands resolved: programs of small arrays are a flat list of these.
template <class T>
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
  T* dst = nullptr;
  const T* a = nullptr;
  const T* b = nullptr;
  const T* c = nullptr;
  std::int64_t n = 0;
  const void* extra = nullptr;  // operand, geometry, index or panels
};

/// A pointer of a scan's body that moves with the steps: its operand is one step of a stack.
template <class T>
struct Moving {
  T** slot = nullptr;
  std::size_t stack = 0;    // as the stacks of the scan are counted: xs, then ys
  std::int64_t offset = 0;  // inside one step
  std::int64_t stride = 0;  // to the next step
};

/// What a scan needs besides its body's executor.
template <class T>
struct ScanState {
  std::vector<T> memory;          // carries before and after a step, one step of every stack
  std::vector<T*> in, out;        // per argument and output of the body, inside `memory`
  std::vector<Moving<T>> moving;  // empty: every step of a stack is copied
  std::vector<T*> stacks;         // per stack of the current run, at its first step; nullptr: nobody reads it
  /// Where one step of a stack is copied.
  T* home(std::size_t stack, std::size_t carries, std::size_t xs) const noexcept {
    return stack < xs ? in[carries + stack] : out[carries + stack - xs];
  }
};

/// Runs a program on numbers of type T. Sums and products over rows are accumulated in double.
template <class T>
struct Engine {
  explicit Engine(std::shared_ptr<const Program> p, ThreadPool* workers);
  void bind_input(std::size_t i, const T* data) noexcept;
  void bind_output(std::size_t i, T* data) noexcept;
  void run(const RunContext& context) noexcept;
  const T* output(std::size_t i) const noexcept { return base[static_cast<std::size_t>(program->output_storages[i])]; }

  std::shared_ptr<const Program> program;
  ThreadPool* pool = nullptr;
  const KernelSet<T>& kernels;
  std::vector<T> memory;
  T* arena = nullptr;
  std::vector<T*> base;            // per storage
  std::vector<T> register_memory;  // registers of the loops of one block
  std::vector<FlatOp<T>> flat;     // the whole program; large loops and scans are one entry each
  std::map<const LoopOperand*, std::vector<std::int32_t>> load_orders;
  std::vector<std::vector<const std::int32_t*>> orders;  // per loop of many blocks and operand; nullptr: odometer
  std::vector<std::vector<const T*>> library_inputs;
  std::vector<std::vector<double>> partials;    // per loop: block results, panel accumulators of shards
  std::vector<std::unique_ptr<Engine>> bodies;  // per library step, scans only
  std::vector<ScanState<T>> scans;              // likewise
  std::vector<std::int64_t> work;               // per loop: elements times instructions
  std::int64_t register_need = 0;
  bool stale = true;

  void resolve();
  const std::int32_t* load_order(const LoopOperand& operand, std::int64_t n);
  void flatten_loop(std::size_t index);
  void flatten_library(std::size_t index);
  void run_flat(const FlatOp<T>& op, const RunContext& context) noexcept;
  void run_blocks(std::size_t index, const RunContext& context) noexcept;
  void run_shard(const LoopStep& loop, std::size_t index, std::int64_t shard, std::int64_t shards,
                 const RunContext& context) noexcept;
  void finish_reductions(const LoopStep& loop, std::size_t index, std::int64_t shards) noexcept;
  void find_orders(std::size_t index);
  void body_of_block(std::size_t index, T* const* slot, std::int64_t element, std::int64_t n,
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

}  // namespace dolab::tensor
