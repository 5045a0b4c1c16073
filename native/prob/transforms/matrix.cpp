// Maps of matrices: Cholesky factors, correlation and covariance matrices.
#include <cmath>

#include "dolab/error.hpp"
#include "prob/numeric.hpp"
#include "prob/transform.hpp"

namespace dolab::prob {

using Kind = Constraint::Kind;

namespace {

/// n with n (n + shift) / 2 = m, or E407.
std::int64_t order_from(std::int64_t m, std::int64_t shift, const char* who) {
  for (std::int64_t n = 1; n * (n + shift) / 2 <= m; ++n) {
    if (n * (n + shift) / 2 == m && (shift > 0 || n > 1)) return n;
  }
  throw Error("E407", std::string(who) + ": " + std::to_string(m) + " numbers do not fill a triangle");
}

std::int64_t square_order(const Shape& x, const char* who) {
  if (x.size() < 2 || x[x.size() - 1] != x[x.size() - 2]) {
    throw Error("E407", std::string(who) + " needs square matrices, got shape " + to_string(x));
  }
  return x.back();
}

Shape vector_shape(const Shape& matrix, std::int64_t m) { return concat_shapes(drop_last(matrix, 2), {m}); }

/// Positions in (strict lower row by row, diagonal, 0): entry (i, j) of an n x n matrix.
Array triangle_index(std::int64_t n, bool own_diagonal) {
  const std::int64_t strict = n * (n - 1) / 2;
  std::vector<double> index;
  for (std::int64_t i = 0; i < n; ++i) {
    for (std::int64_t j = 0; j < n; ++j) {
      const std::int64_t outside = own_diagonal ? strict + n : strict;
      const std::int64_t at = j < i ? i * (i - 1) / 2 + j : (j == i && own_diagonal ? strict + i : outside);
      index.push_back(static_cast<double>(at));
    }
  }
  return Array(DType::integer, {n, n}, index);
}

/// Positions of the strict lower triangle in a flattened n x n matrix, row by row.
Array strict_positions(std::int64_t n) {
  std::vector<double> index;
  for (std::int64_t i = 1; i < n; ++i) {
    for (std::int64_t j = 0; j < i; ++j) index.push_back(static_cast<double>(i * n + j));
  }
  const std::int64_t m = n * (n - 1) / 2;
  return Array(DType::integer, {m}, index);
}

Tensor strict_lower(const Tensor& x) {
  const std::int64_t n = x.extent(-1);
  return take_last(tensor::reshape(x, vector_shape(x.shape(), n * n)), strict_positions(n));
}

Tensor column_of(const Tensor& like, double value) {
  Shape shape = like.shape();
  shape.back() = 1;
  return tensor::full(like.graph(), shape, value);
}

/// tanh partial correlations (Lewandowski, Kurowicka, Joe 2009; Stan reference manual): row i is
/// t_ij sqrt(prod_{k < j} (1 - t_ik^2)), the products kept as sums of log(1 - tanh^2).
class CorrCholesky final : public Bijection {
 public:
  std::string name() const override { return "CorrCholeskyTransform"; }
  Constraint domain() const override { return real_vector(); }
  Constraint codomain() const override { return Constraint(Kind::corr_cholesky); }
  Tensor forward(const Tensor& u) const override {
    const std::int64_t n = order_from(u.extent(-1), -1, "CorrCholeskyTransform");
    const Tensor zero = column_of(u, 0.0);
    const Array index = triangle_index(n, false);
    const Tensor t = take_last(tensor::concat({tensor::tanh(u), zero}, -1), index);
    const Tensor c = take_last(tensor::concat({log_slope(u), zero}, -1), index);
    const Tensor before = slice_last(tensor::cumsum(c, -1), 0, n - 1);
    const Tensor shifted = tensor::concat({column_of(c, 0.0), before}, -1);
    return (t + tensor::identity_matrix(u.graph(), n)) * tensor::exp(0.5 * shifted);
  }
  Tensor inverse(const Tensor& x) const override {
    square_order(x.shape(), "CorrCholeskyTransform");
    const Tensor tail = tensor::cumsum(tensor::square(x), -1, true);
    const Tensor t = strict_lower(x) / tensor::sqrt(strict_lower(tail));
    return 0.5 * (tensor::log1p(t) - tensor::log1p(-t));
  }
  Tensor log_abs_det(const Tensor& u, const Tensor&) const override {
    const std::int64_t n = order_from(u.extent(-1), -1, "CorrCholeskyTransform");
    std::vector<double> weights;
    for (std::int64_t i = 1; i < n; ++i) {
      for (std::int64_t k = 0; k < i; ++k) weights.push_back(1.0 + 0.5 * static_cast<double>(i - 1 - k));
    }
    return tensor::sum(log_slope(u) * u.graph().constant(Array::vector(weights)), {-1});
  }
  Shape forward_shape(const Shape& u) const override {
    if (u.empty()) throw Error("E407", "CorrCholeskyTransform maps vectors, got a scalar");
    const std::int64_t n = order_from(u.back(), -1, "CorrCholeskyTransform");
    return concat_shapes(drop_last(u, 1), {n, n});
  }
  Shape unconstrained_shape(const Shape& x) const override {
    const std::int64_t n = square_order(x, "CorrCholeskyTransform");
    return vector_shape(x, n * (n - 1) / 2);
  }

