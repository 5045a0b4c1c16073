// The one intermediate representation: a hash-consed graph of tensor operations with static shapes.
// Models, guides, networks and flows are all built, differentiated, batched and run as this graph.
#pragma once

#include <cstdint>
#include <deque>
#include <memory>
#include <string>
#include <unordered_map>
#include <vector>

#include "base/array.hpp"
#include "tensor/kernels/kernels.hpp"

namespace dolab::tensor {

using NodeId = std::int32_t;

/// The closed set of operations. Elementwise operands broadcast by NumPy rules inside the node: a broadcast
/// is an operand kind of the executor, never a buffer.
enum class Op : std::uint8_t {
  input,          // a value given at run time; ints = {input number}
  constant,       // a host array
  unary,          // kind = Unary
  binary,         // kind = Binary
  select,         // inputs: condition, a, b
  reduce,         // kind = Reduction; ints = axes (sorted, non-negative), which are dropped
  logsumexp,      // ints = axes (sorted, non-negative), which are dropped
  reshape,        // same elements, other shape
  transpose,      // ints = permutation: output axis i is input axis ints[i]
  broadcast,      // to the node's shape, by NumPy rules
  slice,          // ints = start, step per axis (step may be negative); extents are the node's shape
  pad,            // ints = low, step-1 (interior zeros), high per axis; zeros outside: the adjoint of slice
  concat,         // ints = {axis}
  gather,         // inputs: table (M, rest...), index (I...) -> (I..., rest...); indices are clamped into [0, M)
  scatter_add,    // inputs: index (I...), updates (I..., rest...) -> (M, rest...); out-of-range updates are dropped
  cumsum,         // ints = {axis, reverse}
  matmul,         // (..., n, k) x (..., k, m), batch axes broadcast
  cholesky,       // lower factor of (..., n, n); a matrix that is not positive definite gives NaN
  tri_solve,      // inputs: L (..., n, n) lower, B (..., n, m); ints = {transpose}: solves L X = B or L^T X = B
  sort_order,     // argsort along the last axis (stable)
  argreduce,      // kind 0 = argmax, 1 = argmin; ints = {axis}
  scan,           // a loop with carry; several results, read by `project`
  project,        // ints = {result number} of a scan
  random,         // kind = RandomKind; ints = {site hash, row axis or -1, leading draw axes}; inputs = parameters
  stop_gradient,  // identity whose derivative is zero
};

/// Random leaves. Parameters broadcast to the node's shape. Each element reads its own counter (see RandomAddress).
enum class RandomKind : std::uint8_t { uniform, normal, gamma /* shape a, unit rate */, poisson, binomial /* n, p */ };

struct ScanBody;

struct Node {
  Op op = Op::constant;
  std::uint8_t kind = 0;
  DType dtype = DType::real;
  bool is_constant = false;  // depends on host data only
  bool has_value = false;    // `value` holds the evaluated constant
  Shape shape;
  std::vector<NodeId> inputs;
  std::vector<std::int64_t> ints;
  std::shared_ptr<const ScanBody> body;
  Array value;
};

class Graph;

/// A handle to a node. Copyable, two words; the graph must outlive it.
class Tensor {
 public:
  Tensor() = default;
  Tensor(Graph* graph, NodeId id) : graph_(graph), id_(id) {}

  bool defined() const noexcept { return graph_ != nullptr; }
  Graph& graph() const noexcept { return *graph_; }
  NodeId id() const noexcept { return id_; }
  const Node& node() const noexcept;
  const Shape& shape() const noexcept { return node().shape; }
  std::int64_t rank() const noexcept { return static_cast<std::int64_t>(shape().size()); }
  std::int64_t size() const noexcept { return element_count(shape()); }
  /// Extent of an axis; negative axes count from the end. Throws E405.
  std::int64_t extent(std::int64_t axis) const;
  DType dtype() const noexcept { return node().dtype; }
  /// True if the value is known while building (depends on data only).
  bool is_constant() const noexcept { return node().is_constant; }
  /// The known value, evaluated on demand by the executor's own kernels and remembered. Throws E302 otherwise.
  const Array& value() const;

 private:
  Graph* graph_ = nullptr;
  NodeId id_ = -1;
};

/// Body of a scan: a graph of its own whose inputs are numbered carry..., x..., captured values...,
/// and whose outputs are the next carry... and y....
struct ScanBody {
  std::unique_ptr<Graph> graph;
  std::vector<NodeId> outputs;
  std::int64_t carries = 0, xs = 0, captures = 0;
  std::int64_t length = 0;
  bool reverse = false;
  ScanBody();
  ~ScanBody();
};

/// Limits that untrusted model text must not exceed (language page, section 6.4).
struct GraphLimits {
  std::int64_t nodes = 2'000'000;
  std::int64_t elements = (std::int64_t{1} << 31) - 1;
  std::int64_t rank = 32;
};

class Graph {
 public:
  Graph() = default;
  Graph(const Graph&) = delete;
  Graph& operator=(const Graph&) = delete;

  /// Adds a node, or returns the equal one that exists (structural hash; constants by bits up to 64 elements).
  /// Throws E906 / E907 / E908 when a limit is passed.
  NodeId add(Node node);
  const Node& node(NodeId id) const noexcept { return nodes_[static_cast<std::size_t>(id)]; }
  Node& mutable_node(NodeId id) noexcept { return nodes_[static_cast<std::size_t>(id)]; }
  std::int64_t size() const noexcept { return static_cast<std::int64_t>(nodes_.size()); }

  /// New run-time input; inputs are numbered in order of creation.
  Tensor input(Shape shape, DType dtype = DType::real);
  std::int64_t input_count() const noexcept { return static_cast<std::int64_t>(inputs_.size()); }
  NodeId input_node(std::int64_t number) const noexcept { return inputs_[static_cast<std::size_t>(number)]; }

  Tensor constant(Array value);
  Tensor scalar(double value, DType dtype = DType::real);

  GraphLimits limits;

 private:
  std::deque<Node> nodes_;
  std::vector<NodeId> inputs_;
  std::unordered_multimap<std::uint64_t, NodeId> index_;
};

inline const Node& Tensor::node() const noexcept { return graph_->node(id_); }

}  // namespace dolab::tensor
