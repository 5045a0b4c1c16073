#include "prob/numeric.hpp"

#include "dolab/error.hpp"

namespace dolab::prob {

using tensor::Node;
using tensor::Op;
using tensor::Unary;

Tensor as_real(const Tensor& t) { return t.dtype() == DType::real ? t : tensor::cast(t, DType::real); }

Tensor constant_scalar(const Tensor& like, double value) { return like.graph().scalar(value); }

Tensor clip(const Tensor& t, double low, double high) {
  return tensor::minimum(tensor::maximum(t, constant_scalar(t, low)), constant_scalar(t, high));
}

Tensor half_line_part(const Tensor& t) { return tensor::maximum(as_real(t), constant_scalar(t, 0.0)); }

Tensor clipped_sigmoid(const Tensor& u) { return clip(tensor::sigmoid(u), kTiny, kOneMinusEps); }

namespace {

bool is_unary(const Node& node, Unary kind) {
  return node.op == Op::unary && node.kind == static_cast<std::uint8_t>(kind);
}

bool is_known_scalar(const Tensor& t, double value) {
  return t.is_constant() && t.size() == 1 && t.value()[0] == value;
}

/// The unclipped operand if t is min/max of something with the bound of a probability; t otherwise.
Tensor without_clip(const Tensor& t) {
  Tensor current = t;
  for (int layer = 0; layer < 2; ++layer) {
    const Node& node = current.node();
    if (node.op != Op::binary) return current;
    const bool is_min = node.kind == static_cast<std::uint8_t>(tensor::Binary::minimum);
    const bool is_max = node.kind == static_cast<std::uint8_t>(tensor::Binary::maximum);
    if (!is_min && !is_max) return current;
    const double bound = is_min ? kOneMinusEps : kTiny;
    const Tensor a(&current.graph(), node.inputs[0]), b(&current.graph(), node.inputs[1]);
    if (is_known_scalar(b, bound)) {
      current = a;
    } else if (is_known_scalar(a, bound)) {
      current = b;
    } else {
      return current;
    }
  }
  return current;
}

bool moves_elements_only(Op op) {
  return op == Op::reshape || op == Op::broadcast || op == Op::transpose || op == Op::slice || op == Op::gather;
}

/// Looks for `kind` below operations that only move elements, and moves its argument in the same way.
std::optional<Tensor> argument_of(const Tensor& t, Unary kind, int depth) {
  if (t.is_constant() || depth > 8) return std::nullopt;
  const Tensor inner = kind == Unary::sigmoid ? without_clip(t) : t;
  const Node& node = inner.node();
  if (is_unary(node, kind)) return Tensor(&inner.graph(), node.inputs[0]);
  if (!moves_elements_only(node.op)) return std::nullopt;
  const auto below = argument_of(Tensor(&inner.graph(), node.inputs[0]), kind, depth + 1);
  if (!below || below->is_constant()) return std::nullopt;
  Node moved = node;
  moved.inputs[0] = below->id();
  return Tensor(&inner.graph(), inner.graph().add(std::move(moved)));
}

constexpr double kLarge = 30.0;  // from here on Stirling's series is used

/// Sum of the first terms of the Stirling series of lgamma; below 1e-16 off for z > 30.
Tensor stirling_tail(const Tensor& z) {
  const Tensor r = tensor::reciprocal(z);
  const Tensor s = tensor::square(r);
  return r * (1.0 / 12 + s * (-1.0 / 360 + s * (1.0 / 1260 - s * (1.0 / 1680))));
}

}  // namespace

std::optional<Tensor> exp_argument(const Tensor& t) { return argument_of(t, Unary::exp, 0); }

std::optional<Tensor> sigmoid_argument(const Tensor& t) { return argument_of(t, Unary::sigmoid, 0); }

Tensor log_of(const Tensor& t) {
  if (const auto u = exp_argument(t)) return *u;
  if (const auto u = sigmoid_argument(t)) return tensor::log_sigmoid(*u);
  return tensor::log(t);
}

Tensor log1m_of(const Tensor& t) {
  if (const auto u = sigmoid_argument(t)) return tensor::log_sigmoid(-*u);
  return tensor::log1p(-t);
}

Tensor log_rising(const Tensor& z, const Tensor& y) {
  const auto direct = [&] { return tensor::lgamma(z + y) - tensor::lgamma(z); };
  const auto difference = [&](const Tensor& w) {
    return y * tensor::log(w) + ((w + y - 0.5) * tensor::log1p(y / w) - y) + (stirling_tail(w + y) - stirling_tail(w));
  };
  if (known_and_all(z, [](double v) { return v <= kLarge; })) return direct();
  if (known_and_all(z, [](double v) { return v > kLarge; })) return difference(z);
  return tensor::select(z > kLarge, difference(tensor::maximum(z, constant_scalar(z, kLarge))), direct());
}

Tensor lgamma_rest(const Tensor& z) {
  const auto direct = [&] { return tensor::lgamma(z) - tensor::xlogy(z, z) + z; };
  const auto series = [](const Tensor& w) { return kHalfLog2Pi - 0.5 * tensor::log(w) + stirling_tail(w); };
  if (known_and_all(z, [](double v) { return v <= kLarge; })) return direct();
  return tensor::select(z > kLarge, series(tensor::maximum(z, constant_scalar(z, kLarge))), direct());
}

Tensor log_beta(const Tensor& a, const Tensor& b) {
  const Tensor small = tensor::minimum(a, b);
  return tensor::lgamma(small) - log_rising(tensor::maximum(a, b), small);
}

Tensor log_choose(const Tensor& n, const Tensor& k) { return -tensor::log(n + 1.0) - log_beta(n - k + 1.0, k + 1.0); }

Tensor normal_cdf(const Tensor& z) { return 0.5 * tensor::erfc(z * -0.70710678118654752440); }

Tensor normal_log_density(const Tensor& z) { return -0.5 * tensor::square(z) - kHalfLog2Pi; }

Tensor sum_rightmost(const Tensor& t, int count) {
  if (count <= 0) return t;
  std::vector<std::int64_t> axes;
  for (int i = count; i >= 1; --i) axes.push_back(-i);
  return tensor::sum(t, axes);
}

Tensor append_axes(const Tensor& t, int count) {
  if (count <= 0) return t;
  Shape shape = t.shape();
  shape.insert(shape.end(), static_cast<std::size_t>(count), 1);
  return tensor::reshape(t, shape);
}

Tensor all_rightmost(const Tensor& t, int count) {
  if (count <= 0) return t;
  std::vector<std::int64_t> axes;
  for (int i = count; i >= 1; --i) axes.push_back(-i);
  return tensor::reduce(tensor::Reduction::min, as_real(t), axes) > 0.5;
}

Tensor to_shape(const Tensor& t, const Shape& shape) { return t.shape() == shape ? t : tensor::broadcast_to(t, shape); }

Shape concat_shapes(const Shape& a, const Shape& b) {
  Shape shape = a;
  shape.insert(shape.end(), b.begin(), b.end());
  return shape;
}

Shape drop_last(const Shape& shape, int count) {
  if (static_cast<std::size_t>(count) > shape.size()) {
    throw Error("E407", "shape " + to_string(shape) + " has no " + std::to_string(count) + " event dims");
  }
  return Shape(shape.begin(), shape.end() - count);
}

Shape last_extents(const Shape& shape, int count) {
  const Shape rest = drop_last(shape, count);
  return Shape(shape.begin() + static_cast<std::ptrdiff_t>(rest.size()), shape.end());
}

Tensor take_last(const Tensor& t, const Array& index) {
  const Tensor positions = t.graph().constant(index.with_dtype(DType::integer));
  const std::int64_t rank = t.rank();
  if (rank == 1) return tensor::gather(t, positions);
  std::vector<std::int64_t> to_front{rank - 1};
  for (std::int64_t i = 0; i + 1 < rank; ++i) to_front.push_back(i);
  const Tensor gathered = tensor::gather(tensor::transpose(t, to_front), positions);
  std::vector<std::int64_t> back;
  for (std::int64_t i = 0; i + 1 < rank; ++i) back.push_back(index.rank() + i);
  for (std::int64_t i = 0; i < index.rank(); ++i) back.push_back(i);
  return tensor::transpose(gathered, back);
}

Tensor slice_last(const Tensor& t, std::int64_t start, std::int64_t count) {
  return tensor::slice_axis(t, -1, start, count);
}

Tensor apply_matrix(const Tensor& matrix, const Tensor& u) {
  if (matrix.rank() == 2) return tensor::matmul(u, tensor::matrix_transpose(matrix));
  return tensor::squeeze(tensor::matmul(matrix, tensor::expand_dims(u, -1)), -1);
}

Tensor solve_lower(const Tensor& l, const Tensor& d) {
  const std::int64_t n = d.extent(-1);
  if (l.rank() == 2) {
    if (d.rank() == 1) return tensor::tri_solve(l, d);
    const Tensor columns = tensor::matrix_transpose(tensor::reshape(d, {d.size() / n, n}));
    return tensor::reshape(tensor::matrix_transpose(tensor::tri_solve(l, columns)), d.shape());
  }
  const Shape batch = broadcast_shapes(drop_last(l.shape(), 2), drop_last(d.shape(), 1));
  const Tensor matrices = to_shape(l, concat_shapes(batch, {n, n}));
  const Tensor columns = tensor::expand_dims(to_shape(d, concat_shapes(batch, {n})), -1);
  return tensor::squeeze(tensor::tri_solve(matrices, columns), -1);
}

Tensor real_range(Graph& graph, std::int64_t n, double start, double step) {
  std::vector<double> values(static_cast<std::size_t>(n));
  for (std::int64_t i = 0; i < n; ++i) values[static_cast<std::size_t>(i)] = start + step * static_cast<double>(i);
  return graph.constant(Array::vector(values));
}

}  // namespace dolab::prob