 private:
  /// log(1 - tanh(u)^2).
  static Tensor log_slope(const Tensor& u) { return 2.0 * (kLog2 - u - tensor::softplus(-2.0 * u)); }
};

/// Strict lower part row by row, then the diagonal through exp or softplus; `scaled` multiplies rows of a unit
/// triangle by the diagonal.
class LowerCholesky final : public Bijection {
 public:
  enum class Form { exponential, softplus, scaled };
  explicit LowerCholesky(Form form) : form_(form) {}
  std::string name() const override {
    if (form_ == Form::exponential) return "LowerCholeskyTransform";
    return form_ == Form::softplus ? "SoftplusLowerCholeskyTransform" : "ScaledUnitLowerCholeskyTransform";
  }
  Constraint domain() const override { return real_vector(); }
  Constraint codomain() const override {
    if (form_ == Form::exponential) return Constraint(Kind::lower_cholesky);
    return Constraint(form_ == Form::softplus ? Kind::softplus_lower_cholesky : Kind::scaled_unit_lower_cholesky);
  }
  Tensor forward(const Tensor& u) const override {
    const std::int64_t n = order_from(u.extent(-1), 1, "LowerCholeskyTransform");
    const Tensor free = last(u, n);
    const Tensor diagonal = form_ == Form::exponential ? tensor::exp(free) : tensor::softplus(free);
    const Tensor unit = tensor::full(u.graph(), diagonal.shape(), 1.0);
    std::vector<Tensor> parts{form_ == Form::scaled ? unit : diagonal, column_of(u, 0.0)};
    if (n > 1) parts.insert(parts.begin(), slice_last(u, 0, n * (n - 1) / 2));
    const Tensor matrix = take_last(tensor::concat(parts, -1), triangle_index(n, true));
    return form_ == Form::scaled ? append_axes(diagonal, 1) * matrix : matrix;
  }
  Tensor inverse(const Tensor& x) const override {
    const std::int64_t n = square_order(x.shape(), "LowerCholeskyTransform");
    const Tensor diagonal = tensor::diagonal(x);
    const Tensor free = form_ == Form::exponential ? tensor::log(diagonal) : diagonal + tensor::log1mexp(diagonal);
    if (n < 2) return free;
    const Tensor rows = form_ == Form::scaled ? x / append_axes(diagonal, 1) : x;
    return tensor::concat({strict_lower(rows), free}, -1);
  }
  Tensor log_abs_det(const Tensor& u, const Tensor&) const override {
    const std::int64_t n = order_from(u.extent(-1), 1, "LowerCholeskyTransform");
    const Tensor free = last(u, n);
    if (form_ == Form::exponential) return tensor::sum(free, {-1});
    if (form_ == Form::softplus) return tensor::sum(tensor::log_sigmoid(free), {-1});
    const Tensor powers = real_range(u.graph(), n) * tensor::log(tensor::softplus(free));
    return tensor::sum(powers + tensor::log_sigmoid(free), {-1});
  }
  Shape forward_shape(const Shape& u) const override {
    if (u.empty()) throw Error("E407", name() + " maps vectors, got a scalar");
    const std::int64_t n = order_from(u.back(), 1, "LowerCholeskyTransform");
    return concat_shapes(drop_last(u, 1), {n, n});
  }
  Shape unconstrained_shape(const Shape& x) const override {
    const std::int64_t n = square_order(x, "LowerCholeskyTransform");
    return vector_shape(x, n * (n + 1) / 2);
  }

