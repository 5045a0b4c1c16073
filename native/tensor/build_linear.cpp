// Gather, scatter, linear algebra, random leaves.
#include "dolab/error.hpp"
#include "tensor/build.hpp"

namespace dolab::tensor {

namespace {

Tensor make(Graph& graph, Op op, Shape shape, std::vector<NodeId> inputs, std::vector<std::int64_t> ints = {}) {
  Node node;
  node.op = op;
  node.shape = std::move(shape);
  node.inputs = std::move(inputs);
  node.ints = std::move(ints);
  return {&graph, graph.add(std::move(node))};
}

void check_known_index(const Tensor& index, std::int64_t rows) {
  const Array& known = index.value();
  for (std::int64_t i = 0; i < known.size(); ++i) {
    if (known[i] < -static_cast<double>(rows) || known[i] >= static_cast<double>(rows)) {
      const bool one_based = known[i] == static_cast<double>(rows);
      throw Error("E405",
                  "index " + std::to_string(static_cast<std::int64_t>(known[i])) + " into an axis of size " +
                      std::to_string(rows),
                  one_based ? "codes run from 0; subtract 1 if yours start at 1" : "");
    }
  }
}

Shape leading(const Shape& shape, std::size_t dropped) {
  return {shape.begin(), shape.end() - static_cast<std::ptrdiff_t>(dropped)};
}

Tensor with_leading(const Tensor& a, const Shape& lead, std::size_t core) {
  Shape shape = lead;
  shape.insert(shape.end(), a.shape().end() - static_cast<std::ptrdiff_t>(core), a.shape().end());
  return broadcast_to(a, shape);
}

void require_square(const Tensor& a, const char* what) {
  if (a.rank() < 2 || a.extent(-1) != a.extent(-2)) {
    throw Error("E407", std::string(what) + " needs square matrices, not shape " + to_string(a.shape()));
  }
}

}  // namespace

Tensor gather(const Tensor& table, const Tensor& index) {
  if (table.rank() == 0) throw Error("E405", "a scalar cannot be indexed");
  if (index.dtype() == DType::real) throw Error("E209", "an index must be an integer", "use .astype(jnp.int32)");
  const std::int64_t rows = table.extent(0);
  if (rows == 0 && index.size() > 0) throw Error("E405", "index into an empty axis");
  Shape shape = index.shape();
  shape.insert(shape.end(), table.shape().begin() + 1, table.shape().end());
  Tensor wrapped = index;
  if (index.is_constant()) {
    check_known_index(index, rows);
    bool negative = false;
    for (std::int64_t i = 0; i < index.size(); ++i) negative = negative || index.value()[i] < 0;
    if (negative)
      wrapped = select(index < 0.0, index + index.graph().scalar(static_cast<double>(rows), DType::integer), index);
  } else {
    wrapped = select(index < 0.0, index + index.graph().scalar(static_cast<double>(rows), DType::integer), index);
  }
  Tensor out = make(table.graph(), Op::gather, std::move(shape), {table.id(), wrapped.id()});
  if (table.dtype() != DType::real) {
    Node node = out.node();
    node.dtype = table.dtype();
    out = {&table.graph(), table.graph().add(std::move(node))};
  }
  return out;
}

Tensor scatter_add(const Tensor& index, const Tensor& updates, std::int64_t rows) {
  Shape prefix(updates.shape().begin(), updates.shape().begin() + std::min(index.rank(), updates.rank()));
  if (prefix != index.shape()) {
    throw Error("E407", "updates of shape " + to_string(updates.shape()) + " do not fit an index of shape " +
                            to_string(index.shape()));
  }
  Shape shape{rows};
  shape.insert(shape.end(), updates.shape().begin() + index.rank(), updates.shape().end());
  return make(updates.graph(), Op::scatter_add, std::move(shape), {index.id(), updates.id()});
}

Tensor matmul(const Tensor& a, const Tensor& b) {
  if (a.rank() == 0 || b.rank() == 0) throw Error("E407", "matmul of a scalar", "use *");
  if (a.rank() == 1 && b.rank() == 1) {
    if (a.shape() != b.shape()) {
      throw Error("E407", to_string(a.shape()) + " @ " + to_string(b.shape()) + ": sizes differ");
    }
    return sum(a * b);
  }
  const std::int64_t inner_a = a.extent(-1);
  const std::int64_t inner_b = b.rank() == 1 ? b.extent(0) : b.extent(-2);
  if (inner_a != inner_b) {
    throw Error("E407", to_string(a.shape()) + " @ " + to_string(b.shape()) + ": inner sizes " +
                            std::to_string(inner_a) + " and " + std::to_string(inner_b) + " differ");
  }
  if (a.rank() == 1) return squeeze(matmul(expand_dims(a, 0), b), -2);
  if (b.rank() == 1) return squeeze(matmul(a, expand_dims(b, 1)), -1);
  const Tensor x = cast(a, DType::real), y = cast(b, DType::real);
  Shape shape = broadcast_shapes(leading(a.shape(), 2), leading(b.shape(), 2));
  shape.push_back(a.extent(-2));
  shape.push_back(b.extent(-1));
  return make(a.graph(), Op::matmul, std::move(shape), {x.id(), y.id()});
}

Tensor cholesky(const Tensor& a) {
  require_square(a, "cholesky");
  return make(a.graph(), Op::cholesky, a.shape(), {cast(a, DType::real).id()});
}

Tensor tri_solve(const Tensor& l, const Tensor& b, bool transpose) {
  require_square(l, "a triangular solve");
  if (b.rank() == 1) return squeeze(tri_solve(l, expand_dims(b, 1), transpose), -1);
  if (b.rank() == 0 || b.extent(-2) != l.extent(-1)) {
    throw Error("E407", "triangular solve of " + to_string(l.shape()) + " with " + to_string(b.shape()));
  }
  const Shape lead = broadcast_shapes(leading(l.shape(), 2), leading(b.shape(), 2));
  const Tensor factor = with_leading(cast(l, DType::real), lead, 2);
  const Tensor right = with_leading(cast(b, DType::real), lead, 2);
  return make(l.graph(), Op::tri_solve, right.shape(), {factor.id(), right.id()}, {transpose ? 1 : 0});
}

Tensor diagonal(const Tensor& a) {
  require_square(a, "diagonal");
  const std::int64_t n = a.extent(-1);
  const Shape lead = leading(a.shape(), 2);
  // Flattened, the diagonal is every (n + 1)-th element.
  Shape flat = lead;
  flat.push_back(n * n);
  return n == 0 ? reshape(a, leading(a.shape(), 1)) : slice_axis(reshape(a, flat), -1, 0, n, n + 1);
}

Tensor diagonal_matrix(const Tensor& a) {
  if (a.rank() < 1) throw Error("E407", "a vector is needed for a diagonal matrix");
  const std::int64_t n = a.extent(-1);
  const Tensor mask = cast(identity_matrix(a.graph(), n), DType::boolean);
  return select(mask, expand_dims(a, -1), a.graph().scalar(0.0));
}

Tensor lower_triangle(const Tensor& a, std::int64_t k) {
  if (a.rank() < 2) throw Error("E407", "tril of shape " + to_string(a.shape()));
  const std::int64_t n = a.extent(-2), m = a.extent(-1);
  Array mask(DType::boolean, {n, m});
  for (std::int64_t i = 0; i < n; ++i) {
    for (std::int64_t j = 0; j < m; ++j) mask.mutable_data()[i * m + j] = j - i <= k ? 1.0 : 0.0;
  }
  return select(a.graph().constant(std::move(mask)), a, a.graph().scalar(0.0, a.dtype()));
}

Tensor identity_matrix(Graph& graph, std::int64_t n) {
  Array out(DType::real, {n, n});
  for (std::int64_t i = 0; i < n; ++i) out.mutable_data()[i * n + i] = 1.0;
  return graph.constant(std::move(out));
}

Tensor arange(Graph& graph, std::int64_t n) {
  Array out(DType::integer, {n});
  for (std::int64_t i = 0; i < n; ++i) out.mutable_data()[i] = static_cast<double>(i);
  return graph.constant(std::move(out));
}

Tensor full(Graph& graph, const Shape& shape, double value, DType dtype) {
  return broadcast_to(graph.scalar(value, dtype), shape);
}

namespace {

Tensor random_node(Graph& graph, RandomKind kind, const RandomSite& site, const Shape& shape,
                   std::vector<NodeId> inputs) {
  Node node;
  node.op = Op::random;
  node.kind = static_cast<std::uint8_t>(kind);
  node.dtype = kind == RandomKind::poisson || kind == RandomKind::binomial ? DType::integer : DType::real;
  node.shape = shape;
  node.inputs = std::move(inputs);
  node.ints = {static_cast<std::int64_t>(site.hash), site.row_axis, 0};
  return {&graph, graph.add(std::move(node))};
}

}  // namespace

Tensor random_uniform(Graph& graph, const RandomSite& site, const Shape& shape) {
  return random_node(graph, RandomKind::uniform, site, shape, {});
}

Tensor random_normal(Graph& graph, const RandomSite& site, const Shape& shape) {
  return random_node(graph, RandomKind::normal, site, shape, {});
}

Tensor random_gamma(const RandomSite& site, const Tensor& shape_parameter, const Shape& shape) {
  const Tensor a = broadcast_to(shape_parameter, shape);
  return random_node(a.graph(), RandomKind::gamma, site, shape, {a.id()});
}

Tensor random_poisson(const RandomSite& site, const Tensor& rate, const Shape& shape) {
  const Tensor r = broadcast_to(rate, shape);
  return random_node(r.graph(), RandomKind::poisson, site, shape, {r.id()});
}

Tensor random_binomial(const RandomSite& site, const Tensor& count, const Tensor& probability, const Shape& shape) {
  const Tensor n = broadcast_to(count, shape), p = broadcast_to(probability, shape);
  return random_node(n.graph(), RandomKind::binomial, site, shape, {n.id(), p.id()});
}

}  // namespace dolab::tensor
