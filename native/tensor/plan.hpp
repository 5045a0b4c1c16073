// The planner: nodes of the graph become views of storages, elements of fused loops, or library steps.
#pragma once

#include <map>
#include <memory>
#include <unordered_map>
#include <utility>
#include <vector>

#include "tensor/program.hpp"

namespace dolab::tensor {

enum class Category : std::uint8_t { leaf, view, element, reduction, library };

struct PlanNode {
  Category category = Category::leaf;
  Op op = Op::constant;
  std::uint8_t kind = 0;
  Shape shape;
  std::vector<std::int64_t> ints;
  std::vector<std::int32_t> inputs;
  NodeId source = -1;
  // As a view: element x is storage(root)[offset + sum x_i strides_i].
  std::int32_t root = -1;
  std::int64_t offset = 0;
  std::vector<std::int64_t> strides;
  std::int32_t storage = -1;
  std::int32_t output = -1;
  // Reductions: kept x reduced extents; products with a design matrix: its panels.
  std::int64_t rows = 1, columns = 1;
  std::int32_t panel = -1;
  std::vector<char> transposed;
  // Scheduling.
  std::int32_t stage = 0;
  bool stored = false;
  std::int32_t absorbed_by = -1;  // computed inside another node's instruction (multiply-add, dot)

  bool is_dense() const;
};

std::vector<std::int64_t> dense_strides(const Shape& shape);

class Planner {
 public:
  Planner(Graph& graph, const CompileOptions& options);
  std::shared_ptr<const Program> plan(const std::vector<Tensor>& inputs, const std::vector<Tensor>& outputs);

 private:
  using Space = std::vector<std::int64_t>;  // extents without ones

  // plan.cpp: nodes
  void collect(const std::vector<Tensor>& inputs, const std::vector<Tensor>& outputs);
  std::vector<NodeId> reachable_values(const std::vector<NodeId>& outputs) const;
  std::int32_t collect_node(NodeId id, const std::unordered_map<NodeId, std::int32_t>& number_of_input);
  std::int32_t collect_view(const Node& node, std::int32_t input);
  std::int32_t collect_reduce(PlanNode node);
  std::int32_t collect_matmul(PlanNode node);
  bool gather_fuses(const PlanNode& node) const;
  bool is_transposed_dense(const PlanNode& node) const;
  static bool reshape_strides(const PlanNode& in, const Shape& shape, std::vector<std::int64_t>& strides);
  std::int32_t append(PlanNode node);
  std::int32_t copy_of(std::int32_t id);
  std::int32_t dense(std::int32_t id);
  std::int32_t pack(std::int32_t id, bool transposed);
  std::int32_t add_storage(Storage storage);

  // schedule.cpp: stages, stores, memory
  void assign_stages();
  void separate_splits();
  void delay_elements();
  void bring_forward(std::int32_t id, std::int32_t stage, const std::vector<std::int32_t>& soonest);
  void join_parts();
  Storage storage_for(const PlanNode& node) const;
  void mark_stores();
  void place_memory();
  Space space_of(const PlanNode& node) const;
  bool same_iteration(const PlanNode& consumer, std::int32_t input) const;
  std::int32_t available_from(const PlanNode& consumer, std::int32_t input) const;

  // emit.cpp: steps
  struct Group {
    Space space;
    std::int64_t rows = -1;  // row reductions: kept extent; -1 = none yet
    std::vector<std::int32_t> nodes;
  };
  struct LoopEmitter;
  void emit();
  void emit_loop(const Group& group);
  void emit_library(std::int32_t id);
  bool written_in_place(std::int32_t part, std::int32_t whole, std::int64_t target) const;
  void emit_scan(std::int32_t id, LibraryStep step);
  void absorb(const std::vector<std::int32_t>& group);
  std::int32_t storage_of(std::int32_t id);

  Graph& graph_;
  CompileOptions options_;
  std::shared_ptr<Program> program_;
  std::vector<PlanNode> nodes_;
  std::unordered_map<NodeId, std::int32_t> map_;
  std::vector<std::int32_t> output_roots_;
  std::map<std::pair<std::int32_t, std::int64_t>, std::int32_t> packed_;
  std::vector<std::vector<std::int32_t>> users_;  // of roots: nodes that read them through any view
};

}  // namespace dolab::tensor
