// TruncatedNormal.
#include "prob/families/family.hpp"

namespace dolab::prob {

using Kind = Constraint::Kind;

namespace {

/// log(Phi(b) - Phi(a)) for a < b. Both positive: negate and swap; around zero: a sum of two positive erf; both
/// negative: difference of logarithms. Unused branches see harmless arguments.
Tensor log_interval_mass(const Tensor& a, const Tensor& b) {
  constexpr double kRootHalf = 0.70710678118654752440;
  const Tensor flip = a > 0.0;
  const Tensor lo = tensor::select(flip, -b, a), hi = tensor::select(flip, -a, b);
  const Tensor around = tensor::logical_and(hi > 0.0, lo < 0.0);
  const Tensor both_sides = tensor::erf(hi * kRootHalf) + tensor::erf(lo * -kRootHalf);
  const Tensor log_around = tensor::log(tensor::select(around, 0.5 * both_sides, constant_scalar(a, 1.0)));
  const Tensor tail_lo = tensor::select(around, constant_scalar(a, -2.0), lo);
  const Tensor tail_hi = tensor::select(around, constant_scalar(a, -1.0), hi);
  const Tensor log_hi = tensor::log_ndtr(tail_hi);
  const Tensor log_tail = log_hi + tensor::log1mexp(log_hi - tensor::log_ndtr(tail_lo));
  return tensor::select(around, log_around, log_tail);
}

class TruncatedNormal final : public Copyable<TruncatedNormal> {
 public:
  explicit TruncatedNormal(const Bound& b)
      : Copyable(b.graph(), "TruncatedNormal",
                 {b.slot(0, b.tensor(0)), b.slot(1, b.positive(1)), b.slot(2, b.tensor(2)), b.slot(3, b.tensor(3))}) {
    if (!b.checks() || !has(2) || !has(3) || !slot(2).is_constant() || !slot(3).is_constant()) return;
    if (!known_and_all(slot(3) - slot(2), [](double v) { return !(v <= 0.0); })) {
      b.invalid(3, "must be greater than `low`");
    }
  }
  Constraint support() const override {
    if (has(2) && has(3)) return Constraint(Kind::interval, slot(2), slot(3));
    return has(2) ? Constraint(Kind::greater_than_eq, slot(2)) : Constraint(Kind::less_than_eq, {}, slot(3));
  }
  Tensor mean() const override { return full_shape(slot(0) + slot(1) * shift()); }
  Tensor variance() const override {
    Tensor correction = graph().scalar(1.0);
    if (has(2)) correction = correction + bound(2) * edge_density(2);
    if (has(3)) correction = correction - bound(3) * edge_density(3);
    return full_shape(tensor::square(slot(1)) * (correction - tensor::square(shift())));
  }
  Tensor cdf(const Tensor& value) const override {
    const Tensor z = (as_real(value) - slot(0)) / slot(1);
    const Tensor inside = support().check(as_real(value));
    const Tensor below =
        has(2) ? log_interval_mass(bound(2), tensor::select(inside, z, bound(2) + 1.0)) : tensor::log_ndtr(z);
    const Tensor outside =
        has(3) ? tensor::select(z >= bound(3), graph().scalar(1.0), graph().scalar(0.0)) : graph().scalar(0.0);
    return tensor::select(inside, tensor::exp(tensor::minimum(below - log_mass(), graph().scalar(0.0))), outside);
  }
  Tensor icdf(const Tensor& p) const override {
    const Tensor lo = has(2) ? bound(2) : graph().scalar(-kInfinity);
    const Tensor hi = has(3) ? bound(3) : graph().scalar(kInfinity);
    // In the upper half line work with the mirror image, where probabilities are small and exact.
    const Tensor flip = lo > 0.0;
    const Tensor from = normal_cdf(tensor::select(flip, -lo, lo)), to = normal_cdf(tensor::select(flip, -hi, hi));
    const Tensor z = tensor::ndtri(from + as_real(p) * (to - from));
    Tensor x = slot(0) + slot(1) * tensor::select(flip, -z, z);
    if (has(2)) x = tensor::maximum(x, slot(2));
    if (has(3)) x = tensor::minimum(x, slot(3));
    return x;
  }

 protected:
  Tensor density(const Tensor& x) const override {
    return normal_log_density((x - slot(0)) / slot(1)) - log_of(slot(1)) - log_mass();
  }
  Tensor draw(const SampleKey& key, const Shape& shape) const override {
    return icdf(tensor::random_uniform(graph(), key.site(), shape));
  }

 private:
  Tensor bound(std::size_t i) const { return (slot(i) - slot(0)) / slot(1); }
  Tensor log_mass() const {
    if (has(2) && has(3)) return log_interval_mass(bound(2), bound(3));
    return has(2) ? tensor::log_ndtr(-bound(2)) : tensor::log_ndtr(bound(3));
  }
  /// phi(bound) / mass.
  Tensor edge_density(std::size_t i) const { return tensor::exp(normal_log_density(bound(i)) - log_mass()); }
  Tensor shift() const {
    Tensor total = graph().scalar(0.0);
    if (has(2)) total = total + edge_density(2);
    if (has(3)) total = total - edge_density(3);
    return total;
  }
};

DistributionPtr truncated_normal(const Bound& b) {
  if (b.given(2) || b.given(3)) return std::make_shared<TruncatedNormal>(b);
  return make_distribution(b.graph(), "Normal", {b.tensor(0), b.positive(1)});
}

}  // namespace

std::vector<FamilyEntry> truncated_families() {
  return {{{"TruncatedNormal", {optional("loc", 0.0), optional("scale", 1.0), keyword("low"), keyword("high")}},
           truncated_normal}};
}

}  // namespace dolab::prob