 private:
  static Tensor last(const Tensor& u, std::int64_t n) { return slice_last(u, u.extent(-1) - n, n); }
  Form form_;
};

/// Matrix to its factor; of a correlation matrix the diagonal is not free.
class Cholesky final : public Bijection {
 public:
  explicit Cholesky(bool correlation) : correlation_(correlation) {}
  std::string name() const override { return correlation_ ? "CorrMatrixCholeskyTransform" : "CholeskyTransform"; }
  Constraint domain() const override { return Constraint(correlation_ ? Kind::corr_matrix : Kind::positive_definite); }
  Constraint codomain() const override { return Constraint(correlation_ ? Kind::corr_cholesky : Kind::lower_cholesky); }
  Tensor forward(const Tensor& x) const override { return tensor::cholesky(x); }
  Tensor inverse(const Tensor& l) const override { return tensor::matmul(l, tensor::matrix_transpose(l)); }
  Tensor log_abs_det(const Tensor& x, const Tensor& l) const override {
    const std::int64_t n = square_order(x.shape(), "CholeskyTransform");
    const double highest = static_cast<double>(correlation_ ? n - 1 : n);
    const Tensor order = real_range(x.graph(), n, -highest, 1.0);
    const Tensor logs = tensor::sum(order * tensor::log(tensor::diagonal(l)), {-1});
    return correlation_ ? logs : logs - static_cast<double>(n) * kLog2;
  }

 private:
  bool correlation_;
};

class LowerCholeskyAffine final : public Bijection {
 public:
  LowerCholeskyAffine(const Tensor& loc, const Tensor& scale_tril) : loc_(as_real(loc)), tril_(as_real(scale_tril)) {
    square_order(tril_.shape(), "LowerCholeskyAffine");
  }
  std::string name() const override { return "LowerCholeskyAffine"; }
  Constraint domain() const override { return real_vector(); }
  Constraint codomain() const override { return real_vector(); }
  Tensor forward(const Tensor& u) const override { return loc_ + apply_matrix(tril_, u); }
  Tensor inverse(const Tensor& x) const override { return solve_lower(tril_, x - loc_); }
  Tensor log_abs_det(const Tensor& u, const Tensor&) const override {
    const Tensor log_det = tensor::sum(tensor::log(tensor::diagonal(tril_)), {-1});
    return to_shape(log_det, broadcast_shapes(log_det.shape(), drop_last(u.shape(), 1)));
  }
  Shape forward_shape(const Shape& u) const override {
    if (u.empty()) throw Error("E407", "LowerCholeskyAffine maps vectors, got a scalar");
    const Shape loc_batch = loc_.rank() > 0 ? drop_last(loc_.shape(), 1) : Shape{};
    const Shape batch = broadcast_shapes(broadcast_shapes(loc_batch, drop_last(tril_.shape(), 2)), drop_last(u, 1));
    return concat_shapes(batch, {tril_.extent(-1)});
  }
  Shape unconstrained_shape(const Shape& x) const override { return forward_shape(x); }

 private:
  Tensor loc_, tril_;
};

}  // namespace

TransformPtr corr_cholesky_transform() { return std::make_shared<CorrCholesky>(); }
TransformPtr lower_cholesky_transform() { return std::make_shared<LowerCholesky>(LowerCholesky::Form::exponential); }
TransformPtr softplus_lower_cholesky_transform() {
  return std::make_shared<LowerCholesky>(LowerCholesky::Form::softplus);
}
TransformPtr scaled_unit_lower_cholesky_transform() {
  return std::make_shared<LowerCholesky>(LowerCholesky::Form::scaled);
}
TransformPtr cholesky_transform() { return std::make_shared<Cholesky>(false); }
TransformPtr corr_matrix_cholesky_transform() { return std::make_shared<Cholesky>(true); }
TransformPtr lower_cholesky_affine(const Tensor& loc, const Tensor& scale_tril) {
  return std::make_shared<LowerCholeskyAffine>(loc, scale_tril);
}

}  // namespace dolab::prob
