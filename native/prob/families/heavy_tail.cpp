// Cauchy, HalfCauchy, StudentT.
#include "prob/families/family.hpp"
#include "prob/incomplete.hpp"

namespace dolab::prob {

using Kind = Constraint::Kind;

namespace {

Tensor tan_of(const Tensor& t) { return tensor::unary(tensor::Unary::tan, t); }
Tensor arctan_of(const Tensor& t) { return tensor::unary(tensor::Unary::arctan, t); }

class Cauchy final : public Copyable<Cauchy> {
 public:
  explicit Cauchy(const Bound& b) : Copyable(b.graph(), "Cauchy", {b.slot(0, b.tensor(0)), b.slot(1, b.positive(1))}) {}
  Constraint support() const override { return Constraint(Kind::real); }
  Tensor mean() const override { return full_shape(graph().scalar(kNaN)); }
  Tensor variance() const override { return full_shape(graph().scalar(kNaN)); }
  Tensor cdf(const Tensor& x) const override { return 0.5 + arctan_of((as_real(x) - slot(0)) / slot(1)) * (1.0 / kPi); }
  Tensor icdf(const Tensor& p) const override { return slot(0) + slot(1) * tan_of((as_real(p) - 0.5) * kPi); }

 protected:
  Tensor density(const Tensor& x) const override {
    return -(tensor::log1p(tensor::square((x - slot(0)) / slot(1))) + (log_of(slot(1)) + kLogPi));
  }
  Tensor draw(const SampleKey& key, const Shape& shape) const override {
    return icdf(tensor::random_uniform(graph(), key.site(), shape));
  }
};

class HalfCauchy final : public Copyable<HalfCauchy> {
 public:
  explicit HalfCauchy(const Bound& b) : Copyable(b.graph(), "HalfCauchy", {b.slot(0, b.positive(0))}) {}
  Constraint support() const override { return Constraint(Kind::positive); }
  Tensor mean() const override { return full_shape(graph().scalar(kInfinity)); }
  Tensor variance() const override { return full_shape(graph().scalar(kInfinity)); }
  Tensor cdf(const Tensor& x) const override { return arctan_of(half_line_part(x) / slot(0)) * (2.0 / kPi); }
  Tensor icdf(const Tensor& p) const override { return slot(0) * tan_of(as_real(p) * (0.5 * kPi)); }

 protected:
  Tensor density(const Tensor& x) const override {
    return -(tensor::log1p(tensor::square(x / slot(0))) + (log_of(slot(0)) + (kLogPi - kLog2)));
  }
  Tensor draw(const SampleKey& key, const Shape& shape) const override {
    return icdf(tensor::random_uniform(graph(), key.site(), shape));
  }
};

class StudentT final : public Copyable<StudentT> {
 public:
  explicit StudentT(const Bound& b)
      : Copyable(b.graph(), "StudentT", {b.slot(0, b.positive(0)), b.slot(1, b.tensor(1)), b.slot(2, b.positive(2))}) {}
  Constraint support() const override { return Constraint(Kind::real); }
  bool has_rsample() const override { return slot(0).is_constant(); }  // the gamma leaf has no derivative
  Tensor mean() const override { return full_shape(tensor::select(slot(0) > 1.0, slot(1), graph().scalar(kInfinity))); }
  Tensor variance() const override {
    const Tensor& nu = slot(0);
    const Tensor finite = tensor::square(slot(2)) * nu / (nu - 2.0);
    const Tensor heavy = tensor::select(nu > 1.0, graph().scalar(kInfinity), graph().scalar(kNaN));
    return full_shape(tensor::select(nu > 2.0, finite, heavy));
  }

  Tensor cdf(const Tensor& x) const override {
    const Tensor& nu = slot(0);
    const Tensor z = (as_real(x) - slot(1)) / slot(2), z2 = tensor::square(z);
    const Tensor tail = 0.5 * beta_lower(0.5 * nu, graph().scalar(0.5), nu / (nu + z2), z2 / (nu + z2));
    return tensor::select(z > 0.0, 1.0 - tail, tail);
  }

 protected:
  Tensor density(const Tensor& x) const override {
    const Tensor& nu = slot(0);
    const Tensor z2 = tensor::square((x - slot(1)) / slot(2));
    const Tensor log_norm = log_rising(0.5 * nu, graph().scalar(0.5)) - 0.5 * (log_of(nu) + kLogPi) - log_of(slot(2));
    return log_norm - 0.5 * (nu + 1.0) * tensor::log1p(z2 / nu);
  }
  Tensor draw(const SampleKey& key, const Shape& shape) const override {
    const Tensor half = 0.5 * slot(0);
    const Tensor z = tensor::random_normal(graph(), key.derive(1).site(), shape);
    const Tensor g = tensor::random_gamma(key.derive(2).site(), half, shape);
    return slot(1) + slot(2) * z * tensor::sqrt(half / g);
  }
};

}  // namespace

std::vector<FamilyEntry> heavy_tail_families() {
  return {
      {{"Cauchy", {optional("loc", 0.0), optional("scale", 1.0)}}, build<Cauchy>},
      {{"HalfCauchy", {optional("scale", 1.0)}}, build<HalfCauchy>},
      {{"StudentT", {required("df"), optional("loc", 0.0), optional("scale", 1.0)}}, build<StudentT>},
  };
}

}  // namespace dolab::prob
