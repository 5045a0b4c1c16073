// Substitution and batching: draws, particles, directions and independent targets become a leading axis.
#include <algorithm>

#include "dolab/error.hpp"
#include "tensor/rebuild.hpp"

namespace dolab::tensor {

namespace {

std::vector<NodeId> ids_of(const std::vector<Tensor>& tensors) {
  std::vector<NodeId> ids;
  for (const auto& t : tensors) ids.push_back(t.id());
  return ids;
}

Shape with_front(std::int64_t count, const Shape& shape) {
  Shape out{count};
  out.insert(out.end(), shape.begin(), shape.end());
  return out;
}

struct Item {
  Tensor tensor;
  bool batched = false;
};

/// Rules for one node: inputs may carry the leading axis, the result then does.
class Batcher {
 public:
  Batcher(Graph& graph, std::int64_t count) : graph_(graph), count_(count) {}

  Item apply(const Node& node, const std::vector<Item>& in) {
    const bool any = std::any_of(in.begin(), in.end(), [](const Item& i) { return i.batched; });
    if (node.op == Op::random && count_ >= 0) return {random(node, in), true};
    if (!any) {
      std::vector<Tensor> inputs;
      for (const auto& i : in) inputs.push_back(i.tensor);
      return {rebuild(graph_, node, inputs), false};
    }
    return {batched(node, in), true};
  }

  /// `item` with the leading axis, broadcast if it had none.
  Tensor lift(const Item& item) const {
    return item.batched ? item.tensor : broadcast_to(item.tensor, with_front(count_, item.tensor.shape()));
  }

 private:
  /// Right-aligns a batched operand with a result of (unbatched) rank `rank`.
  Tensor align(const Item& item, std::size_t rank) const {
    if (!item.batched) return item.tensor;
    Shape shape = item.tensor.shape();
    shape.insert(shape.begin() + 1, rank + 1 - shape.size(), 1);
    return reshape(item.tensor, shape);
  }

  Tensor emit(const Node& node, Shape shape, const std::vector<Tensor>& inputs, std::vector<std::int64_t> ints) const {
    Node copy;
    copy.op = node.op;
    copy.kind = node.kind;
    copy.dtype = node.dtype;
    copy.shape = std::move(shape);
    copy.ints = std::move(ints);
    for (const auto& t : inputs) copy.inputs.push_back(t.id());
    return {&graph_, graph_.add(std::move(copy))};
  }

  static std::vector<std::int64_t> shifted(const std::vector<std::int64_t>& axes) {
    std::vector<std::int64_t> out;
    for (const auto a : axes) out.push_back(a + 1);
    return out;
  }

  Tensor random(const Node& node, const std::vector<Item>& in) const {
    std::vector<Tensor> inputs;
    for (const auto& i : in) inputs.push_back(lift(i));
    auto ints = node.ints;
    ints[2] += 1;
    if (ints[1] >= 0) ints[1] += 1;
    return emit(node, with_front(count_, node.shape), inputs, ints);
  }

  Tensor elementwise(const Node& node, const std::vector<Item>& in) const {
    const std::size_t rank = node.shape.size();
    std::vector<Tensor> x;
    for (const auto& i : in) x.push_back(align(i, rank));
    if (node.op == Op::binary) return binary(static_cast<Binary>(node.kind), x[0], x[1]);
    if (node.op == Op::select) {
      return broadcast_to(select(x[0], x[1], x[2]), with_front(count_, node.shape));
    }
    if (node.op == Op::unary && static_cast<Unary>(node.kind) != Unary::copy)
      return unary(static_cast<Unary>(node.kind), x[0]);
    return emit(node, with_front(count_, node.shape), x, {});
  }

