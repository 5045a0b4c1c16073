// Poisson, ZeroInflatedPoisson, NegativeBinomial2, GammaPoisson.
#include "prob/families/family.hpp"
#include "prob/incomplete.hpp"

namespace dolab::prob {

using Kind = Constraint::Kind;

namespace {

Tensor log_factorial(const Tensor& x) { return tensor::lgamma(x + 1.0); }

/// y log rate - rate - lgamma(y + 1), in the log rate where the rate is an exponential.
Tensor poisson_density(const Tensor& rate, const Tensor& y) {
  if (const auto eta = exp_argument(rate)) return y * *eta - rate - log_factorial(y);
  return tensor::xlogy(y, rate) - rate - log_factorial(y);
}

Tensor whole_part(const Tensor& x) { return tensor::unary(tensor::Unary::floor, as_real(x)); }

/// P(count <= x) of a Poisson variable.
Tensor poisson_cdf(const Tensor& rate, const Tensor& x) {
  const Tensor k = whole_part(x);
  const Tensor p = gamma_upper(half_line_part(k) + 1.0, rate);
  return tensor::select(k < 0.0, constant_scalar(k, 0.0), p);
}

/// The same of a Poisson variable with a gamma rate; `p` = rate / (1 + rate), `q` its complement.
Tensor gamma_poisson_cdf(const Tensor& concentration, const Tensor& p, const Tensor& q, const Tensor& x) {
  const Tensor k = whole_part(x);
  return tensor::select(k < 0.0, constant_scalar(k, 0.0), beta_lower(concentration, half_line_part(k) + 1.0, p, q));
}

class Poisson final : public Copyable<Poisson> {
 public:
  explicit Poisson(const Bound& b) : Copyable(b.graph(), "Poisson", {b.slot(0, b.nonnegative(0))}) {}
  Constraint support() const override { return Constraint(Kind::nonnegative_integer); }
  Tensor mean() const override { return full_shape(slot(0)); }
  Tensor variance() const override { return full_shape(slot(0)); }
  Tensor cdf(const Tensor& x) const override { return poisson_cdf(slot(0), x); }

 protected:
  Tensor density(const Tensor& y) const override { return poisson_density(slot(0), y); }
  Tensor draw(const SampleKey& key, const Shape& shape) const override {
    return as_real(tensor::random_poisson(key.site(), slot(0), shape));
  }
};

class ZeroInflatedPoisson final : public Copyable<ZeroInflatedPoisson> {
 public:
  explicit ZeroInflatedPoisson(const Bound& b)
      : Copyable(b.graph(), "ZeroInflatedPoisson", {b.slot(0, b.probability(0)), b.slot(1, b.nonnegative(1))}) {}
  Constraint support() const override { return Constraint(Kind::nonnegative_integer); }
  Tensor mean() const override { return full_shape((1.0 - slot(0)) * slot(1)); }
  Tensor variance() const override {
    const Tensor m = (1.0 - slot(0)) * slot(1);
    return full_shape(m * (1.0 + slot(0) * slot(1)));
  }
  Tensor cdf(const Tensor& x) const override {
    const Tensor p = slot(0) + (1.0 - slot(0)) * poisson_cdf(slot(1), x);
    return tensor::select(as_real(x) < 0.0, graph().scalar(0.0), p);
  }

 protected:
  Tensor density(const Tensor& y) const override {
    const Tensor log_open = log1m_of(slot(0));
    const Tensor at_zero = tensor::logaddexp(log_of(slot(0)), log_open - slot(1));
    return tensor::select(y > 0.0, log_open + poisson_density(slot(1), y), at_zero);
  }
  Tensor draw(const SampleKey& key, const Shape& shape) const override {
    const Tensor closed = tensor::random_uniform(graph(), key.derive(1).site(), shape) < slot(0);
    const Tensor count = as_real(tensor::random_poisson(key.site(), slot(1), shape));
    return tensor::select(closed, graph().scalar(0.0), count);
  }
};

/// Poisson with a gamma rate of the given mean and concentration.
class NegativeBinomial2 final : public Copyable<NegativeBinomial2> {
 public:
  explicit NegativeBinomial2(const Bound& b)
      : Copyable(b.graph(), "NegativeBinomial2", {b.slot(0, b.positive(0)), b.slot(1, b.positive(1))}) {}
  Constraint support() const override { return Constraint(Kind::nonnegative_integer); }
  Tensor mean() const override { return full_shape(slot(0)); }
  Tensor variance() const override { return full_shape(slot(0) + tensor::square(slot(0)) / slot(1)); }
  Tensor cdf(const Tensor& x) const override {
    const Tensor sum = slot(0) + slot(1);
    return gamma_poisson_cdf(slot(1), slot(1) / sum, slot(0) / sum, x);
  }

 protected:
  Tensor density(const Tensor& y) const override {
    const Tensor& phi = slot(1);
    const Tensor log_odds = log_of(slot(0)) - log_of(phi);
    return (log_rising(phi, y) - log_factorial(y)) + (y * log_odds - (y + phi) * tensor::softplus(log_odds));
  }
  Tensor draw(const SampleKey& key, const Shape& shape) const override {
    const Tensor g = tensor::random_gamma(key.derive(1).site(), slot(1), shape);
    return as_real(tensor::random_poisson(key.site(), g * (slot(0) / slot(1)), shape));
  }
};

class GammaPoisson final : public Copyable<GammaPoisson> {
 public:
  explicit GammaPoisson(const Bound& b)
      : Copyable(b.graph(), "GammaPoisson", {b.slot(0, b.positive(0)), b.slot(1, b.positive(1))}) {}
  Constraint support() const override { return Constraint(Kind::nonnegative_integer); }
  Tensor mean() const override { return full_shape(slot(0) / slot(1)); }
  Tensor variance() const override { return full_shape(slot(0) / tensor::square(slot(1)) * (1.0 + slot(1))); }
  Tensor cdf(const Tensor& x) const override {
    const Tensor sum = 1.0 + slot(1);
    return gamma_poisson_cdf(slot(0), slot(1) / sum, 1.0 / sum, x);
  }

 protected:
  Tensor density(const Tensor& y) const override {
    const Tensor& a = slot(0);
    const Tensor log_rate = log_of(slot(1));
    return (log_rising(a, y) - log_factorial(y)) + (a * log_rate - (a + y) * tensor::softplus(log_rate));
  }
  Tensor draw(const SampleKey& key, const Shape& shape) const override {
    const Tensor g = tensor::random_gamma(key.derive(1).site(), slot(0), shape);
    return as_real(tensor::random_poisson(key.site(), g / slot(1), shape));
  }
};

}  // namespace

std::vector<FamilyEntry> count_families() {
  ParameterSpec sparse = keyword("is_sparse");
  return {
      {{"Poisson", {required("rate"), sparse}}, build<Poisson>},
      {{"ZeroInflatedPoisson", {required("gate"), optional("rate", 1.0)}}, build<ZeroInflatedPoisson>},
      {{"NegativeBinomial2", {required("mean"), required("concentration")}}, build<NegativeBinomial2>},
      {{"GammaPoisson", {required("concentration"), optional("rate", 1.0)}}, build<GammaPoisson>},
  };
}

}  // namespace dolab::prob
