// MultivariateNormal in its three parametrisations.
#include <cmath>

#include "prob/families/family.hpp"

namespace dolab::prob {

using Kind = Constraint::Kind;

namespace {

Tensor square_matrix(const Bound& b, std::size_t i) {
  const Tensor m = b.tensor(i);
  if (m.defined() && (m.rank() < 2 || m.extent(-1) != m.extent(-2))) {
    throw Error("E407", "`MultivariateNormal`: the matrix must be square, got shape " + to_string(m.shape()));
  }
  return m;
}

Tensor flip_both(const Tensor& m) { return tensor::flip(tensor::flip(m, -1), -2); }

class MultivariateNormal final : public Copyable<MultivariateNormal> {
 public:
  explicit MultivariateNormal(const Bound& b) : MultivariateNormal(b, b.one_of({1, 2, 3})) {}
  Constraint support() const override { return Constraint(Kind::real).independent(1); }
  Tensor mean() const override { return full_shape(slot(0)); }
  Tensor variance() const override {
    if (has(1)) return full_shape(tensor::diagonal(slot(1)));
    return full_shape(tensor::sum(tensor::square(covariance_factor()), {-1}));
  }
  Tensor parameter(std::string_view parameter_name) const override {
    const Tensor given = Family::parameter(parameter_name);
    if (given.defined()) return given;
    if (parameter_name == "scale_tril") return covariance_factor();
    const Tensor l = covariance_factor();
    if (parameter_name == "covariance_matrix") return tensor::matmul(l, tensor::matrix_transpose(l));
    return {};
  }

 protected:
  Tensor density(const Tensor& x) const override {
    const Tensor d = x - slot(0);
    const Tensor log_scale = tensor::sum(tensor::log(tensor::diagonal(factor_)), {-1});
    const double norm = static_cast<double>(event_shape()[0]) * kHalfLog2Pi;
    if (!precision_) return -0.5 * tensor::sum(tensor::square(solve_lower(factor_, d)), {-1}) - (log_scale + norm);
    const Tensor w = apply_matrix(tensor::matrix_transpose(factor_), d);
    return -0.5 * tensor::sum(tensor::square(w), {-1}) + (log_scale - norm);
  }
  Tensor draw(const SampleKey& key, const Shape& shape) const override {
    return slot(0) + apply_matrix(covariance_factor(), tensor::random_normal(graph(), key.site(), shape));
  }

 private:
  MultivariateNormal(const Bound& b, std::size_t chosen)
      : Copyable(b.graph(), "MultivariateNormal",
                 {b.slot(0, location(b, chosen), 1), b.slot(1, square_matrix(b, 1), 2),
                  b.slot(2, square_matrix(b, 2), 2), b.slot(3, square_matrix(b, 3), 2)},
                 {square_matrix(b, chosen).extent(-1)}),
        precision_(chosen == 2) {
    factor_ = chosen == 3 ? slot(3) : tensor::cholesky(slot(chosen));
    if (!b.checks() || !factor_.is_constant()) return;
    if (!known_and_all(tensor::diagonal(factor_), [](double v) { return v > 0.0; })) {
      b.invalid(chosen, chosen == 3 ? "must have a positive diagonal" : "must be positive definite");
    }
  }
  static Tensor location(const Bound& b, std::size_t chosen) {
    const std::int64_t n = square_matrix(b, chosen).extent(-1);
    const Tensor loc = b.tensor(0);
    if (loc.rank() == 0) return to_shape(loc, {n});
    if (loc.extent(-1) == n) return loc;
    if (loc.extent(-1) == 1) return to_shape(loc, concat_shapes(drop_last(loc.shape(), 1), {n}));
    throw Error("E407", "`MultivariateNormal`: `loc` has shape " + to_string(loc.shape()) + ", the matrix is " +
                            std::to_string(n) + " x " + std::to_string(n));
  }
  /// L with L L^T = covariance; from a precision by the Cholesky factor of the reversed matrix.
  Tensor covariance_factor() const {
    if (!precision_) return factor_;
    const Tensor upper = flip_both(tensor::cholesky(flip_both(slot(2))));
    const Tensor inverse = tensor::matrix_transpose(upper);
    return tensor::tri_solve(inverse, to_shape(tensor::identity_matrix(graph(), event_shape()[0]), inverse.shape()));
  }

  bool precision_;
  Tensor factor_;  // Cholesky factor of the covariance, or of the precision
};

}  // namespace

std::vector<FamilyEntry> multivariate_normal_families() {
  return {{{"MultivariateNormal",
            {optional("loc", 0.0), none("covariance_matrix"), none("precision_matrix"), none("scale_tril")}},
           build<MultivariateNormal>}};
}

}  // namespace dolab::prob
