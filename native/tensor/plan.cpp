// From graph to program: views, stages, loops, memory.
#include "tensor/plan.hpp"

#include <algorithm>
#include <map>

#include "dolab/error.hpp"
#include "tensor/rebuild.hpp"

namespace dolab::tensor {

namespace {

constexpr std::int64_t kFoldedGrowth = 4;  // a folded constant may be this much larger than its inputs
constexpr std::int64_t kFoldedAlways = std::int64_t{1} << 24;

bool is_view(const Node& node) {
  switch (node.op) {
    case Op::reshape:
    case Op::transpose:
    case Op::broadcast:
    case Op::slice:
    case Op::stop_gradient:
      return true;
    case Op::unary:
      return static_cast<Unary>(node.kind) == Unary::copy;  // a cast: numbers are stored alike
    default:
      return false;
  }
}

bool folds(const Graph& graph, const Node& node) {
  const std::int64_t size = element_count(node.shape);
  if (size <= kFoldedAlways) return true;
  std::int64_t inputs = 0;
  for (const auto id : node.inputs) inputs += element_count(graph.node(id).shape);
  return size <= kFoldedGrowth * inputs;
}

/// Evaluates the constants that non-constant nodes (or outputs) read, and remembers the values in the graph.
void fold_constants(Graph& graph, const std::vector<NodeId>& order, const std::vector<NodeId>& outputs,
                    const CompileOptions& options) {
  std::vector<Tensor> wanted;
  std::vector<char> seen(static_cast<std::size_t>(graph.size()), 0);
  std::vector<NodeId> stack;
  const auto visit = [&](NodeId start) {
    stack.push_back(start);
    while (!stack.empty()) {
      const NodeId id = stack.back();
      stack.pop_back();
      const Node& node = graph.node(id);
      if (!node.is_constant || node.has_value || seen[static_cast<std::size_t>(id)]) continue;
      seen[static_cast<std::size_t>(id)] = 1;
      if (is_view(node) || node.op == Op::scan || !folds(graph, node)) {
        for (const auto input : node.inputs) stack.push_back(input);
      } else {
        wanted.emplace_back(&graph, id);
      }
    }
  };
  for (const auto id : order) {
    if (graph.node(id).is_constant) continue;
    for (const auto input : graph.node(id).inputs) visit(input);
  }
  for (const auto id : outputs) visit(id);
  if (wanted.empty()) return;
  CompileOptions wide = options;
  wide.precision = Precision::float64;
  const auto program = compile_constants(graph, wanted, wide);
  Executor executor(program);
  executor.run();
  for (std::size_t i = 0; i < wanted.size(); ++i) {
    Node& node = graph.mutable_node(wanted[i].id());
    Array value(node.dtype, node.shape);
    std::copy_n(executor.output(i), value.size(), value.mutable_data());
    node.value = std::move(value);
    node.has_value = true;
  }
}

std::shared_ptr<const Program> compile_graph(Graph& graph, const std::vector<Tensor>& inputs,
                                             const std::vector<Tensor>& outputs, const CompileOptions& options,
                                             bool fold) {
  std::vector<NodeId> output_ids;
  for (const auto& t : outputs) output_ids.push_back(t.id());
  if (fold) fold_constants(graph, reachable(graph, output_ids), output_ids, options);
  Planner planner(graph, options);
  return planner.plan(inputs, outputs);
}

void narrow_constants(Program& program) {
  const auto narrow = [](const Array& wide) { return std::vector<float>(wide.data(), wide.data() + wide.size()); };
  for (Storage& storage : program.storages) {
    if (storage.kind == Storage::Kind::constant) storage.narrow = narrow(storage.constant);
  }
  for (PackedPanels& panels : program.panels) panels.narrow = narrow(panels.data);
}

}  // namespace

Planner::Planner(Graph& graph, const CompileOptions& options)
    : graph_(graph), options_(options), program_(std::make_shared<Program>()) {
  program_->flavour = options.flavour;
  program_->precision = options.precision;
}

std::shared_ptr<const Program> Planner::plan(const std::vector<Tensor>& inputs, const std::vector<Tensor>& outputs) {
  collect(inputs, outputs);
  assign_stages();
  mark_stores();
  emit();
  place_memory();
  if (options_.precision == Precision::float32) narrow_constants(*program_);
  return program_;
}

std::vector<std::int64_t> dense_strides(const Shape& shape) {
  std::vector<std::int64_t> strides(shape.size(), 1);
  for (std::size_t i = shape.size(); i-- > 1;) strides[i - 1] = strides[i] * shape[i];
  return strides;
}

bool PlanNode::is_dense() const {
  if (offset != 0) return false;
  const auto dense = dense_strides(shape);
  for (std::size_t i = 0; i < shape.size(); ++i) {
    if (shape[i] != 1 && strides[i] != dense[i]) return false;
  }
  return true;
}

// ---- collecting nodes -------------------------------------------------------------------------------

std::int32_t Planner::append(PlanNode node) {
  nodes_.push_back(std::move(node));
  auto& added = nodes_.back();
  const auto id = static_cast<std::int32_t>(nodes_.size()) - 1;
  if (added.root < 0) {
    added.root = id;
    added.strides = dense_strides(added.shape);
  }
  return id;
}

/// A dense copy of node `id`, whose memory is its own.
std::int32_t Planner::copy_of(std::int32_t id) {
  PlanNode copy;
  copy.category = Category::element;
  copy.op = Op::unary;
  copy.kind = static_cast<std::uint8_t>(Unary::copy);
  copy.shape = nodes_[static_cast<std::size_t>(id)].shape;
  copy.inputs = {id};
  return append(std::move(copy));
}

std::int32_t Planner::dense(std::int32_t id) {
  return nodes_[static_cast<std::size_t>(id)].is_dense() ? id : copy_of(id);
}

void Planner::collect(const std::vector<Tensor>& inputs, const std::vector<Tensor>& outputs) {
  std::unordered_map<NodeId, std::int32_t> number_of_input;
  for (std::size_t i = 0; i < inputs.size(); ++i) {
    number_of_input.emplace(inputs[i].id(), static_cast<std::int32_t>(i));
  }
  program_->input_storages.assign(inputs.size(), -1);
  std::vector<NodeId> ids;
  for (const auto& t : outputs) ids.push_back(t.id());
  const auto order = reachable_values(ids);
  for (const auto id : order) map_.emplace(id, collect_node(id, number_of_input));
  for (const auto& t : outputs) {
    std::int32_t id = map_.at(t.id());
    const PlanNode& node = nodes_[static_cast<std::size_t>(id)];
    const PlanNode& root = nodes_[static_cast<std::size_t>(node.root)];
    const bool direct = node.is_dense() && root.category != Category::leaf && root.output < 0 &&
                        element_count(root.shape) == element_count(node.shape);
    if (!direct) id = copy_of(id);
    PlanNode& target = nodes_[static_cast<std::size_t>(nodes_[static_cast<std::size_t>(id)].root)];
    target.output = static_cast<std::int32_t>(output_roots_.size());
    output_roots_.push_back(nodes_[static_cast<std::size_t>(id)].root);
  }
}

/// As reachable(), but does not look behind nodes whose value is known.
std::vector<NodeId> Planner::reachable_values(const std::vector<NodeId>& outputs) const {
  if (outputs.empty()) return {};
  const NodeId top = *std::max_element(outputs.begin(), outputs.end());
  std::vector<char> needed(static_cast<std::size_t>(top) + 1, 0);
  for (const auto id : outputs) needed[static_cast<std::size_t>(id)] = 1;
  std::vector<NodeId> order;
  for (NodeId id = top; id >= 0; --id) {
    if (!needed[static_cast<std::size_t>(id)]) continue;
    order.push_back(id);
    if (graph_.node(id).has_value) continue;
    for (const auto input : graph_.node(id).inputs) needed[static_cast<std::size_t>(input)] = 1;
  }
  std::reverse(order.begin(), order.end());
  return order;
}

std::int32_t Planner::collect_node(NodeId id, const std::unordered_map<NodeId, std::int32_t>& number_of_input) {
  const Node& node = graph_.node(id);
  PlanNode out;
  out.op = node.op;
  out.kind = node.kind;
  out.shape = node.shape;
  out.ints = node.ints;
  out.source = id;
  if (node.has_value) {
    out.category = Category::leaf;
    out.op = Op::constant;
    Storage storage;
    storage.kind = Storage::Kind::constant;
    storage.size = node.value.size();
    storage.constant = node.value;
    out.storage = add_storage(std::move(storage));
    return append(std::move(out));
  }
  if (node.op == Op::input) {
    const auto found = number_of_input.find(id);
    if (found == number_of_input.end()) throw Error("E1999", "an input of the graph is not among those compiled");
    out.category = Category::leaf;
    Storage storage;
    storage.kind = Storage::Kind::input;
    storage.size = element_count(node.shape);
    storage.number = found->second;
    out.storage = add_storage(std::move(storage));
    program_->input_storages[static_cast<std::size_t>(found->second)] = out.storage;
    return append(std::move(out));
  }
  std::vector<std::int32_t> in;
  for (const auto input : node.inputs) in.push_back(map_.at(input));
  if (is_view(node)) return collect_view(node, in[0]);
  out.inputs = in;
  switch (node.op) {
    case Op::unary:
    case Op::binary:
    case Op::select:
      out.category = Category::element;
      break;
    case Op::random:
      out.category = node.inputs.empty() ? Category::element : Category::library;
      break;
    case Op::reduce:
    case Op::logsumexp:
      return collect_reduce(std::move(out));
    case Op::gather:
      out.category = gather_fuses(out) ? Category::element : Category::library;
      break;
    case Op::matmul:
      return collect_matmul(std::move(out));
    default:
      out.category = Category::library;
      break;
  }
  if (out.category == Category::library) {
    for (auto& input : out.inputs) {
      if (nodes_[static_cast<std::size_t>(input)].op != Op::scan) input = dense(input);
    }
  } else if (out.op == Op::gather) {
    out.inputs[0] = dense(out.inputs[0]);
  }
  return append(std::move(out));
}

bool Planner::gather_fuses(const PlanNode& node) const {
  const PlanNode& table = nodes_[static_cast<std::size_t>(node.inputs[0])];
  const PlanNode& index = nodes_[static_cast<std::size_t>(node.inputs[1])];
  return table.shape.size() == 1 && index.op == Op::constant && index.is_dense() && options_.fuse;
}

std::int32_t Planner::collect_view(const Node& node, std::int32_t input) {
  PlanNode out;
  out.category = Category::view;
  out.op = node.op;
  out.shape = node.shape;
  {
    const PlanNode& in = nodes_[static_cast<std::size_t>(input)];
    if (node.op == Op::reshape && !reshape_strides(in, node.shape, out.strides)) input = copy_of(input);
  }
  const PlanNode& in = nodes_[static_cast<std::size_t>(input)];
  out.inputs = {input};
  out.root = in.root;
  out.offset = in.offset;
  switch (node.op) {
    case Op::reshape:
      out.strides.clear();
      reshape_strides(in, node.shape, out.strides);
      break;
    case Op::transpose:
      for (const auto p : node.ints) out.strides.push_back(in.strides[static_cast<std::size_t>(p)]);
      break;
    case Op::broadcast: {
      const std::size_t extra = node.shape.size() - in.shape.size();
      for (std::size_t i = 0; i < node.shape.size(); ++i) {
        const bool repeated = i < extra || in.shape[i - extra] != node.shape[i];
        out.strides.push_back(repeated ? 0 : in.strides[i - extra]);
      }
      break;
    }
    case Op::slice:
      for (std::size_t i = 0; i < node.shape.size(); ++i) {
        out.offset += node.ints[2 * i] * in.strides[i];
        out.strides.push_back(node.ints[2 * i + 1] * in.strides[i]);
      }
      break;
    default:
      out.strides = in.strides;
      break;
  }
  return append(std::move(out));
}

/// Strides of a reshaped view, if it needs no copy.
bool Planner::reshape_strides(const PlanNode& in, const Shape& shape, std::vector<std::int64_t>& strides) {
  strides.assign(shape.size(), 0);
  const auto dense = dense_strides(in.shape);
  bool is_dense = true, constant = true;
  for (std::size_t i = 0; i < in.shape.size(); ++i) {
    if (in.shape[i] == 1) continue;
    is_dense = is_dense && in.strides[i] == dense[i];
    constant = constant && in.strides[i] == 0;
  }
  if (is_dense) {
    strides = dense_strides(shape);
    return true;
  }
  if (constant) return true;
  std::size_t i = 0;
  for (std::size_t k = 0; k < shape.size(); ++k) {
    if (shape[k] == 1) continue;
    while (i < in.shape.size() && in.shape[i] == 1) ++i;
    if (i == in.shape.size() || in.shape[i] != shape[k]) return false;
    strides[k] = in.strides[i++];
  }
  while (i < in.shape.size() && in.shape[i] == 1) ++i;
  return i == in.shape.size();
}

/// Reductions over a run of neighbouring axes; others go through a transposed copy.
std::int32_t Planner::collect_reduce(PlanNode node) {
  const PlanNode& in = nodes_[static_cast<std::size_t>(node.inputs[0])];
  std::vector<std::int64_t> kept, reduced;
  for (std::int64_t i = 0; i < static_cast<std::int64_t>(in.shape.size()); ++i) {
    const bool is_reduced = std::find(node.ints.begin(), node.ints.end(), i) != node.ints.end();
    if (in.shape[static_cast<std::size_t>(i)] != 1) (is_reduced ? reduced : kept).push_back(i);
  }
  const bool trailing = reduced.empty() || kept.empty() || kept.back() < reduced.front();
  bool contiguous = true;
  for (const auto k : kept) contiguous = contiguous && (k < reduced.front() || k > reduced.back());
  node.rows = 1;
  node.columns = 1;
  for (const auto k : kept) node.rows *= in.shape[static_cast<std::size_t>(k)];
  for (const auto r : reduced) node.columns *= in.shape[static_cast<std::size_t>(r)];
  if (node.op == Op::reduce && trailing && options_.fuse && (node.rows == 1 || node.columns >= 32)) {
    node.category = Category::reduction;
    return append(std::move(node));
  }
  node.category = Category::library;
  if (!contiguous) {
    PlanNode view;
    view.category = Category::view;
    view.op = Op::transpose;
    view.root = in.root;
    view.offset = in.offset;
    view.inputs = {node.inputs[0]};
    for (const auto* axes : {&kept, &reduced}) {
      for (const auto i : *axes) {
        view.shape.push_back(in.shape[static_cast<std::size_t>(i)]);
        view.strides.push_back(in.strides[static_cast<std::size_t>(i)]);
      }
    }
    node.ints = {node.rows, node.columns, 1};
    node.inputs[0] = append(std::move(view));
  } else {
    std::int64_t before = 1, after = 1;
    for (const auto k : kept) (k < reduced.front() ? before : after) *= in.shape[static_cast<std::size_t>(k)];
    node.ints = {before, node.columns, after};
  }
  node.inputs[0] = dense(node.inputs[0]);
  return append(std::move(node));
}

namespace {

bool is_column_vector(const PlanNode& node) { return node.shape.size() == 2 && node.shape[1] == 1; }

}  // namespace

std::int32_t Planner::collect_matmul(PlanNode node) {
  const PlanNode& a = nodes_[static_cast<std::size_t>(node.inputs[0])];
  const PlanNode& b = nodes_[static_cast<std::size_t>(node.inputs[1])];
  const bool constant_root = nodes_[static_cast<std::size_t>(a.root)].op == Op::constant;
  if (options_.linear && constant_root && is_column_vector(b) && a.shape.size() == 2 && a.shape[1] > 0) {
    if (a.is_dense() && a.shape[0] >= 64) {
      node.category = Category::element;  // X w: rows of a loop over the data
      node.panel = pack(node.inputs[0], false);
      node.inputs = {dense(node.inputs[1])};
      return append(std::move(node));
    }
    const bool transposed = a.offset == 0 && a.strides[0] == 1 && a.strides[1] == a.shape[0];
    if (transposed && a.shape[1] >= 64) {
      node.category = Category::reduction;  // X^T r: a sum over the data
      node.panel = pack(node.inputs[0], true);
      node.rows = 1;
      node.columns = a.shape[1];
      node.inputs = {node.inputs[1]};
      return append(std::move(node));
    }
  }
  node.category = Category::library;
  for (auto& input : node.inputs) {
    const PlanNode& operand = nodes_[static_cast<std::size_t>(input)];
    node.transposed.push_back(!operand.is_dense() && is_transposed_dense(operand) ? 1 : 0);
    if (!node.transposed.back()) input = dense(input);
  }
  return append(std::move(node));
}

bool Planner::is_transposed_dense(const PlanNode& node) const {
  PlanNode swapped = node;
  const std::size_t r = node.shape.size();
  std::swap(swapped.shape[r - 1], swapped.shape[r - 2]);
  std::swap(swapped.strides[r - 1], swapped.strides[r - 2]);
  return swapped.is_dense() &&
         element_count(nodes_[static_cast<std::size_t>(node.root)].shape) == element_count(node.shape);
}

/// Packs the constant behind node `id` into panels (once per root and orientation).
std::int32_t Planner::pack(std::int32_t id, bool transposed) {
  const PlanNode& node = nodes_[static_cast<std::size_t>(id)];
  const auto key = std::make_pair(node.root, transposed ? node.shape[1] : node.shape[0]);
  const auto found = packed_.find(key);
  if (found != packed_.end()) return found->second;
  const Array& x =
      program_->storages[static_cast<std::size_t>(nodes_[static_cast<std::size_t>(node.root)].storage)].constant;
  PackedPanels panels;
  panels.rows = key.second;
  panels.columns = transposed ? node.shape[0] : node.shape[1];
  const std::int64_t count = (panels.rows + kPanelRows - 1) / kPanelRows;
  panels.data = Array(DType::real, {count, panels.columns, kPanelRows});
  double* out = panels.data.mutable_data();
  for (std::int64_t p = 0; p < count; ++p) {
    const std::int64_t height = std::min(kPanelRows, panels.rows - p * kPanelRows);
    for (std::int64_t i = 0; i < height; ++i) {
      const double* row = x.data() + (p * kPanelRows + i) * panels.columns;
      for (std::int64_t j = 0; j < panels.columns; ++j) out[(p * panels.columns + j) * kPanelRows + i] = row[j];
    }
  }
  program_->panels.push_back(std::move(panels));
  const auto number = static_cast<std::int32_t>(program_->panels.size()) - 1;
  packed_.emplace(key, number);
  return number;
}

std::int32_t Planner::add_storage(Storage storage) {
  program_->storages.push_back(std::move(storage));
  return static_cast<std::int32_t>(program_->storages.size()) - 1;
}

std::shared_ptr<const Program> compile(Graph& graph, const std::vector<Tensor>& inputs,
                                       const std::vector<Tensor>& outputs, const CompileOptions& options) {
  return compile_graph(graph, inputs, outputs, options, true);
}

std::shared_ptr<const Program> compile_constants(Graph& graph, const std::vector<Tensor>& outputs,
                                                 const CompileOptions& options) {
  return compile_graph(graph, {}, outputs, options, false);
}

std::vector<Array> evaluate(const std::vector<Tensor>& outputs, const std::vector<Tensor>& inputs,
                            const std::vector<Array>& values, const RunContext& context,
                            const CompileOptions& options) {
  if (outputs.empty()) return {};
  Graph& graph = outputs.front().graph();
  const auto program = compile(graph, inputs, outputs, options);
  Executor executor(program);
  for (std::size_t i = 0; i < inputs.size(); ++i) executor.bind_input(i, values[i].data());
  executor.run(context);
  std::vector<Array> results;
  for (std::size_t i = 0; i < outputs.size(); ++i) {
    Array out(outputs[i].dtype(), outputs[i].shape());
    std::copy_n(executor.output(i), out.size(), out.mutable_data());
    results.push_back(std::move(out));
  }
  return results;
}

}  // namespace dolab::tensor
