// Laplace, Logistic, Gumbel, Weibull.
#include <cmath>

#include "prob/families/family.hpp"

namespace dolab::prob {

using Kind = Constraint::Kind;

namespace {

Tensor sign_of(const Tensor& t) { return tensor::unary(tensor::Unary::sign, t); }

/// Families on the real line with parameters `loc` and `scale`.
class LocationScale : public Family {
 public:
  Constraint support() const override { return Constraint(Kind::real); }

 protected:
  LocationScale(const Bound& b, const char* name)
      : Family(b.graph(), name, {b.slot(0, b.tensor(0)), b.slot(1, b.positive(1))}) {}
  LocationScale(const LocationScale&) = default;
  Tensor standard(const Tensor& x) const { return (as_real(x) - slot(0)) / slot(1); }
};

class Laplace final : public Copyable<Laplace, LocationScale> {
 public:
  explicit Laplace(const Bound& b) : Copyable(b, "Laplace") {}
  Tensor mean() const override { return full_shape(slot(0)); }
  Tensor variance() const override { return full_shape(2.0 * tensor::square(slot(1))); }
  Tensor cdf(const Tensor& x) const override {
    const Tensor z = standard(x);
    return 0.5 - 0.5 * sign_of(z) * tensor::expm1(-tensor::abs(z));
  }
  Tensor icdf(const Tensor& p) const override {
    const Tensor a = as_real(p) - 0.5;
    return slot(0) - slot(1) * sign_of(a) * tensor::log1p(-2.0 * tensor::abs(a));
  }

 protected:
  Tensor density(const Tensor& x) const override { return -(tensor::abs(standard(x)) + (log_of(slot(1)) + kLog2)); }
  Tensor draw(const SampleKey& key, const Shape& shape) const override {
    const Tensor u = tensor::random_uniform(graph(), key.site(), shape);
    const Tensor below = tensor::log(2.0 * u), above = -tensor::log(2.0 * (1.0 - u));
    return slot(0) + slot(1) * tensor::select(u < 0.5, below, above);
  }
};

class Logistic final : public Copyable<Logistic, LocationScale> {
 public:
  explicit Logistic(const Bound& b) : Copyable(b, "Logistic") {}
  Tensor mean() const override { return full_shape(slot(0)); }
  Tensor variance() const override { return full_shape(tensor::square(slot(1)) * (kPi * kPi / 3.0)); }
  Tensor cdf(const Tensor& x) const override { return tensor::sigmoid(standard(x)); }
  Tensor icdf(const Tensor& probability) const override {
    const Tensor p = as_real(probability);
    return slot(0) + slot(1) * (tensor::log(p) - tensor::log1p(-p));
  }

 protected:
  Tensor density(const Tensor& x) const override {
    const Tensor z = standard(x);
    return -z - 2.0 * tensor::softplus(-z) - log_of(slot(1));
  }
  Tensor draw(const SampleKey& key, const Shape& shape) const override {
    return icdf(tensor::random_uniform(graph(), key.site(), shape));
  }
};

class Gumbel final : public Copyable<Gumbel, LocationScale> {
 public:
  explicit Gumbel(const Bound& b) : Copyable(b, "Gumbel") {}
  Tensor mean() const override { return full_shape(slot(0) + kEulerGamma * slot(1)); }
  Tensor variance() const override { return full_shape(tensor::square(slot(1)) * (kPi * kPi / 6.0)); }
  Tensor cdf(const Tensor& x) const override { return tensor::exp(-tensor::exp(-standard(x))); }
  Tensor icdf(const Tensor& p) const override { return slot(0) - slot(1) * tensor::log(-tensor::log(as_real(p))); }

 protected:
  Tensor density(const Tensor& x) const override {
    const Tensor z = standard(x);
    return -(z + tensor::exp(-z)) - log_of(slot(1));
  }
  Tensor draw(const SampleKey& key, const Shape& shape) const override {
    return icdf(tensor::random_uniform(graph(), key.site(), shape));
  }
};

class Weibull final : public Copyable<Weibull> {
 public:
  explicit Weibull(const Bound& b)
      : Copyable(b.graph(), "Weibull", {b.slot(0, b.positive(0)), b.slot(1, b.positive(1))}) {}
  Constraint support() const override { return Constraint(Kind::positive); }
  Tensor mean() const override { return full_shape(slot(0) * moment(1.0)); }
  Tensor variance() const override {
    return full_shape(tensor::square(slot(0)) * (moment(2.0) - tensor::square(moment(1.0))));
  }
  Tensor cdf(const Tensor& x) const override {
    return -tensor::expm1(-tensor::exp(slot(1) * (tensor::log(half_line_part(x)) - log_of(slot(0)))));
  }
  Tensor icdf(const Tensor& p) const override { return from_exponential(-tensor::log1p(-as_real(p))); }

 protected:
  Tensor density(const Tensor& x) const override {
    const Tensor log_ratio = log_of(x) - log_of(slot(0));
    return log_of(slot(1)) - log_of(slot(0)) + (slot(1) - 1.0) * log_ratio - tensor::exp(slot(1) * log_ratio);
  }
  Tensor draw(const SampleKey& key, const Shape& shape) const override {
    return from_exponential(-tensor::log(tensor::random_uniform(graph(), key.site(), shape)));
  }

 private:
  /// E(x / scale)^k = Gamma(1 + k / concentration).
  Tensor moment(double k) const { return tensor::exp(tensor::lgamma(1.0 + k / slot(1))); }
  Tensor from_exponential(const Tensor& e) const { return slot(0) * tensor::exp(tensor::log(e) / slot(1)); }
};

}  // namespace

std::vector<FamilyEntry> location_scale_families() {
  const std::vector<ParameterSpec> loc_scale{optional("loc", 0.0), optional("scale", 1.0)};
  return {
      {{"Laplace", loc_scale}, build<Laplace>},
      {{"Logistic", loc_scale}, build<Logistic>},
      {{"Gumbel", loc_scale}, build<Gumbel>},
      {{"Weibull", {required("scale"), required("concentration")}}, build<Weibull>},
  };
}

}  // namespace dolab::prob