  Tensor batched(const Node& node, const std::vector<Item>& in) {
    switch (node.op) {
      case Op::unary:
      case Op::binary:
      case Op::select:
      case Op::stop_gradient:
        return elementwise(node, in);
      case Op::reduce:
        return reduce(static_cast<Reduction>(node.kind), in[0].tensor, shifted(node.ints));
      case Op::logsumexp:
        return logsumexp(in[0].tensor, shifted(node.ints));
      case Op::reshape:
        return reshape(in[0].tensor, with_front(count_, node.shape));
      case Op::broadcast:
        return broadcast_to(align(in[0], node.shape.size()), with_front(count_, node.shape));
      case Op::transpose: {
        auto permutation = shifted(node.ints);
        permutation.insert(permutation.begin(), 0);
        return transpose(in[0].tensor, permutation);
      }
      case Op::slice: {
        auto ints = node.ints;
        ints.insert(ints.begin(), {0, 1});
        return emit(node, with_front(count_, node.shape), {in[0].tensor}, ints);
      }
      case Op::pad: {
        auto ints = node.ints;
        ints.insert(ints.begin(), {0, 0, 0});
        return emit(node, with_front(count_, node.shape), {in[0].tensor}, ints);
      }
      case Op::concat: {
        std::vector<Tensor> parts;
        for (const auto& i : in) parts.push_back(lift(i));
        return concat(parts, node.ints[0] + 1);
      }
      case Op::cumsum:
        return emit(node, with_front(count_, node.shape), {in[0].tensor}, {node.ints[0] + 1, node.ints[1]});
      case Op::argreduce:
        return emit(node, with_front(count_, node.shape), {in[0].tensor}, shifted(node.ints));
      case Op::sort_order:
      case Op::cholesky:
        return emit(node, with_front(count_, node.shape), {in[0].tensor}, {});
      case Op::gather:
        return gather_batched(node, in);
      case Op::scatter_add:
        return scatter_batched(node, in);
      case Op::matmul:
        return matmul_batched(node, in);
      case Op::tri_solve:
        return tri_solve(lift(in[0]), lift(in[1]), node.ints[0] != 0);
      default:
        throw Error("E1999", "operation " + std::to_string(static_cast<int>(node.op)) + " cannot be batched");
    }
  }

  /// Offsets t * rows, shaped to broadcast against a batched index.
  Tensor row_offsets(std::int64_t rows, std::size_t index_rank) const {
    Shape shape(index_rank, 1);
    shape[0] = count_;
    return reshape(arange(graph_, count_) * graph_.scalar(static_cast<double>(rows), DType::integer), shape);
  }

  static Shape flattened_front(const Shape& shape) {
    Shape out(shape.begin() + 1, shape.end());
    out[0] *= shape[0];
    return out;
  }

  Tensor clamp(const Tensor& index, std::int64_t rows) const {
    if (index.is_constant()) return index;
    return minimum(maximum(index, graph_.scalar(0, DType::integer)),
                   graph_.scalar(static_cast<double>(rows - 1), DType::integer));
  }

  Tensor gather_batched(const Node& node, const std::vector<Item>& in) const {
    if (!in[0].batched) return emit(node, with_front(count_, node.shape), {in[0].tensor, in[1].tensor}, {});
    const std::int64_t rows = in[0].tensor.extent(1);
    const Tensor index =
        clamp(lift(in[1]), rows) + row_offsets(rows, in[1].tensor.shape().size() + (in[1].batched ? 0 : 1));
    const Tensor table = reshape(in[0].tensor, flattened_front(in[0].tensor.shape()));
    return emit(node, with_front(count_, node.shape), {table, index}, {});
  }

  static bool all_inside(const Array& index, std::int64_t rows) {
    return std::all_of(index.data(), index.data() + index.size(),
                       [rows](double i) { return i >= 0.0 && i < static_cast<double>(rows); });
  }

  Tensor scatter_batched(const Node& node, const std::vector<Item>& in) const {
    const std::int64_t rows = node.shape[0];
    const Tensor raw = lift(in[0]);
    Tensor index = raw + row_offsets(rows, raw.shape().size());
    if (!raw.is_constant() || !all_inside(raw.value(), rows)) {
      // Out-of-range entries must stay out of range of the whole table.
      const Tensor inside = logical_and(raw >= 0.0, raw < static_cast<double>(rows));
      index = select(inside, index, graph_.scalar(-1, DType::integer));
    }
    const Tensor flat = tensor::scatter_add(index, lift(in[1]), rows * count_);
    return reshape(flat, with_front(count_, node.shape));
  }

  Tensor matmul_batched(const Node& node, const std::vector<Item>& in) const {
    const Item &a = in[0], &b = in[1];
    const bool plain = node.shape.size() == 2;
    if (plain && !a.batched && b.tensor.extent(-1) == 1) {
      // X (n, k) times T vectors is one product (T, k) (k, n): X is read once for all.
      const Tensor vectors = reshape(b.tensor, {count_, b.tensor.extent(-2)});
      return reshape(tensor::matmul(vectors, matrix_transpose(a.tensor)), with_front(count_, node.shape));
    }
    if (plain && a.batched && !b.batched) {
      // (T, n, k) (k, m): the batch joins the rows.
      const Tensor rows = reshape(a.tensor, {count_ * a.tensor.extent(-2), a.tensor.extent(-1)});
      return reshape(tensor::matmul(rows, b.tensor), with_front(count_, node.shape));
    }
    return tensor::matmul(align(a, node.shape.size()), align(b, node.shape.size()));
  }

