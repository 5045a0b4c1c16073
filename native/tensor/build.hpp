// Operations make nodes: shape inference, dtype rules (JAX kinds) and local simplification.
// All throw Error E407 (shapes), E405 (axis, index) or E209 (kind) without a position; callers add theirs.
#pragma once

#include <functional>
#include <optional>
#include <utility>
#include <vector>

#include "tensor/graph.hpp"

namespace dolab::tensor {

// ---- elementwise -------------------------------------------------------------------------------
Tensor unary(Unary kind, const Tensor& a);
Tensor binary(Binary kind, const Tensor& a, const Tensor& b);
/// where(condition, a, b). Derivative: select of the adjoint, never a product with the mask.
Tensor select(const Tensor& condition, const Tensor& a, const Tensor& b);
Tensor cast(const Tensor& a, DType dtype);
Tensor stop_gradient(const Tensor& a);

Tensor operator+(const Tensor& a, const Tensor& b);
Tensor operator-(const Tensor& a, const Tensor& b);
Tensor operator*(const Tensor& a, const Tensor& b);
Tensor operator/(const Tensor& a, const Tensor& b);
Tensor operator-(const Tensor& a);
Tensor operator+(const Tensor& a, double b);
Tensor operator+(double a, const Tensor& b);
Tensor operator-(const Tensor& a, double b);
Tensor operator-(double a, const Tensor& b);
Tensor operator*(const Tensor& a, double b);
Tensor operator*(double a, const Tensor& b);
Tensor operator/(const Tensor& a, double b);
Tensor operator/(double a, const Tensor& b);
/// Comparisons give boolean tensors.
Tensor operator<(const Tensor& a, const Tensor& b);
Tensor operator<=(const Tensor& a, const Tensor& b);
Tensor operator>(const Tensor& a, const Tensor& b);
Tensor operator>=(const Tensor& a, const Tensor& b);
Tensor operator<(const Tensor& a, double b);
Tensor operator<=(const Tensor& a, double b);
Tensor operator>(const Tensor& a, double b);
Tensor operator>=(const Tensor& a, double b);
Tensor equal(const Tensor& a, const Tensor& b);
Tensor not_equal(const Tensor& a, const Tensor& b);
Tensor logical_and(const Tensor& a, const Tensor& b);
Tensor logical_or(const Tensor& a, const Tensor& b);
Tensor logical_not(const Tensor& a);

Tensor exp(const Tensor& a);
Tensor expm1(const Tensor& a);
Tensor log(const Tensor& a);
Tensor log1p(const Tensor& a);
Tensor sqrt(const Tensor& a);
Tensor square(const Tensor& a);
Tensor reciprocal(const Tensor& a);
Tensor abs(const Tensor& a);
Tensor tanh(const Tensor& a);
Tensor sigmoid(const Tensor& a);
Tensor log_sigmoid(const Tensor& a);
Tensor softplus(const Tensor& a);
Tensor lgamma(const Tensor& a);
Tensor digamma(const Tensor& a);
Tensor log_ndtr(const Tensor& a);
Tensor ndtri(const Tensor& a);
Tensor erf(const Tensor& a);
Tensor erfc(const Tensor& a);
Tensor log1mexp(const Tensor& a);  // log(1 - exp(-a)), a > 0
Tensor power(const Tensor& a, const Tensor& b);
Tensor maximum(const Tensor& a, const Tensor& b);
Tensor minimum(const Tensor& a, const Tensor& b);
Tensor logaddexp(const Tensor& a, const Tensor& b);
Tensor xlogy(const Tensor& a, const Tensor& b);
Tensor xlog1py(const Tensor& a, const Tensor& b);

// ---- shapes (axes may be negative) ---------------------------------------------------------------
/// One extent may be -1.
Tensor reshape(const Tensor& a, Shape shape);
Tensor transpose(const Tensor& a, std::vector<std::int64_t> permutation);
Tensor swap_axes(const Tensor& a, std::int64_t i, std::int64_t j);
Tensor matrix_transpose(const Tensor& a);  // last two axes
Tensor broadcast_to(const Tensor& a, const Shape& shape);
Tensor expand_dims(const Tensor& a, std::int64_t axis);
Tensor squeeze(const Tensor& a, std::int64_t axis);
/// Elements start, start + step, ... (count of them) of one axis; bounds are checked (E405).
Tensor slice_axis(const Tensor& a, std::int64_t axis, std::int64_t start, std::int64_t count, std::int64_t step = 1);
/// a[..., i, ...] with the axis dropped; i may be negative.
Tensor take_axis(const Tensor& a, std::int64_t axis, std::int64_t i);
Tensor concat(const std::vector<Tensor>& parts, std::int64_t axis);
Tensor stack(const std::vector<Tensor>& parts, std::int64_t axis);
Tensor flip(const Tensor& a, std::int64_t axis);
/// Zeros around: low[i], high[i] per axis.
Tensor pad_zeros(const Tensor& a, const std::vector<std::int64_t>& low, const std::vector<std::int64_t>& high);

// ---- reductions ------------------------------------------------------------------------------------
/// Empty `axes` means all. `keep` leaves extents of 1.
Tensor reduce(Reduction kind, const Tensor& a, std::vector<std::int64_t> axes = {}, bool keep = false);
Tensor sum(const Tensor& a);
Tensor sum(const Tensor& a, std::vector<std::int64_t> axes, bool keep = false);
Tensor mean(const Tensor& a, std::vector<std::int64_t> axes = {}, bool keep = false);
Tensor reduce_max(const Tensor& a, std::vector<std::int64_t> axes = {}, bool keep = false);
Tensor logsumexp(const Tensor& a, std::vector<std::int64_t> axes = {}, bool keep = false);
Tensor log_softmax(const Tensor& a, std::int64_t axis);
Tensor cumsum(const Tensor& a, std::int64_t axis, bool reverse = false);
Tensor argmax(const Tensor& a, std::int64_t axis);
Tensor argmin(const Tensor& a, std::int64_t axis);
Tensor sort_order(const Tensor& a);  // argsort, last axis

// ---- gather and linear algebra -------------------------------------------------------------------
/// table (M, rest...) at index (I...) -> (I..., rest...). Negative indices wrap, then clamp (JAX);
/// a constant index out of range throws E405.
Tensor gather(const Tensor& table, const Tensor& index);
/// (rows, rest...) zeros with updates (I..., rest...) added at index (I...).
Tensor scatter_add(const Tensor& index, const Tensor& updates, std::int64_t rows);
/// NumPy `matmul`, vectors included.
Tensor matmul(const Tensor& a, const Tensor& b);
Tensor cholesky(const Tensor& a);
/// X with L X = B (or L^T X = B); B is (..., n, m) or a vector (n).
Tensor tri_solve(const Tensor& l, const Tensor& b, bool transpose = false);
Tensor diagonal(const Tensor& a);         // (..., n, n) -> (..., n)
Tensor diagonal_matrix(const Tensor& a);  // (..., n) -> (..., n, n)
Tensor lower_triangle(const Tensor& a, std::int64_t k = 0);
Tensor identity_matrix(Graph& graph, std::int64_t n);
Tensor arange(Graph& graph, std::int64_t n);  // integers 0 .. n-1
Tensor full(Graph& graph, const Shape& shape, double value, DType dtype = DType::real);

// ---- loops -----------------------------------------------------------------------------------------
struct ScanStep {
  std::vector<Tensor> carry, y;
};
using ScanFunction = std::function<ScanStep(const std::vector<Tensor>& carry, const std::vector<Tensor>& x)>;
/// carry_{t+1}, y_t = f(carry_t, xs[t]) for t = 0 .. length-1 (backwards if `reverse`); y are stacked on axis 0.
/// Values of the enclosing graph may be used inside f. Throws E606 when the carry changes shape.
ScanStep scan(Graph& graph, const ScanFunction& f, const std::vector<Tensor>& init, const std::vector<Tensor>& xs,
              std::int64_t length, bool reverse = false);

/// The i-th operand of the node of `a`.
inline Tensor operand(const Tensor& a, std::size_t i) { return {&a.graph(), a.node().inputs[i]}; }

// ---- random leaves -----------------------------------------------------------------------------------
/// Which counter a random node reads: the site's hash, and the axis of `shape` that is the row (-1: none).
struct RandomSite {
  std::uint32_t hash = 0;
  std::int64_t row_axis = -1;
};
Tensor random_uniform(Graph& graph, const RandomSite& site, const Shape& shape);
Tensor random_normal(Graph& graph, const RandomSite& site, const Shape& shape);
Tensor random_gamma(const RandomSite& site, const Tensor& shape_parameter, const Shape& shape);
Tensor random_poisson(const RandomSite& site, const Tensor& rate, const Shape& shape);
Tensor random_binomial(const RandomSite& site, const Tensor& count, const Tensor& probability, const Shape& shape);

// ---- transformations of graphs ---------------------------------------------------------------------
using Replacement = std::unordered_map<NodeId, Tensor>;
/// Copies of `outputs` (into the same graph) with the given nodes replaced by tensors of equal shape.
std::vector<Tensor> substitute(const std::vector<Tensor>& outputs, const Replacement& replacement);
/// As `substitute`, but replacements carry a leading axis of extent `count` (draws, particles, directions,
/// targets); every output gets that axis in front. Random leaves become one per entry: draw = first draw + entry.
std::vector<Tensor> batch(const std::vector<Tensor>& outputs, const Replacement& replacement, std::int64_t count);
/// Reverse mode, graph to graph: sum_i <cotangents_i, outputs_i> differentiated by each of `wrt`.
/// A `wrt` that no output depends on gets zeros. Closed under itself.
std::vector<Tensor> vector_jacobian(const std::vector<Tensor>& outputs, const std::vector<Tensor>& cotangents,
                                    const std::vector<Tensor>& wrt);
/// Gradient of a scalar.
std::vector<Tensor> gradient(const Tensor& target, const std::vector<Tensor>& wrt);

}  // namespace dolab::tensor
