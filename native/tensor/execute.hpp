// Compiled graphs: passes, plan and the block executor.
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "base/thread_pool.hpp"
#include "tensor/build.hpp"

namespace dolab::tensor {

/// The numbers that a program computes with. In float32, sums and products over rows are accumulated in double, and
/// what is bound to an executor stays double: it is converted at the border. Row numbers are exact up to 2^24.
enum class Precision : std::uint8_t { float64, float32 };

/// Arithmetic, and switches of the planner's passes (each has a differential test). Algebra is done while building.
struct CompileOptions {
  Flavour flavour = Flavour::fast;
  Precision precision = Precision::float64;
  bool fuse = true;    // elementwise chains and reductions into block loops
  bool linear = true;  // linear-predictor recognition: one pass over X
};

class Program;

/// Compiles `outputs` as functions of `inputs` (each an `input` node of `graph`; an input that is used but
/// not listed throws E1999). Constants are evaluated now. The program is immutable and shared by executors.
std::shared_ptr<const Program> compile(Graph& graph, const std::vector<Tensor>& inputs,
                                       const std::vector<Tensor>& outputs, const CompileOptions& options = {});

/// Addresses of the random leaves of one run: node (site, row, element) of batch entry t reads the counter
/// (row + row0, element, draw + t, site) under `key`.
struct RunContext {
  std::uint64_t key = 0;
  std::uint32_t draw = 0;
  std::uint32_t row = 0;
};

/// One evaluation context: an arena planned at compile time; `run` neither allocates nor throws.
/// Not thread-safe itself; executors of one program may run side by side. With a pool, large loops are cut
/// into shards that depend on sizes alone, so results do not depend on the number of threads.
class Executor {
 public:
  explicit Executor(std::shared_ptr<const Program> program, ThreadPool* pool = nullptr);
  ~Executor();
  Executor(const Executor&) = delete;
  Executor& operator=(const Executor&) = delete;

  /// The caller keeps the memory valid during `run`; row-major, no padding needed.
  void bind_input(std::size_t i, const double* data) noexcept;
  /// Results go straight to `data` (may be the memory of an input only if that input has the same shape).
  void bind_output(std::size_t i, double* data) noexcept;
  void run(const RunContext& context = {}) noexcept;
  /// Result i of the last run (inside the arena unless bound); row-major.
  const double* output(std::size_t i) const noexcept;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

/// Compile, run once, return the results: for tests, checks and one-off work.
std::vector<Array> evaluate(const std::vector<Tensor>& outputs, const std::vector<Tensor>& inputs = {},
                            const std::vector<Array>& values = {}, const RunContext& context = {},
                            const CompileOptions& options = {});

}  // namespace dolab::tensor
