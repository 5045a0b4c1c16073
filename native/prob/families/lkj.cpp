// LKJCholesky.
#include <cmath>

#include "prob/families/family.hpp"

namespace dolab::prob {

using Kind = Constraint::Kind;

namespace {

/// Cholesky factors of correlation matrices with density proportional to det^(concentration - 1)
/// (Lewandowski, Kurowicka, Joe 2009, "Generating random correlation matrices based on vines and extended onion
/// method", J. Multivariate Analysis 100).
class LkjCholesky final : public Copyable<LkjCholesky> {
 public:
  explicit LkjCholesky(const Bound& b) : LkjCholesky(b, b.integer(0)) {}
  Constraint support() const override { return Constraint(Kind::corr_cholesky); }
  bool has_rsample() const override { return false; }

 protected:
  Tensor density(const Tensor& x) const override {
    // Row i (from 1) carries the exponent 2 (c - 1) + n - 1 - i.
    const std::int64_t n = dimension_;
    const Tensor log_diagonal = tensor::log(slice_last(tensor::diagonal(x), 1, n - 1));
    const Tensor order = append_axes(2.0 * slot(0), 1) + real_range(graph(), n - 1, static_cast<double>(n) - 4.0, -1.0);
    return tensor::sum(order * log_diagonal, {-1}) - log_norm();
  }
  /// Onion: row i is a point of the sphere scaled by the root of a Beta(i / 2, c + (n - 1 - i) / 2) variable.
  Tensor draw(const SampleKey& key, const Shape& shape) const override {
    const std::int64_t n = dimension_;
    const Shape batch = batch_part(shape);
    const Tensor a = real_range(graph(), n - 1, 0.5, 0.5);
    const Tensor b = append_axes(slot(0), 1) + real_range(graph(), n - 1, 0.5 * static_cast<double>(n - 2), -0.5);
    const Tensor logit = draw_beta_logit(key, a, b, concat_shapes(batch, {n - 1}));
    const Tensor z = tensor::random_normal(graph(), key.site(), concat_shapes(batch, {n, n}));
    const Tensor rows = slice_axis_rows(tensor::lower_triangle(z, -1), n);
    const Tensor length = tensor::sqrt(tensor::sum(tensor::square(rows), {-1}, true));
    const Tensor radius = append_axes(tensor::sqrt(tensor::sigmoid(logit)), 1);
    const Tensor first = tensor::full(graph(), concat_shapes(batch, {1, n}), 0.0);
    const Tensor strict = tensor::concat({first, rows / length * radius}, -2);
    const Tensor one = tensor::full(graph(), concat_shapes(batch, {1}), 1.0);
    return strict + tensor::diagonal_matrix(tensor::concat({one, tensor::sqrt(tensor::sigmoid(-logit))}, -1));
  }
  std::vector<std::pair<std::string, Argument>> extra_arguments() const override { return {{"dimension", dimension_}}; }

 private:
  LkjCholesky(const Bound& b, std::int64_t n)
      : Copyable(b.graph(), "LKJCholesky", {b.slot(1, b.positive(1))}, {n, n}), dimension_(n) {
    if (n < 2 || n > 10'000) b.invalid(0, "must be at least 2, got " + std::to_string(n));
  }
  static Tensor slice_axis_rows(const Tensor& m, std::int64_t n) { return tensor::slice_axis(m, -2, 1, n - 1); }
  Tensor log_norm() const {
    const double m = static_cast<double>(dimension_ - 1);
    const Tensor alpha = append_axes(slot(0), 1) + 0.5 * m;
    const Tensor steps = real_range(graph(), dimension_ - 1, -0.5, -0.5);
    const double pi_power = (0.5 * m + 0.25 * m * (m - 1.0)) * kLogPi;
    return tensor::sum(tensor::lgamma(alpha + steps) - tensor::lgamma(alpha), {-1}) + pi_power;
  }

  std::int64_t dimension_;
};

}  // namespace

std::vector<FamilyEntry> lkj_families() {
  ParameterSpec method = none("sample_method", ParameterKind::text);
  return {{{"LKJCholesky", {required("dimension", ParameterKind::integer), optional("concentration", 1.0), method}},
           build<LkjCholesky>}};
}

}  // namespace dolab::prob