  Graph& graph_;
  std::int64_t count_;
};

/// Batches a scan by batching its body: final carries, ys and the carries before each step, with a leading axis.
std::vector<Tensor> batch_scan(Graph& graph, const Node& node, const std::vector<Item>& in, std::int64_t count) {
  const ScanBody& body = *node.body;
  const Batcher batcher(graph, count);
  std::vector<Tensor> init, xs;
  const auto carries = static_cast<std::size_t>(body.carries), steps = static_cast<std::size_t>(body.xs);
  for (std::size_t i = 0; i < carries; ++i) init.push_back(batcher.lift(in[i]));
  for (std::size_t i = carries; i < carries + steps; ++i) {
    xs.push_back(in[i].batched ? swap_axes(in[i].tensor, 0, 1) : in[i].tensor);
  }
  const auto step = [&](const std::vector<Tensor>& carry, const std::vector<Tensor>& x) {
    // Placeholders of the unbatched step, then batch the instantiated body over them.
    std::vector<Tensor> arguments;
    Replacement replacement;
    const auto add = [&](const Tensor& value, bool is_batched) {
      if (!is_batched) {
        arguments.push_back(value);
        return;
      }
      const Tensor placeholder = graph.input({value.shape().begin() + 1, value.shape().end()}, value.dtype());
      arguments.push_back(placeholder);
      replacement.emplace(placeholder.id(), value);
    };
    for (const auto& c : carry) add(c, true);
    for (std::size_t i = 0; i < steps; ++i) add(x[i], in[carries + i].batched);
    for (std::size_t i = carries + steps; i < in.size(); ++i) add(in[i].tensor, in[i].batched);
    const auto results = batch(instantiate(graph, body, arguments), replacement, count);
    ScanStep out{{results.begin(), results.begin() + body.carries}, {results.begin() + body.carries, results.end()}};
    out.y.insert(out.y.end(), carry.begin(), carry.end());  // the carries before each step
    return out;
  };
  const ScanStep out = scan(graph, step, init, xs, body.length, body.reverse);
  std::vector<Tensor> results = out.carry;
  for (const auto& y : out.y) results.push_back(swap_axes(y, 0, 1));
  return results;
}

std::vector<Tensor> transform(const std::vector<Tensor>& outputs, const Replacement& replacement, std::int64_t count) {
  if (outputs.empty()) return {};
  Graph& graph = outputs.front().graph();
  Batcher batcher(graph, count);
  std::unordered_map<NodeId, Item> map;
  std::unordered_map<NodeId, std::vector<Tensor>> scans;
  const bool batching = count >= 0;
  for (const auto id : reachable(graph, ids_of(outputs))) {
    const auto replaced = replacement.find(id);
    if (replaced != replacement.end()) {
      map[id] = {replaced->second, batching};
      continue;
    }
    const Node node = graph.node(id);  // a copy: the graph grows below
    std::vector<Item> in;
    bool changed = batching && node.op == Op::random;
    for (const auto input : node.inputs) {
      const Item& item = map.at(input);
      changed = changed || item.batched || item.tensor.id() != input;
      in.push_back(item);
    }
    if (!changed) {
      map[id] = {Tensor(&graph, id), false};
      continue;
    }
    const bool any = std::any_of(in.begin(), in.end(), [](const Item& i) { return i.batched; });
    if (node.op == Op::scan && any) {
      scans[id] = batch_scan(graph, node, in, count);
      map[id] = {scans[id].empty() ? Tensor(&graph, id) : scans[id][0], true};
    } else if (node.op == Op::project && scans.count(node.inputs[0]) != 0) {
      const auto& results = scans.at(node.inputs[0]);
      map[id] = {results.at(static_cast<std::size_t>(node.ints[0])), true};
    } else {
      map[id] = batcher.apply(node, in);
    }
  }
  std::vector<Tensor> results;
  for (const auto& t : outputs) {
    const Item& item = map.at(t.id());
    results.push_back(batching ? batcher.lift(item) : item.tensor);
  }
  return results;
}

}  // namespace

std::vector<Tensor> substitute(const std::vector<Tensor>& outputs, const Replacement& replacement) {
  return transform(outputs, replacement, -1);
}

std::vector<Tensor> batch(const std::vector<Tensor>& outputs, const Replacement& replacement, std::int64_t count) {
  return transform(outputs, replacement, count);
}

}  // namespace dolab::tensor
