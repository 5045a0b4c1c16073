// Normal, LogNormal, HalfNormal.
#include <cmath>

#include "prob/families/family.hpp"

namespace dolab::prob {

using Kind = Constraint::Kind;

namespace {

class Normal final : public Copyable<Normal> {
 public:
  explicit Normal(const Bound& b) : Copyable(b.graph(), "Normal", {b.slot(0, b.tensor(0)), b.slot(1, b.positive(1))}) {}
  Constraint support() const override { return Constraint(Kind::real); }
  Tensor mean() const override { return full_shape(slot(0)); }
  Tensor variance() const override { return full_shape(tensor::square(slot(1))); }
  Tensor cdf(const Tensor& x) const override { return normal_cdf((as_real(x) - slot(0)) / slot(1)); }
  Tensor icdf(const Tensor& p) const override { return slot(0) + slot(1) * tensor::ndtri(as_real(p)); }

 protected:
  Tensor density(const Tensor& x) const override {
    return -0.5 * tensor::square((x - slot(0)) / slot(1)) - (log_of(slot(1)) + kHalfLog2Pi);
  }
  Tensor draw(const SampleKey& key, const Shape& shape) const override {
    return slot(0) + slot(1) * tensor::random_normal(graph(), key.site(), shape);
  }
};

/// exp of a normal variable.
class LogNormal final : public Copyable<LogNormal> {
 public:
  explicit LogNormal(const Bound& b)
      : Copyable(b.graph(), "LogNormal", {b.slot(0, b.tensor(0)), b.slot(1, b.positive(1))}) {}
  Constraint support() const override { return Constraint(Kind::positive); }
  Tensor mean() const override { return full_shape(tensor::exp(slot(0) + 0.5 * tensor::square(slot(1)))); }
  Tensor variance() const override {
    const Tensor v = tensor::square(slot(1));
    return full_shape(tensor::expm1(v) * tensor::exp(2.0 * slot(0) + v));
  }
  Tensor cdf(const Tensor& x) const override {
    return normal_cdf((tensor::log(half_line_part(x)) - slot(0)) / slot(1));
  }
  Tensor icdf(const Tensor& p) const override { return tensor::exp(slot(0) + slot(1) * tensor::ndtri(as_real(p))); }
  Decomposition decompose() const override {
    Arguments arguments;
    arguments.named = {{"loc", slot(0)}, {"scale", slot(1)}};
    return {make_distribution(graph(), "Normal", arguments)->expand(batch_shape()), {exp_transform()}};
  }

 protected:
  Tensor density(const Tensor& x) const override {
    const Tensor log_x = log_of(x);
    return -0.5 * tensor::square((log_x - slot(0)) / slot(1)) - (log_of(slot(1)) + kHalfLog2Pi) - log_x;
  }
  Tensor draw(const SampleKey& key, const Shape& shape) const override {
    return tensor::exp(slot(0) + slot(1) * tensor::random_normal(graph(), key.site(), shape));
  }
};

class HalfNormal final : public Copyable<HalfNormal> {
 public:
  explicit HalfNormal(const Bound& b) : Copyable(b.graph(), "HalfNormal", {b.slot(0, b.positive(0))}) {}
  Constraint support() const override { return Constraint(Kind::positive); }
  Tensor mean() const override { return full_shape(slot(0) * std::sqrt(2.0 / kPi)); }
  Tensor variance() const override { return full_shape(tensor::square(slot(0)) * (1.0 - 2.0 / kPi)); }
  Tensor cdf(const Tensor& x) const override {
    return tensor::erf(half_line_part(x) / slot(0) * 0.70710678118654752440);
  }
  Tensor icdf(const Tensor& p) const override { return -slot(0) * tensor::ndtri(0.5 - 0.5 * as_real(p)); }

 protected:
  Tensor density(const Tensor& x) const override {
    return -0.5 * tensor::square(x / slot(0)) - (log_of(slot(0)) + (kHalfLog2Pi - kLog2));
  }
  Tensor draw(const SampleKey& key, const Shape& shape) const override {
    return slot(0) * tensor::abs(tensor::random_normal(graph(), key.site(), shape));
  }
};

}  // namespace

std::vector<FamilyEntry> normal_families() {
  return {
      {{"Normal", {optional("loc", 0.0), optional("scale", 1.0)}}, build<Normal>},
      {{"LogNormal", {optional("loc", 0.0), optional("scale", 1.0)}}, build<LogNormal>},
      {{"HalfNormal", {optional("scale", 1.0)}}, build<HalfNormal>},
  };
}

}  // namespace dolab::prob
