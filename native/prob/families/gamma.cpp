// Exponential, Gamma, Chi2, InverseGamma.
#include "prob/families/family.hpp"
#include "prob/incomplete.hpp"

namespace dolab::prob {

using Kind = Constraint::Kind;

namespace {

/// a log b - lgamma(a) + (a - 1) log x - b x.
Tensor gamma_density(const Tensor& a, const Tensor& rate, const Tensor& x) {
  return tensor::xlogy(a - 1.0, x) - rate * x + (a * log_of(rate) - tensor::lgamma(a));
}

class Exponential final : public Copyable<Exponential> {
 public:
  explicit Exponential(const Bound& b) : Copyable(b.graph(), "Exponential", {b.slot(0, b.positive(0))}) {}
  Constraint support() const override { return Constraint(Kind::positive); }
  Tensor mean() const override { return full_shape(tensor::reciprocal(slot(0))); }
  Tensor variance() const override { return full_shape(tensor::reciprocal(tensor::square(slot(0)))); }
  Tensor cdf(const Tensor& x) const override { return -tensor::expm1(-slot(0) * half_line_part(x)); }
  Tensor icdf(const Tensor& p) const override { return -tensor::log1p(-as_real(p)) / slot(0); }

 protected:
  Tensor density(const Tensor& x) const override { return log_of(slot(0)) - slot(0) * x; }
  Tensor draw(const SampleKey& key, const Shape& shape) const override {
    return -tensor::log(tensor::random_uniform(graph(), key.site(), shape)) / slot(0);
  }
};

class Gamma final : public Copyable<Gamma> {
 public:
  explicit Gamma(const Bound& b) : Copyable(b.graph(), "Gamma", {b.slot(0, b.positive(0)), b.slot(1, b.positive(1))}) {}
  Constraint support() const override { return Constraint(Kind::positive); }
  bool has_rsample() const override { return slot(0).is_constant(); }  // the gamma leaf has no derivative
  Tensor mean() const override { return full_shape(slot(0) / slot(1)); }
  Tensor variance() const override { return full_shape(slot(0) / tensor::square(slot(1))); }
  Tensor cdf(const Tensor& x) const override { return gamma_lower(slot(0), slot(1) * as_real(x)); }

 protected:
  Tensor density(const Tensor& x) const override {
    const Tensor& a = slot(0);
    if (const auto log_x = exp_argument(x)) {
      return (a - 1.0) * *log_x - slot(1) * x + (a * log_of(slot(1)) - tensor::lgamma(a));
    }
    return gamma_density(a, slot(1), x);
  }
  Tensor draw(const SampleKey& key, const Shape& shape) const override {
    const Tensor g = tensor::random_gamma(key.site(), slot(0), shape);
    return tensor::maximum(g / slot(1), graph().scalar(kTiny));
  }
};

class Chi2 final : public Copyable<Chi2> {
 public:
  explicit Chi2(const Bound& b) : Copyable(b.graph(), "Chi2", {b.slot(0, b.positive(0))}) {}
  Constraint support() const override { return Constraint(Kind::positive); }
  bool has_rsample() const override { return false; }
  Tensor mean() const override { return full_shape(slot(0)); }
  Tensor variance() const override { return full_shape(2.0 * slot(0)); }
  Tensor cdf(const Tensor& x) const override { return gamma_lower(0.5 * slot(0), 0.5 * as_real(x)); }

 protected:
  Tensor density(const Tensor& x) const override { return gamma_density(0.5 * slot(0), graph().scalar(0.5), x); }
  Tensor draw(const SampleKey& key, const Shape& shape) const override {
    const Tensor g = tensor::random_gamma(key.site(), 0.5 * slot(0), shape);
    return tensor::maximum(2.0 * g, graph().scalar(kTiny));
  }
};

/// Reciprocal of a gamma variable.
class InverseGamma final : public Copyable<InverseGamma> {
 public:
  explicit InverseGamma(const Bound& b)
      : Copyable(b.graph(), "InverseGamma", {b.slot(0, b.positive(0)), b.slot(1, b.positive(1))}) {}
  Constraint support() const override { return Constraint(Kind::positive); }
  bool has_rsample() const override { return slot(0).is_constant(); }
  Tensor mean() const override {
    return full_shape(tensor::select(slot(0) > 1.0, slot(1) / (slot(0) - 1.0), graph().scalar(kInfinity)));
  }
  Tensor variance() const override {
    const Tensor a = slot(0);
    const Tensor finite = tensor::square(slot(1) / (a - 1.0)) / (a - 2.0);
    return full_shape(tensor::select(a > 2.0, finite, graph().scalar(kInfinity)));
  }
  Tensor cdf(const Tensor& x) const override {
    const Tensor ratio = slot(1) / tensor::maximum(as_real(x), graph().scalar(kTiny));
    return gamma_upper(slot(0), tensor::minimum(ratio, graph().scalar(1e300)));
  }
  Decomposition decompose() const override {
    Arguments arguments;
    arguments.named = {{"concentration", slot(0)}, {"rate", slot(1)}};
    const auto base = make_distribution(graph(), "Gamma", arguments)->expand(batch_shape());
    return {base, {power_transform(graph().scalar(-1.0))}};
  }

 protected:
  Tensor density(const Tensor& x) const override {
    const Tensor& a = slot(0);
    return (a * log_of(slot(1)) - tensor::lgamma(a)) - (a + 1.0) * log_of(x) - slot(1) / x;
  }
  Tensor draw(const SampleKey& key, const Shape& shape) const override {
    const Tensor g = tensor::random_gamma(key.site(), slot(0), shape);
    return slot(1) / tensor::maximum(g, graph().scalar(kTiny));
  }
};

}  // namespace

std::vector<FamilyEntry> gamma_families() {
  return {
      {{"Exponential", {optional("rate", 1.0)}}, build<Exponential>},
      {{"Gamma", {required("concentration"), optional("rate", 1.0)}}, build<Gamma>},
      {{"Chi2", {required("df")}}, build<Chi2>},
      {{"InverseGamma", {required("concentration"), optional("rate", 1.0)}}, build<InverseGamma>},
  };
}

}  // namespace dolab::prob
