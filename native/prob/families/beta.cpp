// Beta, BetaProportion, Dirichlet.
#include "prob/families/family.hpp"
#include "prob/incomplete.hpp"

namespace dolab::prob {

using Kind = Constraint::Kind;

namespace {

class Beta final : public Copyable<Beta> {
 public:
  explicit Beta(const Bound& b) : Copyable(b.graph(), "Beta", {b.slot(0, b.positive(0)), b.slot(1, b.positive(1))}) {}
  Constraint support() const override { return Constraint(Kind::unit_interval); }
  bool has_rsample() const override { return false; }  // the gamma leaf has no derivative
  Tensor mean() const override { return full_shape(slot(0) / (slot(0) + slot(1))); }
  Tensor variance() const override {
    const Tensor total = slot(0) + slot(1);
    return full_shape(slot(0) * slot(1) / (tensor::square(total) * (total + 1.0)));
  }

  Tensor cdf(const Tensor& value) const override {
    const Tensor x = clip(as_real(value), 0.0, 1.0);
    return beta_lower(slot(0), slot(1), x, 1.0 - x);
  }

 protected:
  Tensor density(const Tensor& x) const override {
    const Tensor a = slot(0) - 1.0, b = slot(1) - 1.0;
    const Tensor norm = log_beta(slot(0), slot(1));
    if (sigmoid_argument(x)) return a * log_of(x) + b * log1m_of(x) - norm;
    return tensor::xlogy(a, x) + tensor::xlog1py(b, -x) - norm;
  }
  Tensor draw(const SampleKey& key, const Shape& shape) const override {
    return clipped_sigmoid(draw_beta_logit(key, slot(0), slot(1), shape));
  }
};

class Dirichlet final : public Copyable<Dirichlet> {
 public:
  explicit Dirichlet(const Bound& b)
      : Copyable(b.graph(), "Dirichlet", {b.slot(0, vector_of(b), 1)}, {vector_of(b).extent(-1)}) {}
  Constraint support() const override { return Constraint(Kind::simplex); }
  bool has_rsample() const override { return false; }
  Tensor mean() const override { return full_shape(slot(0) / total()); }
  Tensor variance() const override {
    const Tensor m = slot(0) / total();
    return full_shape(m * (1.0 - m) / (total() + 1.0));
  }

 protected:
  Tensor density(const Tensor& x) const override {
    const Tensor& a = slot(0);
    const Tensor norm = tensor::lgamma(tensor::sum(a, {-1})) - tensor::sum(tensor::lgamma(a), {-1});
    const auto log_x = exp_argument(x);
    const Tensor terms = log_x ? (a - 1.0) * *log_x : tensor::xlogy(a - 1.0, x);
    return tensor::sum(terms, {-1}) + norm;
  }
  Tensor draw(const SampleKey& key, const Shape& shape) const override {
    const Tensor log_g = draw_log_gamma(key, 0, slot(0), shape);
    return clip(tensor::exp(tensor::log_softmax(log_g, -1)), kTiny, kOneMinusEps);
  }

 private:
  static Tensor vector_of(const Bound& b) {
    const Tensor a = b.positive(0);
    if (a.rank() < 1) b.invalid(0, "must be a vector, got a scalar");
    return a;
  }
  Tensor total() const { return tensor::sum(slot(0), {-1}, true); }
};

DistributionPtr beta_proportion(const Bound& b) {
  const Tensor mean = b.require(0, "between 0 and 1", [](double v) { return v > 0.0 && v < 1.0; });
  const Tensor size = b.positive(1);
  return make_distribution(b.graph(), "Beta", {mean * size, (1.0 - mean) * size});
}

}  // namespace

std::vector<FamilyEntry> beta_families() {
  return {
      {{"Beta", {required("concentration1"), required("concentration0")}}, build<Beta>},
      {{"BetaProportion", {required("mean"), required("concentration")}}, beta_proportion},
      {{"Dirichlet", {required("concentration")}}, build<Dirichlet>},
  };
}

}  // namespace dolab::prob
