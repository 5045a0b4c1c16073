// The compiled form of a graph: storages, and steps that read and write them.
#pragma once

#include <limits>
#include <memory>
#include <vector>

#include "tensor/execute.hpp"

namespace dolab::tensor {

/// A piece of memory at run time.
struct Storage {
  enum class Kind : std::uint8_t { arena, constant, input, output };
  Kind kind = Kind::arena;
  std::int64_t size = 0;      // elements
  std::int64_t offset = -1;   // in the arena (also the fallback of an unbound output), or in the parent
  std::int32_t parent = -1;   // the storage that this one is a part of
  std::int32_t number = -1;   // of the input or output
  Array constant;             // keeps a constant alive
  std::vector<float> narrow;  // the constant, for programs in single precision
};

/// Something a loop reads. Direct operands: element i of outer index o is base[offset + outer(o) + i * inner_stride].
struct LoopOperand {
  std::int32_t storage = -1;
  std::int64_t offset = 0;
  std::int64_t inner_stride = 1;            // 1: dense, 0: one value per outer index
  std::vector<std::int64_t> outer_strides;  // per outer dimension
  // Operands of any other form are loaded into a register by an odometer over these dimensions.
  bool loaded = false;
  std::vector<std::int64_t> dims, strides;
};

/// One instruction of a loop body over a block of n elements. a, b, c, dst are slots of the loop's pointer table.
struct MicroOp {
  enum class Form : std::uint8_t { unary, binary, ternary, load, random, panel_dot, gather };
  Form form = Form::unary;
  std::uint8_t kind = 0;
  std::int32_t dst = -1, a = -1, b = -1, c = -1;
  std::int32_t aux = -1;           // load: operand number; random, gather, panel_dot: entry of the loop's side table
  const void* function = nullptr;  // the kernel
};

/// Where a random node reads its counters (see RandomAddress and RunContext).
struct RandomGeometry {
  RandomKind kind = RandomKind::uniform;
  std::uint32_t site = 0;
  std::int64_t draws = 1, before = 1, rows = 1, after = 1;  // shape = (draws, before, rows, after)
};

/// A reduction at the end of a block: sum or other of slot a, sum of a * b, or panel^T r.
struct LoopReduction {
  enum class Form : std::uint8_t { reduce, dot, panel };
  Form form = Form::reduce;
  Reduction kind = Reduction::sum;
  std::int32_t a = -1, b = -1;
  std::int32_t storage = -1;  // result
  std::int32_t panel = -1;    // packed design matrix
};

/// A design matrix packed in panels of 256 rows.
struct PackedPanels {
  std::int64_t rows = 0, columns = 0;
  Array data;
  std::vector<float> narrow;  // as in Storage
};

struct LoopStep {
  std::vector<std::int64_t> outer_dims;
  std::int64_t outer = 1, inner = 1;
  std::vector<LoopOperand> operands;  // slots 0 ..
  std::vector<std::int32_t> stores;   // storages; slots after the operands, dense in iteration order
  std::int32_t registers = 0;         // slots after the stores
  std::vector<MicroOp> ops;
  std::vector<LoopReduction> reductions;  // per outer index if outer > 1
  std::vector<RandomGeometry> randoms;
  std::vector<std::shared_ptr<const std::vector<std::int32_t>>> indices;
  std::vector<std::int32_t> panels;  // entries of Program::panels used by panel_dot
  std::int32_t slots() const { return static_cast<std::int32_t>(operands.size() + stores.size()) + registers; }
  bool single() const { return outer == 1 && inner <= kBlockSize; }
};

/// An operation on whole, contiguous arrays.
struct LibraryStep {
  Op op = Op::matmul;
  std::uint8_t kind = 0;
  std::vector<std::int64_t> dims;    // meaning depends on op, see library.cpp
  std::vector<std::int32_t> inputs;  // storages
  std::vector<std::int64_t> input_offsets;
  std::vector<std::int32_t> outputs;  // storages; -1 for scan results nobody reads
  std::vector<std::int64_t> targets;  // concat: where each input goes; empty parts are left out
  RandomGeometry random;
  std::shared_ptr<const Program> body;  // scan
  std::shared_ptr<const ScanBody> scan;
  std::vector<std::int64_t> lengths;  // scan: elements per step of carries, xs, captures, then outputs
};

struct Step {
  bool is_loop = true;
  std::int32_t index = 0;  // into loops or library
};

/// See compile(). Immutable.
class Program {
 public:
  std::vector<Storage> storages;
  std::vector<std::int32_t> input_storages;  // -1: the input is not used
  std::vector<std::int32_t> output_storages;
  std::vector<LoopStep> loops;
  std::vector<LibraryStep> library;
  std::vector<Step> steps;
  std::vector<PackedPanels> panels;
  std::int64_t arena_size = 0;  // elements
  Flavour flavour = Flavour::fast;
  Precision precision = Precision::float64;
};

/// The numbers of a constant in the type that the program computes with.
template <class T>
const T* numbers(const Array& wide, const std::vector<float>& narrow) noexcept {
  if constexpr (sizeof(T) == sizeof(float)) {
    return narrow.data();
  } else {
    return wide.data();
  }
}

/// Two partial results of a reduction in one. max and min propagate NaN.
inline double combine(Reduction kind, double a, double b) noexcept {
  switch (kind) {
    case Reduction::sum:
      return a + b;
    case Reduction::prod:
      return a * b;
    case Reduction::max:
      return a > b || a != a ? a : b;
    default:
      return a < b || a != a ? a : b;
  }
}
/// What a reduction of nothing gives.
inline double identity(Reduction kind) noexcept {
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

/// As compile(), for evaluating constants: nodes that depend on data only are steps like any other.
std::shared_ptr<const Program> compile_constants(Graph& graph, const std::vector<Tensor>& outputs,
                                                 const CompileOptions& options);

/// Runs one library step on resolved pointers. T is float or double.
template <class T>
void run_library_step(const LibraryStep& step, const KernelSet<T>& kernels, const T* const* inputs, T* const* outputs,
                      const RunContext& context) noexcept;
/// Fills n elements, starting at flat element `first` of the node.
template <class T>
void fill_random(const KernelSet<T>& kernels, const RandomGeometry& geometry, const RunContext& context,
                 std::int64_t first, T* out, std::int64_t n) noexcept;
RandomGeometry random_geometry(const Node& node);

}  // namespace dolab::tensor
